/* What the stylesheet cannot do on a lesson page. Nothing here is needed to read it. */

/* A link to a folded part opens it, and all folds around it. */
function reveal() {
  /* Not ":target": a page that is still loading has none. */
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  let opened = false;
  for (let fold = target?.closest("details"); fold; fold = fold.parentElement.closest("details")) {
    opened ||= !fold.open;
    fold.open = true;
  }
  if (opened) target.scrollIntoView();
}

/* What scrolls can be reached with the keyboard, in browsers that do not see to it themselves. */
const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const scrolls =
      target.scrollWidth > target.clientWidth || target.scrollHeight > target.clientHeight;
    if (scrolls) target.tabIndex = 0;
  }
});
const scrollers = ":is(.lesson-demo, .lesson-challenge) :is(div, pre, table), .highlight > pre";
for (const element of document.querySelectorAll(scrollers)) {
  if (/auto|scroll/.test(getComputedStyle(element).overflow)) sizes.observe(element);
}

/* From here on the script opens folds; the stylesheet's stand-in would keep them open for good. */
document.documentElement.classList.add("lesson-script");
addEventListener("hashchange", reveal);
addEventListener("click", (event) => {
  /* The same link a second time changes no hash. */
  if (event.target.closest?.("a[href*='#']")) setTimeout(reveal);
});
reveal();

"""Whole courses in each theme: that of the documentation, and published lessons where they are.

Every page is opened once, wide and light, then narrow and dark, with all its folds open. What a
plain page of the theme has wrong as well is the theme's.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Axe, Site
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.needs_chromium

REPOSITORY = Path(__file__).parents[2]
OUR_COURSE = REPOSITORY / "docs" / "course"
PUBLISHED = REPOSITORY.parent / "shared" / "lessons"

OURS = [
    ".lesson-header",
    ".lesson-demo",
    ".lesson-callout",
    ".lesson-challenge",
    ".lesson-listing",
]
CAN_DIFFER = ("color-contrast", "scrollable-region-focusable", "target-size")
"""Rules whose findings depend on colors or on widths."""

OPEN_FOLDS = "document.querySelectorAll('details').forEach(fold => { fold.open = true })"
SETTLE = "new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
# A table of the author's is as wide as the theme lets it be.
WIDTH = """() => {
    const tables = document.querySelectorAll('table:not(.lesson-output *)');
    tables.forEach(table => { table.hidden = true });
    const width = document.documentElement.scrollWidth;
    tables.forEach(table => { table.hidden = false });
    return width;
}"""


class Visitor:
    """Opens pages of a site and says what is wrong with them."""

    def __init__(self, site: Site, page: Page, axe: Axe) -> None:
        self.site = site
        self.page = page
        self.axe = axe
        self.strange: list[str] = []
        """Requests to other hosts and errors of scripts, on the page that is open."""
        page.on("request", lambda request: self._check(request.url))
        page.on("pageerror", lambda error: self.strange.append(str(error)))

    def _check(self, url: str) -> None:
        if not url.startswith((self.site.url, "data:")):
            self.strange.append(url)

    def visit(self, name: str, include: list[str]) -> Iterator[tuple[str, str]]:
        """Find violations in some parts of a page, each with one element that is concerned."""
        self.strange.clear()
        self.page.set_viewport_size({"width": 1440, "height": 900})
        self.page.emulate_media(color_scheme="light")
        self.page.goto(f"{self.site.url}/{name}.html", wait_until="load")
        self.page.evaluate(OPEN_FOLDS)
        yield from self._run(include)
        self.page.set_viewport_size({"width": 360, "height": 900})
        self.page.emulate_media(color_scheme="dark")
        yield from self._run([*include, ".highlight"], *CAN_DIFFER)
        yield from (("strange", what) for what in self.strange)

    def _run(self, include: list[str], *rules: str) -> Iterator[tuple[str, str]]:
        self.page.evaluate(SETTLE)
        for (rule, colors), elements in self.axe.find(self.page, include, rules).items():
            yield f"{rule} {colors}", elements[0]

    def width(self) -> int:
        """The width of the open page."""
        return int(self.page.evaluate(WIDTH))


@pytest.mark.parametrize(
    "lessons", [OUR_COURSE, PUBLISHED], ids=["our-course", "published-lessons"]
)
def test_no_page_has_anything_wrong_that_a_plain_page_has_not(
    browser: Browser, axe: Axe, build_course: Callable[[Path], Site], lessons: Path
) -> None:
    if not lessons.is_dir():
        pytest.skip(f"{lessons.name} is not there")
    site = build_course(lessons)
    with browser.new_context() as context:
        visitor = Visitor(site, context.new_page(), axe)
        themes_own = {what for what, _element in visitor.visit("plain", ["html"])}
        width = max(360, visitor.width())
        names = sorted(path.stem for path in lessons.iterdir() if path.suffix in {".md", ".rst"})
        wrong: list[str] = []
        for name in names:
            found = [item for item in visitor.visit(name, OURS) if item[0] not in themes_own]
            wrong += [f"{name}: {what} {element}" for what, element in found]
            if visitor.width() > width:
                wrong.append(f"{name}: scrolls sideways, {visitor.width()} px")
    assert len(names) > 5
    assert not wrong, "\n".join(wrong)

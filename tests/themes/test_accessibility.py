"""axe-core finds nothing wrong with what this extension puts on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = pytest.mark.needs_chromium

OURS = [".lesson-header", ".lesson-demo", ".lesson-callout", ".lesson-challenges"]
NOT_OURS = [
    # The colors of code and the signs beside headings are the theme's.
    ".highlight span",
    ".headerlink",
]
RUN = "context => axe.run(context)"


def open_folds(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
    # Let the observer of sizes see them.
    page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")


def list_violations(page: Page, axe_script: str, context: Any) -> dict[str, list[str]]:
    """For each violated rule, the elements that violate it."""
    page.evaluate(axe_script)
    found = page.evaluate(RUN, context)["violations"]
    return {rule["id"]: [node["html"] for node in rule["nodes"]] for rule in found}


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_our_parts_have_no_violation(
    open_page: Callable[..., Page], axe_script: str, scheme: str, width: int
) -> None:
    page = open_page(width=width, color_scheme=scheme)
    open_folds(page)
    context = {"include": OURS, "exclude": NOT_OURS}
    assert list_violations(page, axe_script, context) == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_lesson_violates_no_rule_that_a_plain_page_keeps(
    open_page: Callable[..., Page], axe_script: str, scheme: str
) -> None:
    plain = list_violations(open_page("plain.html", color_scheme=scheme), axe_script, {})
    page = open_page(color_scheme=scheme)
    open_folds(page)
    lesson = list_violations(page, axe_script, {"include": ["html"], "exclude": NOT_OURS})
    assert set(lesson) - set(plain) == set(), lesson


def test_axe_sees_our_parts(open_page: Callable[..., Page], axe_script: str) -> None:
    page = open_page()
    page.evaluate("document.querySelector('.lesson-output img').removeAttribute('alt')")
    page.evaluate("document.querySelector('.lesson-label').style.color = '#ddd'")
    found = list_violations(page, axe_script, {"include": OURS, "exclude": NOT_OURS})
    assert set(found) == {"color-contrast", "image-alt"}

"""Wide and narrow, on the screen and on paper."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Site
    from playwright.sync_api import Page

pytestmark = pytest.mark.needs_chromium

FOLDS = "details.lesson-fold"
HEIGHT_OF_CONTENT = """fold => Math.max(
    ...[...fold.children].slice(1).map(child => child.getBoundingClientRect().height))"""


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_the_page_never_scrolls_sideways(open_page: Callable[..., Page], width: int) -> None:
    page = open_page(width=width)
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_code_runs_from_left_to_right_in_every_language(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.evaluate("document.documentElement.dir = 'rtl'")
    direction = "element => getComputedStyle(element).direction"
    assert page.locator(".lesson-callout").first.evaluate(direction) == "rtl"
    for block in page.locator(":is(.lesson-demo, .lesson-challenge) pre").all():
        assert block.evaluate(direction) == "ltr"


def test_long_lines_scroll_inside_and_by_keyboard(open_page: Callable[..., Page]) -> None:
    page = open_page(width=360)
    scrolls = "block => block.scrollWidth > block.clientWidth && block.tabIndex === 0"
    for selector in (".lesson-demo", ".lesson-demo .lesson-output"):
        blocks = page.locator(f"{selector} :is(pre, div)").all()
        assert any(block.evaluate(scrolls) for block in blocks), selector
    assert page.locator(".lesson-output table").first.evaluate(scrolls)
    assert page.locator(".lesson-output", has_text="A banner").evaluate(scrolls)


def test_long_output_scrolls_inside(open_page: Callable[..., Page]) -> None:
    block = open_page().locator(".lesson-output pre", has_text="199 o'clock")
    assert block.evaluate("block => block.clientHeight") < 600
    assert block.evaluate("block => block.scrollHeight") > 2000


def test_paper_shows_every_fold_but_solutions(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.emulate_media(media="print")
    kinds = {"solution": 0, "other": 0}
    for fold in page.locator(FOLDS).all():
        solution = "lesson-fold-solution" in (fold.get_attribute("class") or "")
        kinds["solution" if solution else "other"] += 1
        assert fold.is_visible() is not solution
        assert (fold.evaluate(HEIGHT_OF_CONTENT) > 0) is not solution
    assert kinds == {"solution": 2, "other": 6}
    output = page.locator(".lesson-output pre", has_text="199 o'clock")
    assert output.evaluate("block => block.clientHeight") > 2000


def test_paper_shows_solutions_if_they_are_to_be_printed(
    open_page: Callable[..., Page], site_with_printed_solutions: Site
) -> None:
    page = open_page(url=site_with_printed_solutions.url)
    page.emulate_media(media="print")
    for fold in page.locator(FOLDS).all():
        assert fold.is_visible()
        assert fold.evaluate(HEIGHT_OF_CONTENT) > 0


def test_the_title_comes_before_its_facts_and_no_part_lies_over_another(
    open_page: Callable[..., Page],
) -> None:
    page = open_page(width=360)
    parts = page.locator(
        "section > h1, .lesson-header, .lesson-demo, .lesson-callout, .lesson-challenge"
    )
    boxes = [part.bounding_box() for part in parts.all()]
    assert len(boxes) == 13
    for above, below in pairwise(boxes):
        assert above["y"] + above["height"] <= below["y"]

"""axe-core finds nothing wrong with what this extension puts on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Axe
    from playwright.sync_api import Page

pytestmark = pytest.mark.needs_chromium

OURS = [".lesson-header", ".lesson-demo", ".lesson-callout", ".lesson-challenges"]


def open_folds(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
    # Let the observer of sizes see them.
    page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("light", 360), ("dark", 1440)])
def test_our_parts_have_no_violation(
    open_page: Callable[..., Page], axe: Axe, scheme: str, width: int
) -> None:
    plain = axe.find(open_page("plain.html", color_scheme=scheme), ["html"])
    page = open_page(width=width, color_scheme=scheme)
    open_folds(page)
    found = axe.find(page, OURS)
    # A theme whose links or literals lack contrast has them so on every page.
    themes_own = {key for key in plain if key[0] == "color-contrast"}
    assert {key: value for key, value in found.items() if key not in themes_own} == {}


def test_a_lesson_violates_no_rule_that_a_plain_page_keeps(
    open_page: Callable[..., Page], axe: Axe
) -> None:
    plain = axe.find(open_page("plain.html"), ["html"])
    page = open_page()
    open_folds(page)
    lesson = axe.find(page, ["html"])
    assert {rule for rule, _ in lesson} - {rule for rule, _ in plain} == set()


def test_axe_sees_our_parts(open_page: Callable[..., Page], axe: Axe) -> None:
    page = open_page()
    page.evaluate("document.querySelector('.lesson-output img').removeAttribute('alt')")
    page.evaluate("document.querySelector('.lesson-label').style.color = '#ddd'")
    rules = {rule for rule, _ in axe.find(page, OURS)}
    assert {"color-contrast", "image-alt"} <= rules

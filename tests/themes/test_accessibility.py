"""axe-core finds nothing wrong with what this extension puts on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = pytest.mark.needs_chromium

OURS = [".lesson-header", ".lesson-demo", ".lesson-callout", ".lesson-challenges"]
CODE = [".highlight span"]
"""Their colors are those of the highlighting style."""

Violation = tuple[str, str]
"""A rule, and for contrast the two colors."""


def open_folds(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
    # Let the observer of sizes see them.
    page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")


def find_violations(page: Page, axe_script: str, include: list[str]) -> dict[Violation, list[str]]:
    """What axe-core finds there, each with the elements concerned."""
    page.evaluate(axe_script)
    context = {"include": include, "exclude": CODE}
    found: dict[Violation, list[str]] = {}
    for rule in page.evaluate("context => axe.run(context)", context)["violations"]:
        for node in rule["nodes"]:
            key = rule["id"], read_colors(node)
            found.setdefault(key, []).append(node["html"])
    return found


def read_colors(node: dict[str, Any]) -> str:
    """The colors of a contrast that is too low, else nothing."""
    data = [check["data"] for check in node["any"] if check["id"] == "color-contrast"]
    return f"{data[0]['fgColor']} on {data[0]['bgColor']}" if data else ""


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("light", 360), ("dark", 1440)])
def test_our_parts_have_no_violation(
    open_page: Callable[..., Page], axe_script: str, scheme: str, width: int
) -> None:
    plain = find_violations(open_page("plain.html", color_scheme=scheme), axe_script, ["html"])
    page = open_page(width=width, color_scheme=scheme)
    open_folds(page)
    found = find_violations(page, axe_script, OURS)
    # A theme whose links or literals lack contrast has them so on every page.
    themes_own = {key for key in plain if key[0] == "color-contrast"}
    assert {key: value for key, value in found.items() if key not in themes_own} == {}


def test_a_lesson_violates_no_rule_that_a_plain_page_keeps(
    open_page: Callable[..., Page], axe_script: str
) -> None:
    plain = find_violations(open_page("plain.html"), axe_script, ["html"])
    page = open_page()
    open_folds(page)
    lesson = find_violations(page, axe_script, ["html"])
    assert {rule for rule, _ in lesson} - {rule for rule, _ in plain} == set()


def test_axe_sees_our_parts(open_page: Callable[..., Page], axe_script: str) -> None:
    page = open_page()
    page.evaluate("document.querySelector('.lesson-output img').removeAttribute('alt')")
    page.evaluate("document.querySelector('.lesson-label').style.color = '#ddd'")
    rules = {rule for rule, _ in find_violations(page, axe_script, OURS)}
    assert {"color-contrast", "image-alt"} <= rules

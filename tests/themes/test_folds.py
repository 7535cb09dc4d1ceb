"""Folded parts: one hint after another, and links that open them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = pytest.mark.needs_chromium

EXPLANATION = "tides-01-c1-explanation"


def is_shown(page: Page, text: str) -> bool:
    """Whether text has a place on the page; closed folds have none for what they hold."""
    return page.get_by_text(text).first.evaluate(
        "element => element.checkVisibility({contentVisibilityAuto: true})"
    )


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_hints_come_one_after_another(open_page: Callable[..., Page], script: bool) -> None:
    page = open_page(java_script_enabled=script)
    first, second, third = page.locator(".lesson-fold-hint").all()
    assert (first.is_visible(), second.is_visible()) == (True, False)
    first.locator("summary").click()
    assert (second.is_visible(), third.is_visible()) == (True, False)
    second.locator("summary").click()
    assert third.is_visible()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize(
    ("anchor", "text"),
    [
        ("tides-01-c1-solution", "an explanationword"),
        (EXPLANATION, "an explanationword"),
        ("tides-01-c1-hint-2", "the built-in functions"),
    ],
)
def test_an_address_of_a_folded_part_shows_it(
    open_page: Callable[..., Page], anchor: str, text: str, script: bool
) -> None:
    assert not is_shown(open_page(java_script_enabled=False), text)
    assert is_shown(open_page(f"lesson.html#{anchor}", java_script_enabled=script), text)


def test_a_link_opens_a_fold_each_time(open_page: Callable[..., Page]) -> None:
    page = open_page()
    link, hint = page.get_by_role("link", name="a hint"), page.locator("#tides-01-c1-hint-2")
    for _ in range(2):
        link.click()
        page.wait_for_function("document.getElementById('tides-01-c1-hint-2').open")
        assert hint.is_visible()
        hint.locator("summary").click()
        assert not is_shown(page, "the built-in functions")


def test_a_reader_can_close_what_a_link_opened(open_page: Callable[..., Page]) -> None:
    page = open_page("lesson.html#tides-01-c1-solution")
    solution = page.locator("#tides-01-c1-solution")
    assert solution.get_attribute("open") is not None
    solution.locator("summary").click()
    assert not is_shown(page, "an explanationword")

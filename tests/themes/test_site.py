"""What the themes make of a lesson, without a browser, and what a browser fetches for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sphinx.util.inventory import InventoryFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Site
    from playwright.sync_api import Page

ANCHORS = [
    "tides-01",
    "tides-01-objectives",
    "term-Tidal-range",
    "tides-01-demo-1",
    "tides-01-demo-5",
    "tides-01-try-it-1",
    "tides-01-challenge-intro-1",
    "tides-01-challenges",
    "tides-01-c1",
    "tides-01-c1-setup",
    "tides-01-c1-starter-code",
    "tides-01-c1-expected-output",
    "tides-01-c1-hint-1",
    "tides-01-c1-hint-3",
    "tides-01-c1-solution",
    "tides-01-c1-explanation",
    "tides-01-c2-input",
    "tides-01-c2-checks",
]


def test_every_piece_has_an_anchor_of_its_own(site: Site) -> None:
    ids = [element["id"] for element in site.soup().select("[id]")]
    assert [anchor for anchor in ANCHORS if ids.count(anchor) != 1] == []
    assert len(ids) == len(set(ids))


def test_the_search_finds_tasks_and_no_answers(site: Site) -> None:
    index = (site.folder / "searchindex.js").read_text(encoding="utf-8")
    for word in ("objectiveword", "definitionword", "taskword"):
        assert word in index
    for word in ("hintword", "solutionword", "explanationword", "checkword"):
        assert word in site.soup().get_text()
        assert word not in index


def test_the_inventory_holds_no_answers(site: Site) -> None:
    inventory = InventoryFile.loads((site.folder / "objects.inv").read_bytes(), uri="").data
    names = {name for objects in inventory.values() for name in objects}
    assert {"tides-01", "tides-01-c1", "Tidal range"} <= names
    assert not [name for name in names if "hint" in name or "solution" in name]


def test_the_page_leads_to_its_neighbors(site: Site) -> None:
    links = [link["href"] for link in site.soup().select("a[href], link[rel][href]")]
    assert links.count("before.html") >= 2
    assert links.count("plain.html") >= 2


def test_stylesheet_and_script_are_small_and_only_where_they_are_needed(site: Site) -> None:
    ours = "[href*='sphinx-lessons'], [src*='sphinx-lessons']"
    assert len(site.soup("lesson").select(ours)) == 2
    assert site.soup("plain").select(ours) == []
    static = site.folder / "_static"
    assert (static / "sphinx-lessons.css").stat().st_size < 12_000
    assert (static / "sphinx-lessons.js").stat().st_size < 2_000
    assert site.soup().select_one("script[src*='sphinx-lessons']")["type"] == "module"


@pytest.mark.needs_chromium
def test_a_page_asks_no_other_host_and_logs_no_error(
    open_page: Callable[..., Page], site: Site
) -> None:
    page = open_page("plain.html")
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{site.url}/lesson.html", wait_until="networkidle")
    assert f"{site.url}/lesson.html" in asked
    assert [url for url in asked if not url.startswith((site.url, "data:"))] == []
    assert errors == []

"""A build in which nothing has changed imports only what it needs."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from sphinx_projects import CONF

if TYPE_CHECKING:
    from sphinx_projects import Project

PRINT_IMPORTED = """
import sys

def print_imported(*_):
    print("imported:", *(name for name in sys.modules if name.startswith("sphinx_lessons.")))

def setup(app):
    app.connect("build-finished", print_imported, priority=999)
"""

FOR_WHAT_CHANGED = {
    "sphinx_lessons.checking",
    "sphinx_lessons.judging",
    "sphinx_lessons.reading",
    "sphinx_lessons.running",
    "sphinx_lessons.sphinx_ext.page.demos",
    "sphinx_lessons.sphinx_ext.page.outputs",
    "sphinx_lessons.sphinx_ext.page.sanitizing",
}
FOR_OTHER_PAGES = {
    "sphinx_lessons.sphinx_ext.course.map",
    "sphinx_lessons.sphinx_ext.course.map_listing",
    "sphinx_lessons.sphinx_ext.page.loose",
    "sphinx_lessons.sphinx_ext.paper.fonts",
    "sphinx_lessons.sphinx_ext.paper.pdftex",
}


def build(project: Project) -> set[str]:
    """Names of our modules that a build imports."""
    result = project.build_apart()
    assert result.status == 0, result.log
    (line,) = (text for text in result.info.splitlines() if text.startswith("imported: "))
    return set(line.split()[1:])


def test_what_is_not_needed_is_not_imported(tides: Project) -> None:
    tides.write("conf.py", CONF + PRINT_IMPORTED)
    first, unchanged = build(tides), build(tides)
    assert first >= FOR_WHAT_CHANGED
    assert not unchanged & FOR_WHAT_CHANGED
    assert not (first | unchanged) & FOR_OTHER_PAGES
    assert all(find_spec(name) for name in FOR_OTHER_PAGES)

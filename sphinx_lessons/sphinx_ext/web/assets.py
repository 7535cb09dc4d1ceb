"""Stylesheet and script of the pages that need them: small, never from another host."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes

from sphinx_lessons.sphinx_ext.nodes import (
    lesson_callout,
    lesson_demo,
    lesson_fold,
    lesson_header,
)

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

STATIC = Path(__file__).with_name("static")
STATIC_EPUB = Path(__file__).with_name("epub")
"""A stylesheet of the same name for reading systems, and no script."""
STYLESHEET = "sphinx-lessons.css"
SCRIPT = "sphinx-lessons.js"
OURS = (lesson_callout, lesson_demo, lesson_fold, lesson_header)


def add_static_path(_app: Sphinx, config: Config) -> None:
    """Make our files part of the output's ``_static``.

    Done this early, Sphinx sees the same value at every build and no changed configuration.
    """
    config.html_static_path = [*config.html_static_path, str(STATIC)]


def choose_static_path(app: Sphinx) -> None:
    """Reading systems have files of their own."""
    if app.builder.name == "epub":
        folders = app.config.html_static_path
        folders[folders.index(str(STATIC))] = str(STATIC_EPUB)


def add_files(
    app: Sphinx,
    _pagename: str,
    _template: str,
    _context: dict[str, object],
    doctree: nodes.document | None,
) -> None:
    """Link stylesheet and script from pages that have something of ours."""
    if doctree is not None and any(doctree.findall(_is_ours)):
        app.add_css_file(STYLESHEET)
        if app.builder.name != "epub":
            app.add_js_file(SCRIPT, type="module")


def _is_ours(node: nodes.Node) -> bool:
    return isinstance(node, OURS) or (
        isinstance(node, nodes.section) and "lesson-challenges" in node["classes"]
    )


def setup_assets(app: Sphinx) -> None:
    """Connect the assets to HTML builds."""
    app.connect("config-inited", add_static_path)
    app.connect("builder-inited", choose_static_path)
    app.connect("html-page-context", add_files)

"""MyST for lessons: bring the parser and the syntax, and hand it lessons in words it knows.

The text of a lesson is rewritten line by line when Sphinx has read it, so that every line keeps its
number and MyST-Parser and MyST-NB both work, unpatched.
"""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx_lessons.sphinx_ext.build import Page, page_of
from sphinx_lessons.sphinx_ext.encoding import setup_encoding

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

PARSERS = ("myst_parser", "myst_nb")


def enable_syntax(_app: Sphinx, config: Config) -> None:
    """Add the MyST extensions that lessons need to those that the project chose."""
    config.myst_enable_extensions = {*config.myst_enable_extensions, "colon_fence"}


def read_source(app: Sphinx, docname: str, content: list[str]) -> None:
    """Open the page and rewrite its text if it is a lesson (event ``source-read``)."""
    page = Page.open(app, docname, content[0])
    app.env.temp_data[Page.KEY] = page
    if page.text is not None:
        content[0] = page.text


def read_include(app: Sphinx, relative: Path, _parent: str, content: list[str]) -> None:
    """The same for a file that a Markdown page includes as Markdown (event ``include-read``)."""
    page = page_of(app.env)
    if page is not None and _includes_markdown():
        path = Path(app.srcdir, relative).resolve()
        known = page.reports.get(str(path))
        if known is not None:  # included twice: its problems are told once
            from sphinx_lessons.reading import rewrite

            content[0] = rewrite(content[0], known.lesson)
        else:
            content[0] = page.include(path, content[0])


def _includes_markdown() -> bool:
    """Whether the include that sends the event is one of MyST's, and parses the file.

    The event does not say what for the file is read, and MyST sends it for ``:literal:`` and
    ``:code:`` as well; only the directive knows, so it is looked up among the callers.
    """
    from myst_parser.mocking import MockIncludeDirective

    for frame, _line in traceback.walk_stack(None):
        directive = frame.f_locals.get("self")
        if isinstance(directive, MockIncludeDirective):
            return directive.options.keys().isdisjoint(("literal", "code"))
    return False


def setup_markdown(app: Sphinx) -> None:
    """Bring MyST-Parser unless a parser for Markdown is there, and connect the rewriting."""
    setup_encoding(app)
    listed = {*app.extensions, *app.config.extensions}
    if not listed.intersection(PARSERS):
        app.setup_extension("myst_parser")
    app.connect("config-inited", enable_syntax)
    # Late, so that other extensions' changes of the source are seen.
    app.connect("source-read", read_source, priority=900)
    app.connect("include-read", read_include, priority=900)

"""Directives that present the course: what they show depends on pages that may not be read yet.

A directive leaves a :class:`lesson_listing`; :mod:`.listings` fills it when a page is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from collections.abc import Callable

    from sphinx.application import Sphinx


class lesson_listing(nodes.General, nodes.Element):  # noqa: N801
    """The place of a listing. ``kind`` is its directive, ``filters`` a tuple of words by option."""


def split_words(argument: str | None) -> tuple[str, ...]:
    """The comma-separated words of an option. Raises :class:`ValueError` if there is none."""
    words = tuple(word.strip() for word in (argument or "").split(",") if word.strip())
    if not words:
        raise ValueError("at least one word is required")
    return words


class Listing(SphinxDirective):
    """Lessons or parts of lessons, those that all given options agree to."""

    option_spec: ClassVar[dict[str, Callable[[str], object]]] = {
        "module": split_words,
        "difficulty": split_words,
        "keyword": split_words,
        "class": directives.class_option,
    }

    def run(self) -> list[nodes.Node]:
        """Leave a place and tell the domain that this page depends on the course."""
        filters = {key: words for key, words in self.options.items() if key != "class"}
        listing = lesson_listing(
            "", kind=self.name, filters=filters, classes=self.options.get("class", [])
        )
        self.set_source_info(listing)
        source, line = self.get_source_info()
        domain = self.env.get_domain("lesson")
        modules = filters.get("module", ())
        domain.note_listing((source, line, modules))  # type: ignore[attr-defined]
        if self.name == "lesson-list" and len(modules) == 1 and set(filters) == {"module"}:
            self._present_module(listing, modules[0])
        return [listing]

    def _present_module(self, listing: lesson_listing, module: str) -> None:
        """Make this list the target of links to the module."""
        anchor = nodes.make_id(f"module-{module}")
        if anchor not in self.state.document.ids:
            listing["ids"].append(anchor)
            self.state.document.ids[anchor] = listing
            self.env.get_domain("lesson").note_module(module, anchor)  # type: ignore[attr-defined]


LISTINGS = ("course-map", "lesson-list", "challenge-list", "objectives", "glossary-of-definitions")


def setup_course_directives(app: Sphinx) -> None:
    """Register the directives and their node, which no page keeps."""
    app.add_node(lesson_listing)
    for name in LISTINGS:
        app.add_directive(name, Listing)

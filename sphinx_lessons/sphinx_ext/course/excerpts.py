"""What authors wrote on one page, kept for another: objectives and definitions.

They are taken when a page was read, so that a page about the whole course loads no other page.
Kept as pickled bytes: a build that shows none of them loads and saves the environment, and with it
thousands of nodes, without unpickling one.
"""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, NamedTuple

from docutils import nodes
from sphinx import addnodes

from sphinx_lessons.sphinx_ext.course.index import course_index_of, plain
from sphinx_lessons.sphinx_ext.nodes import lesson_header

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    from sphinx_lessons.model import Lesson


class Excerpts(NamedTuple):
    """The pieces of one page that other pages show, free of what ties them to it."""

    objectives: nodes.Node | None
    """The list in the header of the page's lesson."""
    definitions: tuple[tuple[str, list[nodes.Node]], ...]
    """Each term and what is said of it."""


NOTHING = Excerpts(None, ())


def note_excerpts(app: Sphinx, doctree: nodes.document) -> None:
    """Keep the pieces of the page that was just read."""
    excerpts = Excerpts(_find_objectives(doctree), tuple(_find_definitions(doctree)))
    if excerpts != NOTHING:
        kept = app.env.get_domain("lesson").data["excerpts"]
        kept[app.env.docname] = pickle.dumps(excerpts, pickle.HIGHEST_PROTOCOL)


def _find_objectives(doctree: nodes.document) -> nodes.Node | None:
    for header in doctree.findall(lesson_header):
        for shown in header.findall(nodes.bullet_list):
            return _detach(shown)
    return None


def _find_definitions(doctree: nodes.document) -> Iterator[tuple[str, list[nodes.Node]]]:
    for lead in doctree.findall(nodes.strong):
        if "lesson-term" in lead["classes"]:
            yield lead.astext(), _copy_body(lead)


def _copy_body(lead: nodes.strong) -> list[nodes.Node]:
    """The callout around a term, without its title, the term and the colon after it."""
    paragraph = lead.parent
    first = _detach(paragraph)
    position = paragraph.index(lead)
    del first.children[: position + 1]
    if first.children and isinstance(first.children[0], nodes.Text):
        first.replace(first.children[0], nodes.Text(first.children[0].lstrip(" :")))
    callout = paragraph.parent
    rest = callout.children[callout.index(paragraph) + 1 :]
    return [first, *map(_detach, rest)]


def _detach(node: nodes.Node) -> nodes.Element:
    """A copy that may stand on any page: without anchors, and without its document."""
    copy = node.deepcopy()
    for target in list(copy.findall(lambda item: isinstance(item, nodes.target | addnodes.index))):
        target.parent.remove(target)
    for item in copy.findall():
        item.document = None  # type: ignore[assignment]
        if isinstance(item, nodes.Element):
            item["ids"], item["names"] = [], []
    assert isinstance(copy, nodes.Element)
    return copy


def copy_objectives(env: BuildEnvironment, lesson: Lesson) -> nodes.Node:
    """The objectives as the header of the lesson shows them."""
    docname = course_index_of(env).docnames[lesson.id]
    if lesson.path == str(env.doc2path(docname)):
        shown = _load(env, docname).objectives
        if shown is not None:
            return _adopt(env, shown)
    items = nodes.bullet_list(bullet="-")
    for text in map(plain, lesson.meta.objectives):
        items += nodes.list_item("", nodes.paragraph(text, text))
    return items


def copy_definitions(
    env: BuildEnvironment, lesson: Lesson
) -> Iterator[tuple[str, list[nodes.Node]]]:
    """Each term that a lesson defines, and what it says of it."""
    wanted = {definition.term.casefold() for definition in lesson.definitions if definition.term}
    if wanted:
        for term, body in _load(env, course_index_of(env).docnames[lesson.id]).definitions:
            if term.casefold() in wanted:
                yield term, [_adopt(env, node) for node in body]


def _load(env: BuildEnvironment, docname: str) -> Excerpts:
    """The pieces of a page, new nodes each time."""
    kept: bytes | None = env.get_domain("lesson").data["excerpts"].get(docname)
    return pickle.loads(kept) if kept else NOTHING


def _adopt(env: BuildEnvironment, node: nodes.Node) -> nodes.Node:
    """The same node, its links made for the current page."""
    for reference in node.findall(addnodes.pending_xref):
        reference["refdoc"] = env.docname
    return node


def setup_excerpts(app: Sphinx) -> None:
    """Take the pieces when Sphinx is done with a page and has collected its images."""
    app.connect("doctree-read", note_excerpts, priority=900)

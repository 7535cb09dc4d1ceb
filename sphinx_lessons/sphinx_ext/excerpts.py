"""What authors wrote on one page, copied for another: objectives and definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes

from sphinx_lessons.sphinx_ext.course_index import course_index_of, plain
from sphinx_lessons.sphinx_ext.nodes import lesson_header

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.environment import BuildEnvironment

    from sphinx_lessons.model import Lesson


def copy_objectives(env: BuildEnvironment, lesson: Lesson) -> nodes.Element:
    """The objectives as the header of the lesson shows them."""
    docname = course_index_of(env).docnames[lesson.id]
    if lesson.path == str(env.doc2path(docname)):
        for header in env.get_doctree(docname).findall(lesson_header):
            for shown in header.findall(nodes.bullet_list):
                return adopt(env, shown)
    items = nodes.bullet_list(bullet="-")
    for text in map(plain, lesson.meta.objectives):
        items += nodes.list_item("", nodes.paragraph(text, text))
    return items


def copy_definitions(
    env: BuildEnvironment, lesson: Lesson
) -> Iterator[tuple[str, list[nodes.Node]]]:
    """Each term that a lesson defines, and what it says of it."""
    if not any(definition.term for definition in lesson.definitions):
        return
    wanted = {definition.term.casefold() for definition in lesson.definitions}
    doctree = env.get_doctree(course_index_of(env).docnames[lesson.id])
    for lead in doctree.findall(nodes.strong):
        term = lead.astext()
        if "lesson-term" in lead["classes"] and term.casefold() in wanted:
            yield term, _copy_body(env, lead)


def _copy_body(env: BuildEnvironment, lead: nodes.strong) -> list[nodes.Node]:
    """The callout around a term, without its title, the term and the colon after it."""
    paragraph = lead.parent
    first = adopt(env, paragraph)
    position = paragraph.index(lead)
    del first.children[: position + 1]
    if first.children and isinstance(first.children[0], nodes.Text):
        first.replace(first.children[0], nodes.Text(first.children[0].lstrip(" :")))
    callout = paragraph.parent
    rest = callout.children[callout.index(paragraph) + 1 :]
    return [first, *(adopt(env, node) for node in rest)]


def adopt(env: BuildEnvironment, node: nodes.Node) -> nodes.Element:
    """A copy that may stand on the current page: without anchors, its links made for this page."""
    copy = node.deepcopy()
    for element in copy.findall(nodes.Element):
        element["ids"] = []
        element["names"] = []
        if isinstance(element, addnodes.pending_xref):
            element["refdoc"] = env.docname
    for target in list(copy.findall(lambda item: isinstance(item, nodes.target | addnodes.index))):
        target.parent.remove(target)
    assert isinstance(copy, nodes.Element)
    return copy

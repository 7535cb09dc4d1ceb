"""The nodes of a lesson page and how every builder renders them.

The nodes are neutral: what a part is, not how it looks. Text that the extension itself puts on the
page (labels) is marked as not translatable, so that it never becomes a message of the author's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes

if TYPE_CHECKING:
    from collections.abc import Callable

    from sphinx.application import Sphinx


class lesson_header(nodes.General, nodes.Element):  # noqa: N801
    """Objectives, time, difficulty and prerequisites, below the title of a lesson."""


class lesson_demo(nodes.General, nodes.Element):  # noqa: N801
    """A demo: its code and a :class:`lesson_output`."""


class lesson_output(nodes.General, nodes.Element):  # noqa: N801
    """What a program showed. ``verdict`` is the word of its verdict."""


class lesson_bundle(nodes.General, nodes.Element):  # noqa: N801
    """A value in several forms: child ``k`` is the form of MIME type ``mimetypes[k]``."""


class lesson_fold(nodes.General, nodes.Element):  # noqa: N801
    """A part that a reader opens; the first child is its :class:`lesson_fold_title`.

    ``kind`` is one of ``hint``, ``solution``, ``setup``, ``input``, ``checks``, ``code`` and
    ``output``.
    """


class lesson_fold_title(nodes.General, nodes.TextElement):  # noqa: N801
    """What is seen of a closed :class:`lesson_fold`."""


class lesson_label(nodes.General, nodes.TextElement):  # noqa: N801
    """A short label above a block, in the words of the extension."""


class lesson_region(nodes.General, nodes.Element):  # noqa: N801
    """The challenges of a lesson, until the transform moves them to where they belong."""


Visitor = Any  # One of Sphinx's translators; they share no typed base.
Pair = tuple["Callable[[Visitor, Any], None]", "Callable[[Visitor, Any], None]"]


def html_element(tag: str, css: str) -> Pair:
    """Visitors that render a node as one HTML element."""

    def visit(self: Visitor, node: nodes.Element) -> None:
        kind = node.get("kind")
        extra = f" {css}-{kind}" if kind else ""
        self.body.append(self.starttag(node, tag, "", CLASS=css + extra))

    def depart(self: Visitor, _node: nodes.Element) -> None:
        self.body.append(f"</{tag}>\n")

    return visit, depart


def _enter(_self: Visitor, _node: nodes.Element) -> None:
    """Render the children only."""


def _visit_strong_line(self: Visitor, node: nodes.Element) -> None:
    self.visit_paragraph(node)
    self.visit_strong(node)


def _depart_strong_line(self: Visitor, node: nodes.Element) -> None:
    self.depart_strong(node)
    self.depart_paragraph(node)


CHILDREN: Pair = (_enter, _enter)
STRONG_LINE: Pair = (_visit_strong_line, _depart_strong_line)

BUILDERS = ("html", "latex", "text", "man", "texinfo")

VISITORS: dict[type[nodes.Element], dict[str, Pair]] = {
    lesson_header: {"html": html_element("div", "lesson-header")},
    lesson_demo: {"html": html_element("div", "lesson-demo")},
    lesson_output: {"html": html_element("div", "lesson-output")},
    lesson_bundle: {"html": CHILDREN},
    lesson_fold: {"html": html_element("details", "lesson-fold")},
    lesson_fold_title: {
        "html": html_element("summary", "lesson-fold-title"),
        **dict.fromkeys(BUILDERS[1:], STRONG_LINE),
    },
    lesson_label: {
        "html": html_element("p", "lesson-label"),
        **dict.fromkeys(BUILDERS[1:], STRONG_LINE),
    },
}
"""How each node is rendered; a builder that is not named renders the children only."""


def make_label(text: str) -> lesson_label:
    """A label in the words of the extension."""
    return lesson_label(text, text, translatable=False)


def make_fold(kind: str, title: str, *children: nodes.Node, open: bool = False) -> lesson_fold:  # noqa: A002
    """A part that a reader opens."""
    fold = lesson_fold("", lesson_fold_title(title, title, translatable=False), kind=kind)
    if open:
        fold["open"] = "open"
    fold += list(children)
    return fold


def make_literal(text: str, language: str = "none", *classes: str) -> nodes.literal_block:
    """A literal block; ``rawsource`` is set, or Sphinx would not highlight it."""
    text = text.removesuffix("\n")
    return nodes.literal_block(text, text, language=language, classes=list(classes))


def setup_nodes(app: Sphinx) -> None:
    """Register the nodes with every builder."""
    for node, visitors in VISITORS.items():
        pairs: dict[str, Any] = {name: visitors.get(name, CHILDREN) for name in BUILDERS}
        app.add_node(node, **pairs)

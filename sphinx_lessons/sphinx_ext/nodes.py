"""The nodes of a lesson page and how every builder renders them.

The nodes are neutral: what a part is, not how it looks. Text that the extension itself puts on the
page (labels) is marked as not translatable, so that it never becomes a message of the author's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes

from sphinx_lessons.sphinx_ext.words import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from sphinx.application import Sphinx


class lesson_header(nodes.General, nodes.Element):  # noqa: N801
    """Objectives, time, difficulty and prerequisites, below the title of a lesson."""


class lesson_facts(nodes.General, nodes.Element):  # noqa: N801
    """Short facts about a lesson; its children are :class:`lesson_fact`."""


class lesson_fact(nodes.General, nodes.Element):  # noqa: N801
    """A :class:`lesson_fact_name`, a blank and a :class:`lesson_fact_value`.

    ``kind`` is one of ``module``, ``time``, ``difficulty`` and ``prerequisites``.
    """


class lesson_fact_name(nodes.General, nodes.TextElement):  # noqa: N801
    """What a fact is about, with its colon."""


class lesson_fact_value(nodes.General, nodes.TextElement):  # noqa: N801
    """What a fact says."""


class lesson_demo(nodes.General, nodes.Element):  # noqa: N801
    """A demo: its code and a :class:`lesson_output`."""


class lesson_output(nodes.General, nodes.Element):  # noqa: N801
    """What a program showed. ``verdict`` is the word of its verdict."""


class lesson_bundle(nodes.General, nodes.Element):  # noqa: N801
    """A value in several forms: child ``k`` is the form of MIME type ``mimetypes[k]``."""


class lesson_fold(nodes.General, nodes.Element):  # noqa: N801
    """A part that a reader opens; the first child is its :class:`lesson_fold_title`.

    ``kind`` is one of ``hint``, ``solution``, ``explanation``, ``setup``, ``input``, ``checks``,
    ``code`` and ``output``.
    """


class lesson_fold_title(nodes.General, nodes.TextElement):  # noqa: N801
    """What is seen of a closed :class:`lesson_fold`."""


class lesson_label(nodes.General, nodes.TextElement):  # noqa: N801
    """A short label above a block, in the words of the extension."""


class lesson_callout(nodes.General, nodes.Element):  # noqa: N801
    """An admonition of ours on an HTML page, free of what themes do to admonitions.

    ``kind`` is one of ``definition``, ``try-it`` and ``challenge-intro``.
    """


class lesson_callout_title(nodes.General, nodes.TextElement):  # noqa: N801
    """The title of a :class:`lesson_callout`."""


class lesson_region(nodes.General, nodes.Element):  # noqa: N801
    """The challenges of a lesson, until the transform moves them to where they belong."""


Visitor = Any  # One of Sphinx's translators; they share no typed base.
Pair = tuple["Callable[[Visitor, Any], None]", "Callable[[Visitor, Any], None]"]


def html_element(tag: str, css: str, **attributes: str) -> Pair:
    """Visitors that render a node as one HTML element; ``attributes`` are HTML's."""

    def visit(self: Visitor, node: nodes.Element) -> None:
        kind = node.get("kind")
        extra = f" {css}-{kind}" if kind else ""
        self.body.append(self.starttag(node, tag, "", CLASS=css + extra, **attributes))

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


def _visit_paragraph(self: Visitor, node: nodes.Element) -> None:
    self.visit_paragraph(node)


def _depart_paragraph(self: Visitor, node: nodes.Element) -> None:
    self.depart_paragraph(node)


def _visit_strong(self: Visitor, node: nodes.Element) -> None:
    self.visit_strong(node)


def _depart_strong(self: Visitor, node: nodes.Element) -> None:
    self.depart_strong(node)


def _visit_output(self: Visitor, node: nodes.Element) -> None:
    label = {"aria-label": _("Output")}
    self.body.append(self.starttag(node, "div", "", CLASS="lesson-output", role="group", **label))


def _depart_output(self: Visitor, _node: nodes.Element) -> None:
    self.body.append("</div>\n")


def latex_environment(name: str) -> Pair:
    """Visitors that render a node as an environment of our style."""

    def visit(self: Visitor, _node: nodes.Element) -> None:
        self.body.append(f"\n\\begin{{{name}}}\n")

    def depart(self: Visitor, _node: nodes.Element) -> None:
        self.body.append(f"\n\\end{{{name}}}\n")

    return visit, depart


def _visit_latex_label(self: Visitor, node: nodes.Element) -> None:
    self.body.append(f"\n\\lessonlabel{{{self.hypertarget_to(node, anchor=bool(node['ids']))}")


def _depart_latex_label(self: Visitor, _node: nodes.Element) -> None:
    self.body.append("}\n")


CHILDREN: Pair = (_enter, _enter)
PARAGRAPH: Pair = (_visit_paragraph, _depart_paragraph)
STRONG: Pair = (_visit_strong, _depart_strong)
STRONG_LINE: Pair = (_visit_strong_line, _depart_strong_line)

BUILDERS = ("html", "latex", "text", "man", "texinfo")

VISITORS: dict[type[nodes.Element], dict[str, Pair]] = {
    lesson_header: {
        "html": html_element("header", "lesson-header"),
        "latex": latex_environment("lessonheader"),
    },
    lesson_facts: {"html": html_element("dl", "lesson-facts")},
    lesson_fact: {
        "html": html_element("div", "lesson-fact"),
        **dict.fromkeys(BUILDERS[1:], PARAGRAPH),
    },
    lesson_fact_name: {
        "html": html_element("dt", "lesson-fact-name"),
        **dict.fromkeys(BUILDERS[1:], STRONG),
    },
    lesson_fact_value: {"html": html_element("dd", "lesson-fact-value")},
    lesson_demo: {"html": html_element("div", "lesson-demo")},
    lesson_output: {
        "html": (_visit_output, _depart_output),
        "latex": latex_environment("lessonoutput"),
    },
    lesson_bundle: {"html": CHILDREN},
    lesson_fold: {"html": html_element("details", "lesson-fold")},
    lesson_fold_title: {
        "html": html_element("summary", "lesson-fold-title"),
        **dict.fromkeys(BUILDERS[1:], STRONG_LINE),
    },
    lesson_label: {
        "html": html_element("p", "lesson-label"),
        **dict.fromkeys(BUILDERS[1:], STRONG_LINE),
        "latex": (_visit_latex_label, _depart_latex_label),
    },
    lesson_callout: {"html": html_element("div", "lesson-callout", role="note")},
    lesson_callout_title: {"html": html_element("p", "lesson-callout-title")},
}
"""How each node is rendered; a builder that is not named renders the children only."""


REVEALING = frozenset({"hint", "solution", "explanation", "checks"})
"""Kinds of folds that give answers away."""


def make_label(text: str, node_id: str = "") -> lesson_label:
    """A label in the words of the extension."""
    return lesson_label(text, text, translatable=False, ids=[node_id] if node_id else [])


def make_fold(kind: str, title: str, *children: nodes.Node, node_id: str = "") -> lesson_fold:
    """A part that a reader opens; what gives answers away is kept out of the search index."""
    fold = lesson_fold("", lesson_fold_title(title, title, translatable=False), kind=kind)
    fold["ids"] += [node_id] if node_id else []
    fold["classes"] += ["no-search"] if kind in REVEALING else []
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

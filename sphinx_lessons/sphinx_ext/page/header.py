"""The header of a lesson page: what it teaches, how long it takes, what it builds on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from docutils.utils import new_document
from myst_parser.mdit_to_docutils.sphinx_ import SphinxRenderer
from myst_parser.parsers.mdit import create_md_parser
from sphinx.addnodes import pending_xref

from sphinx_lessons.sphinx_ext.nodes import (
    lesson_fact,
    lesson_fact_name,
    lesson_fact_value,
    lesson_facts,
    lesson_header,
    make_label,
)
from sphinx_lessons.sphinx_ext.page.challenges import make_difficulty
from sphinx_lessons.sphinx_ext.words import _

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

    from sphinx_lessons.model import Lesson, Meta


def build_header(env: BuildEnvironment, lesson: Lesson, document: nodes.document) -> lesson_header:
    """The header of a lesson; without children if its front matter says nothing."""
    header = lesson_header()
    facts = build_facts(env, lesson.meta)
    if facts.children:
        header += facts
    if lesson.meta.objectives:
        header += make_label(_("What you will learn"), f"{lesson.id}-objectives")
        header += _parse_objectives(env, lesson.meta, document)
    return header


def build_facts(env: BuildEnvironment, meta: Meta) -> lesson_facts:
    """Module, time, difficulty and prerequisites, as far as the front matter has them."""
    facts = lesson_facts()
    if meta.module:
        reference = make_reference(env, meta.module, meta.lines.get("moduleId", 1))
        facts += make_fact("module", _("Module:"), reference)
    if meta.minutes is not None:
        facts += make_fact("time", _("Time:"), nodes.Text(_("%s min") % f"{meta.minutes:g}"))
    if meta.difficulty:
        facts += make_fact("difficulty", _("Difficulty:"), make_difficulty(meta.difficulty))
    if meta.prerequisites:
        facts += make_fact("prerequisites", _("Builds on:"), *_link_prerequisites(env, meta))
    return facts


def make_fact(kind: str, name: str, *value: nodes.Node) -> lesson_fact:
    """One fact, in the words of the extension."""
    title = lesson_fact_name(name, name, translatable=False)
    content = lesson_fact_value("", "", *value, translatable=False)
    return lesson_fact("", title, nodes.Text(" "), content, kind=kind)


def _link_prerequisites(env: BuildEnvironment, meta: Meta) -> list[nodes.Node]:
    links: list[nodes.Node] = []
    for index, target in enumerate(meta.prerequisites):
        line = meta.lines.get(f"prerequisites[{index}]", 1)
        links += [nodes.Text(", ")] if links else []
        links.append(make_reference(env, target, line))
    return links


def make_reference(env: BuildEnvironment, target: str, line: int) -> pending_xref:
    """A link to a lesson or a module; unknown ones stay text and are reported by the course."""
    content = nodes.inline(target, target, classes=["xref"])
    reference = pending_xref(
        target,
        content,
        refdomain="lesson",
        reftype="prerequisite",
        reftarget=target,
        refdoc=env.docname,
        refexplicit=False,
        refwarn=False,
    )
    reference.line = line
    return reference


def _parse_objectives(
    env: BuildEnvironment, meta: Meta, document: nodes.document
) -> list[nodes.Node]:
    """The objectives as a list: Markdown, each parsed at the line on which it stands."""
    lines: list[str] = []
    for index, objective in enumerate(meta.objectives):
        line = meta.lines.get(f"learningObjectives[{index}]", 1)
        lines += [""] * (line - 1 - len(lines))
        lines.append("- " + " ".join(objective.split()))
    # Set by myst_parser, which both of its hosts load.
    parser = create_md_parser(env.myst_config, SphinxRenderer)  # type: ignore[attr-defined]
    parsed = new_document(document["source"], document.settings)
    parser.options["document"] = parsed
    parser.render("\n".join(lines) + "\n")
    # Every node knows its document, and that one's settings the environment: left so, each pickled
    # doctree would hold all of it.
    for node in parsed.findall():
        node.document = document
    return list(parsed.children)

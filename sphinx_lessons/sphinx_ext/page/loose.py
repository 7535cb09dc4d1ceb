"""Demos on pages that are no lessons: the ``demo`` directives of a page are one session."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes

from sphinx_lessons.model import Demo, Lesson, Meta, Problem, Source, Span
from sphinx_lessons.reading import Reading, read_options
from sphinx_lessons.sphinx_ext.dependencies import note_reads
from sphinx_lessons.sphinx_ext.page.demos import DemoBuilder
from sphinx_lessons.sphinx_ext.page.unlocked import explain_unlocked

if TYPE_CHECKING:
    from sphinx_lessons.sphinx_ext.build import Page


DOCSTRING = ":docstring of "
"""What autodoc puts between a file and the name of what it documents."""


def embed_loose_demos(page: Page, source: str, blocks: list[nodes.literal_block]) -> None:
    """Run the demos on the spot and put the results in their places.

    They may stand in several files: those that the page includes, and docstrings.
    """
    demos: list[Demo] = []
    problems: list[Problem] = []
    for block in blocks:
        demo, found = _make_demo(block, source)
        demos.append(demo)
        problems += found
    lesson = Lesson(source, page.docname, "", Meta(), None, 0, demos=tuple(demos))
    report = explain_unlocked(page.build.run(Reading(lesson, tuple(problems))))
    note_reads(page.env, report.reads)
    builder = DemoBuilder(page.env, page, lesson)
    for index, (block, demo_report) in enumerate(zip(blocks, report.demos, strict=True)):
        builder.embed(block, _expected_block(block), demo_report, index)
    page.add_loose(replace(report, problems=(*report.problems, *builder.problems)))


def _make_demo(block: nodes.literal_block, source: str) -> tuple[Demo, list[Problem]]:
    options, complaints = read_options(block["lesson_flags"])
    path, line = block.source or source, block.line or 0
    if DOCSTRING not in path:
        # Of a file that RST includes, docutils knows a path from the current directory.
        path = os.path.normpath(Path(path).absolute())
    first = block["lesson_first_line"]
    end = first + block.rawsource.count("\n")
    fence = Source(block.rawsource, Span(line, end), first, block["language"])
    expected_block = _expected_block(block)
    expected = None
    if expected_block is not None:
        start = expected_block.line or end
        text, first_line = expected_block.rawsource + "\n", _content_line(path, start)
        expected = Source(text, Span(start, start), first_line, "output")
    problems = [Problem(code, message, path, line, code.severity) for code, message in complaints]
    return Demo(fence, options, expected, path=path), problems


def _content_line(source: str, line: int) -> int:
    """The first line of the content of a fence, or of a directive with its options."""
    if DOCSTRING in source:
        return line + 2  # as the directive is written without options
    if not source.endswith(".rst"):
        return line + 1
    lines = Path(source).read_text(encoding="utf-8-sig", errors="replace").splitlines()
    for number, text in enumerate(lines[line:], start=line + 1):
        if text.strip() and not text.lstrip().startswith(":"):
            return number
    return line


def _expected_block(block: nodes.literal_block) -> nodes.literal_block | None:
    """The block of language ``output`` right after a demo."""
    following = block.next_node(descend=False, siblings=True)
    if isinstance(following, nodes.literal_block) and following.get("language") == "output":
        return following
    return None

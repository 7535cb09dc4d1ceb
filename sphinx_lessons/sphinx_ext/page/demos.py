"""Demos as nodes: the code, and below it what the code really showed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

from sphinx_lessons.judging import normalize_stream
from sphinx_lessons.model import Ending, Problem
from sphinx_lessons.sphinx_ext.nodes import (
    lesson_demo,
    lesson_output,
    make_fold,
    make_label,
    make_literal,
)
from sphinx_lessons.sphinx_ext.page.challenges import make_failure, make_output_label
from sphinx_lessons.sphinx_ext.page.outputs import Renderer
from sphinx_lessons.sphinx_ext.words import _

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

    from sphinx_lessons.model import DemoReport, Lesson
    from sphinx_lessons.sphinx_ext.build import Page


class DemoBuilder:
    """Embeds the demos of one lesson."""

    def __init__(self, env: BuildEnvironment, page: Page, lesson: Lesson) -> None:
        self.page = page
        self.lesson = lesson
        self.paths = dict.fromkeys(
            [*(demo.path for demo in lesson.demos if demo.path), lesson.path]
        )
        self.problems: list[Problem] = []
        """Those that showed only now."""
        self.renderer = Renderer(env, trust_html=page.build.settings.trust_html)

    def embed(
        self,
        block: nodes.literal_block,
        expected: nodes.literal_block | None,
        report: DemoReport,
        index: int,
    ) -> None:
        """Put a demo node in the place of its code; the expected output is shown as the output."""
        demo = lesson_demo("", ids=[f"{self.lesson.id}-demo-{index + 1}"])
        demo.source, demo.line = block.source, block.line
        block.replace_self(demo)
        block["lesson_done"] = True
        # Magics of IPython are no Python; whether the code is right, running it tells.
        block["force"] = True
        tags = report.demo.options.tags
        if "remove-input" not in tags:
            demo += self._fold_if("hide-input" in tags, "code", _("Show the code"), block)
        output = self._build_output(report, expected)
        if output is not None and "remove-output" not in tags:
            demo += self._fold_if("hide-output" in tags, "output", _("Show the output"), output)

    def _fold_if(self, wanted: bool, kind: str, title: str, node: nodes.Node) -> nodes.Node:
        return make_fold(kind, title, node) if wanted else node

    def _build_output(
        self, report: DemoReport, expected: nodes.literal_block | None
    ) -> lesson_output | None:
        result = report.result
        if result is None:
            # Not run: a promise stays on the page as the author wrote it.
            return self._build_unrun(report)
        announcement = _take_announcement(expected) if expected is not None else None
        if expected is not None:
            expected.parent.remove(expected)
        shown = self.renderer.render(result)
        self._note_findings(report)
        if result.ending is Ending.RAISED and not report.verdict.word.fails and result.failure:
            text = f"{result.failure.name}: {result.failure.message}".rstrip(": ")
            shown.append(make_literal(normalize_stream(text), "none", "lesson-traceback"))
        shown += make_failure(report.verdict, self.paths)
        if not shown:
            return None
        output = lesson_output()
        if report.demo.expected:
            output += make_output_label(report.verdict, announcement)
        output += shown
        output["verdict"] = report.verdict.word.value
        return output

    def _build_unrun(self, report: DemoReport) -> lesson_output | None:
        shown = make_failure(report.verdict, self.paths)
        if self.page.build.settings.execute == "never":
            shown.append(make_label(_("Not run in this build")))
        return lesson_output("", *shown) if shown else None

    def _note_findings(self, report: DemoReport) -> None:
        path = report.demo.path or self.lesson.path
        for code, message in self.renderer.findings.items():
            problem = Problem(code, message, path, report.demo.line, code.severity)
            self.problems.append(problem)
        self.renderer.findings.clear()


def _take_announcement(expected: nodes.literal_block) -> nodes.paragraph | None:
    """The author's own ``Output:`` between a demo and its output, taken from its place."""
    parent = expected.parent
    before = parent[parent.index(expected) - 1]
    if not isinstance(before, nodes.paragraph):
        return None
    parent.remove(before)
    return before

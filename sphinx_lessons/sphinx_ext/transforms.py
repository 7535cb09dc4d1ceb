"""Between parsing and everything else: put results where their code stands, and the header on top.

Runs before Sphinx's translation of messages (priority 20), so that what authors wrote in the front
matter is translated like the rest of the page.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.transforms import SphinxTransform

from sphinx_lessons.model import Demo, Lesson, LessonReport, Meta, Problem, Source, Span
from sphinx_lessons.problems import Code
from sphinx_lessons.reading import Reading, read_options
from sphinx_lessons.sphinx_ext.build import Page, page_of
from sphinx_lessons.sphinx_ext.demos import DemoBuilder
from sphinx_lessons.sphinx_ext.header import build_header
from sphinx_lessons.sphinx_ext.nodes import lesson_region

if TYPE_CHECKING:
    from sphinx.application import Sphinx

Place = tuple[str, int]
"""Source file and line of an opening fence."""


class EmbedLessons(SphinxTransform):
    """Embed the reports of the page's lessons into its doctree."""

    default_priority = 8

    def apply(self, **_kwargs: object) -> None:
        """Embed demos, move challenges to the end, put the header on top."""
        page = page_of(self.env)
        if page is None:
            return
        blocks = self._find_blocks()
        for source, report in list(page.reports.items()):
            self._embed_demos(page, source, report, blocks)
        self._embed_loose_demos(page)
        self._place_regions()
        own = page.reports.get(self.document["source"])
        if own is not None:
            self._place_header(own.lesson)

    def _find_blocks(self) -> dict[Place, nodes.literal_block]:
        return {
            (block.source or "", block.line or 0): block
            for block in self.document.findall(nodes.literal_block)
        }

    def _embed_demos(
        self,
        page: Page,
        source: str,
        report: LessonReport,
        blocks: dict[Place, nodes.literal_block],
    ) -> None:
        builder = DemoBuilder(self.env, page, report.lesson)
        for index, demo_report in enumerate(report.demos):
            demo = demo_report.demo
            block = blocks.get((source, demo.line))
            if block is None:
                page.report_problem(_not_rendered(report.lesson, demo))
                continue
            expected = blocks.get((source, demo.expected.span.start)) if demo.expected else None
            builder.embed(block, expected, demo_report, index)

    def _embed_loose_demos(self, page: Page) -> None:
        """Run ``demo`` directives of a page that is no lesson: together, as one session."""
        source = self.document["source"]
        loose = [
            block
            for block in self.document.findall(nodes.literal_block)
            if "lesson_flags" in block and "lesson_done" not in block
        ]
        if not loose:
            return
        demos: list[Demo] = []
        problems: list[Problem] = []
        for block in loose:
            demo, found = _make_demo(block, source)
            demos.append(demo)
            problems += found
        lesson = Lesson(source, self.env.docname, "", Meta(), None, 0, demos=tuple(demos))
        report = page.build.run(Reading(lesson, tuple(problems)))
        page.add_loose(report)
        builder = DemoBuilder(self.env, page, lesson)
        for index, (block, demo_report) in enumerate(zip(loose, report.demos, strict=True)):
            builder.embed(block, _expected_block(block), demo_report, index)

    def _place_regions(self) -> None:
        """Challenges belong at the end of the page, one level below its title."""
        for region in list(self.document.findall(lesson_region)):
            parent: nodes.Element = self.document
            top = self.document.next_node(nodes.section)
            if isinstance(top, nodes.section) and region["source"] == self.document["source"]:
                parent = top
            region.parent.remove(region)
            for section in region.findall(nodes.section):
                self.document.ids.setdefault(section["ids"][0], section)
            parent += region.children

    def _place_header(self, lesson: Lesson) -> None:
        header = build_header(self.env, lesson, self.document)
        top = self.document.next_node(nodes.section)
        if isinstance(top, nodes.section):
            title = top.first_child_matching_class(nodes.title)
            if lesson.id not in self.document.ids:
                top["ids"].append(lesson.id)
                self.document.ids[lesson.id] = top
            if header.children:
                top.insert((title or 0) + 1, header)
        elif header.children:
            self.document.insert(0, header)


def _not_rendered(lesson: Lesson, demo: Demo) -> Problem:
    code = Code.NOT_RENDERED
    message = "the place of this demo on the page was not found; its output is missing"
    return Problem(code, message, lesson.path, demo.line, code.severity)


def _make_demo(block: nodes.literal_block, source: str) -> tuple[Demo, list[Problem]]:
    options, complaints = read_options(block["lesson_flags"])
    line = block.line or 0
    first = block["lesson_first_line"]
    end = first + block.rawsource.count("\n")
    fence = Source(block.rawsource, Span(line, end), first, block["language"])
    expected_block = _expected_block(block)
    expected = None
    if expected_block is not None:
        start = expected_block.line or end
        text, first_line = expected_block.rawsource + "\n", _content_line(source, start)
        expected = Source(text, Span(start, start), first_line, "output")
    problems = [Problem(code, message, source, line, code.severity) for code, message in complaints]
    return Demo(fence, options, expected), problems


def _content_line(source: str, line: int) -> int:
    """The first line of the content of a fence, or of a directive with its options."""
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


def setup_transforms(app: Sphinx) -> None:
    """Register the transform."""
    app.add_transform(EmbedLessons)

"""Between parsing and everything else: put results where their code stands, and the header on top.

Runs before Sphinx's translation of messages (priority 20), so that what authors wrote in the front
matter is translated like the rest of the page. What builds nodes is imported when there is a page
to build: a build in which nothing has changed does not pay for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.transforms import SphinxTransform

from sphinx_lessons.model import Demo, Lesson, LessonReport, Problem, Source
from sphinx_lessons.problems import Code
from sphinx_lessons.sphinx_ext.build import Page, page_of
from sphinx_lessons.sphinx_ext.dependencies import note_reads
from sphinx_lessons.sphinx_ext.nodes import lesson_region

if TYPE_CHECKING:
    from sphinx.application import Sphinx

Place = tuple[str, int]
"""Source file and line of an opening fence."""
MOST_LINES_OFF = 5


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
            note_reads(self.env, report.reads)
            self._embed_demos(page, source, report, blocks)
        self._embed_loose_demos(page)
        regions = self._take_regions()
        own = page.reports.get(self.document["source"])
        if own is not None and own.lesson.meta.title and not own.lesson.has_h1:
            self._add_title(own.lesson)
        top = self.document.next_node(nodes.section)
        self._place_regions(regions, top)
        if own is not None:
            self._place_header(own.lesson, top)

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
        from sphinx_lessons.sphinx_ext.page.demos import DemoBuilder

        builder = DemoBuilder(self.env, page, report.lesson)
        for index, demo_report in enumerate(report.demos):
            demo = demo_report.demo
            block = _find_fence(blocks, source, demo.source)
            if block is None:
                page.report_problem(_not_rendered(report.lesson, demo))
                continue
            promised = demo.expected
            expected = _find_fence(blocks, source, promised) if promised else None
            builder.embed(block, expected, demo_report, index)
        for problem in builder.problems:
            page.report_problem(problem)

    def _embed_loose_demos(self, page: Page) -> None:
        """Run ``demo`` directives of a page that is no lesson: together, as one session."""
        loose = [
            block
            for block in self.document.findall(nodes.literal_block)
            if "lesson_flags" in block and "lesson_done" not in block
        ]
        if loose:
            from sphinx_lessons.sphinx_ext.page.loose import embed_loose_demos

            embed_loose_demos(page, self.document["source"], loose)

    def _take_regions(self) -> list[lesson_region]:
        """Take the challenges out: their sections are none of the author's."""
        regions = list(self.document.findall(lesson_region))
        for region in regions:
            region.parent.remove(region)
        return regions

    def _add_title(self, lesson: Lesson) -> None:
        """Put the page under the title that only the front matter gives."""
        text = lesson.meta.title
        title = nodes.title(text, text)
        title.source, title.line = self.document["source"], lesson.meta.lines["title"]
        section = nodes.section("", title, names=[nodes.fully_normalize_name(text)])
        self.document.note_implicit_target(section, section)
        start = self._after_metadata()
        section += self.document.children[start:]
        del self.document[start:]
        self.document += section

    def _after_metadata(self) -> int:
        """Where the content begins: Sphinx looks for the front matter in front of everything."""
        head = nodes.PreBibliographic | nodes.docinfo | nodes.field_list
        content = (n for n, child in enumerate(self.document) if not isinstance(child, head))
        return next(content, len(self.document))

    def _place_regions(self, regions: list[lesson_region], top: nodes.section | None) -> None:
        """Challenges belong at the end of the page, one level below its title if it has one."""
        for region in regions:
            own = region["source"] == self.document["source"]
            parent: nodes.Element = top if top is not None and own else self.document
            for node in region.findall(nodes.Element):
                self._take_ids(node)
            parent += region.children

    def _take_ids(self, node: nodes.Element) -> None:
        """Register the ids of a node; one that is taken already gets a number."""
        for place, wanted in enumerate(node["ids"]):
            free, count = wanted, 1
            while self.document.ids.get(free, node) is not node:
                count += 1
                free = f"{wanted}-{count}"
            node["ids"][place] = free
            self.document.ids[free] = node

    def _place_header(self, lesson: Lesson, top: nodes.section | None) -> None:
        from sphinx_lessons.sphinx_ext.page.header import build_header

        header = build_header(self.env, lesson, self.document)
        if top is not None:
            title = top.first_child_matching_class(nodes.title)
            if lesson.id not in self.document.ids:
                top["ids"].append(lesson.id)
                self.document.ids[lesson.id] = top
            if header.children:
                top.insert((title or 0) + 1, header)
            return
        anchored: list[nodes.Node] = [header] if header.children else []
        if lesson.id not in self.document.ids:
            target = nodes.target("", "", ids=[lesson.id])
            self.document.ids[lesson.id] = target
            anchored.insert(0, target)
        self.document[self._after_metadata() : self._after_metadata()] = anchored


def _find_fence(
    blocks: dict[Place, nodes.literal_block], source: str, fence: Source
) -> nodes.literal_block | None:
    """The node of a fence.

    In a block whose content begins with another block MyST counts one line too many, so one of the
    same text shortly below is taken as well.
    """
    start = fence.span.start
    exact = blocks.get((source, start))
    if exact is not None:
        return exact
    near = (blocks.get((source, line)) for line in range(start + 1, start + MOST_LINES_OFF + 1))
    text = fence.text.strip("\n")
    return next((block for block in near if block and block.rawsource.strip("\n") == text), None)


def _not_rendered(lesson: Lesson, demo: Demo) -> Problem:
    code = Code.NOT_RENDERED
    message = "the place of this demo on the page was not found; its output is missing"
    return Problem(code, message, lesson.path, demo.line, code.severity)


def setup_embedding(app: Sphinx) -> None:
    """Register the transform."""
    app.add_transform(EmbedLessons)

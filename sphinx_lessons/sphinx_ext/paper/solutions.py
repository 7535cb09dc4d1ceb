"""Where hints and solutions stand: under their exercises, at the back, or nowhere.

The doctree that is stored always has them under their exercises. Each builder moves them in what it
writes: the page, or the whole book where the builder assembles one.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_id

from sphinx_lessons.config import solutions_for
from sphinx_lessons.sphinx_ext.configuration import read_settings
from sphinx_lessons.sphinx_ext.hosts import builder_of, docname_of
from sphinx_lessons.sphinx_ext.nodes import lesson_fold
from sphinx_lessons.sphinx_ext.words import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.builders import Builder

MOVED = ("hint", "solution", "explanation")


class lesson_solutions(nodes.General, nodes.Element):  # noqa: N801
    """The place where an author wants the solutions; gone before anything is written."""


class lesson_page_number(nodes.General, nodes.Inline, nodes.Element):  # noqa: N801
    """The number of the page on which ``label`` stands; only where there are pages."""


class lesson_room(nodes.General, nodes.Element):  # noqa: N801
    """Room for a heading and the beginning of the answers below it; only where there are pages."""


class Solutions(SphinxDirective):
    """The place for the solutions, where they do not stand under their exercises."""

    def run(self) -> list[nodes.Node]:
        """Mark the place."""
        return [lesson_solutions()]


@dataclass(frozen=True, slots=True)
class Answer:
    """The hints and the solution of one exercise."""

    docname: str
    challenge: nodes.section
    folds: list[lesson_fold]

    @property
    def id(self) -> str:
        """The anchor of the answer."""
        return f"{self.challenge['lesson_challenge']}-answer"


class PlaceSolutions(SphinxPostTransform):
    """Move hints and solutions to where the configuration wants them."""

    # Before Sphinx resolves references, at 10.
    default_priority = 5

    def run(self, **_kwargs: object) -> None:
        """Move or remove them; marked places are filled or go."""
        builder = builder_of(self.env)
        names = (builder.name, builder.format)
        placement = solutions_for(read_settings(self.config), *names)
        places = list(self.document.findall(lesson_solutions))
        if placement != "inline":
            answers = [take_answer(self.document, section) for section in self._challenges()]
            answers = [answer for answer in answers if answer.folds]
            if placement == "appendix" and answers:
                self._place(answers, places, builder)
        for place in places:
            if place in place.parent.children:
                place.parent.remove(place)

    def _challenges(self) -> list[nodes.section]:
        return [node for node in self.document.findall(nodes.section) if "lesson_challenge" in node]

    def _place(
        self, answers: list[Answer], places: list[lesson_solutions], builder: Builder
    ) -> None:
        for answer in answers:
            text = _("Hints and solution")
            answer.challenge.extend(make_links(builder, text, answer.docname, answer.id))
        parts = list(self._build_parts(answers, builder))
        if places:
            places[0].replace_self(parts)
            return
        title = str(_("Hints and solutions"))
        back = nodes.section("", nodes.title(title, title, translatable=False))
        back["ids"].append("lesson-solutions")
        back["classes"].append("lesson-solutions")
        back += parts
        _find_end(self.document).append(back)

    def _build_parts(self, answers: list[Answer], builder: Builder) -> Iterator[nodes.Node]:
        """The answers, in a section for each lesson if there are several."""
        lessons = [
            (docname, list(group))
            for docname, group in groupby(answers, key=lambda answer: answer.docname)
        ]
        for docname, group in lessons:
            built: list[nodes.Node] = [build_answer(answer, builder) for answer in group]
            if builder.format == "latex":
                # TeX's labels are made of the page's name and an id: the answers keep both.
                built = [addnodes.start_of_file("", *built, docname=docname)]
            if len(lessons) == 1:
                yield from built
                continue
            node_id = make_id(self.env, self.document, "solutions", docname)
            title = self.env.titles[docname].deepcopy()
            section = nodes.section("", ids=[node_id])
            section += nodes.title(title.astext(), "", *title.children)
            section += built
            if builder.format == "latex":
                yield lesson_room()
            yield section


def take_answer(document: nodes.document, challenge: nodes.section) -> Answer:
    """Take the hints and the solution out of an exercise."""
    folds = [node for node in challenge.children if isinstance(node, lesson_fold) and _moves(node)]
    for fold in folds:
        challenge.remove(fold)
    return Answer(docname_of(document, challenge), challenge, folds)


def _moves(fold: lesson_fold) -> bool:
    return fold["kind"] in MOVED


def build_answer(answer: Answer, builder: Builder) -> nodes.section:
    """The section of an answer, with a link back to its exercise."""
    title = answer.challenge[0].deepcopy()
    section = nodes.section("", title, ids=[answer.id], classes=["lesson-answer"])
    section["lesson_challenge"] = answer.challenge["lesson_challenge"]
    section.source, section.line = answer.challenge.source, answer.challenge.line
    exercise = str(answer.challenge["ids"][0])
    section += make_links(builder, _("Exercise"), answer.docname, exercise)
    section += answer.folds
    return section


def make_links(builder: Builder, text: str, docname: str, node_id: str) -> list[nodes.Node]:
    """A line that leads to an exercise or its answer: by page in a PDF, by link on a page.

    Builders of plain text have neither.
    """
    if builder.format not in ("latex", "html"):
        return []
    if builder.format == "latex":
        text = _("%s: page") % text
        reference = nodes.reference("", text, internal=True, refuri=f"%{docname}#{node_id}")
        reference += nodes.Text("\N{NO-BREAK SPACE}")
        reference += lesson_page_number(label=f"{docname}:{node_id}")
    else:
        reference = nodes.reference("", text, internal=True, refid=node_id)
    return [nodes.paragraph("", "", reference, classes=["lesson-link"], translatable=False)]


def _find_end(document: nodes.document) -> nodes.Element:
    """The section (of the page, of the book) that the solutions become the last part of."""
    sections = [node for node in document.children if isinstance(node, nodes.section)]
    return sections[0] if sections else document


def setup_solutions(app: Sphinx) -> None:
    """Register directive, node and post-transform."""
    app.add_node(lesson_solutions)
    app.add_directive("solutions", Solutions)
    app.add_post_transform(PlaceSolutions)

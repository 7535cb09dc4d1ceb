"""The challenges of a lesson as nodes: one section each, in the same order of parts everywhere."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from docutils import nodes

from sphinx_lessons.model import Word
from sphinx_lessons.sphinx_ext.nodes import (
    lesson_output,
    make_fold,
    make_label,
    make_literal,
)
from sphinx_lessons.sphinx_ext.words import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sphinx.environment import BuildEnvironment

    from sphinx_lessons.model import (
        Challenge,
        ChallengeReport,
        LessonReport,
        Prose,
        Section,
        Source,
        Verdict,
    )

    ParseProse = Callable[[Prose], list[nodes.Node]]
    ParseInline = Callable[[str, int], list[nodes.Node]]


class ChallengeBuilder:
    """Builds the section of a lesson's challenges."""

    def __init__(
        self,
        env: BuildEnvironment,
        report: LessonReport,
        parse: ParseProse,
        parse_inline: ParseInline,
    ) -> None:
        self.env = env
        self.report = report
        self.parse = parse
        self.parse_inline = parse_inline

    def build(self) -> nodes.section:
        """The section, with a section for each challenge."""
        node_id = f"{self.report.lesson.id}-challenges"
        section = nodes.section("", ids=[node_id], classes=["lesson-challenges"])
        section += nodes.title(_("Challenges"), _("Challenges"), translatable=False)
        section += self._parse_optional(self.report.lesson.preamble)
        section += [self._build_challenge(report) for report in self.report.challenges]
        return section

    def _build_challenge(self, report: ChallengeReport) -> nodes.section:
        challenge = report.challenge
        section = nodes.section("", ids=[challenge.id], classes=["lesson-challenge"])
        section["lesson_challenge"] = challenge.id
        section.source, section.line = self.report.lesson.path, challenge.line
        section += self._build_title(challenge)
        if challenge.difficulty:
            badge = make_difficulty(challenge.difficulty)
            classes = ["lesson-challenge-facts"]
            section += nodes.paragraph("", "", badge, classes=classes, translatable=False)
        section += self._parse_optional(challenge.task)
        for kind, fold in (("setup", True), ("starter code", False), ("input", False)):
            section += self._build_code(challenge, kind, fold=fold)
        section += self._build_expected(challenge)
        section += self._build_code(challenge, "checks", fold=True)
        section += self._build_unknown(challenge)
        section += self._build_hints(challenge)
        section += self._build_solution(report)
        for block in section.findall(nodes.literal_block):
            block.source = self.report.lesson.path
        return section

    def _build_title(self, challenge: Challenge) -> nodes.title:
        title = nodes.title(
            challenge.title, "", *self.parse_inline(challenge.title, challenge.line)
        )
        # Without a source Sphinx takes it for text of its own, which is not translated.
        title.source, title.line = self.report.lesson.path, challenge.line
        return title

    def _build_code(self, challenge: Challenge, kind: str, *, fold: bool) -> list[nodes.Node]:
        section = challenge.section(kind)
        if section is None:
            return []
        parts = self._with_prose(section, _highlight(section.source, challenge, kind))
        title = section_titles()[kind]
        node_id = make_anchor(challenge, kind)
        if fold:
            return [make_fold(kind, title, *parts, node_id=node_id)]
        return [make_label(title, node_id), *parts]

    def _build_expected(self, challenge: Challenge) -> list[nodes.Node]:
        section = challenge.section("expected output")
        if section is None:
            return []
        source = section.source
        shown: list[nodes.Node] = []
        if source is not None:
            block = make_literal(source.text, "none", "lesson-expected")
            block.line = source.span.start
            shown.append(block)
        label = make_label(section_titles()[section.kind], make_anchor(challenge, section.kind))
        return [label, *self._with_prose(section, shown)]

    def _build_unknown(self, challenge: Challenge) -> list[nodes.Node]:
        built: list[nodes.Node] = []
        for section in challenge.sections:
            if not section.kind:
                built.append(nodes.rubric(section.title, "", *self._inline_title(section)))
                built += self._with_prose(section, _highlight(section.source, challenge, ""))
        return built

    def _inline_title(self, section: Section) -> list[nodes.Node]:
        return self.parse_inline(section.title, section.line)

    def _build_hints(self, challenge: Challenge) -> list[nodes.Node]:
        section = challenge.section("hints")
        if section is None:
            return []
        count = len(challenge.hints)
        folds = [
            make_fold(
                "hint",
                _hint_title(index, count),
                *self.parse(hint),
                node_id=make_anchor(challenge, f"hint {index}"),
            )
            for index, hint in enumerate(challenge.hints, start=1)
        ]
        return [*self._parse_optional(section.before), *folds, *self._parse_optional(section.after)]

    def _build_solution(self, report: ChallengeReport) -> list[nodes.Node]:
        challenge = report.challenge
        explanation = self._build_explanation(challenge)
        section = challenge.section("solution")
        if section is None:
            return self._fold_explanation(challenge, explanation)
        parts = self._with_prose(section, _highlight(section.source, challenge, "solution"))
        parts += self._build_result(report)
        if explanation:
            anchor = make_anchor(challenge, "explanation")
            parts += [make_label(section_titles()["explanation"], anchor), *explanation]
        anchor = make_anchor(challenge, "solution")
        return [make_fold("solution", section_titles()["solution"], *parts, node_id=anchor)]

    def _build_explanation(self, challenge: Challenge) -> list[nodes.Node]:
        section = challenge.section("explanation")
        if section is None:
            return []
        return self._with_prose(section, _highlight(section.source, challenge, "explanation"))

    def _fold_explanation(
        self, challenge: Challenge, explanation: list[nodes.Node]
    ) -> list[nodes.Node]:
        """An explanation with no solution above it, as the answer to a question of thought."""
        if not explanation:
            return []
        title, anchor = section_titles()["explanation"], make_anchor(challenge, "explanation")
        return [make_fold("explanation", title, *explanation, node_id=anchor)]

    def _build_result(self, report: ChallengeReport) -> list[nodes.Node]:
        from sphinx_lessons.judging import normalize_stream

        text = normalize_stream(report.result.stdout) if report.result else ""
        if not text.strip() and not report.verdict.word.fails:
            return []
        output = lesson_output("", make_output_label(report.verdict))
        if text.strip():
            output += make_literal(text, "none", "lesson-stdout")
        output += make_failure(report.verdict, [self.report.lesson.path])
        return [output]

    def _with_prose(self, section: Section, middle: list[nodes.Node]) -> list[nodes.Node]:
        before = self._parse_optional(section.before)
        return [*before, *middle, *self._parse_optional(section.after)]

    def _parse_optional(self, prose: Prose | None) -> list[nodes.Node]:
        return self.parse(prose) if prose is not None else []


def make_anchor(challenge: Challenge, part: str) -> str:
    """The id of a part of a challenge, e.g. ``llm-03-c1-hint-1``: a link to it stays valid."""
    return f"{challenge.id}-{part.replace(' ', '-')}"


def section_titles() -> dict[str, str]:
    """The names of the sections, in the language of the project."""
    return {
        "starter code": _("Starter code"),
        "expected output": _("Expected output"),
        "solution": _("Solution"),
        "input": _("Input"),
        "setup": _("Setup"),
        "checks": _("Checks"),
        "explanation": _("Explanation"),
    }


def make_difficulty(difficulty: str) -> nodes.inline:
    """A word that says how hard it is; unknown words are shown as they stand."""
    known = {
        "beginner": _("Beginner"),
        "intermediate": _("Intermediate"),
        "advanced": _("Advanced"),
    }
    text = known.get(difficulty, difficulty)
    level = [f"lesson-{difficulty}"] if difficulty in known else []
    return nodes.inline(text, text, classes=["lesson-difficulty", *level])


def make_output_label(
    verdict: Verdict, announcement: nodes.paragraph | None = None
) -> nodes.TextElement:
    """The label of an output; it says so where the output was compared with a promise.

    The author's own words, if there are any (``Output:``), stand for ours.
    """
    label: nodes.TextElement = make_label(_("Output"))
    if announcement is not None:
        label = announcement
        label["classes"].append("lesson-label")
    if verdict.word is Word.PASSED:
        mark = _("verified")
        label += [nodes.Text(" "), nodes.inline(mark, mark, classes=["lesson-verified"])]
    return label


def make_failure(verdict: Verdict, paths: Iterable[str]) -> list[nodes.Node]:
    """What is wrong, in place: the message and the difference or the traceback.

    Where the files of the programs lie on the machine that builds is not for readers.
    """
    if not verdict.word.fails:
        return []
    text = verdict.message or verdict.word.value
    notice = nodes.admonition("", classes=["error", "lesson-failure"])
    title = _("Not as promised") if verdict.word is Word.MISMATCHED else _("This failed")
    notice += nodes.title(title, title, translatable=False)
    notice += nodes.paragraph(text, text, translatable=False)
    if verdict.detail:
        language = "diff" if verdict.word is Word.MISMATCHED else "none"
        detail = verdict.detail
        for path in paths:
            detail = detail.replace(path, PurePath(path).name)
        notice += make_literal(detail, language)
    return [notice]


def _highlight(source: Source | None, challenge: Challenge, kind: str) -> list[nodes.Node]:
    if source is None:
        return []
    language = "none" if kind == "input" else source.language or challenge.language
    block = make_literal(source.text, language, f"lesson-{kind.replace(' ', '-')}" if kind else "")
    block.line = source.span.start
    # Starter code may hold anything: what the lexer does not understand is no reason to warn.
    block["force"] = True
    return [block]


def _hint_title(index: int, count: int) -> str:
    return (
        _("Hint")
        if count == 1
        else _("Hint %(index)d of %(count)d")
        % {
            "index": index,
            "count": count,
        }
    )

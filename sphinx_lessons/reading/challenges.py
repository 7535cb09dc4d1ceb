"""Challenges: from the parts of the region to data."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sphinx_lessons.judging import check_pattern
from sphinx_lessons.model import SECTIONS, Challenge, Options, Prose, Section, Source, Span
from sphinx_lessons.problems import Code
from sphinx_lessons.reading.hints import read_hints
from sphinx_lessons.reading.ids import clean_id
from sphinx_lessons.reading.metadata import Metadata, read_metadata
from sphinx_lessons.reading.options import nearest, read_options, split_flags
from sphinx_lessons.reading.python_code import find_browser_import, is_python, mend_indentation
from sphinx_lessons.reading.walking import first_line, is_demo_directive, split_fence, to_source

if TYPE_CHECKING:
    from markdown_it.token import Token

    from sphinx_lessons.model import Meta
    from sphinx_lessons.reading.complaints import Complaints
    from sphinx_lessons.reading.region import Part, Piece, RegionText

_FENCED = frozenset({"starter code", "expected output", "solution", "input", "setup", "checks"})
_CODE = frozenset({"starter code", "solution", "setup", "checks"})
_SKIPPING = frozenset({"skip-execution", "browser-only"})
"""A lesson's tags that hold for its challenges, too: nothing of it is to be run."""


class ChallengeReader:
    """Reads the challenges of one lesson, in their order."""

    def __init__(
        self, lesson_id: str, meta: Meta, text: RegionText, complaints: Complaints
    ) -> None:
        self._lesson_id = lesson_id
        self._own_id = bool(meta.id)
        self._tags = meta.tags & _SKIPPING
        self._text = text
        self._complaints = complaints
        self._ids: set[str] = set()
        self._count = 0

    def read(self, piece: Piece) -> Challenge:
        """The next challenge."""
        self._count += 1
        head = piece.head
        line = head.heading.line + 1
        metadata = read_metadata(head.tokens, self._text.lines, self._complaints)
        self._text.blank(metadata.taken)
        sections, hints = self._read_sections(piece)
        language = metadata.values.get("language") or _language_of(sections)
        sections = [self._mend(section, language) for section in sections]
        identifier = self._read_id(metadata, line)
        challenge = Challenge(
            id=identifier,
            title=head.heading.title or identifier,
            span=Span(line, (piece.sections or [head])[-1].end),
            language=language,
            difficulty=metadata.values.get("difficulty", ""),
            options=replace(metadata.options, tags=metadata.options.tags | self._tags),
            task=self._text.prose(line, head.end),
            sections=tuple(sections),
            hints=hints,
            lines=metadata.lines,
        )
        return self._check_solution(self._check_expected(challenge))

    def _read_id(self, metadata: Metadata, line: int) -> str:
        given = metadata.values.get("id", "")
        line = metadata.lines.get("id", line)
        found = clean_id(given)
        if not found:
            found = self._derive_id()
            message = f"the challenge has no id that could be used; it gets `{found}`"
            self._complaints.add(Code.MISSING_ID, line, message)
        elif found != given:
            message = f"the id {given!r} cannot stand in a link; `{found}` is used"
            self._complaints.add(Code.INVALID_ID, line, message)
        if found in self._ids:
            message = f"another challenge of this lesson has the id `{found}`"
            self._complaints.add(Code.DUPLICATE_ID, line, message)
        elif self._own_id and not found.startswith(self._lesson_id):
            message = f"the id `{found}` does not begin with the lesson's id `{self._lesson_id}`"
            self._complaints.add(Code.FOREIGN_ID, line, message)
        self._ids.add(found)
        return found

    def _derive_id(self) -> str:
        found = f"{self._lesson_id}-c{self._count}"
        while found in self._ids:
            found += "x"
        return found

    def _read_sections(self, piece: Piece) -> tuple[list[Section], tuple[Prose, ...]]:
        sections: list[Section] = []
        hints: tuple[Prose, ...] = ()
        seen: set[str] = set()
        for part in piece.sections:
            kind = part.heading.kind
            if not kind or kind in seen:
                self._complain_about_heading(part)
                sections.append(self._make_section(part, ""))
            elif kind == "hints":
                before, hints, after = read_hints(part, self._text)
                heading = part.heading
                sections.append(Section(kind, heading.title, heading.line + 1, before, None, after))
            else:
                sections.append(self._make_section(part, kind))
            seen.add(kind)
        return sections, hints

    def _complain_about_heading(self, part: Part) -> None:
        line, title = part.heading.line + 1, part.heading.title
        if part.heading.kind:
            message = f"the challenge has a second section {title!r}"
            self._complaints.add(Code.DUPLICATE_SECTION, line, message)
        else:
            wish = nearest(title, SECTIONS)
            hint = f"; did you mean {wish.title()!r}?" if wish else ""
            self._complaints.add(Code.UNKNOWN_SECTION, line, f"unknown section {title!r}{hint}")

    def _make_section(self, part: Part, kind: str) -> Section:
        heading, text = part.heading, self._text
        start = heading.line + 1
        fences = _fences(part.tokens) if kind in _FENCED else []
        if not fences:
            if kind in _FENCED:
                message = f"the section {heading.title!r} holds no fence"
                self._complaints.add(Code.SECTION_WITHOUT_FENCE, start, message)
            return Section(kind, heading.title, start, before=text.prose(start, part.end))
        for fence in fences[1:]:
            message = f"a second fence in the section {heading.title!r}"
            self._complaints.add(Code.TWO_FENCES, first_line(fence), message)
        source = self._read_fence(fences[0])
        before = text.prose(start, source.span.start - 1)
        after = text.prose(source.span.end, part.end)
        return Section(kind, heading.title, start, before, source, after)

    def _read_fence(self, fence: Token) -> Source:
        """The fence as data; flags belong into the metadata, so those of a demo are a problem."""
        language, rest = split_fence(fence)
        options, _ = read_options(split_flags(rest))
        if options != Options():
            message = "flags of a challenge's fence have no effect; write them as metadata"
            self._complaints.add(Code.UNKNOWN_FLAG, first_line(fence), message)
        return to_source(fence, language)

    def _mend(self, section: Section, language: str) -> Section:
        source = section.source
        if source is None or section.kind not in _CODE or not is_python(language):
            return section
        mended = mend_indentation(source.text, incomplete=section.kind == "starter code")
        if mended is None:
            return section
        message = f"all lines but the first of the {section.kind} are indented; that was mended"
        line = source.first_line + _first_filled(source.text.split("\n")[1:]) + 1
        self._complaints.add(Code.MENDED_INDENTATION, line, message)
        return replace(section, source=replace(source, text=mended, mended=True))

    def _check_expected(self, challenge: Challenge) -> Challenge:
        """Complain about a missing promise, or a pattern that cannot be used."""
        options = challenge.options
        if not (
            challenge.section("expected output")
            or challenge.section("checks")
            or options.raises
            or "none" in options.compare
        ):
            message = "the challenge says nothing about what its solution prints"
            self._complaints.add(Code.MISSING_EXPECTED_OUTPUT, challenge.line, message)
        expected = challenge.source("expected output")
        wrong = expected and "regex" in options.compare and check_pattern(expected.text)
        if not wrong or not expected:
            return challenge
        self._complaints.add(
            Code.INVALID_OPTION, expected.first_line, f"the expected output {wrong}"
        )
        return replace(challenge, options=replace(options, compare=("exact",)))

    def _check_solution(self, challenge: Challenge) -> Challenge:
        if challenge.section("solution") is None:
            message = "the challenge has no solution, so it was not verified"
            self._complaints.add(Code.MISSING_SOLUTION, challenge.line, message)
        if "browser-only" in challenge.options.tags:
            return replace(challenge, browser_only=True)
        source = challenge.source("solution")
        found = source and is_python(challenge.language) and find_browser_import(source.text)
        if not source or not found:
            return challenge
        message = f"the solution imports `{found[1]}`, which only a browser has"
        line = source.first_line + found[0] - 1
        self._complaints.add(Code.BROWSER_ONLY, line, message)
        return replace(challenge, browser_only=True)


def _fences(tokens: list[Token]) -> list[Token]:
    """The fences outside every block and quote."""
    found: list[Token] = []
    depth = 0
    for token in tokens:
        depth += token.type in ("block_open", "blockquote_open")
        depth -= token.type in ("block_close", "blockquote_close")
        if token.type == "fence" and not depth and not is_demo_directive(token):
            found.append(token)
    return found


def _first_filled(lines: list[str]) -> int:
    """Index of the first line that is not blank."""
    return next(index for index, line in enumerate(lines) if line.strip())


def _language_of(sections: list[Section]) -> str:
    """The language of the starter's or the solution's fence, else Python."""
    sources: list[Source | None] = [
        section.source
        for kind in ("starter code", "solution")
        for section in sections
        if section.kind == kind
    ]
    return next((source.language for source in sources if source and source.language), "python")

"""A file or text to a :class:`Reading`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from sphinx_lessons.model import Lesson, Meta, Problem
from sphinx_lessons.problems import Code
from sphinx_lessons.reading.blocks import read_blocks
from sphinx_lessons.reading.body import read_body
from sphinx_lessons.reading.challenges import ChallengeReader
from sphinx_lessons.reading.complaints import Complaints
from sphinx_lessons.reading.front_matter import FrontMatter, find, read_meta
from sphinx_lessons.reading.ids import clean_id
from sphinx_lessons.reading.markdown import Tokens, tokenize
from sphinx_lessons.reading.region import (
    RegionText,
    complain_about_body,
    complain_about_html,
    find_region,
    split_region,
)
from sphinx_lessons.reading.rules import SEPARATOR
from sphinx_lessons.reading.text import decode, normalize, split_lines
from sphinx_lessons.reading.walking import complain_about_structure, first_line

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from markdown_it.token import Token

LANGUAGES = ("python", "py", "python3")


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from a file, or from a text."""

    lesson: Lesson | None
    """``None`` if the page is no lesson."""
    problems: tuple[Problem, ...]
    """In the order of their lines."""
    text: str = ""
    r"""What was read, with ``\\n`` as the only line end and without a byte order mark."""
    origin: Path | None = None
    """The absolute path of the file, ``None`` if it was a text."""


def read_file(
    file: Path, path: str | None = None, languages: Collection[str] = LANGUAGES
) -> Reading:
    """Read a file; ``path`` is how problems name it (default: as it was given).

    Never raises for a file that cannot be read or is not UTF-8: those are problems.
    """
    path = str(file) if path is None else path
    try:
        data = file.read_bytes()
    except (OSError, ValueError) as error:
        complaints = Complaints(path)
        complaints.add(Code.UNREADABLE, 1, f"the file cannot be read: {_reason(error)}")
        return Reading(None, complaints.sorted(), origin=file.absolute())
    text, bad_line = decode(data)
    reading = replace(read_text(text, path, languages), origin=file.absolute())
    if bad_line is None:
        return reading
    complaints = Complaints(path)
    complaints.add(Code.NOT_UTF8, bad_line, "the file is not UTF-8; bad bytes are shown as \ufffd")
    problems = sorted((*complaints.sorted(), *reading.problems), key=lambda found: found.line)
    return replace(reading, problems=tuple(problems))


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def read_text(text: str, path: str, languages: Collection[str] = LANGUAGES) -> Reading:
    """Read the text of a file that is called ``path``. Never raises, whatever the text."""
    text = normalize(text)
    lines = split_lines(text)
    matter = find(lines)
    wanted = matter.is_lesson
    if wanted is False or (wanted is None and SEPARATOR not in text):
        return Reading(None, (), text)
    start = matter.span.end if matter.span else 0
    body = tokenize(lines[start:], start)
    if wanted is None and body.separator is None:
        return Reading(None, (), text)
    complaints = Complaints(path)
    lesson = _LessonReader(path, lines, matter, languages, complaints).read(body)
    return Reading(lesson, complaints.sorted(), text)


class _LessonReader:
    """Puts a lesson together."""

    def __init__(
        self,
        path: str,
        lines: list[str],
        matter: FrontMatter,
        languages: Collection[str],
        complaints: Complaints,
    ) -> None:
        self._path = path
        self._lines = lines
        self._matter = matter
        self._languages = languages
        self._complaints = complaints

    def read(self, tokens: Tokens) -> Lesson:
        region, body = self._split(tokens)
        meta = self._read_meta()
        found = read_body(body.tokens, self._languages, meta.tags, self._complaints)
        complain_about_structure(body, self._complaints)
        complain_about_body(body.tokens, self._lines, self._complaints)
        blocks = read_blocks(body)
        identifier = self._read_id(meta)
        lesson = Lesson(
            path=self._path,
            id=identifier,
            title=found.title or meta.title or identifier,
            meta=meta,
            front_matter=self._matter.span,
            lines=len(self._lines),
            demos=tuple(found.demos),
            definitions=tuple(found.definitions),
            try_its=tuple(found.try_its),
            blocks=blocks.own,
            containers=blocks.containers,
            stray_ends=blocks.stray_ends,
            separator=tokens.separator is not None,
            has_h1=bool(found.title),
        )
        return lesson if region is None else self._read_region(lesson, region)

    def _split(self, tokens: Tokens) -> tuple[int | None, Tokens]:
        """The line (from 0) where the region begins, and the tokens of the body above it."""
        if tokens.separator is not None:
            return tokens.separator, tokens
        heading = find_region(tokens.tokens, self._lines)
        if heading is None:
            return None, tokens
        message = f"no `{SEPARATOR}` line above the first challenge"
        self._complaints.add(Code.MISSING_SEPARATOR, heading.line + 1, message)
        return heading.line, tokens.before(heading.line, heading.index)

    def _read_meta(self) -> Meta:
        span = self._matter.span
        if span and span.start > 1:
            message = "blank lines stand before the front matter"
            self._complaints.add(Code.FRONT_MATTER_BLANK_LINES, 1, message)
        return read_meta(self._matter, self._complaints)

    def _read_id(self, meta: Meta) -> str:
        found = clean_id(meta.id)
        if meta.id and found != meta.id:
            message = f"the id {meta.id!r} cannot stand in a link; a cleaned form is used"
            self._complaints.add(Code.INVALID_ID, meta.lines["id"], message)
        return found or clean_id(PurePath(self._path).stem) or "lesson"

    def _read_region(self, lesson: Lesson, region: int) -> Lesson:
        start = region + lesson.separator
        region_tokens = tokenize(self._lines[start:], start, region=True)
        complain_about_structure(region_tokens, self._complaints)
        tokens = region_tokens.tokens
        for token in tokens:
            if token.type == "separator":
                message = f"a second `{SEPARATOR}` line"
                self._complaints.add(Code.SECOND_SEPARATOR, first_line(token), message)
        complain_about_html(tokens, self._complaints)
        text = RegionText(self._lines, tokens)
        first, pieces = split_region(tokens, self._lines, self._complaints)
        preamble = text.prose(start, first)
        if not pieces:
            message = f"no challenge follows the `{SEPARATOR}` line"
            self._complaints.add(Code.EMPTY_REGION, region + 1, message)
        elif preamble and not _are_comments(tokens, first):
            message = "this text stands before the first challenge"
            self._complaints.add(Code.TEXT_OUTSIDE_CHALLENGE, preamble.span.start, message)
        reader = ChallengeReader(lesson.id, lesson.meta, text, self._complaints)
        return replace(
            lesson,
            region=region + 1,
            preamble=preamble,
            challenges=tuple(reader.read(piece) for piece in pieces),
        )


def _are_comments(tokens: Sequence[Token], end: int) -> bool:
    """Whether nothing stands above a line (from 0) but HTML comments, which nobody sees."""
    texts = [
        token.content.strip() if token.type == "html_block" else ""
        for token in tokens
        if token.map and first_line(token) <= end and token.type != "separator"
    ]
    return all(text.startswith("<!--") and text.endswith("-->") for text in texts)

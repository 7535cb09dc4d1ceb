"""The challenge region: where it begins, and which challenges and sections it holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sphinx_lessons.model import SECTIONS, Prose, Span
from sphinx_lessons.problems import Code
from sphinx_lessons.reading.metadata import has_id
from sphinx_lessons.reading.text import indent_of
from sphinx_lessons.reading.walking import first_line

if TYPE_CHECKING:
    from markdown_it.token import Token

    from sphinx_lessons.reading.complaints import Complaints

_MAIN_SECTIONS = SECTIONS[:4]
_PREFIX = "challenge:"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that structures the region. Lines count from 0."""

    line: int
    title: str
    """As written; without ``Challenge:`` if it is a challenge."""
    kind: str
    """``challenge``, one of the sections, or ``""``."""
    index: int
    """Of its token."""
    level: int


@dataclass(frozen=True, slots=True)
class Part:
    """A heading and what follows it, up to the next heading."""

    heading: Heading
    tokens: list[Token]
    end: int
    """The line (from 0) after its last one."""


@dataclass(slots=True)
class Piece:
    """A challenge in parts."""

    head: Part
    sections: list[Part] = field(default_factory=list)


class Page:
    """The lines of a file, and slices of them as prose."""

    def __init__(self, lines: list[str], tokens: list[Token]) -> None:
        self.lines = list(lines)
        self._rules = {first_line(t) - 1 for t in tokens if t.type == "hr" and t.markup[0] == "-"}
        for token in tokens:
            if token.type == "separator":
                self.lines[first_line(token) - 1] = ""

    def prose(self, start: int, end: int) -> Prose | None:
        """The lines from ``start`` up to but without ``end`` (from 0), without what decorates.

        Blank lines and rows of dashes at both ends are left out. A row of dashes below text is
        written with asterisks, because MyST would take that text for a heading.
        """
        while start < end and self._is_decoration(start):
            start += 1
        while start < end and self._is_decoration(end - 1):
            end -= 1
        if start == end:
            return None
        text = "".join(self._line(number) + "\n" for number in range(start, end))
        return Prose(text, Span(start + 1, end))

    def _is_decoration(self, number: int) -> bool:
        return number in self._rules or not self.lines[number].strip()

    def _line(self, number: int) -> str:
        line = self.lines[number]
        return line.replace("-", "*") if number in self._rules else line


def find_region(tokens: list[Token], lines: list[str]) -> int | None:
    """The line (from 0) of the heading that begins the challenges of a body without separator."""
    headings = list(find_headings(tokens, lines))
    for index, heading in enumerate(headings):
        if heading.kind == "challenge":
            if has_id(tokens[heading.index + 3 :][:40], lines):
                return heading.line
            for other in headings[index + 1 :]:
                if other.kind in _MAIN_SECTIONS:
                    return heading.line
                if other.kind == "challenge" or other.level <= heading.level:
                    break
    return None


def find_headings(
    tokens: list[Token], lines: list[str], complaints: Complaints | None = None
) -> Iterator[Heading]:
    """The headings outside every block and quote; a list does not count if it is at the margin.

    A challenge's heading elsewhere is a problem.
    """
    depth = 0
    for index, token in enumerate(tokens):
        depth += (token.type == "block_open") - (token.type == "block_close")
        if token.type != "heading_open":
            continue
        line = first_line(token) - 1
        heading = _read_heading(token, tokens[index + 1].content, line, index)
        if not depth and _at_margin(lines[line]):
            yield heading
        elif complaints and heading.kind == "challenge":
            message = "this challenge stands inside a list, a quote or a block"
            complaints.add(Code.NESTED_CHALLENGE, line + 1, message)


def _at_margin(line: str) -> bool:
    return indent_of(line) <= 3 and line.lstrip(" ").startswith("#")


def _read_heading(token: Token, text: str, line: int, index: int) -> Heading:
    level = int(token.tag[1:])
    title = text.strip()
    if 2 <= level <= 4 and title.lower().startswith(_PREFIX):
        return Heading(line, title[len(_PREFIX) :].strip(), "challenge", index, level)
    name = " ".join(title.lower().rstrip(":").split())
    kind = name if level >= 3 and name in SECTIONS else ""
    return Heading(line, title, kind, index, level)


def split_region(
    tokens: list[Token], lines: list[str], complaints: Complaints
) -> tuple[int, list[Piece]]:
    """The challenges of a region, and the line (from 0) where the first one begins."""
    headings = list(find_headings(tokens, lines, complaints))
    pieces: list[Piece] = []
    for heading, following in zip(headings, [*headings[1:], None], strict=True):
        stop = following.index if following else len(tokens)
        end = following.line if following else len(lines)
        part = Part(heading, tokens[heading.index + 3 : stop], end)
        if heading.kind == "challenge":
            pieces.append(Piece(part))
        elif pieces:
            pieces[-1].sections.append(part)
    return (pieces[0].head.heading.line if pieces else len(lines)), pieces

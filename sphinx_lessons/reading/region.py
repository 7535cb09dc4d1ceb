"""The challenge region: where it begins, and which challenges and sections it holds."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sphinx_lessons.model import SECTIONS, Prose, Span
from sphinx_lessons.problems import Code
from sphinx_lessons.reading.metadata import has_id
from sphinx_lessons.reading.text import indent_of
from sphinx_lessons.reading.walking import first_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from markdown_it.token import Token

    from sphinx_lessons.reading.complaints import Complaints

_MAIN_SECTIONS = SECTIONS[:4]
_PREFIX = re.compile(r"(?P<open>[*_]{0,3})challenge\s*:(?P<close>[*_]{0,3})\s*", re.IGNORECASE)
_NAMES = "|".join(SECTIONS)
_HIDDEN = re.compile(rf" {{0,3}}#{{2,6}}\s+(?:challenge\s*:|(?:{_NAMES})\s*:?\s*$)", re.IGNORECASE)
_CLOSED = ("<!", "<?", "<script", "<pre", "<style", "<textarea")
"""HTML that ends where it says so; all other ends at a blank line."""
_NESTED = "this challenge stands inside a list, a quote or a block"

_NEAR = 50
"""How many tokens below a heading are looked at for an id."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading and its place. Lines count from 0."""

    title: str
    """As written; without ``Challenge:`` if it is a challenge."""
    kind: str
    """``challenge``, one of the sections, or ``""``."""
    level: int
    line: int
    index: int
    """Of its token."""
    nested: bool
    """It stands inside a block, a quote or, off the margin, a list."""


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


class RegionText:
    """The lines of a file, and slices of them as prose."""

    def __init__(self, lines: list[str], tokens: list[Token]) -> None:
        self.lines = list(lines)
        self._rules = {first_line(t) - 1 for t in tokens if t.type == "hr" and t.markup[0] == "-"}
        for token in tokens:
            if token.type == "separator":
                self.lines[first_line(token) - 1] = ""

    def blank(self, numbers: Iterable[int]) -> None:
        """Make lines (from 0) empty that are no prose."""
        for number in numbers:
            self.lines[number] = ""

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


def find_region(tokens: list[Token], lines: list[str]) -> Heading | None:
    """The heading of the first challenge in a body, if it holds any."""
    candidate: Heading | None = None
    for heading in find_headings(tokens, lines):
        if heading.nested:
            continue
        if heading.kind == "challenge":
            if _has_id(tokens, heading, lines):
                return heading
            candidate = heading
        elif candidate and heading.kind in _MAIN_SECTIONS:
            return candidate
        elif candidate and heading.level <= candidate.level:
            candidate = None
    return None


def complain_about_body(tokens: list[Token], lines: list[str], complaints: Complaints) -> None:
    """Problems of challenges that stand in the body: they are not read as such."""
    for heading in find_headings(tokens, lines):
        if heading.kind == "challenge" and _has_id(tokens, heading, lines):
            if heading.nested:
                complaints.add(Code.NESTED_CHALLENGE, heading.line + 1, _NESTED)
            else:
                message = "this challenge stands above the `---challenges---` line"
                complaints.add(Code.MISSING_SEPARATOR, heading.line + 1, message)


def _has_id(tokens: list[Token], heading: Heading, lines: list[str]) -> bool:
    return has_id(tokens[heading.index + 3 : heading.index + _NEAR], lines)


def find_headings(tokens: list[Token], lines: list[str]) -> Iterator[Heading]:
    """All headings; those at the margin count even where they are part of a list item."""
    depth = 0
    for index, token in enumerate(tokens):
        depth += (token.type == "block_open") - (token.type == "block_close")
        if token.type == "heading_open":
            line = first_line(token) - 1
            nested = depth > 0 or not _at_margin(lines[line])
            yield _read_heading(token, tokens[index + 1].content, (line, index, nested))


def _at_margin(line: str) -> bool:
    return indent_of(line) <= 3 and line.lstrip(" ").startswith("#")


def _read_heading(token: Token, text: str, place: tuple[int, int, bool]) -> Heading:
    level = int(token.tag[1:])
    title = text.strip()
    prefix = _PREFIX.match(title) if 2 <= level <= 4 else None
    if prefix:
        rest = title[prefix.end() :]
        if prefix["open"] and not prefix["close"]:
            rest = rest.removesuffix(prefix["open"])
        return Heading(rest.strip(), "challenge", level, *place)
    name = " ".join(title.lower().strip("*_").rstrip(":").split())
    kind = name if level >= 3 and name in SECTIONS else ""
    return Heading(title, kind, level, *place)


def complain_about_html(tokens: list[Token], complaints: Complaints) -> None:
    """Problems of headings that CommonMark takes for a part of the HTML above them."""
    for token in tokens:
        if token.type != "html_block" or token.content.lstrip().startswith(_CLOSED):
            continue
        for number, line in enumerate(token.content.split("\n")):
            if _HIDDEN.match(line):
                message = f"{line.strip()[:60]!r} is no heading but a part of the HTML above it"
                complaints.add(Code.HEADING_IN_HTML, first_line(token) + number, message)


def split_region(
    tokens: list[Token], lines: list[str], complaints: Complaints
) -> tuple[int, list[Piece]]:
    """The challenges of a region, and the line (from 0) where the first one begins."""
    headings = []
    for heading in find_headings(tokens, lines):
        if not heading.nested:
            headings.append(heading)
        elif heading.kind == "challenge":
            complaints.add(Code.NESTED_CHALLENGE, heading.line + 1, _NESTED)
    pieces: list[Piece] = []
    for heading, following in zip(headings, [*headings[1:], None], strict=False):
        stop = following.index if following else len(tokens)
        end = following.line if following else len(lines)
        part = Part(heading, tokens[heading.index + 3 : stop], end)
        if heading.kind == "challenge":
            pieces.append(Piece(part))
        elif pieces:
            pieces[-1].sections.append(part)
    return (pieces[0].head.heading.line if pieces else len(lines)), pieces

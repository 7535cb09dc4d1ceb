"""Block rules for markdown-it-py: code fences, blocks, and the line that begins the challenges.

A block rule is called as ``rule(state, first line, line after the last, silent)``; when silent
it only says whether a block begins here. Lines count from 0.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sphinx_lessons.reading.names import is_verbatim, split_info
from sphinx_lessons.reading.openings import Opening, Openings
from sphinx_lessons.reading.text import dedent, indent_of

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock

SEPARATOR = "---challenges---"


@dataclass(slots=True)
class Scan:
    """What the rules know of the text that is being tokenized; ``state.env["scan"]``."""

    lines: list[str]
    openings: Openings = field(default_factory=Openings)
    separators: bool = False
    """Separator lines are looked for: not so inside a block."""
    stops: bool = False
    """What follows the first separator outside every block is of no interest."""
    hopeless: dict[tuple[str, int, int], tuple[int, int]] = field(default_factory=dict)
    """By kind of marker and container: up to which line no marker of at least which length closes
    anything. Saves a second search in vain, which would make reading quadratic."""


def is_separator(line: str) -> bool:
    """Whether a line begins the challenge region."""
    return SEPARATOR in line and line.lstrip(" ").rstrip() == SEPARATOR and indent_of(line) <= 3


def separator(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """The line ``---challenges---``, whatever it stands in or below."""
    scan: Scan = state.env["scan"]
    if not (scan.separators and is_separator(scan.lines[start])):
        return False
    if silent:
        return True
    scan.openings.advance(state.tokens)
    token = state.push("separator", "", 0)
    token.map = [start, start + 1]
    state.line = end if scan.stops and not scan.openings.any_open else start + 1
    return True


def fence(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A code fence, or a directive between backticks."""
    marker = _marker_at(state, start, "`~")
    if not marker:
        return False
    info = _after(state, start, marker)
    if marker[0] == "`" and "`" in info:
        return False
    if silent:
        return True
    name, title, braces = split_info(info)
    stop, closed = _find_end(state, start, end, marker)
    if braces and not is_verbatim(name, braces, marker):
        _push_block(state, start, stop if closed else None, marker, (name, title))
    else:
        if not closed:
            stop = _end_of_block(state, start, stop)
        _push_fence(state, start, stop, closed, marker, info)
    return True


def block_marker(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A line that opens or closes a block between colons."""
    marker = _marker_at(state, start, ":")
    if not marker:
        return False
    if silent:
        return True
    scan: Scan = state.env["scan"]
    scan.openings.advance(state.tokens)
    scan.openings.note_lines(state, start)
    info = _after(state, start, marker)
    if not info:
        _push_end(state, start, len(marker))
        return True
    name, title, braces = split_info(info)
    if is_verbatim(name, braces, marker):
        stop, closed = _find_end(state, start, end, marker)
        if closed:
            _push_fence(state, start, stop, closed, marker, info)
        else:
            _push_unclosed(state, _opening(state, start, marker, (name, title, braces)))
        return True
    token = state.push("block_open", "", 0)
    token.map = [start, start + 1]
    token.meta = {"opening": _opening(state, start, marker, (name, title, braces))}
    state.line = start + 1
    return True


def _marker_at(state: StateBlock, line: int, characters: str) -> str:
    """The run of three or more of one of the characters that a line begins with, else ``""``."""
    begin = state.bMarks[line] + state.tShift[line]
    limit = state.eMarks[line]
    if begin + 3 > limit or state.is_code_block(line):
        return ""
    character = state.src[begin]
    if character not in characters:
        return ""
    stop = begin + 1
    while stop < limit and state.src[stop] == character:
        stop += 1
    return state.src[begin:stop] if stop - begin >= 3 else ""


def _after(state: StateBlock, line: int, marker: str) -> str:
    """What follows the marker on its line."""
    begin = state.bMarks[line] + state.tShift[line] + len(marker)
    return state.src[begin : state.eMarks[line]].strip(" \t")


def _find_end(state: StateBlock, start: int, end: int, marker: str) -> tuple[int, bool]:
    """The line that closes a fence, or where its container ends; and which of the two it is."""
    hopeless = state.env["scan"].hopeless
    key = (marker[0], state.level, state.blkIndent)
    until, length = hopeless.get(key, (-1, 0))
    if start < until and len(marker) >= length:
        return until, False
    stop = end
    for line in range(start + 1, end):
        empty = state.isEmpty(line)
        if not empty and state.sCount[line] < state.blkIndent:
            stop = line
            break
        if empty:
            continue
        closing = _marker_at(state, line, marker[0])
        if len(closing) >= len(marker) and not _after(state, line, closing):
            return line, True
    hopeless[key] = (stop, len(marker))
    return stop, False


def _end_of_block(state: StateBlock, start: int, stop: int) -> int:
    """Where a fence that is never closed ends: where the block that holds it is closed."""
    openings = state.env["scan"].openings
    openings.advance(state.tokens)
    if openings.reachable:
        for line in range(start + 1, stop):
            marker = _marker_at(state, line, ":")
            if not marker or _after(state, line, marker):
                continue
            if openings.find(len(marker), state.sCount[line]):
                return line
    return stop


def _push_fence(
    state: StateBlock, start: int, stop: int, closed: bool, marker: str, info: str
) -> None:
    token = state.push("fence", "code", 0)
    token.info = info
    token.markup = marker
    token.content = state.getLines(start + 1, stop, state.sCount[start], True)
    token.meta = {"closed": closed}
    state.line = stop + closed
    token.map = [start, state.line]


def _opening(state: StateBlock, line: int, marker: str, info: tuple[str, str, bool]) -> Opening:
    quoted = state.env["scan"].openings.in_quote
    return Opening(line, marker, state.sCount[line], state.blkIndent, quoted, *info)


def _push_unclosed(state: StateBlock, opening: Opening) -> None:
    token = state.push("block_text", "", 0)
    token.map = [opening.line, opening.line + 1]
    token.meta = {"opening": opening}
    state.line = opening.line + 1


def _push_block(
    state: StateBlock, start: int, stop: int | None, marker: str, info: tuple[str, str]
) -> None:
    """A block between backticks: its end is known, because such blocks do not nest."""
    opening = _opening(state, start, marker, (*info, True))
    if stop is None:
        _push_unclosed(state, opening)
        return
    opening.end = stop
    opening.content = _content(state, start + 1, stop, state.sCount[start])
    token = state.push("block", "", 0)
    token.map = [start, stop + 1]
    token.meta = {"opening": opening}
    state.line = stop + 1


def _push_end(state: StateBlock, line: int, length: int) -> None:
    """A closing marker between colons."""
    openings = state.env["scan"].openings
    opening = openings.find(length, state.sCount[line])
    token = state.push("block_end", "", 0)
    token.map = [line, line + 1]
    token.meta = {"opening": opening}
    state.line = line + 1
    if opening:
        openings.close(opening)
        opening.end = line
        opening.end_token = len(state.tokens) - 1
        if opening.quoted:
            opening.content = _content(state, opening.line + 1, line, opening.indent)


def _content(state: StateBlock, start: int, stop: int, indent: int) -> list[str]:
    """Lines without what their containers and up to ``indent`` columns of blanks add to them.

    ``StateBlock.getLines`` does the same, but takes the marker of a list item that is still open
    for an indent.
    """
    return [
        dedent(state.src[state.bMarks[line] : state.eMarks[line]], indent, state.bsCount[line])
        for line in range(start, stop)
    ]

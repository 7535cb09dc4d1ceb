"""What TeX's log says about lessons: characters that were lost, boxes that are too wide.

TeX breaks the lines of its log after 79 bytes; entries are read across these breaks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

WIDTH = 79
"""Bytes after which TeX goes on in the next line of its log (``max_print_line``)."""

TOLERANCE = 20.0
"""Points by which a box may be too wide before it is worth a message."""

_LOST = re.compile(r"Missing character: There is no (?P<what>.+?) in font (?P<font>.+?)!")
_WIDE = re.compile(
    r"Overfull \\hbox \((?P<points>[\d.]+)pt too wide\)"
    r"[^\n]*?(?:at lines? (?P<line>\d+)|detected at line (?P<at>\d+))?"
    r"(?:--\d+)?\n"
)
_BEGIN = re.compile(r"\\begin\{(lesson[a-z]+)\}")
_END = re.compile(r"\\end\{(lesson[a-z]+)\}")
_PAGE = re.compile(r"\[(\d+)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that went wrong when TeX set the document."""

    kind: str
    """``lost-character`` or ``overfull-box``."""
    message: str
    page: int
    """The page that TeX was working on, as it is numbered; 0 before the first one."""


def read_log(path: Path) -> list[Entry]:
    """The entries of a log; overfull boxes only if they begin inside our environments.

    What they begin inside of is read in the TeX file beside the log; without that file all of them
    count. Raises :class:`OSError` if the log cannot be read.
    """
    text = join_lines(path.read_bytes())
    source = path.with_suffix(".tex")
    ours = find_our_lines(source.read_text("utf-8", "replace")) if source.is_file() else None
    found = [(match.start(), _lost(text, match)) for match in _LOST.finditer(text)]
    for match in _WIDE.finditer(text):
        line = int(match["line"] or match["at"] or 0)
        if float(match["points"]) > TOLERANCE and (ours is None or line in ours):
            found.append((match.start(), _wide(text, match, line)))
    return [entry for _position, entry in sorted(found, key=lambda item: item[0])]


def join_lines(log: bytes) -> str:
    """The text of a log with the lines that TeX broke put together again."""
    joined = bytearray()
    for line in log.splitlines():
        joined += line
        if len(line) != WIDTH:
            joined += b"\n"
    return joined.decode("utf-8", "replace")


def find_our_lines(source: str) -> frozenset[int]:
    """The lines of a TeX file that are inside environments of lessons."""
    depth = 0
    found = set()
    for number, line in enumerate(source.split("\n"), start=1):
        depth += len(_BEGIN.findall(line))
        if depth:
            found.add(number)
        depth = max(0, depth - len(_END.findall(line)))
    return frozenset(found)


def _lost(text: str, match: re.Match[str]) -> Entry:
    message = f"no sign for {match['what']} in font {match['font']}"
    return Entry("lost-character", message, _page_at(text, match.start()))


def _wide(text: str, match: re.Match[str], line: int) -> Entry:
    where = f", line {line} of the TeX file" if line else ""
    message = f"{match['points']} pt too wide{where}"
    return Entry("overfull-box", message, _page_at(text, match.start()))


def _page_at(text: str, position: int) -> int:
    """The page that was being set: one after the last that TeX wrote before the position."""
    pages = _PAGE.findall(text, 0, position)
    return int(pages[-1]) + 1 if pages else 0

"""A lesson in words that MyST knows, line by line: every line keeps its number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx_lessons.reading.blocks import read_blocks
from sphinx_lessons.reading.markdown import tokenize
from sphinx_lessons.reading.names import ADMONITIONS, BLOCKS
from sphinx_lessons.reading.option_lines import protect_text
from sphinx_lessons.reading.text import blank_marker, escape_marker, normalize, split_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx_lessons.model import Block, Lesson

REGION_DIRECTIVE = "lesson-challenges"
TITLED_ADMONITION = "lesson-admonition"


def rewrite(text: str, lesson: Lesson) -> str:
    """Rewrite a lesson for MyST; ``lesson`` is what was read from the same text.

    Blank lines above the front matter move into it, blocks become directives, and the challenge
    region becomes the content of one directive that is never closed.
    """
    lines, ending = _split(text)
    region = lesson.region - 1 if lesson.region else len(lines)
    body = lines[:region]
    _rewrite_blocks(body, (*lesson.blocks, *lesson.containers), lesson.stray_ends)
    if lesson.front_matter:
        blank = lesson.front_matter.start - 1
        body[: blank + 1] = [body[blank], *body[:blank]]
    elif body and body[0].startswith("---"):
        # MyST would take any such line for the beginning of front matter.
        body[0] = " " + body[0]
    rest = lines[region:]
    if rest:
        longest = max(map(_colons, rest), default=0)
        rest[0] = ":" * max(4, longest + 1) + "{" + REGION_DIRECTIVE + "}"
    return "\n".join([*body, *rest]) + ending


def rewrite_markdown(text: str) -> str:
    """Rewrite the blocks of any Markdown text for MyST, for example of a challenge's task."""
    lines, ending = _split(text)
    blocks = read_blocks(tokenize(lines, region=True))
    _rewrite_blocks(lines, (*blocks.own, *blocks.containers), blocks.stray_ends)
    return "\n".join(lines) + ending


def _split(text: str) -> tuple[list[str], str]:
    text = normalize(text)
    return split_lines(text), "\n" if text.endswith("\n") else ""


def _colons(line: str) -> int:
    """The longest run of colons in a line that could be a marker."""
    start = line.find(":::")
    if start < 0:
        return 0
    return len(line) - start - len(line[start:].lstrip(":"))


def _rewrite_blocks(lines: list[str], blocks: Iterable[Block], stray_ends: Iterable[int]) -> None:
    """Rewrite the marker lines of blocks in place."""
    for number in stray_ends:
        lines[number - 1] = blank_marker(lines[number - 1])
    closed = []
    for block in blocks:
        if block.closed:
            closed.append(block)
        else:
            index = block.span.start - 1
            lines[index] = escape_marker(lines[index], block.marker)
    for block, marker in _lengthen(lines, closed):
        first, last = block.span.start - 1, block.span.end - 1
        if block.name in BLOCKS:
            protect_text(lines, block)
        lines[first] = _rewrite_opening(lines[first], block, marker)
        lines[last] = _replace_marker(lines[last], marker)


def _lengthen(lines: list[str], blocks: list[Block]) -> list[tuple[Block, str]]:
    """New markers: each longer than any run of colons between it and its end.

    MyST does not nest blocks of equal length, and looks for their ends in code fences too.
    """
    opening = {block.span.start: block for block in blocks if block.marker[0] == ":"}
    ending = {block.span.end: block for block in opening.values()}
    found: list[tuple[Block, str]] = [(b, b.marker) for b in blocks if b.marker[0] != ":"]
    longest = [0]
    for number, line in enumerate(lines, 1):
        if number in ending:
            block, inside = ending[number], longest.pop()
            length = max(len(block.marker), inside + 1)
            found.append((block, ":" * length))
            longest[-1] = max(longest[-1], length)
        elif number in opening:
            longest.append(0)
        else:
            longest[-1] = max(longest[-1], _colons(line))
    return found


def _replace_marker(line: str, marker: str) -> str:
    """A line with another marker for the first run of its character."""
    character = marker[0]
    start = line.index(character * 3)
    return line[:start] + marker + line[start:].lstrip(character)


def _rewrite_opening(line: str, block: Block, marker: str) -> str:
    if block.name in BLOCKS:
        start = line.index(block.marker)
        return line[:start] + marker + _directive(block)
    return _replace_marker(line, marker)


def _directive(block: Block) -> str:
    if block.name == "admonition":
        # docutils wants a title for this one.
        return "{admonition} " + block.title if block.title else "{note}"
    if block.name in ADMONITIONS and block.title:
        return "{" + TITLED_ADMONITION + "} " + block.name + " " + block.title
    return ("{" + block.name + "} " + block.title).rstrip()

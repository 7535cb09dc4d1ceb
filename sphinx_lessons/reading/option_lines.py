"""Where the content of a block begins with options, and where it only looks as if it did.

MyST takes every line ``:word: ...`` at the head of a directive for an option, and everything
between a line ``---`` there and the next one. What is no option that an admonition has is text of
the author's, and MyST would drop it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx_lessons.model import Block

ADMONITION_OPTIONS = frozenset({"class", "collapsible", "name"})
"""Those of docutils and of Sphinx."""


def is_option(text: str) -> bool:
    """Whether a line is an option of an admonition: ``:name: value``."""
    return text.startswith(":") and _is_assignment(text[1:])


def _is_assignment(text: str) -> bool:
    name, colon, value = text.partition(":")
    return bool(colon) and name.strip() in ADMONITION_OPTIONS and value[:1].strip() == ""


def protect_text(lines: list[str], block: Block) -> None:
    """Make text of what is no option at the head of a block, in place, without a change of looks.

    A colon is escaped, and a rule is indented by one blank.
    """
    column = lines[block.span.start - 1].index(block.marker[0] * 3)
    inside = range(block.span.start, block.span.end - 1)
    for number in inside:
        start = _content_start(lines[number], column)
        text = lines[number][start:]
        if text.startswith("---"):
            if number == inside[0] and not _are_options(lines[number + 1 : inside.stop], column):
                lines[number] = f"{lines[number][:start]} {text}"
            return
        bare = text.lstrip(" ")
        if len(text) - len(bare) > 3 or not bare.startswith(":") or bare.startswith(":::"):
            return
        if not is_option(bare):
            lines[number] = f"{lines[number][: len(lines[number]) - len(bare)]}\\{bare}"
            return


def _content_start(line: str, column: int) -> int:
    """Where content begins in a line of a block whose marker is in the given column."""
    return min(column, len(line) - len(line.lstrip(" \t>")))


def _are_options(lines: list[str], column: int) -> bool:
    """Whether lines are options up to a line ``---``."""
    for line in lines:
        text = line[_content_start(line, column) :]
        if text.startswith("---"):
            return True
        if not _is_assignment(text):
            return False
    return False

"""The items of a challenge's hints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx_lessons.model import Prose
from sphinx_lessons.reading.text import indent_of

if TYPE_CHECKING:
    from markdown_it.token import Token

    from sphinx_lessons.reading.region import Part, RegionText

_LIST_STEPS = {
    "bullet_list_open": 1,
    "ordered_list_open": 1,
    "bullet_list_close": -1,
    "ordered_list_close": -1,
}


def read_hints(
    part: Part, text: RegionText
) -> tuple[Prose | None, tuple[Prose, ...], Prose | None]:
    """What stands before the list, the hints, and what stands after it.

    What stands between two lists belongs to the hint above it: a fence at the margin ends a list
    where its author did not mean it to.
    """
    start, end = part.heading.line + 1, part.end
    items, list_end = _find_items(part.tokens)
    if not items:
        return text.prose(start, end), (), None
    list_end = min(list_end, end)
    stops = [*items[1:], list_end]
    hints = [_read_item(text, item, stop) for item, stop in zip(items, stops, strict=True)]
    kept = tuple(hint for hint in hints if hint)
    return text.prose(start, items[0]), kept, text.prose(list_end, end)


def _find_items(tokens: list[Token]) -> tuple[list[int], int]:
    """The lines (from 0) where outermost items begin, and the line after the last list."""
    items: list[int] = []
    end = depth = inside = 0
    for token in tokens:
        inside += token.type in ("block_open", "blockquote_open")
        inside = max(0, inside - (token.type in ("block_close", "blockquote_close")))
        depth = max(0, depth + _LIST_STEPS.get(token.type, 0))
        if inside or not token.map:
            continue
        if token.type == "list_item_open" and depth == 1:
            items.append(token.map[0])
            end = token.map[1]
    return items, end


def _read_item(text: RegionText, start: int, stop: int) -> Prose | None:
    """One item without its marker; the lines below lose the indent that the marker gave them."""
    prose = text.prose(start, stop)
    if prose is None:
        return None
    first, *rest = prose.text.split("\n")
    bare, width = _strip_marker(first)
    lines = [bare, *(line[min(width, indent_of(line)) :] for line in rest)]
    return Prose("\n".join(lines), prose.span)


def _strip_marker(line: str) -> tuple[str, int]:
    """The text of an item's first line, and how far it is indented."""
    bare = line.lstrip(" ")
    marker = len(bare) - len(bare.lstrip("0123456789"))
    after = bare[marker + 1 :]
    text = after.lstrip(" \t")
    blanks = len(after) - len(text)
    if not text or blanks > 4:
        blanks = 1
    return after[blanks:], len(line) - len(bare) + marker + 1 + blanks

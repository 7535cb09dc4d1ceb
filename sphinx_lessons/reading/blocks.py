"""The blocks of a text as data, as the rewriting for MyST needs them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sphinx_lessons.model import Block, Span
from sphinx_lessons.reading.names import BLOCKS
from sphinx_lessons.reading.walking import first_line

if TYPE_CHECKING:
    from markdown_it.token import Token

    from sphinx_lessons.reading.openings import Opening


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks of a text, in the order of their opening lines."""

    own: tuple[Block, ...]
    """Those of the lesson format and the admonitions."""
    containers: tuple[Block, ...]
    """Other directives and plain containers."""
    stray_ends: tuple[int, ...]
    """Lines (from 1) of markers that close nothing that is shown."""


def read_blocks(tokens: list[Token]) -> Blocks:
    """The blocks of a tokenized text."""
    found = [_to_block(opening, depth) for opening, depth in _measure_depths(tokens)]
    return Blocks(
        tuple(block for block in found if block.name in BLOCKS),
        tuple(block for block in found if block.name not in BLOCKS),
        tuple(first_line(token) for token in tokens if token.type == "block_end"),
    )


def _measure_depths(tokens: list[Token]) -> list[tuple[Opening, int]]:
    """The openings, each with the number of levels of blocks inside it."""
    openings: list[Opening] = []
    depths: list[int] = []
    around: list[int] = []
    for token in tokens:
        if token.type in ("block_open", "block_text"):
            around.append(len(openings))
            openings.append(token.meta["opening"])
            depths.append(0)
        if token.type in ("block_close", "block_text"):
            depth = depths[around.pop()]
            if around and token.type == "block_close":
                depths[around[-1]] = max(depths[around[-1]], depth + 1)
    return list(zip(openings, depths, strict=True))


def _to_block(opening: Opening, depth: int) -> Block:
    closed = opening.end is not None and not opening.deep
    end = opening.end if closed and opening.end is not None else opening.line
    return Block(
        name=opening.name,
        title=opening.title,
        span=Span(opening.line + 1, end + 1),
        indent=opening.indent,
        marker=opening.marker,
        depth=depth,
        closed=closed,
    )

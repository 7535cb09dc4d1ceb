"""The blocks of a text as data, as the rewriting for MyST needs them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sphinx_lessons.model import Block, Span
from sphinx_lessons.reading.names import BLOCKS

if TYPE_CHECKING:
    from markdown_it.token import Token

    from sphinx_lessons.reading.markdown import Tokens
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


def read_blocks(tokens: Tokens) -> Blocks:
    """The blocks of a tokenized text."""
    found = [_to_block(opening, depth) for opening, depth in _measure_depths(tokens.tokens)]
    found += [_to_block(opening) for opening in tokens.unclosed]
    found.sort(key=lambda block: block.span)
    # The end of a block that is nested too deep closes nothing that is shown.
    ends = [opening.end for opening in tokens.unclosed if opening.end is not None]
    return Blocks(
        tuple(block for block in found if block.name in BLOCKS),
        tuple(block for block in found if block.name not in BLOCKS),
        tuple(line + 1 for line in sorted([*tokens.strays, *ends])),
    )


def _measure_depths(tokens: list[Token]) -> list[tuple[Opening, int]]:
    """The openings, each with the number of levels of blocks inside it."""
    openings: list[Opening] = []
    depths: list[int] = []
    around: list[int] = []
    for token in tokens:
        if token.type == "block_open":
            around.append(len(openings))
            openings.append(token.meta["opening"])
            depths.append(0)
        elif token.type == "block_close":
            depth = depths[around.pop()]
            if around:
                depths[around[-1]] = max(depths[around[-1]], depth + 1)
    return list(zip(openings, depths, strict=True))


def _to_block(opening: Opening, depth: int | None = None) -> Block:
    """As data; without a depth it is not closed, or not taken for closed."""
    end = opening.line if depth is None or opening.end is None else opening.end
    return Block(
        name=opening.name,
        title=opening.title,
        span=Span(opening.line + 1, end + 1),
        indent=opening.indent,
        marker=opening.marker,
        depth=depth or 0,
        closed=depth is not None,
    )

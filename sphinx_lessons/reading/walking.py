"""Small helpers for walking over tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx_lessons.model import Source, Span
from sphinx_lessons.problems import Code
from sphinx_lessons.reading.markdown import MAX_LEVEL, Tokens
from sphinx_lessons.reading.names import DEMO, split_info

if TYPE_CHECKING:
    from markdown_it.token import Token

    from sphinx_lessons.reading.complaints import Complaints
    from sphinx_lessons.reading.openings import Opening


def first_line(token: Token) -> int:
    """The line (from 1) where a token begins."""
    assert token.map
    return token.map[0] + 1


def span(token: Token) -> Span:
    """The lines (from 1) of a token."""
    assert token.map
    return Span(token.map[0] + 1, token.map[1])


def split_fence(token: Token) -> tuple[str, str]:
    """Language and the rest of the info string of a fence; ``{demo} python`` is ``python``."""
    name, title, braces = split_info(token.info)
    text = title if braces and name == DEMO else token.info
    language, *rest = text.strip().split(maxsplit=1) or [""]
    return language, "".join(rest)


def is_demo_directive(token: Token) -> bool:
    """Whether a fence is written as the ``demo`` directive."""
    name, _, braces = split_info(token.info)
    return braces and name == DEMO


def to_source(token: Token, language: str) -> Source:
    """A fence as data."""
    lines = span(token)
    return Source(token.content, lines, lines.start + 1, language)


def complain_about_structure(tokens: Tokens, complaints: Complaints) -> None:
    """Problems of fences and blocks that are not closed, close nothing, or nest too deep."""
    too_deep = False
    for token in tokens.tokens:
        if token.type == "fence" and not token.meta["closed"]:
            complaints.add(Code.UNCLOSED_FENCE, first_line(token), _open_fence(token))
        elif token.level >= MAX_LEVEL and token.map and not too_deep:
            message = "lists or quotes are nested too deep; MyST drops the text from here on"
            complaints.add(Code.NESTED_TOO_DEEP, first_line(token), message)
        too_deep = token.level >= MAX_LEVEL
    for stray in tokens.strays:
        complaints.add(Code.STRAY_BLOCK_END, stray + 1, "this line closes nothing")
    _complain_about_blocks(tokens.unclosed, complaints)


def _complain_about_blocks(openings: list[Opening], complaints: Complaints) -> None:
    """Complain, but not about a block that stands in one that is nested too deep itself."""
    end = -1
    for opening in openings:
        name = f"`{opening.marker[:40]}{opening.name[:40]}`"
        if opening.end is None:
            complaints.add(Code.UNCLOSED_BLOCK, opening.line + 1, f"{name} is never closed")
        elif opening.line > end:
            complaints.add(Code.NESTED_TOO_DEEP, opening.line + 1, f"{name} is nested too deep")
            end = opening.end


def _open_fence(token: Token) -> str:
    return f"the fence '{token.markup}{token.info[:40]}' is never closed"

"""The term of a definition: the bold lead of its first paragraph, as plain text."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from sphinx_lessons.reading.option_lines import is_option

if TYPE_CHECKING:
    from markdown_it.token import Token

_LONGEST = 500
"""Characters that are looked at: no term is longer, and inline parsing is not linear."""


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark")


def read_term(tokens: list[Token], index: int) -> str:
    """The term that the paragraph at ``tokens[index]`` begins with, ``""`` if it has none."""
    while index + 3 < len(tokens) and tokens[index].type == "paragraph_open":
        text = _skip_options(tokens[index + 1].content)
        if text:
            return _bold_lead(text)
        index += 3
    return ""


def _skip_options(text: str) -> str:
    """Text without the options at the head of a directive."""
    while is_option(text.partition("\n")[0]):
        text = text.partition("\n")[2]
    return text


def _bold_lead(text: str) -> str:
    if not text.startswith(("**", "__")):
        return ""
    children = _parser().parseInline(text[:_LONGEST])[0].children or []
    # Emphasis that is not bold may leave an empty text in front.
    children = [child for child in children if child.content or child.type != "text"]
    if not children or children[0].type != "strong_open":
        return ""
    end = next(i for i, child in enumerate(children) if _closes(child, children[0]))
    words = "".join(_plain(child) for child in children[1:end])
    return " ".join(words.split()).removesuffix(":").rstrip()


def _closes(token: Token, opening: Token) -> bool:
    return token.type == "strong_close" and token.level == opening.level


def _plain(token: Token) -> str:
    return " " if token.type in ("softbreak", "hardbreak") else token.content

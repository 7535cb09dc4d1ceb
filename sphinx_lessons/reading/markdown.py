"""Markdown to a flat list of markdown-it-py tokens with lines of the file.

To the tokens of CommonMark and of tables it adds ``block_open`` and ``block_close`` (a closed
block; what is between them was tokenized as a text of its own, as MyST does it), ``block_text``
(the opening line of an unclosed block), ``block_end`` (a marker that closes nothing) and
``separator``. Inline text is not parsed. ``Token.map`` is absolute: lines of the file from 0, the
end not included.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.token import Token

from sphinx_lessons.reading.openings import Openings
from sphinx_lessons.reading.rules import Scan, block_marker, fence, separator

if TYPE_CHECKING:
    from sphinx_lessons.reading.openings import Opening

MAX_BLOCKS = 20
"""How deep blocks may nest: MyST and docutils recurse for each level."""

MAX_LEVEL = 20
"""MyST (markdown-it's CommonMark preset) drops what lists and quotes nest deeper than that."""

_ALT = ["paragraph", "reference", "blockquote", "list"]


@dataclass(frozen=True, slots=True)
class Tokens:
    """A tokenized text."""

    tokens: list[Token]
    separator: int | None = None
    """The line (from 0) of the first separator outside every block."""


@cache
def _parser(setext: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_LEVEL + 2}).enable("table")
    parser.disable(["reference"] if setext else ["reference", "lheading"])
    ruler = parser.block.ruler
    ruler.at("fence", fence, {"alt": _ALT})
    ruler.before("fence", "block_marker", block_marker, {"alt": _ALT})
    ruler.before("table", "separator", separator, {"alt": _ALT})
    return parser


def tokenize(lines: list[str], first_line: int = 0, *, region: bool = False) -> Tokens:
    """Tokenize lines of a file, the first of which is line ``first_line`` (from 0) of it.

    In the challenge region a row of dashes is a rule, never the underline of a heading; elsewhere
    the text ends at the first separator.
    """
    scan = Scan(lines, Openings(0, MAX_BLOCKS), separators=True, stops=not region)
    tokens = _expand(_scan(scan, setext=not region), first_line, 0, not region)
    if not region:
        for index, token in enumerate(tokens):
            if token.type == "separator" and token.map:
                return Tokens(tokens[:index], token.map[0])
    return Tokens(tokens)


def _scan(scan: Scan, *, setext: bool) -> list[Token]:
    tokens: list[Token] = []
    parser = _parser(setext)
    text = "".join(line + "\n" for line in scan.lines)
    parser.block.parse(text, parser, {"scan": scan}, tokens)
    return tokens


def _expand(tokens: list[Token], offset: int, depth: int, setext: bool) -> list[Token]:
    """Tokens with absolute lines; the content of each closed block tokenized on its own."""
    found: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.map:
            token.map = [token.map[0] + offset, token.map[1] + offset]
        opening: Opening | None = token.meta.get("opening")
        if opening and token.type != "block_end":
            opening.line += offset
            if opening.end is not None and not opening.deep:
                found += _expand_block(opening, offset, depth, setext)
                index = max(index, opening.end_token)
            else:
                token.type = "block_text"
                found.append(token)
        else:
            found.append(token)
        index += 1
    return found


def _expand_block(opening: Opening, offset: int, depth: int, setext: bool) -> list[Token]:
    assert opening.end is not None
    opening.end += offset
    first, last = opening.line, opening.end
    scan = Scan(opening.content.split("\n")[:-1], Openings(depth + 1, MAX_BLOCKS))
    inner = _expand(_scan(scan, setext=setext), first + 1, depth + 1, setext)
    return [
        Token("block_open", "", 1, map=[first, last + 1], meta={"opening": opening}),
        *inner,
        Token("block_close", "", -1, map=[last, last + 1], meta={"opening": opening}),
    ]

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
from sphinx_lessons.reading.text import dedent

if TYPE_CHECKING:
    from sphinx_lessons.reading.openings import Opening

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
    scan = Scan(lines, Openings(), separators=True, stops=not region)
    tokens = _expand(scan, first_line, 0, not region)
    if not region:
        for index, token in enumerate(tokens):
            if token.type == "separator" and token.map:
                return Tokens(tokens[:index], token.map[0])
    return Tokens(tokens)


def _expand(scan: Scan, offset: int, level: int, setext: bool) -> list[Token]:
    """Tokens with absolute lines; the content of each closed block tokenized on its own."""
    found: list[Token] = []
    tokens = _scan(scan, setext)
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.map:
            token.map = [token.map[0] + offset, token.map[1] + offset]
        opening: Opening | None = token.meta.get("opening")
        if opening is None or token.type == "block_end":
            found.append(token)
        elif opening.end is None or opening.is_deep:
            opening.line += offset
            token.type = "block_text"
            found.append(token)
        else:
            found += _expand_block(scan, opening, offset, level, setext)
            index = max(index, opening.end_token)
        index += 1
    return found


def _expand_block(
    scan: Scan, opening: Opening, offset: int, level: int, setext: bool
) -> list[Token]:
    assert opening.end is not None
    content = Scan(_content(scan, opening), Openings(level + 1))
    opening.line += offset
    opening.end += offset
    inner = _expand(content, opening.line + 1, level + 1, setext)
    end, meta = opening.end + 1, {"opening": opening}
    return [
        Token("block_open", "", 1, map=[opening.line, end], meta=meta),
        *inner,
        Token("block_close", "", -1, map=[end - 1, end], meta=meta),
    ]


def _content(scan: Scan, opening: Opening) -> list[str]:
    if opening.content is not None:
        return opening.content
    lines = scan.lines[opening.line + 1 : opening.end]
    return [dedent(line, opening.indent) for line in lines]


def _scan(scan: Scan, setext: bool) -> list[Token]:
    tokens: list[Token] = []
    parser = _parser(setext)
    text = "".join(line + "\n" for line in scan.lines)
    parser.block.parse(text, parser, {"scan": scan}, tokens)
    return tokens

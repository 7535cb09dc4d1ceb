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


MAX_BLOCKS = 20
"""How deep blocks may nest: MyST and docutils recurse for each level."""


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
    tokens = _Expansion(not region).run(scan, first_line)
    if not region:
        for index, token in enumerate(tokens):
            if token.type == "separator" and token.map:
                return Tokens(tokens[:index], token.map[0])
    return Tokens(tokens)


@dataclass(frozen=True, slots=True)
class _Scanned:
    """Tokens as the rules made them, with lines that count from the first one scanned."""

    tokens: list[Token]
    lines: list[str]
    offset: int


class _Expansion:
    """Puts the content of closed blocks between their markers, and lines of the file on tokens."""

    def __init__(self, setext: bool) -> None:
        self._parser = _parser(setext)

    def run(self, scan: Scan, offset: int, level: int = 0) -> list[Token]:
        """Tokenize lines that stand inside ``level`` blocks; the first is line ``offset``."""
        tokens: list[Token] = []
        text = "".join(line + "\n" for line in scan.lines)
        self._parser.block.parse(text, self._parser, {"scan": scan}, tokens)
        return self._expand(_Scanned(tokens, scan.lines, offset), 0, len(tokens), level)

    def _expand(self, scanned: _Scanned, index: int, stop: int, level: int) -> list[Token]:
        found: list[Token] = []
        while index < stop:
            token = scanned.tokens[index]
            if token.map:
                token.map = [number + scanned.offset for number in token.map]
            opening: Opening | None = token.meta.get("opening")
            if opening and token.type != "block_end":
                opening.deep = opening.end is not None and level == MAX_BLOCKS
                found += self._expand_block(scanned, index, opening, level)
                index = max(index, 0 if opening.deep else opening.end_token)
            else:
                found.append(token)
                if level and token.type == "separator":
                    token.type = "text"
            index += 1
        return found

    def _expand_block(
        self, scanned: _Scanned, index: int, opening: Opening, level: int
    ) -> list[Token]:
        """A block with its content; of one that is not closed or too deep, the opening line."""
        token = scanned.tokens[index]
        first, end = opening.line, opening.end
        opening.line += scanned.offset
        if end is not None:
            opening.end = end + scanned.offset
        if end is None or opening.deep:
            token.type = "block_text"
            return [token]
        at_margin = token.level == opening.indent == scanned.tokens[opening.end_token].level == 0
        if at_margin and token.type == "block_open":
            # Its content was tokenized as it would be on its own.
            inner = self._expand(scanned, index + 1, opening.end_token, level + 1)
        else:
            lines = opening.content
            if lines is None:
                lines = [dedent(line, opening.indent) for line in scanned.lines[first + 1 : end]]
            inner = self.run(Scan(lines, Openings()), opening.line + 1, level + 1)
        return _enclose(opening, inner)


def _enclose(opening: Opening, inner: list[Token]) -> list[Token]:
    assert opening.end is not None
    end, meta = opening.end + 1, {"opening": opening}
    return [
        Token("block_open", "", 1, map=[opening.line, end], meta=meta),
        *inner,
        Token("block_close", "", -1, map=[end - 1, end], meta=meta),
    ]

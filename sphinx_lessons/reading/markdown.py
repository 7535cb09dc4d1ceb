"""Markdown to a flat list of markdown-it-py tokens with lines of the file.

To the tokens of CommonMark and of tables it adds ``block_open`` and ``block_close`` (a closed
block; what is between them was tokenized as a text of its own, as MyST does it) and ``separator``.
The opening line of an unclosed block is text, a marker that closes nothing is a blank line. Inline
text is not parsed. ``Token.map`` is absolute: lines of the file from 0, the end not included.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.token import Token

from sphinx_lessons.reading.openings import Openings
from sphinx_lessons.reading.rules import Scan, block_marker, fence, separator
from sphinx_lessons.reading.text import blank_marker, dedent, escape_marker

if TYPE_CHECKING:
    from sphinx_lessons.reading.openings import Opening

MAX_LEVEL = 20
"""MyST (markdown-it's CommonMark preset) drops what lists and quotes nest deeper than that."""

_ALT = ["paragraph", "reference", "blockquote", "list"]


MAX_BLOCKS = 20
"""How deep blocks may nest: MyST and docutils recurse for each level."""


_MOST_PASSES = 4
"""What is no marker after all changes what the lines around it mean; rarely, again and again."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """A tokenized text."""

    tokens: list[Token]
    unclosed: list[Opening]
    """Blocks that are never closed, or nested too deep, in the order of their lines."""
    strays: list[int]
    """Lines (from 0) of markers that close nothing, in order."""
    separator: int | None = None
    """The line (from 0) of the first separator outside every block."""

    def before(self, line: int, index: int) -> Tokens:
        """Those above a line, of which there are ``index``."""
        return Tokens(
            self.tokens[:index],
            [opening for opening in self.unclosed if opening.line < line],
            [stray for stray in self.strays if stray < line],
        )


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
    expansion = _Expansion(not region)
    found = expansion.run(Scan(lines, separators=True, stops=not region), first_line)
    unclosed = sorted(expansion.unclosed, key=lambda opening: opening.line)
    tokens = Tokens(found, unclosed, sorted(expansion.strays))
    if not region:
        for index, token in enumerate(found):
            if token.type == "separator" and token.map:
                line = token.map[0]
                return replace(tokens.before(line, index), separator=line)
    return tokens


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
        self.unclosed: list[Opening] = []
        self.strays: list[int] = []

    def run(self, scan: Scan, offset: int, level: int = 0) -> list[Token]:
        """Tokenize lines that stand inside ``level`` blocks; the first is line ``offset``."""
        tokens: list[Token] = []
        for _ in range(_MOST_PASSES):
            tokens = self._scan(scan)
            lines = self._unmark(tokens, scan.lines, offset, level)
            if lines == scan.lines:
                break
            scan = replace(scan, lines=lines, openings=Openings(), hopeless={})
        return self._expand(_Scanned(tokens, scan.lines, offset), 0, len(tokens), level)

    def _scan(self, scan: Scan) -> list[Token]:
        tokens: list[Token] = []
        text = "".join(line + "\n" for line in scan.lines)
        self._parser.block.parse(text, self._parser, {"scan": scan}, tokens)
        return tokens

    def _unmark(self, tokens: list[Token], lines: list[str], offset: int, level: int) -> list[str]:
        """The lines with text in place of markers that turned out to be none.

        A marker that closes a block from within a list item is put in the column of the block: the
        list ends with it, as MyST looks at lines only.
        """
        lines = list(lines)
        depths: dict[int, int] = {}
        for token in tokens:
            opening: Opening | None = token.meta.get("opening")
            line = token.map[0] if token.map else 0
            if token.type == "block_end":
                level -= opening is not None
                if opening is None:
                    self.strays.append(line + offset)
                if opening is None or opening.deep:
                    lines[line] = blank_marker(lines[line])
                elif token.level > depths[opening.line] and not opening.quoted:
                    lines[line] = " " * opening.margin + lines[line].lstrip()
            elif opening:
                depths[opening.line] = token.level
                opening.deep = opening.end is not None and level >= MAX_BLOCKS
                if opening.end is None or opening.deep:
                    lines[line] = escape_marker(lines[line], opening.marker)
                    self.unclosed.append(opening.shifted(offset))
                level += opening.end is not None and token.type == "block_open"
        return lines

    def _expand(self, scanned: _Scanned, index: int, stop: int, level: int) -> list[Token]:
        found: list[Token] = []
        while index < stop:
            token = scanned.tokens[index]
            if token.map:
                token.map = [number + scanned.offset for number in token.map]
            opening: Opening | None = token.meta.get("opening")
            if opening and opening.end is not None and token.type != "block_end":
                found += self._expand_block(scanned, index, opening, level + 1)
                index = max(index, opening.end_token)
            else:
                found.append(token)
                if opening or (level and token.type == "separator"):
                    token.type = "text"
            index += 1
        return found

    def _expand_block(
        self, scanned: _Scanned, index: int, opening: Opening, level: int
    ) -> list[Token]:
        """A block with its content."""
        token = scanned.tokens[index]
        place = opening.shifted(scanned.offset)
        at_margin = token.level == opening.indent == scanned.tokens[opening.end_token].level == 0
        if at_margin and token.type == "block_open":
            # Its content was tokenized as it would be on its own.
            inner = self._expand(scanned, index + 1, opening.end_token, level)
        else:
            lines = opening.content
            if lines is None:
                lines = scanned.lines[opening.line + 1 : opening.end]
                lines = [dedent(line, opening.indent) for line in lines]
            inner = self.run(Scan(lines), place.line + 1, level)
        return _enclose(place, inner)


def _enclose(opening: Opening, inner: list[Token]) -> list[Token]:
    assert opening.end is not None
    end, meta = opening.end + 1, {"opening": opening}
    return [
        Token("block_open", "", 1, map=[opening.line, end], meta=meta),
        *inner,
        Token("block_close", "", -1, map=[end - 1, end], meta=meta),
    ]

"""Which closing marker belongs to which opening one, while a text is being tokenized.

All operations together take time proportional to the number of tokens: every opening is pushed
and popped once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock
    from markdown_it.token import Token


@dataclass(slots=True)
class Opening:
    """The opening line of a block, and its end once that is known. Lines count from 0."""

    line: int
    marker: str
    indent: int
    """Columns before the marker, counted in its container."""
    margin: int
    """Columns that the content of its container is indented by."""
    quoted: bool
    """It stands in a block quote."""
    name: str
    title: str
    braces: bool
    """The name stands in braces: a directive, not a container."""
    end: int | None = None
    """The closing line."""
    deep: bool = False
    """It is nested too deep to be shown as a block."""
    end_token: int = 0
    """Index of the closing marker's token."""
    content: list[str] | None = None
    """The lines between, without what quotes add to them, if it stands in one."""

    def shifted(self, offset: int) -> Opening:
        """The same with other line numbers: counted from ``offset`` lines above."""
        end = None if self.end is None else self.end + offset
        return replace(self, line=self.line + offset, end=end)


class Openings:
    """The blocks that are open at a point of the text."""

    def __init__(self) -> None:
        self._open: list[Opening] = []
        self._by_length: dict[int, list[int]] = {}
        self._containers: list[tuple[int, int]] = []
        self._quotes = 0
        self._seen = 0
        self._line = 0

    def advance(self, tokens: list[Token]) -> None:
        """Take in the tokens that came since the last call."""
        for index in range(self._seen, len(tokens)):
            token = tokens[index]
            if token.type == "blockquote_open":
                self._containers.append((len(self._open), len(self._open)))
                self._quotes += 1
            elif token.type == "list_item_open":
                self._containers.append((len(self._open), self.barrier))
            elif token.type in ("blockquote_close", "list_item_close"):
                self._truncate(self._containers.pop()[0])
                self._quotes -= token.type == "blockquote_close"
            elif token.type == "block_open":
                self._push(token.meta["opening"])
        self._seen = len(tokens)

    def note_lines(self, state: StateBlock, until: int) -> None:
        """Take in the lines above ``until`` that came since the last call.

        Lazy continuation lines of a list item end the blocks in it for MyST.
        """
        for line in range(self._line, until):
            if not self._open:
                break
            indent = state.sCount[line]
            while self._open and self._open[-1].margin > indent >= 0 and not state.isEmpty(line):
                self._truncate(len(self._open) - 1)
        self._line = until

    @property
    def barrier(self) -> int:
        """How many open blocks lie outside the innermost block quote: out of reach in it."""
        return self._containers[-1][1] if self._containers else 0

    @property
    def reachable(self) -> bool:
        """Whether a closing marker here could close anything."""
        return len(self._open) > self.barrier

    @property
    def any_open(self) -> bool:
        """Whether any block is open."""
        return bool(self._open)

    @property
    def in_quote(self) -> bool:
        """Whether a block quote is open."""
        return self._quotes > 0

    def find(self, length: int, indent: int) -> Opening | None:
        """The opening that a closing marker of that length and indent belongs to.

        It is the innermost of the same length, else the innermost one at all if that is shorter
        (as code fences have it). A list item does not hide the blocks around it, because MyST
        looks at lines only; a block quote does.
        """
        same = self._by_length.get(length)
        if same and same[-1] >= self.barrier:
            opening = self._open[same[-1]]
        elif self.reachable and len(self._open[-1].marker) < length:
            opening = self._open[-1]
        else:
            return None
        return opening if indent - opening.margin < 4 else None

    def close(self, opening: Opening) -> None:
        """Close a block; those opened inside it and still open remain unclosed."""
        self._truncate(self._by_length[len(opening.marker)][-1])

    def _push(self, opening: Opening) -> None:
        self._by_length.setdefault(len(opening.marker), []).append(len(self._open))
        self._open.append(opening)

    def _truncate(self, size: int) -> None:
        while len(self._open) > size:
            self._by_length[len(self._open.pop().marker)].pop()

"""Texts to be found in other texts, with numbers that need only agree to their precision."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# What pytest's NUMBER takes for a number, written so that no run of digits is read twice.
_NUMBER = re.compile(
    r"""
    [+-]?
    (?:
        (?: (?<!\d)\d++\.(?P<fraction>\d*+) | \.(?P<bare>\d++) ) (?:[Ee](?P<power>[+-]?\d++))?
      | (?<!\d)\d++[Ee](?P<exponent>[+-]?\d++)
    )
    """,
    re.VERBOSE,
)
_MARK = "\uffff"  # a noncharacter: no text has a reason to hold it


@dataclass(frozen=True)
class Number:
    """A number as it is written."""

    text: str
    digits: int
    """How many stand after the point."""
    power: str
    """Of ten; ``"0"`` if none is written."""

    @cached_property
    def value(self) -> float:
        """The number; infinite if it is too large for a float."""
        return float(self.text)

    @cached_property
    def tolerance(self) -> float:
        """One unit of the last place that is written."""
        exponent = int(self.power) if len(self.power) < 6 else int(self.power[0] + "99999")
        return float(f"1e{exponent - self.digits}")

    def agrees(self, other: Number) -> bool:
        """Tell whether the other equals this one to the precision that this one is written with."""
        if self.text == other.text or self.value == other.value:
            return True
        return abs(self.value - other.value) <= self.tolerance < float("inf")


def _read_number(match: re.Match[str]) -> Number:
    digits = match["fraction"] or match["bare"] or ""
    return Number(match[0], len(digits), match["power"] or match["exponent"] or "0")


@dataclass(frozen=True, slots=True)
class Text:
    """A text, its numbers taken out if they are to be compared as numbers."""

    skeleton: str
    """The text with a mark for each number that was taken out."""
    numbers: tuple[Number, ...] = ()

    def __len__(self) -> int:
        """Return the length of the skeleton."""
        return len(self.skeleton)

    def head(self, length: int) -> Text:
        """Return the first characters of the skeleton, with their numbers."""
        skeleton = self.skeleton[:length]
        return Text(skeleton, self.numbers[: skeleton.count(_MARK)])

    def stands_at(self, position: int, text: Text) -> bool:
        """Tell whether the other text has this one at a position."""
        return text.skeleton.startswith(self.skeleton, position) and self._numbers_agree(
            text.numbers, text.skeleton.count(_MARK, 0, position)
        )

    def find_in(self, text: Text, start: int) -> int:
        """Return the first position from ``start`` at which the other text has this one, or -1."""
        passed, counted = 0, 0
        while (start := text.skeleton.find(self.skeleton, start)) >= 0:
            if not self.numbers:
                return start
            passed += text.skeleton.count(_MARK, counted, start)
            counted = start
            if self._numbers_agree(text.numbers, passed):
                return start
            start += 1
        return -1

    def _numbers_agree(self, numbers: Sequence[Number], first: int) -> bool:
        others = numbers[first : first + len(self.numbers)]
        return len(others) == len(self.numbers) and all(map(Number.agrees, self.numbers, others))


def take_numbers(text: str) -> Text:
    """Return the text with its numbers taken out."""
    return Text(_NUMBER.sub(_MARK, text), tuple(map(_read_number, _NUMBER.finditer(text))))


def find_failing(pieces: Sequence[Text], text: Text) -> tuple[int, int] | None:
    """Match pieces with anything between them, the first at the start, the last at the end.

    Returns the index of the first piece that does not match and the position from which it was
    looked for; ``None`` if all match. Taking the first place of each piece is enough: a later one
    leaves less for the next pieces.
    """
    first, *rest = pieces
    if not first.stands_at(0, text) or (not rest and len(first) < len(text)):
        return 0, 0
    position = len(first)
    for index, piece in enumerate(rest, 1):
        is_last = index == len(rest)
        start = max(position, len(text) - len(piece)) if is_last else position
        found = piece.find_in(text, start)
        if found < 0:
            return index, position
        position = found + len(piece)
    return None

"""The comparison modes."""

from __future__ import annotations

import difflib
import re
import warnings
from bisect import bisect_left
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .differences import common_length, render_diff
from .streams import make_visible
from .texts import Text, find_failing, take_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

MODES = (
    "exact",
    "normalize-whitespace",
    "ellipsis",
    "number",
    "unordered-lines",
    "regex",
    "none",
)
"""All comparison modes."""

ALONE = frozenset({"exact", "regex", "none"})
"""Modes that cannot be combined with others."""

BLANKS = " \t\r"
"""What does not count at the end of a line."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The outcome of comparing an output with what was expected."""

    equal: bool
    diff: str = ""
    """Unified diff with invisible differences named; ``""`` when equal. No final newline."""
    line: int = 0
    """Index (from 0) of the first line of the expected text that differs; where the output has a
    line too many, of the nearest line that exists."""


def check_modes(modes: Sequence[str]) -> str | None:
    """Return what is wrong with a combination of modes, as a clause; ``None`` if nothing is."""
    if not modes:
        return "names no comparison mode"
    for mode in modes:
        if mode not in MODES:
            near = difflib.get_close_matches(mode, MODES, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(MODES)}"
            return f"{mode!r} is no comparison mode; {hint}"
    alone = next((mode for mode in modes if mode in ALONE), None)
    if alone and len(modes) > 1:
        return f"{alone!r} cannot be combined with other comparison modes"
    return None


def check_pattern(pattern: str) -> str | None:
    """Return why a text is no regular expression, as a clause; ``None`` if it is one."""
    try:
        _compile(pattern)
    except (re.error, RecursionError, OverflowError, MemoryError) as error:
        return f"is no regular expression: {error or type(error).__name__}"
    return None


def compare(expected: str, actual: str, modes: Sequence[str] = ("exact",)) -> Comparison:
    r"""Compare an output (see :func:`normalize_stream`) with the expected text.

    Control characters stand for their visible signs, as the output has them already.
    In every mode ``\r\n`` is ``\n``, and blanks at the end of lines as well as blank lines and
    blanks at both ends of the whole do not count. Never raises for any text; the modes are to be
    valid (:func:`check_modes`).

    Time is linear in the size of both texts but for these: ``regex`` takes as long as its pattern
    wants; ``unordered-lines`` or ``ellipsis``, together with each other or with ``number``, take
    the product of both sizes at worst.
    """
    wanted, skipped = _tidy(expected)
    got, _ = _tidy(actual)
    matcher = Matcher("ellipsis" in modes, "number" in modes, "normalize-whitespace" in modes)
    if "none" in modes:
        outcome = Comparison(True)
    elif "regex" in modes:
        outcome = _compare_pattern(wanted, got)
    elif wanted.strip(BLANKS) == got.strip(BLANKS):
        outcome = Comparison(True)
    elif "unordered-lines" in modes:
        outcome = _compare_unordered(wanted, got, matcher)
    else:
        outcome = _compare_text(wanted.strip(BLANKS), got.strip(BLANKS), matcher)
    return outcome if outcome.equal else replace(outcome, line=outcome.line + skipped)


def _tidy(text: str) -> tuple[str, int]:
    """Return the text without what never counts (but with the first line's indent).

    The second value is the number of lines that were cut off its top.
    """
    lines = [line.rstrip(BLANKS) for line in text.split("\n")]
    first = next((index for index, line in enumerate(lines) if line), 0)
    return make_visible("\n".join(lines[first:]).rstrip("\n")), first


@dataclass(frozen=True, slots=True)
class Matcher:
    """Matches texts in the modes that can be combined, all but the order of lines."""

    ellipsis: bool
    number: bool
    blanks: bool

    @property
    def lenient(self) -> bool:
        """Whether texts that are not the same may agree."""
        return self.ellipsis or self.number or self.blanks

    def agree(self, wanted: str, got: str) -> bool:
        """Tell whether two texts agree."""
        return wanted == got or (self.lenient and self._match(wanted, got)[1] is None)

    def count_before_mismatch(self, wanted: str, got: str) -> int:
        """Return how many line ends (or words, if blanks do not count) the mismatch follows."""
        pieces, failing, text = self._match(wanted, got)
        index, position = failing or (len(pieces) - 1, 0)
        head = _matching_head(pieces[index], text, position, anchored=index == 0)
        before = "".join(piece.skeleton for piece in pieces[:index]) + head
        return before.count(" " if self.blanks else "\n")

    def _match(self, wanted: str, got: str) -> tuple[list[Text], tuple[int, int] | None, Text]:
        if self.blanks:
            wanted, got = " ".join(wanted.split()), " ".join(got.split())
        parts = wanted.split("...") if self.ellipsis else [wanted]
        pieces, text = list(map(Text, parts)), Text(got)
        failing = find_failing(pieces, text)
        if failing and self.number:
            pieces, text = list(map(take_numbers, parts)), take_numbers(got)
            failing = find_failing(pieces, text)
        return pieces, failing, text


def _matching_head(piece: Text, text: Text, start: int, *, anchored: bool) -> str:
    """Return the longest beginning of a piece that the text has at, or else after, ``start``."""

    def is_absent(length: int) -> bool:
        head = piece.head(length)
        return not (head.stands_at(start, text) if anchored else head.find_in(text, start) >= 0)

    length = bisect_left(range(1, len(piece) + 1), True, key=is_absent)
    # The end of the line that the ellipsis stands on is no line of its own.
    return piece.skeleton[:length] or ("\n" if piece.skeleton.startswith("\n") else "")


# --- in order ---------------------------------------------------------------------------------


def _compare_text(wanted: str, got: str, matcher: Matcher) -> Comparison:
    if matcher.agree(wanted, got):
        return Comparison(True)
    lines = _split(wanted)
    shown = _align(lines, _split(got), matcher)
    last = max(len(lines) - 1, 0)
    if matcher.blanks:
        line_of_word = [index for index, line in enumerate(lines) for _ in line.split()]
        line = [*line_of_word, last][matcher.count_before_mismatch(wanted, got)]
    elif matcher.ellipsis:
        line = matcher.count_before_mismatch(wanted, got)
    else:
        line = min(common_length(lines, shown), last)
    return Comparison(False, render_diff(lines, shown), line)


def _split(text: str) -> list[str]:
    return text.split("\n") if text else []


def _align(lines: list[str], others: list[str], matcher: Matcher) -> list[str]:
    """Return the other lines, with each that agrees with the line in its place replaced by that.

    Places are counted from the top and from the bottom.
    """
    aligned = list(others)
    both = min(len(lines), len(others)) if matcher.lenient else 0
    for index in (*range(both), *range(-both, 0)):
        if matcher.agree(lines[index], aligned[index]):
            aligned[index] = lines[index]
    return aligned


def _compile(pattern: str) -> re.Pattern[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return re.compile(pattern, re.DOTALL)


def _compare_pattern(pattern: str, got: str) -> Comparison:
    wrong = check_pattern(pattern)
    if wrong:
        return Comparison(False, f"\\ the expected output {wrong}")
    compiled = _compile(pattern)
    # The output's final newline is there or not, as the pattern wants.
    if any(map(compiled.fullmatch, (got, got + "\n", got.strip(BLANKS)))):
        return Comparison(True)
    return Comparison(False, render_diff(_split(pattern), _split(got)))


# --- in any order -----------------------------------------------------------------------------


def _compare_unordered(wanted: str, got: str, matcher: Matcher) -> Comparison:
    """Find each expected line a printed one of its own; a line ``...`` takes all that are left."""
    lines, others = _split(wanted), _split(got)
    wild = matcher.ellipsis and "..." in lines
    rows = [row for row, line in enumerate(lines) if not (wild and line == "...")]
    if matcher.blanks or wild:
        rows, others = [row for row in rows if lines[row]], [line for line in others if line]
    pairs = _pair([lines[row] for row in rows], others, matcher)
    missing = [row for index, row in enumerate(rows) if index not in pairs]
    left = [others[index] for index in sorted(set(range(len(others))).difference(pairs.values()))]
    if not missing and (wild or not left):
        return Comparison(True)
    shown = _replace_missing(lines, missing, left, append=not wild)
    line = missing[0] if missing else max(len(lines) - 1, 0)
    return Comparison(False, render_diff(lines, shown), line)


def _replace_missing(
    lines: list[str], missing: list[int], left: list[str], *, append: bool
) -> list[str]:
    """Return the expected lines with lines that are left over in place of the missing ones."""
    found = dict(zip(missing, left, strict=False))
    dropped = set(missing[len(left) :])
    shown = [found.get(row, line) for row, line in enumerate(lines) if row not in dropped]
    return shown + (left[len(missing) :] if append else [])


def _pair(lines: list[str], others: list[str], matcher: Matcher) -> dict[int, int]:
    """Return as many pairs (line, other line) that agree as there can be.

    Equal ones come first; since in some modes a line may agree with several, augmenting paths then
    look for lines that can change their partner.
    """
    places: dict[str, list[int]] = {}
    for index in reversed(range(len(others))):
        places.setdefault(others[index], []).append(index)
    pairs = {index: places[line].pop() for index, line in enumerate(lines) if places.get(line)}
    if matcher.lenient:
        owners = {other: index for index, other in pairs.items()}
        for index in sorted(set(range(len(lines))).difference(pairs)):
            path = _find_path(index, lines, others, matcher, owners)
            pairs.update(path)
            owners.update((other, index) for index, other in path)
    return pairs


def _find_path(
    start: int, lines: list[str], others: list[str], matcher: Matcher, owners: dict[int, int]
) -> list[tuple[int, int]]:
    """Return the pairs that give one more line a partner, by breadth-first search."""
    came_from: dict[int, tuple[int, int | None]] = {}
    queue: deque[tuple[int, int | None]] = deque([(start, None)])
    while queue:
        line, released = queue.popleft()
        for other, text in enumerate(others):
            if other in came_from or not matcher.agree(lines[line], text):
                continue
            came_from[other] = line, released
            if other in owners:
                queue.append((owners[other], other))
                continue
            path = []
            step: int | None = other
            while step is not None:
                line, before = came_from[step]
                path.append((line, step))
                step = before
            return path
    return []

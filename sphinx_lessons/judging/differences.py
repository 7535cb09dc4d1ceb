"""Showing how two outputs differ, also where the difference cannot be seen."""

from __future__ import annotations

import difflib
import unicodedata
from typing import TYPE_CHECKING

from .streams import make_visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

CONTEXT = 3
WINDOW = 120
"""Lines of each side that are compared in detail: difflib takes more than quadratic time."""
WIDTH = 160
"""Characters of a line that are shown."""
REMARKS = 5
"""Remarks on one pair of lines."""


def render_diff(lines: Sequence[str], others: Sequence[str]) -> str:
    """Return a unified diff of the first part that differs, of bounded size in bounded time.

    Lines that begin with a backslash are remarks, as in ``diff``: they name what cannot be seen.
    """
    start = max(common_length(lines, others) - CONTEXT, 0)
    left, right = lines[start : start + WINDOW], others[start : start + WINDOW]
    rows = ["--- expected", "+++ printed"]
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    for group in matcher.get_grouped_opcodes(CONTEXT):
        (_, i1, _, j1, _), (_, _, i2, _, j2) = group[0], group[-1]
        rows.append(f"@@ -{_range(start + i1, i2 - i1)} +{_range(start + j1, j2 - j1)} @@")
        for tag, i1, i2, j1, j2 in group:
            rows += _render_change(left[i1:i2], right[j1:j2], equal=tag == "equal")
    if max(len(lines), len(others)) > start + WINDOW:
        sizes = f"{len(lines)} lines expected, {len(others)} printed"
        rows.append(f"\\ {sizes}: only lines {start + 1} to {start + WINDOW} are compared here")
    if not lines or not others:
        rows.append("\\ nothing is expected" if others else "\\ nothing was printed")
    return "\n".join(rows)


def _range(start: int, count: int) -> str:
    """Return lines as a header names them: of no lines it names the one before."""
    return f"{start + (count > 0)},{count}"


def common_length(left: Iterable[object], right: Iterable[object]) -> int:
    """Return how many items are equal at the beginning of both."""
    length = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        length += 1
    return length


def _render_change(left: Sequence[str], right: Sequence[str], *, equal: bool) -> Iterator[str]:
    if equal:
        yield from (f" {_cut(line)}" for line in left)
        return
    pairs = list(zip(left, right, strict=False))
    starts = [max(common_length(*pair) - WIDTH // 2, 0) for pair in pairs]
    for sign, side in (("-", left), ("+", right)):
        for index, line in enumerate(side):
            yield sign + _cut(line, starts[index] if index < len(starts) else 0)
    for line, other in pairs:
        yield from (f"\\ {remark}" for remark in name_differences(line, other))


def _cut(line: str, start: int = 0) -> str:
    """Return at most ``WIDTH`` characters of a line, safe to show."""
    if len(line) <= WIDTH:
        return make_visible(line)
    start = min(start, len(line) - WIDTH)
    end = start + WIDTH
    shown = make_visible(line[start:end])
    return ("…" if start else "") + shown + ("…" if end < len(line) else "")


# --- what cannot be seen ----------------------------------------------------------------------

# Signs and letters that look like an ASCII one; Unicode's NFKC form covers others (no-break space,
# full-width letters, ligatures, the ellipsis).
_LOOK_ALIKES = (
    ("'", "‘’‚‛′`´ʼˈ"),
    ('"', "“”„‟″«»"),
    ("-", "‐‑‒–—―−⁃"),
    (".", "․·∙•⋅"),
    ("*", "∗⁎×"),
    ("/", "⁄∕"),
    (":", "∶"),
    ("|", "│∣"),
    ("~", "∼"),
    *zip("aeopcyxijshBAEKMHOPCTXIJSZ3", "аеорсухіјѕһВАЕКМНОРСТХІЈЅΖЗ", strict=True),
    *zip("ABEHKMNPTXYov", "ΑΒΕΗΚΜΝΡΤΧΥον", strict=True),
)
_FOLD = str.maketrans({other: char for char, others in _LOOK_ALIKES for other in others})


def fold(text: str) -> str:
    """Return what a text looks like: one character for look-alikes, none for the invisible."""
    seen = unicodedata.normalize("NFKC", text.translate(_FOLD)).translate(_FOLD)
    return "".join(char for char in seen if not _is_invisible(char))


def _is_invisible(char: str) -> bool:
    variation_selector = "\ufe00" <= char <= "\ufe0f"
    return char.isspace() or unicodedata.category(char) == "Cf" or variation_selector


def name_differences(line: str, other: str) -> Iterator[str]:
    """Name in words what two lines differ in where that is hard to see: where they look alike."""
    start = common_length(line, other)
    end = common_length(reversed(line[start:]), reversed(other[start:]))
    left, right = line[start : len(line) - end], other[start : len(other) - end]
    if max(len(left), len(right)) > WIDTH:
        return
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    common = start + end + sum(block.size for block in matcher.get_matching_blocks())
    if fold(left) != fold(right) and common < 0.7 * max(len(line), len(other)):
        return  # two different texts: where they happen to look alike tells nothing
    changes = [(left[i1:i2], right[j1:j2], i1) for _, i1, i2, j1, j2 in matcher.get_opcodes()]
    alike = [change for change in changes if change[0] != change[1] and _look_alike(*change[:2])]
    for wanted, got, index in alike[:REMARKS]:
        form = unicodedata.normalize("NFC", wanted) == unicodedata.normalize("NFC", got)
        note = " (the same text in another Unicode normalization form)" if form else ""
        yield f"column {start + index + 1}: expected {_name(wanted)}, printed {_name(got)}{note}"


def _look_alike(left: str, right: str) -> bool:
    return fold(left) == fold(right)


def _name(text: str) -> str:
    """Return the characters in words."""
    plain = {" ": "blank", "\t": "tab"}.get(text[:1])
    if plain and text.count(text[0]) == len(text):
        return f"{len(text)} {plain}s" if len(text) > 1 else f"a {plain}"
    return ", ".join(map(_name_character, text)) or "nothing"


def _name_character(char: str) -> str:
    plain = {" ": "a blank", "\t": "a tab"}.get(char)
    if plain:
        return plain
    shown = f"◌{char} " if unicodedata.combining(char) else f"{char} "
    visible = char.isprintable() and not _is_invisible(char)
    name = unicodedata.name(char, "control character" if ord(char) < 0xA0 else "no character")
    return f"{shown if visible else ''}(U+{ord(char):04X} {name.lower()})"

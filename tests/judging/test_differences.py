"""Diffs: what cannot be seen is said in words, and none is too long."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphinx_lessons.judging import compare
from sphinx_lessons.judging.differences import (
    WIDTH,
    WINDOW,
    fold,
    name_differences,
    render_diff,
)

NAMES = {
    "’": "’ (U+2019 right single quotation mark)",
    "'": "' (U+0027 apostrophe)",
    "−": "− (U+2212 minus sign)",
    "–": "– (U+2013 en dash)",
    "-": "- (U+002D hyphen-minus)",
    "р": "р (U+0440 cyrillic small letter er)",
    "а": "а (U+0430 cyrillic small letter a)",
    "p": "p (U+0070 latin small letter p)",
    "a": "a (U+0061 latin small letter a)",
    "é": "é (U+00E9 latin small letter e with acute)",
    "e": "e (U+0065 latin small letter e)",
    "\u0301": "◌\u0301 (U+0301 combining acute accent)",
    "\u00a0": "(U+00A0 no-break space)",
    "\u200b": "(U+200B zero width space)",
    "\ufe0f": "(U+FE0F variation selector-16)",
    "…": "… (U+2026 horizontal ellipsis)",
    ".": ". (U+002E full stop)",
    "": "nothing",
    " ": "a blank",
    "   ": "3 blanks",
    "\t": "a tab",
}
OTHER_FORM = " (the same text in another Unicode normalization form)"


@pytest.mark.parametrize(
    ("line", "other", "column", "expected", "printed"),
    [
        ("it’s", "it's", 3, "’", "'"),
        ("−1", "-1", 1, "−", "-"),
        ("1–2", "1-2", 2, "–", "-"),
        ("раss", "pass", 1, "ра", "pa"),
        ("wait…", "wait...", 5, "…", "..."),
        ("a\tb", "a b", 2, "\t", " "),
        ("a\tb", "a   b", 2, "\t", "   "),
        ("a  b", "a b", 3, " ", ""),
        ("a b", "a\u00a0b", 2, " ", "\u00a0"),
        ("pay\u200bload", "payload", 4, "\u200b", ""),
        ("✓", "✓\ufe0f", 2, "", "\ufe0f"),
        ("é", "e\u0301", 1, "é", "e\u0301"),
    ],
)
def test_names_what_cannot_be_seen(
    line: str, other: str, column: int, expected: str, printed: str
) -> None:
    def name(text: str) -> str:
        return NAMES.get(text) or ", ".join(NAMES[char] for char in text)

    remark = f"column {column}: expected {name(expected)}, printed {name(printed)}"
    remark += OTHER_FORM if expected == "é" else ""
    assert list(name_differences(line, other)) == [remark]
    assert f"\\ {remark}" in compare(line, other).diff.splitlines()


def test_names_nothing_where_the_difference_can_be_seen() -> None:
    assert list(name_differences("Total: 12", "Total: 13")) == []
    assert list(name_differences("what the lesson says", "a traceback, it’s long")) == []


def test_names_it_beside_a_difference_that_can_be_seen() -> None:
    remarks = list(name_differences("It’s 12 miles to the harbor", "It's 13 miles to the harbor"))
    assert len(remarks) == 1
    assert "apostrophe" in remarks[0]


def test_names_a_few_only() -> None:
    assert 0 < len(list(name_differences("’a" * 40, "'a" * 40))) < 10


def test_shows_lines_around_a_difference() -> None:
    lines = [f"line {number}" for number in range(20)]
    diff = render_diff(lines, [*lines[:10], "changed", *lines[11:]]).splitlines()
    assert diff[:3] == ["--- expected", "+++ printed", "@@ -8,7 +8,7 @@"]
    assert diff[3:] == [
        " line 7", " line 8", " line 9", "-line 10", "+changed", " line 11", " line 12", " line 13",
    ]  # fmt: skip


def test_shows_the_part_of_a_long_line_that_differs() -> None:
    diff = render_diff(["x" * 5000 + "A" + "y" * 5000], ["x" * 5000 + "B" + "y" * 5000])
    minus, plus = (line for line in diff.splitlines() if line[:2] in ("-…", "+…"))
    assert "xAy" in minus
    assert "xBy" in plus
    assert len(minus) == WIDTH + 3


def test_says_that_there_is_nothing_to_show() -> None:
    assert compare("a", "").diff.splitlines()[2:] == [
        "@@ -1,1 +0,0 @@",
        "-a",
        "\\ nothing was printed",
    ]
    assert compare("", "a").diff.splitlines()[2:] == [
        "@@ -0,0 +1,1 @@",
        "+a",
        "\\ nothing is expected",
    ]


def test_shows_control_characters_as_signs() -> None:
    diff = compare("\x1b[31mred", "red").diff.splitlines()
    assert diff[3:5] == ["-␛[31mred", "+red"]
    long = compare("\x1b" * 500, "red").diff
    assert "\x1b" not in long


def test_says_what_it_does_not_show() -> None:
    diff = render_diff(["a"] * 1000, ["b"] * 900)
    assert diff.splitlines()[-1] == (
        f"\\ 1000 lines expected, 900 printed: only lines 1 to {WINDOW} are compared here"
    )


@given(st.lists(st.sampled_from("ab"), max_size=30), st.lists(st.sampled_from("ab"), max_size=30))
def test_hunks_hold_the_lines_that_their_headers_say(lines: list[str], others: list[str]) -> None:
    for hunk in render_diff(lines, others).split("\n@@ ")[1:]:
        header, *rows = hunk.splitlines()
        numbers = [int(number) for number in re.findall(r"\d+", header)]
        for sign, side, first, count in (("-", lines, *numbers[:2]), ("+", others, *numbers[2:])):
            shown = [row[1:] for row in rows if row[0] in (sign, " ")]
            assert shown == (side[first - 1 :][:count] if count else [])
            assert len(shown) == count


@given(st.text())
def test_folding_leaves_nothing_invisible(text: str) -> None:
    assert not any(char.isspace() for char in fold(text))
    assert fold(f"{text}\u200b") == fold(f"{text} ") == fold(text)

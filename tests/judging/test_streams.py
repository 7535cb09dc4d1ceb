"""What a terminal would leave of an output."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphinx_lessons.judging import normalize_stream


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain é ✓\n\ttext\n", "plain é ✓\n\ttext\n"),
        ("one\r\ntwo\r\n", "one\ntwo\n"),
        ("one\r\r\ntwo", "one\ntwo"),
        ("\x1b[1;31mred\x1b[0m \x9b32mgreen\x9bm", "red green"),
        ("\x1b]0;title\x07a\x1b]8;;http://x.org\x1b\\b\x1b]8;;\x1b\\", "ab"),
        ("\x1b(B\x1b=a\x1b7b", "ab"),
        ("never ended \x1b]0;title\nnext", "never ended 0;title\nnext"),
        ("at the end \x1b", "at the end "),
        (" 10%\r 50%\r100%\n", "100%\n"),
        ("long text\rshort\n", "shorttext\n"),
        ("long text\r\x1b[Kshort\n", "short\n"),
        ("long text\x1b[2K\rshort\n", "short\n"),
        ("abc\b\bX", "aXc"),
        ("\b\bX", "X"),
        ("first\nsecond\rS", "first\nSecond"),
        ("nul \x00, bell \x07, delete \x7f", "nul ␀, bell ␇, delete ␡"),
        ("cancel \x18, end of medium \x19", "cancel ␘, end of medium ␙"),
        ("C1 \x85 \x80", "C1 \ufffd \ufffd"),
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
    ],
)
def test_becomes_what_a_terminal_would_leave(raw: str, shown: str) -> None:
    assert normalize_stream(raw) == shown


characters = st.text(st.sampled_from("ab \t\n\r\b\x00\x07\x18\x1b\x7f\x9b[]m0;2K\\\ud800é"))


@given(characters)
def test_leaves_nothing_that_a_terminal_would_act_upon(raw: str) -> None:
    shown = normalize_stream(raw)
    assert all(char in "\t\n" or char.isprintable() for char in shown)
    assert shown.count("\n") == raw.count("\n") or "\x1b" in raw


@given(characters)
def test_is_a_fixed_point(raw: str) -> None:
    shown = normalize_stream(raw)
    assert normalize_stream(shown) == shown


@pytest.mark.parametrize(
    "unit",
    ["\x1b]", "\x1b[", "\x9b0", "\x1b ", "ab\r", "a\b", "x\x1b[2Ky", "x\x1b[K\b", "\x1bP0", "\r"],
)
def test_work_grows_with_the_size(unit: str) -> None:
    """Counted, not timed: eight times the size is eight times the calls, not sixty-four times."""

    def count_calls(size: int) -> int:
        calls = 0

        def count(_frame: object, event: str, _arg: object) -> None:
            nonlocal calls
            calls += event in ("call", "c_call")

        raw = "x" * size + unit * (size // len(unit))
        previous = sys.getprofile()
        sys.setprofile(count)
        try:
            normalize_stream(raw)
        finally:
            sys.setprofile(previous)
        return calls

    assert count_calls(32_000) < 12 * count_calls(4_000) + 100

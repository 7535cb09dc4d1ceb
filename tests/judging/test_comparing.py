"""The comparison modes, held against doctest and pytest where they are theirs."""

from __future__ import annotations

import doctest
import json
import re
import subprocess
import sys
from itertools import permutations
from pathlib import Path

import pytest
from _pytest.doctest import _get_checker
from hypothesis import given, reject
from hypothesis import strategies as st

import sphinx_lessons.judging
from sphinx_lessons.judging import (
    MODES,
    check_modes,
    check_pattern,
    compare,
    normalize_stream,
)
from sphinx_lessons.model import COMPARE_MODES


def is_equal(expected: str, actual: str, *modes: str) -> bool:
    return compare(expected, actual, modes or ("exact",)).equal


def test_the_modes_are_those_that_readers_of_lessons_know() -> None:
    assert MODES == COMPARE_MODES


class TestChecks:
    @pytest.mark.parametrize(
        "modes",
        [*((mode,) for mode in MODES), ("number", "ellipsis", "unordered-lines")],
    )
    def test_accepts(self, modes: tuple[str, ...]) -> None:
        assert check_modes(modes) is None

    @pytest.mark.parametrize(
        ("modes", "complaint"),
        [
            ((), "names no comparison mode"),
            (("numbers",), "'numbers' is no comparison mode; did you mean 'number'?"),
            (("zzz",), "'zzz' is no comparison mode; known are exact, "),
            (("regex", "number"), "'regex' cannot be combined"),
            (("number", "exact"), "'exact' cannot be combined"),
            (("none", "none"), "'none' cannot be combined"),
        ],
    )
    def test_refuses(self, modes: tuple[str, ...], complaint: str) -> None:
        assert (check_modes(modes) or "").startswith(complaint)

    def test_patterns(self) -> None:
        assert check_pattern(r"\d+") is None
        assert check_pattern("(") == (
            "is no regular expression: missing ), unterminated subpattern at position 0"
        )


class TestExact:
    @pytest.mark.parametrize(
        ("expected", "actual"),
        [
            ("", ""),
            ("", "\n \n"),
            ("a", "a\n"),
            ("\n\na\n\n", "a"),
            ("a  \nb\t\n", "a\nb"),
            ("a\r\nb\r\n", "a\nb\n"),
            ("  a\nb", "a\nb"),
            ("a\n\nb", "a\n   \nb"),
        ],
    )
    def test_what_does_not_count(self, expected: str, actual: str) -> None:
        assert is_equal(expected, actual)

    @pytest.mark.parametrize(
        ("expected", "actual", "line"),
        [
            ("", "a", 0),
            ("a", "", 0),
            ("a\nb\nc", "a\nX\nc", 1),
            ("a\n  b", "a\nb", 1),
            ("a\nb\nc", "a\nc", 1),
            ("a\nb", "a\nb\nc", 1),
            ("a\nb\nc", "a\nb", 2),
            ("\n\na\nb", "a\nc", 3),
            ("a\n\nb", "a\nb", 1),
            ("a b", "a  b", 0),
        ],
    )
    def test_what_counts_and_where(self, expected: str, actual: str, line: int) -> None:
        outcome = compare(expected, actual)
        assert not outcome.equal
        assert outcome.line == line
        assert outcome.diff.startswith("--- expected\n+++ printed\n@@ ")

    @given(st.lists(st.text("ab .1", min_size=1).filter(str.strip), min_size=1), st.data())
    def test_a_changed_character_is_found_in_its_line(
        self, lines: list[str], data: st.DataObject
    ) -> None:
        row = data.draw(st.integers(0, len(lines) - 1))
        column = data.draw(st.sampled_from([i for i, char in enumerate(lines[row]) if char != " "]))
        changed = lines[row][:column] + "X" + lines[row][column + 1 :]
        expected = "\n".join([*lines[:row], changed, *lines[row + 1 :]]) + "\n"
        outcome = compare(expected, "\n".join(lines) + "\n")
        assert not outcome.equal
        assert outcome.line == row


def doctest_agrees(expected: str, actual: str, flags: int) -> bool:
    """Doctest on texts without what never counts here."""
    ends = [
        "\n".join(line.rstrip() for line in text.split("\n")).strip() for text in (expected, actual)
    ]
    return doctest.OutputChecker().check_output(*ends, flags)


class TestDoctestsModes:
    words = st.lists(st.sampled_from(["a", "b", "...", " ", "\n", "  "])).map("".join)

    @given(words, words)
    def test_ellipsis(self, expected: str, actual: str) -> None:
        agrees = doctest_agrees(expected, actual, doctest.ELLIPSIS)
        assert is_equal(expected, actual, "ellipsis") == agrees

    @given(words, words)
    def test_normalize_whitespace(self, expected: str, actual: str) -> None:
        agrees = doctest_agrees(expected, actual, doctest.NORMALIZE_WHITESPACE)
        assert is_equal(expected, actual, "normalize-whitespace") == agrees

    @given(words, words)
    def test_both(self, expected: str, actual: str) -> None:
        agrees = doctest_agrees(expected, actual, doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
        assert is_equal(expected, actual, "normalize-whitespace", "ellipsis") == agrees

    @pytest.mark.parametrize(
        ("expected", "actual", "line"),
        [
            ("a\n...\nd\ne", "a\nb\nc\nd\nX", 3),
            ("a\n...\nd\ne\n...", "a\nb\nd\nX\nf", 3),
            ("X\n...\nd", "a\nd", 0),
            ("a\n...\nX", "a\nb", 2),
        ],
    )
    def test_ellipsis_finds_the_line(self, expected: str, actual: str, line: int) -> None:
        outcome = compare(expected, actual, ("ellipsis",))
        assert (outcome.equal, outcome.line) == (False, line)

    @pytest.mark.parametrize(
        ("expected", "actual", "line"),
        [("a b\nc d", "a\nb c X", 1), ("a b", "a b c", 0), ("a\nb\nc", "a b", 1)],
    )
    def test_normalize_whitespace_finds_the_line(
        self, expected: str, actual: str, line: int
    ) -> None:
        outcome = compare(expected, actual, ("normalize-whitespace",))
        assert (outcome.equal, outcome.line) == (False, line)


class TestNumber:
    numbers = st.lists(
        st.sampled_from([*"0123456789", *"0123456789", ".", ".", "-", "+", "e", " ", "x"])
    ).map("".join)

    @staticmethod
    def pytest_agrees(expected: str, actual: str) -> bool:
        flag = doctest.register_optionflag("NUMBER")
        try:
            return bool(_get_checker().check_output(expected.strip(), actual.strip(), flag))
        except OverflowError:  # pytest fails for exponents above 308
            reject()

    @given(numbers, numbers)
    def test_is_pytests(self, expected: str, actual: str) -> None:
        assert is_equal(expected, actual, "number") == self.pytest_agrees(expected, actual)

    @given(
        st.floats(-1e6, 1e6), st.integers(0, 6), st.sampled_from(["f", "e"]), st.floats(-1e-2, 1e-2)
    )
    def test_is_pytests_for_close_numbers(
        self, value: float, digits: int, form: str, difference: float
    ) -> None:
        expected, actual = f"x = {value:.{digits}{form}}!", f"x = {value + difference!r}!"
        assert is_equal(expected, actual, "number") == self.pytest_agrees(expected, actual)

    @pytest.mark.parametrize(
        ("expected", "actual", "equal"),
        [
            ("pi is 3.14", "pi is 3.14159", True),
            ("pi is 3.14", "pi is 3.16", False),
            ("3.14 pies", "3.14159 tarts", False),
            ("7 of 9", "7.1 of 9", False),
            ("1e999", "2e999", True),
            ("1e999999999999", "1.0", False),
            ("1." + "0" * 5000, "1.0", True),
            ("1e-400", "1e-500", True),
        ],
    )
    def test_examples(self, expected: str, actual: str, equal: bool) -> None:
        assert is_equal(expected, actual, "number") == equal

    def test_finds_the_line_and_shows_no_other(self) -> None:
        outcome = compare("a 1.0\nb 2.0\nc 3.0", "a 1.04\nb 2.6\nc 3.01", ("number",))
        assert outcome.line == 1
        assert [line for line in outcome.diff.splitlines()[3:] if line[0] in "+-"] == [
            "-b 2.0",
            "+b 2.6",
        ]

    def test_numbers_that_an_ellipsis_stands_for_do_not_count(self) -> None:
        expected = "epoch 1: 0.92\n...\nepoch 9: 0.11"
        assert is_equal(
            expected, "epoch 1: 0.923\nepoch 2: 0.5\nepoch 9: 0.112", "number", "ellipsis"
        )
        outcome = compare(
            expected, "epoch 1: 0.923\nepoch 2: 0.5\nepoch 9: 0.152", ("ellipsis", "number")
        )
        assert (outcome.equal, outcome.line) == (False, 2)


class TestUnorderedLines:
    lines = st.lists(st.sampled_from(["a", "b", "a b", "  a"]), max_size=6)

    @given(lines, st.randoms())
    def test_order_does_not_count(self, lines: list[str], random: st.random) -> None:  # type: ignore[valid-type]
        shuffled = list(lines)
        random.shuffle(shuffled)
        assert is_equal("\n".join(lines), "\n".join(shuffled), "unordered-lines")

    @given(lines, lines)
    def test_nothing_else_is_forgiven(self, lines: list[str], others: list[str]) -> None:
        expected, actual = "\n".join(lines), "\n".join(others)
        same = sorted(lines) == sorted(others) or is_equal(expected, actual)
        assert is_equal(expected, actual, "unordered-lines") == same

    @pytest.mark.parametrize(
        ("expected", "actual", "line"),
        [("a\nb\nc", "c\na", 1), ("a\nb", "b\na\nx", 1), ("a\na", "a", 1), ("a\nb", "x\na", 1)],
    )
    def test_finds_the_line(self, expected: str, actual: str, line: int) -> None:
        outcome = compare(expected, actual, ("unordered-lines",))
        assert (outcome.equal, outcome.line) == (False, line)

    def test_shows_only_what_differs(self) -> None:
        outcome = compare("a\nb\nc", "c\na\nX", ("unordered-lines",))
        assert outcome.diff.splitlines()[3:] == [" a", "-b", "+X", " c"]

    @given(
        st.lists(st.sampled_from(["a...", "...b", "ab", "a...b", "c"]), max_size=5),
        st.lists(st.sampled_from(["ab", "axb", "a", "b", "c"]), max_size=5),
    )
    def test_with_ellipsis_finds_a_partner_for_each_line_if_there_is_one(
        self, lines: list[str], others: list[str]
    ) -> None:
        possible = len(lines) == len(others) and any(
            all(is_equal(line, other, "ellipsis") for line, other in zip(lines, order, strict=True))
            for order in permutations(others)
        )
        assert (
            is_equal("\n".join(lines), "\n".join(others), "unordered-lines", "ellipsis") == possible
        )

    def test_a_line_of_dots_has_all_lines_that_are_left(self) -> None:
        modes = "unordered-lines", "ellipsis"
        assert is_equal("a\n...\nb", "x\nb\ny\na", *modes)
        assert is_equal("a\n...\nb", "b\na", *modes)
        assert not is_equal("a\n...\nb", "x\na", *modes)

    def test_with_normalize_whitespace(self) -> None:
        assert is_equal("a b\nc", "c\n\na   b", "unordered-lines", "normalize-whitespace")


class TestRegex:
    @pytest.mark.parametrize(
        ("pattern", "actual", "equal"),
        [
            (r"\d+ items", "12 items\n", True),
            (r"\d+ items", "12 items more\n", False),
            ("a.*z", "a\nb\nz", True),
            (r"(line \d\n)+", "line 1\nline 2\n", True),
            (r"(line \d\n?)+", "line 1\nline 2\n", True),
            ("  x", "  x", True),
            ("", "", True),
            ("(", "(", False),
        ],
    )
    def test_is_a_full_match(self, pattern: str, actual: str, equal: bool) -> None:
        assert is_equal(pattern + "\n", actual, "regex") == equal

    def test_says_what_is_wrong_with_the_pattern(self) -> None:
        assert "unterminated character set" in compare("[a", "a", ("regex",)).diff


def test_none_is_content_with_anything() -> None:
    assert is_equal("a", "b", "none")


texts = st.text(st.sampled_from("ab. \t\n\r1e-(\u00a0\u2019'\ud800\uffff"))


@given(texts, texts, st.sets(st.sampled_from(MODES), min_size=1))
def test_never_raises_and_points_into_the_expected_text(
    expected: str, actual: str, modes: set[str]
) -> None:
    if check_modes(tuple(modes)) or "regex" in modes:
        modes = {"exact"}
    outcome = compare(expected, actual, tuple(modes))
    assert outcome.equal == (outcome.diff == "")
    assert 0 <= outcome.line <= max(len(expected.rstrip("\n").split("\n")) - 1, 0)


@given(texts, st.sets(st.sampled_from(sorted(set(MODES) - {"regex"})), min_size=1))
def test_every_text_is_equal_to_itself(text: str, modes: set[str]) -> None:
    assert is_equal(text, text, *modes)


@pytest.mark.parametrize("mode", ["exact", "number", "ellipsis", "normalize-whitespace"])
@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ("one 1.5\n" * 120_000, "one 1.5\n" * 60_000 + "two 2.5\n" * 60_000),
        ("1" * 1_000_000, "1" * 999_999 + "2"),
        ("a b " * 250_000, "a b " * 249_999 + "a c"),
        ("", "x\n" * 500_000),
    ],
    ids=["lines", "digits", "words", "too much"],
)
def test_a_megabyte_gives_a_short_diff(expected: str, actual: str, mode: str) -> None:
    # In quadratic time this would not end.
    outcome = compare(expected, actual, (mode,))
    assert not outcome.equal
    assert len(outcome.diff) < 10_000


def run_as_program(*arguments: object) -> object:
    folder = Path(sphinx_lessons.judging.__file__).parent
    code = "import sys, runpy; sys.path.append(sys.argv[1]); runpy.run_module('judging')"
    command = [sys.executable, "-ISc", code.replace("'judging'", "'judging', run_name='__main__'")]
    done = subprocess.run(
        [*command, str(folder.parent)],
        input=json.dumps(arguments),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_runs_as_a_program_without_the_rest_of_the_project() -> None:
    outcome = compare("a\nb’", "a\nb'")
    assert run_as_program("a\nb’", "a\nb'", ["exact"]) == [False, outcome.diff, 1]
    assert run_as_program("\ud800", "\ud800", ["exact"]) == [True, "", 0]


def test_imports_nothing_but_the_standard_library() -> None:
    for file in Path(sphinx_lessons.judging.__file__).parent.glob("*.py"):
        names = re.findall(r"^\s*(?:from|import) ([\w.]+)", file.read_text("utf-8"), re.MULTILINE)
        absolute = {name.split(".")[0] for name in names if not name.startswith(".")}
        assert absolute <= sys.stdlib_module_names


@pytest.mark.parametrize("mode", ["exact", "unordered-lines", "normalize-whitespace"])
def test_control_characters_may_be_expected(mode: str) -> None:
    text = "a\x0cb\x07c\nd\x85e"
    assert compare(text, normalize_stream(text), [mode]).equal
    assert not compare(text, normalize_stream("ab\n"), [mode]).equal

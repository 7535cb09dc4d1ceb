from __future__ import annotations

import base64
import tomllib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphinx_lessons.locking import Entry, read_lock, write_lock
from sphinx_lessons.locking.toml import format_pair
from sphinx_lessons.model import CellResult, Ending, Failure, Frame, Rich, RunResult, Stream

if TYPE_CHECKING:
    from pathlib import Path

PNG = base64.b64encode(b"\x89PNG not really").decode()
SVG = "<svg>\n</svg>\n"
FAILURE = Failure(
    "KeyError",
    "'tern'",
    (Frame("<code>", 3, "find", "return birds[name]"),),
    ("KeyError", "LookupError"),
    Failure("OSError", "gone", (), ("OSError",)),
)


def make_entry(key: str = "ab" * 12, used_by: str = "birds.md: demos", **cell: object) -> Entry:
    cell.setdefault("ending", Ending.OK)
    result = RunResult((CellResult(**cell),), stored=True)  # type: ignore[arg-type]
    return Entry(
        key, (used_by,), ("numpy 2.0.1", "python 3.13.1"), (("a b.csv", "12" * 12),), result
    )


def round_trip(path: Path, *entries: Entry) -> dict[str, Entry]:
    write_lock(path, entries)
    lock = read_lock(path)
    assert lock.problems == ()
    return lock.entries


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lessons.lock"


def test_everything_comes_back(path):
    outputs = (
        Stream("stdout", "one\ntwo"),
        Rich({"text/plain": "<Figure>", "image/png": PNG, "image/svg+xml": SVG}, result=False),
        Rich({"text/html": "<b>\n</b>"}, result=True),
        Stream("stderr", "warned\n"),
    )
    entry = make_entry(
        ending=Ending.RAISED, outputs=outputs, failure=FAILURE, reason="why", in_checks=True
    )
    (found,) = round_trip(path, entry).values()
    assert (found.key, found.used_by, found.versions) == (entry.key, entry.used_by, entry.versions)
    assert found.reads == entry.reads
    assert found.result == entry.result


@given(
    outputs=st.lists(
        st.builds(Stream, st.sampled_from(["stdout", "stderr"]), st.text())
        | st.builds(
            Rich,
            st.dictionaries(st.sampled_from(["text/plain", 'a"b']), st.text(), min_size=1),
            st.booleans(),
        ),
        max_size=4,
    ),
    reason=st.text(),
)
def test_any_text_comes_back(tmp_path_factory, outputs, reason):
    path = tmp_path_factory.mktemp("lock") / "lessons.lock"
    entry = make_entry(outputs=tuple(outputs), reason=reason)
    assert round_trip(path, entry)[entry.key].result == entry.result


@given(st.text(), st.text() | st.booleans() | st.integers(-9, 9) | st.lists(st.text()))
def test_pairs_are_toml(key, value):
    if key:
        assert tomllib.loads(format_pair(key, value)) == {key: value}


def test_the_file_is_sorted_stable_and_one_string_a_line(path):
    first = make_entry("aa" * 12, "zebra.md: demos", outputs=(Stream("stdout", "1\n2\n"),))
    second = make_entry("bb" * 12, "ants.md: demos")
    assert write_lock(path, [first, second])
    text = path.read_text()
    assert not write_lock(path, [second, first])
    assert path.read_text() == text
    assert text.index("ants.md") < text.index("zebra.md")
    assert '    "1\\n",\n    "2\\n",\n' in text


def test_entries_that_git_merges_line_by_line_are_still_a_lock(path):
    """Two branches add entries: the file with both blocks is valid."""
    write_lock(path, [make_entry("aa" * 12, "a.md: demos")])
    ours = path.read_text()
    write_lock(path, [make_entry("bb" * 12, "b.md: demos")])
    theirs = path.read_text()
    header = ours.index("\n[program")
    path.write_text(ours + theirs[header:])
    assert sorted(read_lock(path).entries) == ["aa" * 12, "bb" * 12]


def test_figures_are_files_and_go_when_nobody_shows_them(path):
    entry = make_entry(outputs=(Rich({"image/png": PNG}, result=False),))
    write_lock(path, [entry])
    (figure,) = (path.parent / "lessons.lock.d").iterdir()
    assert figure.read_bytes() == base64.b64decode(PNG)
    assert PNG not in path.read_text()
    write_lock(path, [make_entry()])
    assert not (path.parent / "lessons.lock.d").exists()


def test_line_endings_of_a_checkout_do_not_matter(path):
    entry = make_entry(outputs=(Rich({"image/svg+xml": SVG}, result=False),))
    write_lock(path, [entry])
    (figure,) = (path.parent / "lessons.lock.d").iterdir()
    figure.write_bytes(SVG.replace("\n", "\r\n").encode())
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    lock = read_lock(path)
    assert lock.problems == ()
    assert lock.entries[entry.key].line == 5


BAD = {
    "conflict": ('"one"', '"one"\n<<<<<<< HEAD', "a merge left a conflict"),
    "no toml": ("[program", "[[program", ""),
    "version": ("version = 1", "version = 2", "its version is 2"),
    "ending": ('ending = "ok"', 'ending = "fine"', "'fine' is not a valid Ending"),
    "no cells": ("[[program.{key}.cell]]", "[[program.{key}.cells]]", "'cell' is missing"),
    "number": ('ending = "ok"', 'ending = "ok"\nreason = 5', "5 is no string"),
    "output": ("{stdout = ", "{stdnot = ", "unknown output 'stdnot'"),
    "table": ("{stdout = [", "{stdout = 3, x = [", ""),
    "reads": ("reads = [", "reads = 4\nread = [", "4 is no list"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_file_that_cannot_be_read_is_a_problem_with_a_line(path, case):
    entry = make_entry(outputs=(Stream("stdout", "one"),))
    write_lock(path, [entry])
    old, new, message = (text.replace("{key}", entry.key) for text in BAD[case])
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    lock = read_lock(path)
    assert entry.key not in lock.entries
    (problem,) = lock.problems
    assert problem.code.value == "bad-lock"
    assert (problem.path, message in problem.message) == (str(path), True)
    assert 1 <= problem.line <= text.count("\n") + 2


def test_a_conflict_is_named_at_its_line(path):
    write_lock(path, [make_entry()])
    text = path.read_text()
    path.write_text(text + "<<<<<<< HEAD\n")
    (problem,) = read_lock(path).problems
    assert problem.line == text.count("\n") + 1


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"program = 3\nversion = 1", b"[program.x]\n"]
)
def test_no_content_is_too_strange(path, content):
    path.write_bytes(content)
    lock = read_lock(path)
    assert lock.problems
    assert lock.entries == {}


def test_a_bad_entry_leaves_the_others(path):
    good = make_entry("bb" * 12, "b.md: demos")
    write_lock(path, [make_entry("aa" * 12, ending=Ending.RAISED), good])
    path.write_text(path.read_text().replace('"raised"', '"lowered"'))
    lock = read_lock(path)
    assert list(lock.entries) == [good.key]
    lines = path.read_text().split("\n")
    assert [lines[problem.line - 1] for problem in lock.problems] == [f"[program.{'aa' * 12}]"]


@pytest.mark.parametrize("harm", ["missing", "changed", "outside"])
def test_a_figure_that_is_not_what_it_was_is_a_problem(path, harm):
    write_lock(path, [make_entry(outputs=(Rich({"image/png": PNG}, result=False),))])
    (figure,) = (path.parent / "lessons.lock.d").iterdir()
    if harm == "missing":
        figure.unlink()
    elif harm == "changed":
        figure.write_bytes(b"something else")
    else:
        path.write_text(path.read_text().replace(figure.name, f"../{figure.name}"))
    lock = read_lock(path)
    assert lock.entries == {}
    assert [problem.code.value for problem in lock.problems] == ["bad-lock"]

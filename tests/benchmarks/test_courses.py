"""What is measured must be right: the generated courses, and the tables."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks import courses, tables
from benchmarks.builds import Row
from sphinx_lessons.checking import check
from sphinx_lessons.config import Settings
from sphinx_lessons.model import Word
from sphinx_lessons.reading import read_text
from sphinx_lessons.running import make_engine


def test_every_lesson_is_true():
    readings = [read_text(courses.lesson(number), f"{number}.md") for number in (1, 17, 999)]
    with make_engine(Settings(), 2) as engine:
        report = check(readings, Settings(), engine)
    assert report.problems == ()
    for lesson in report.lessons:
        assert lesson.problems == ()
        assert lesson.programs == 7
        assert [item.verdict.word for item in lesson.challenges] == [Word.PASSED] * 3


def test_lessons_share_no_challenge():
    texts = [courses.lesson(number) for number in range(1, 1001)]
    programs = [program for text in texts for program in courses.programs(text)[1:]]
    assert len(set(programs)) == len(programs) == 6 * len(texts)


@pytest.mark.parametrize("convert", [courses.for_jupyter_sphinx, courses.for_myst_nb])
def test_others_run_the_demo_and_the_solutions(convert):
    text = convert(courses.lesson(5))
    assert len(courses.programs(text)) == 3
    assert text.count("{jupyter-execute}") + text.count("{code-cell}") == 4


@pytest.mark.parametrize("edit", [courses.edit_prose, courses.edit_code])
def test_an_edit_changes_one_page(tmp_path, edit):
    courses.write(tmp_path / "a", 12, extension='"sphinx_lessons"')
    before = {path: path.read_text() for path in (tmp_path / "a").iterdir()}
    edit(tmp_path / "a")
    changed = [path for path, text in before.items() if path.read_text() != text]
    assert len(changed) == 1
    assert read_text(changed[0].read_text(), "a.md").problems == ()


def test_ratios_are_to_plain_sphinx_in_the_same_scenario():
    rows = [
        Row(10, "plain", "cold", 1, [2.0, 9.0, 2.0], 100_000_000),
        Row(10, "ours", "cold", 1, [3.0, 3.0, 1.0], 150_000_000),
        Row(10, "plain", "unchanged", 1, [1.0]),
        Row(10, "ours", "unchanged", 1, [1.0]),
    ]
    lines = tables.build_table(rows, "plain", "ours").splitlines()
    assert lines[3] == "| 10 | ours | cold | 1 | 3.00 | 1.50 | 1.10 | 150 | 1.50 |"
    assert lines[5] == "| 10 | ours | unchanged | 1 | 1.00 | 1.00 | 1.10 |  |  |"


def test_what_a_lesson_costs_is_told_for_every_size():
    rows = [
        Row(lessons, name, "cold", jobs, [seconds * lessons], 10_000_000 * lessons)
        for lessons in (10, 20)
        for jobs in (1, 2)
        for name, seconds in (("plain", 0.2 / jobs), ("ours", 0.3 / jobs))
    ]
    lines = tables.scale_table(rows, "plain", "ours").splitlines()
    assert lines[2:] == [
        "| 10 | 1 | 2.00 | 3.00 | 300 | 1.50 | 100 |",
        "| 10 | 2 | 1.00 | 1.50 | 150 | 1.50 | 100 |",
        "| 20 | 1 | 4.00 | 6.00 | 300 | 1.50 | 200 |",
        "| 20 | 2 | 2.00 | 3.00 | 150 | 1.50 | 200 |",
    ]


def test_the_page_keeps_what_people_wrote(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"before\n{tables.BEGIN}old\n{tables.END}after\n")
    tables.write_page(page, "new")
    assert page.read_text() == f"before\n{tables.BEGIN}\nnew\n{tables.END}after\n"
    page.write_text("nothing")
    with pytest.raises(ValueError, match="has no marks"):
        tables.write_page(page, "new")

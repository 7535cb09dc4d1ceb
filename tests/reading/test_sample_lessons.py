"""Facts about the published lessons."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from sample_lessons import NAMES

from sphinx_lessons.problems import Code
from sphinx_lessons.reading import Reading, read_file, rewrite

if TYPE_CHECKING:
    from pathlib import Path

    from sphinx_lessons.model import Lesson

Read = Callable[[str], Reading]


@pytest.fixture
def read(shared_lessons: Path) -> Read:
    return lambda name: read_file(shared_lessons / f"{name}.md", f"{name}.md")


def lesson_of(reading: Reading) -> Lesson:
    assert reading.lesson is not None
    return reading.lesson


PROBLEMS = {
    "data-viz-06": [(Code.MENDED_INDENTATION, line) for line in (108, 145, 171, 211)],
    "llm-03": [(Code.FOREIGN_ID, 198), (Code.UNKNOWN_DIFFICULTY, 200)],
    "orientation-01": [(Code.NULL_PREREQUISITE, 6), (Code.FOREIGN_ID, 203)],
}


@pytest.mark.parametrize("name", NAMES)
def test_problems_are_exactly_those(read: Read, name: str) -> None:
    found = [(problem.code, problem.line) for problem in read(name).problems]
    assert found == PROBLEMS.get(name, [])


DEMOS = {
    "data-viz-06": [35, 48, 63],
    "if-01": [46, 75, 86, 99, 111],
    "llm-03": [52],
    "oral-history-03": [48, 77, 105],
    "orientation-01": [75, 103, 136],
    "rel-mod-03": [43, 61],
    "web-data-04": [38, 58],
}


@pytest.mark.parametrize("name", NAMES)
def test_demos_stand_at_their_lines(read: Read, name: str) -> None:
    assert [demo.line for demo in lesson_of(read(name)).demos] == DEMOS[name]


def test_demos_of_an_indented_body_lose_the_indent(read: Read) -> None:
    source = lesson_of(read("data-viz-06")).demos[0].source
    assert source.text.startswith("events = [\n    {")


def test_only_imports_of_browser_modules_make_a_demo_browser_only(read: Read) -> None:
    lesson = lesson_of(read("orientation-01"))
    assert [demo.line for demo in lesson.demos if demo.browser_only] == [103, 136]


def test_expected_outputs_of_demos(read: Read) -> None:
    expected = [demo.expected for demo in lesson_of(read("oral-history-03")).demos]
    assert [source.span.start for source in expected if source] == [66, 90, 110]


CHALLENGES = {
    "data-viz-06": [("data-viz-06-c1", 98), ("data-viz-06-c2", 161), ("data-viz-06-c3", 243)],
    "if-01": [("if-01-c1", 154)],
    "llm-03": [("llm-03-c1", 125), ("llm-04-c2", 196), ("llm-03-c3", 272)],
    "oral-history-03": [("oral-history-03-c1", 132)],
    "orientation-01": [("orientation-01-c1", 161), ("orientation-02-c2", 201)],
    "rel-mod-03": [("rel-mod-03-c1", 84), ("rel-mod-03-c2", 137), ("rel-mod-03-c3", 213)],
    "web-data-04": [("web-data-04-c1", 95), ("web-data-04-c2", 212)],
}


@pytest.mark.parametrize("name", NAMES)
def test_challenges_have_all_four_sections_and_nothing_else(read: Read, name: str) -> None:
    challenges = lesson_of(read(name)).challenges
    assert [(challenge.id, challenge.line) for challenge in challenges] == CHALLENGES[name]
    for challenge in challenges:
        kinds = [section.kind for section in challenge.sections]
        assert kinds == ["starter code", "expected output", "hints", "solution"]
        assert challenge.hints
        assert challenge.task is None
        assert not any(section.before or section.after for section in challenge.sections)


def test_a_section_heading_inside_a_list_item_counts(read: Read) -> None:
    starter = lesson_of(read("web-data-04")).challenges[0].section("starter code")
    assert starter is not None
    assert starter.line == 101
    assert starter.source is not None
    assert starter.source.first_line == 103


def test_indentation_is_mended_in_two_solutions_and_two_starters(read: Read) -> None:
    sources = [
        (kind, source.mended)
        for challenge in lesson_of(read("data-viz-06")).challenges
        for kind in ("starter code", "solution")
        if (source := challenge.source(kind))
    ]
    assert [kind for kind, mended in sources if mended] == ["starter code", "solution"] * 2
    for challenge in lesson_of(read("data-viz-06")).challenges:
        solution = challenge.source("solution")
        assert solution is not None
        compile(solution.text, "solution", "exec")


def test_terms_and_try_its(read: Read) -> None:
    assert [found.term for found in lesson_of(read("if-01")).definitions] == [
        "Passage",
        "Hypertext narrative",
    ]
    # The invitation above holds a demo of its own.
    (try_it,) = lesson_of(read("rel-mod-03")).try_its
    assert try_it.demo == 1
    (try_it,) = lesson_of(read("web-data-04")).try_its
    assert try_it.demo == 1


@pytest.mark.parametrize("name", NAMES)
def test_rewriting_changes_marker_lines_only(read: Read, name: str) -> None:
    reading = read(name)
    lesson = lesson_of(reading)
    before, after = reading.text.split("\n"), rewrite(reading.text, lesson).split("\n")
    changed = [n for n, pair in enumerate(zip(before, after, strict=True), 1) if len({*pair}) > 1]
    openings = [block.span.start for block in lesson.blocks]
    assert changed == [*openings, lesson.region]

"""Real published lessons, run for real. They are no part of the project: skipped without them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sphinx_lessons.checking import Check, check
from sphinx_lessons.config import Settings
from sphinx_lessons.model import LessonReport, Program, Report, RunResult, Word
from sphinx_lessons.problems import Code
from sphinx_lessons.reading import read_file, read_text
from sphinx_lessons.running import Engine, make_engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

SAMPLES = Path(__file__).parents[2].parent / "shared" / "lessons"

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample lessons are not here")


class Memory:
    """An engine that runs each program once, however many checks ask for it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.futures: dict[Program, Future[RunResult]] = {}

    def submit(self, program: Program, *, later: bool = False) -> Future[RunResult]:
        if program not in self.futures:
            self.futures[program] = self.engine.submit(program)
        return self.futures[program]

    def shutdown(self, *, cancel: bool = False) -> None:
        self.engine.shutdown(cancel=cancel)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    pytest.importorskip("matplotlib")
    with make_engine(Settings()) as engine:
        yield Memory(engine)


@pytest.fixture(scope="module")
def report(engine: Engine) -> Report:
    files = sorted(SAMPLES.glob("*.md"))
    return check([read_file(file, file.name) for file in files], Settings(), engine)


@pytest.fixture(scope="module")
def lessons(report: Report) -> dict[str, LessonReport]:
    return {lesson.lesson.path: lesson for lesson in report.lessons}


def test_all_are_lessons(lessons: dict[str, LessonReport]) -> None:
    assert len(lessons) == 7


PASSING = {
    "llm-03-c1", "llm-04-c2", "llm-03-c3", "if-01-c1", "data-viz-06-c1", "data-viz-06-c2",
    "rel-mod-03-c1", "rel-mod-03-c2", "web-data-04-c1", "web-data-04-c2", "oral-history-03-c1",
}  # fmt: skip
MISMATCHED = {"data-viz-06-c3", "rel-mod-03-c3", "orientation-01-c1", "orientation-02-c2"}


def test_verdicts_of_the_challenges(report: Report) -> None:
    words = {
        item.challenge.id: item.verdict.word
        for lesson in report.lessons
        for item in lesson.challenges
    }
    expected = dict.fromkeys(PASSING, Word.PASSED) | dict.fromkeys(MISMATCHED, Word.MISMATCHED)
    assert words == expected


def test_verdicts_of_the_demos(report: Report) -> None:
    words = {
        (lesson.lesson.path, demo.demo.line): demo.verdict.word
        for lesson in report.lessons
        for demo in lesson.demos
        if demo.verdict.word is not Word.UNVERIFIED
    }
    assert words == {
        ("data-viz-06.md", 63): Word.RAISED,
        ("oral-history-03.md", 48): Word.PASSED,
        ("oral-history-03.md", 77): Word.MISMATCHED,
        ("oral-history-03.md", 105): Word.PASSED,
        ("orientation-01.md", 103): Word.SKIPPED,
        ("orientation-01.md", 136): Word.SKIPPED,
    }


def test_a_demo_that_raises(lessons: dict[str, LessonReport]) -> None:
    errors = [item for item in lessons["data-viz-06.md"].problems if item.code is Code.RAISED]
    (error,) = errors
    assert "NameError" in error.message
    assert 'File "data-viz-06.md", line 65, in <module>' in error.detail


def test_the_indentation_rule_is_needed(lessons: dict[str, LessonReport]) -> None:
    mended = [
        item.line
        for item in lessons["data-viz-06.md"].problems
        if item.code is Code.MENDED_INDENTATION
    ]
    assert mended == [108, 145, 171, 211]


class TestTheReferenceLesson:
    def test_has_its_two_warnings_and_no_more(self, lessons: dict[str, LessonReport]) -> None:
        lesson = lessons["llm-03.md"]
        assert [item.code for item in lesson.problems] == [Code.FOREIGN_ID, Code.UNKNOWN_DIFFICULTY]
        assert "llm-04-c2" in lesson.problems[0].message
        assert "beginner/intermediate" in lesson.problems[1].message
        assert (lesson.programs, lesson.run) == (7, 7)

    def test_has_one_demo_with_three_steps(self, lessons: dict[str, LessonReport]) -> None:
        (demo,) = lessons["llm-03.md"].demos
        assert demo.result is not None
        assert [line.split()[0] for line in demo.result.stdout.splitlines()] == ["Step"] * 3

    def test_has_starters_that_fail(self, lessons: dict[str, LessonReport]) -> None:
        failures = []
        for item in lessons["llm-03.md"].challenges:
            assert item.starter is not None
            assert item.starter.word is Word.RAISED
            assert item.starter_result is not None
            assert item.starter_result.failure is not None
            failures.append(item.starter_result.failure.name)
        assert sum(name in ("SyntaxError", "IndentationError") for name in failures) == 2

    def test_any_changed_character_of_an_expected_output_is_found(
        self, engine: Engine, lessons: dict[str, LessonReport]
    ) -> None:
        text = (SAMPLES / "llm-03.md").read_text("utf-8")
        lines = text.split("\n")
        tried = 0
        for item in lessons["llm-03.md"].challenges:
            expected = item.challenge.source("expected output")
            assert expected is not None
            for row, line in enumerate(expected.text.splitlines(), expected.first_line - 1):
                for column, char in enumerate(line):
                    changed = line[:column] + ("?" if char != "?" else "!") + line[column + 1 :]
                    mutant = "\n".join([*lines[:row], changed, *lines[row + 1 :]])
                    reading = read_text(mutant, "llm-03.md")
                    found = Check(Settings(), engine).finish(reading).problems
                    errors = [item for item in found if item.code is Code.MISMATCHED]
                    assert [error.line for error in errors] == [row + 1]
                    assert f"-{changed}" in errors[0].detail
                    tried += 1
        assert tried > 100


def test_the_command_line_agrees(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from sphinx_lessons.cli import main

    shutil.copy(SAMPLES / "llm-03.md", tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(["check", "llm-03.md"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "lessons: 1 lessons, 7 programs (7 run, 0 stored), 0 failed"
    )
    assert main(["check", "llm-03.md", "--strict"]) == 1

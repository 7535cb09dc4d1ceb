"""Checking several lessons, and an engine that fails."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING, ClassVar

import pytest

from sphinx_lessons.checking import Check, check, format_failure
from sphinx_lessons.checking.files import find_source_folder
from sphinx_lessons.checking.guard import compare_in_time, is_quick
from sphinx_lessons.config import Settings
from sphinx_lessons.judging import compare
from sphinx_lessons.model import CellResult, Ending, Failure, Frame, Program, RunResult, Word
from sphinx_lessons.problems import Code
from sphinx_lessons.reading import Reading, read_file, read_text
from sphinx_lessons.reports.summary import summarize
from sphinx_lessons.running import Engine

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import ScriptedEngine


def lesson(name: str, front: str = "", body: str = "```python\n1\n```\n") -> Reading:
    return read_text(f"---\nlesson: true\nid: {name}\n{front}---\n# {name}\n\n{body}", f"{name}.md")


def test_lessons_share_what_is_the_same_program(engine: ScriptedEngine) -> None:
    report = check([lesson("a"), lesson("b")], Settings(), engine)
    assert len(engine.submitted) == 1
    assert [(item.programs, item.run) for item in report.lessons] == [(1, 1), (1, 1)]
    assert str(summarize(report)) == "lessons: 2 lessons, 2 programs (2 run, 0 stored), 0 failed"


def test_what_is_stored_counts_as_stored_in_each_lesson(engine: ScriptedEngine) -> None:
    engine.stored = frozenset({"1"})
    report = check([lesson("a"), lesson("b")], Settings(), engine)
    assert str(summarize(report)) == "lessons: 2 lessons, 2 programs (0 run, 2 stored), 0 failed"


def test_all_is_submitted_before_anything_is_waited_for() -> None:
    order: list[str] = []

    class Waiting(Future[RunResult]):
        def result(self, timeout: float | None = None) -> RunResult:
            order.append("wait")
            return RunResult(())

    class OwnEngine(Engine):
        def submit(self, program: Program, *, later: bool = False) -> Future[RunResult]:
            order.append("submit")
            return Waiting()

        def shutdown(self, *, cancel: bool = False) -> None: ...

    check([lesson("a", body="```python\n1\n```\n"), lesson("b", body="```python\n2\n```\n")],
          Settings(), OwnEngine())  # fmt: skip
    assert order == ["submit", "submit", "wait", "wait"]


def test_a_lesson_may_be_finished_again(engine: ScriptedEngine) -> None:
    session, reading = Check(Settings(), engine), lesson("a")
    first = session.finish(reading)
    second = session.finish(reading)
    assert len(engine.submitted) == 1
    assert first == second


CHALLENGE = """\
---challenges---
### Challenge: One
- id: a-c1
- language: python

#### Starter Code
```python
1
```
#### Expected Output
```
```
#### Solution
```python
{solution}
```
"""


@pytest.mark.parametrize("solution", ["2", "1"])
@pytest.mark.parametrize("forks", [True, False])
def test_starters_may_be_left_out_that_still_run(solution: str, forks: bool) -> None:
    """Not if the solution is the same program, nor if no process may be forked meanwhile."""

    class OwnEngine(Engine):
        def __init__(self) -> None:
            self.later: dict[Program, bool] = {}
            self.left: Future[RunResult] = Future()

        def submit(self, program: Program, *, later: bool = False) -> Future[RunResult]:
            self.later[program] = later
            future: Future[RunResult] = self.left if later else Future()
            if not later:
                future.set_result(RunResult((CellResult(Ending.OK),)))
            return future

        def can_fork_while_running(self, program: Program) -> bool:
            return forks

        def shutdown(self, *, cancel: bool = False) -> None: ...

    engine = OwnEngine()
    reading = lesson("a", body=CHALLENGE.format(solution=solution))
    session = Check(Settings(timeout=5), engine)
    session.start(reading)
    can_be_left = forks and solution == "2"
    if solution == "2":
        assert sorted(engine.later.values()) == [False, True]
    assert len(session.unfinished(reading, starters=False)) == (solution == "2" and not forks)
    if can_be_left:
        report = session.finish(reading, starters=False)
        assert (report.unjudged, report.programs, report.run) == (1, 2, 1)
        assert report.challenges[0].starter is None
        assert report.challenges[0].verdict.word is Word.PASSED
    engine.left.set_result(RunResult((CellResult(Ending.OK),)))
    whole = session.finish(reading)
    assert (whole.unjudged, whole.run) == (0, whole.programs)
    assert [problem.code.value for problem in whole.problems] == ["starter-passes"]


@pytest.mark.parametrize("when", ["submit", "result"])
def test_an_engine_that_fails_is_said_of_every_program(when: str) -> None:
    class OwnEngine(Engine):
        def submit(self, program: Program, *, later: bool = False) -> Future[RunResult]:
            if when == "submit":
                raise RuntimeError("can't start new thread")
            future: Future[RunResult] = Future()
            future.set_exception(OSError("no more memory"))
            return future

        def shutdown(self, *, cancel: bool = False) -> None: ...

    (report,) = check([lesson("a")], Settings(), OwnEngine()).lessons
    assert report.demos[0].verdict.word is Word.COULD_NOT_RUN
    assert "the engine failed: " in report.problems[0].message


def test_a_session_that_ended_early_leaves_no_demo_without_a_verdict() -> None:
    class OwnEngine(Engine):
        def submit(self, program: Program, *, later: bool = False) -> Future[RunResult]:
            future: Future[RunResult] = Future()
            future.set_result(RunResult(()))
            return future

        def shutdown(self, *, cancel: bool = False) -> None: ...

    (report,) = check([lesson("a")], Settings(), OwnEngine()).lessons
    assert report.problems[0].message == ("the demo could not be run: the session ended before it")


def test_problems_of_the_course_and_of_files_that_are_no_lessons(
    engine: ScriptedEngine, tmp_path: Path
) -> None:
    readings = [
        lesson("a", "prerequisites: [b]\n"),
        lesson("a", "prerequisites: [zzz]\n"),
        lesson("b", "prerequisites: [a]\n"),
        read_file(tmp_path / "absent.md", "absent.md"),
    ]
    report = check(readings, Settings(), engine)
    assert [(item.code, item.path, item.line) for item in report.problems] == [
        (Code.DUPLICATE_ID, "a.md", 3),
        (Code.UNKNOWN_PREREQUISITE, "a.md", 4),
        (Code.PREREQUISITE_CYCLE, "a.md", 4),
        (Code.UNREADABLE, "absent.md", 1),
    ]
    some = check(readings[1:2], Settings(), engine, complete=False)
    assert some.problems == ()


def test_only_lessons_can_be_finished(engine: ScriptedEngine) -> None:
    session = Check(Settings(), engine)
    page = read_text("# Page\n", "page.md")
    session.start(page)
    with pytest.raises(ValueError, match="only the reading of a lesson"):
        session.finish(page)


class TestSourceFolder:
    def test_a_sphinx_project_comes_first(self, tmp_path: Path) -> None:
        (tmp_path / "pyproject.toml").touch()
        docs = tmp_path / "docs"
        docs.mkdir()
        file = docs / "course" / "lesson.md"
        assert find_source_folder(file) == tmp_path
        (docs / "conf.py").touch()
        assert find_source_folder(file) == docs


class TestFailures:
    lines: ClassVar = {"<code>": ("tides.md", 20)}

    def test_a_chain(self) -> None:
        first = Failure("KeyError", "'x'", (Frame("<code>", 1, "<module>", 'd["x"]'),))
        second = Failure("ValueError", "", (Frame("<code>", 3, "f", "raise"),), before=first)
        assert format_failure(second, self.lines) == (
            "Traceback (most recent call last):\n"
            '  File "tides.md", line 20, in <module>\n    d["x"]\n'
            "KeyError: 'x'\n\n"
            "After that exception came another:\n\n"
            "Traceback (most recent call last):\n"
            '  File "tides.md", line 22, in f\n    raise\n'
            "ValueError"
        )

    def test_a_long_one_is_cut(self) -> None:
        frames = tuple(Frame("<code>", number, "f") for number in range(1, 1001))
        text = format_failure(Failure("RecursionError", "m\n" * 1000, frames), self.lines)
        assert "  [980 more calls]" in text
        assert "line 20, in f" in text
        assert "line 1019, in f" in text
        assert len(text.splitlines()) < 50

    def test_nothing_that_a_program_wrote_reaches_a_terminal(self) -> None:
        text = format_failure(Failure("E", "\x1b[31mred\x07" + "x" * 10_000), {})
        assert "\x1b" not in text
        assert text.startswith("E: red␇xxx")
        assert len(text) < 1000


class TestGuard:
    @pytest.mark.parametrize(
        ("expected", "modes"),
        [(r"(a+)+b", ("regex",)), ("(a|a)" * 30 + "b", ("regex",)), ("a*" * 30 + "b", ("regex",))],
    )
    def test_a_pattern_that_backtracks_for_ever_is_stopped(
        self, expected: str, modes: tuple[str, ...]
    ) -> None:
        outcome = compare_in_time(expected, "a" * 40, modes, seconds=0.5)
        assert not outcome.equal
        assert outcome.diff == (
            "\\ the comparison (regex) did not end within 0.5 s: make the expected output simpler"
        )

    @pytest.mark.parametrize(
        ("expected", "actual", "modes"),
        [
            ("(line \\d+\n)+", "line 1\nline 2\n", ("regex",)),
            ("(a|b)+", "abc", ("regex",)),
            ("1.0 ... 2.0\n" * 500, "1.01 x 2.01\n" * 500, ("number", "ellipsis")),
        ],
    )
    def test_other_processes_say_the_same(
        self, expected: str, actual: str, modes: tuple[str, ...]
    ) -> None:
        assert not is_quick(expected, actual, modes)
        assert compare_in_time(expected, actual, modes, 30) == compare(expected, actual, modes)

    @pytest.mark.parametrize(
        ("expected", "modes"),
        [("a", ("exact",)), (r"took \d+\.\d+ s", ("regex",)), ("1.0 ...", ("number", "ellipsis"))],
    )
    def test_what_is_quick_needs_no_process(
        self, expected: str, modes: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sys.executable", "/nowhere/python")
        outcome = compare_in_time(expected, "took 1.5 s", modes)
        assert outcome == compare(expected, "took 1.5 s", modes)

    def test_a_process_that_cannot_be_started_is_a_difference(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sys.executable", "/nowhere/python")
        outcome = compare_in_time("(a|b)+", "ab", ("regex",))
        assert not outcome.equal
        assert outcome.diff.startswith("\\ the comparison could not be made: ")

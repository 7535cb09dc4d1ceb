"""An engine that answers from a script, and lessons to ask it about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from sphinx_lessons.checking import check
from sphinx_lessons.config import Settings
from sphinx_lessons.model import (
    CellResult,
    Ending,
    Failure,
    Frame,
    LessonReport,
    Program,
    RunResult,
    Session,
    Stream,
)
from sphinx_lessons.reading import read_text
from sphinx_lessons.running import Engine

if TYPE_CHECKING:
    from pathlib import Path


def make_printed(stdout: str = "", ending: Ending = Ending.OK, **rest: Any) -> CellResult:
    """A result that printed something."""
    return CellResult(ending, (Stream("stdout", stdout),) if stdout else (), **rest)


def make_raised(
    name: str, message: str = "", *frames: tuple[str, int], stdout: str = "", **rest: Any
) -> CellResult:
    """A result that ended with an exception, with frames (file, line)."""
    shown = tuple(Frame(file, line, "<module>", "the code") for file, line in frames)
    failure = Failure(name, message, shown, (name, "Exception", "BaseException"))
    return make_printed(stdout, Ending.RAISED, failure=failure, **rest)


@dataclass
class ScriptedEngine(Engine):
    """Answers a program by its code; what it does not know ends well and prints nothing."""

    answers: Mapping[str, CellResult] = field(default_factory=dict)
    stored: frozenset[str] = frozenset()
    submitted: list[Program] = field(default_factory=list)

    def submit(self, program: Program, *, later: bool = False) -> Future[RunResult]:
        self.submitted.append(program)
        is_session = isinstance(program, Session)
        codes = [cell.code for cell in program.cells] if is_session else [program.code]
        cells = tuple(self.answers.get(code.strip(), CellResult(Ending.OK)) for code in codes)
        future: Future[RunResult] = Future()
        future.set_result(RunResult(cells, stored=codes[0].strip() in self.stored))
        return future

    def shutdown(self, *, cancel: bool = False) -> None: ...


@pytest.fixture
def printed() -> Callable[..., CellResult]:
    return make_printed


@pytest.fixture
def raised() -> Callable[..., CellResult]:
    return make_raised


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine()


CheckText = Callable[..., LessonReport]


@pytest.fixture
def check_text(engine: ScriptedEngine, tmp_path: Path) -> CheckText:
    """Check a lesson's text with scripted answers; the file itself need not exist."""

    def check_it(
        text: str, answers: Mapping[str, CellResult] | None = None, **settings: Any
    ) -> LessonReport:
        engine.answers = answers or {}
        reading = read_text(text, "docs/lesson.md")
        assert reading.problems == (), reading.problems
        reading = replace(reading, origin=tmp_path / "docs" / "lesson.md")
        report = check([reading], Settings(**settings), engine, tmp_path)
        assert report.problems == ()
        (lesson,) = report.lessons
        return lesson

    return check_it

"""The line that a person at a terminal sees."""

from __future__ import annotations

import io
import threading
from concurrent.futures import Future
from pathlib import Path

from sphinx_lessons.checking import Check
from sphinx_lessons.checking.progress import ERASE, Progress, format_progress
from sphinx_lessons.config import Settings
from sphinx_lessons.model import CellResult, Ending, Program, RunResult
from sphinx_lessons.reading import read_text
from sphinx_lessons.running import Engine

LESSON = "---\nid: tides\nlesson: true\n---\n```python\nprint(1)\n```\n"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class WaitingEngine(Engine):
    """Ends its one program when it is told to."""

    def __init__(self) -> None:
        self.future: Future[RunResult] = Future()
        self.program: Program | None = None

    def submit(self, program: Program, *, later: bool = False) -> Future[RunResult]:
        self.program = program
        return self.future

    def running(self) -> list[tuple[Program, float]]:
        return [(self.program, 3.2)] if self.program and not self.future.done() else []

    def end(self) -> None:
        self.future.set_result(RunResult((CellResult(Ending.OK),)))

    def shutdown(self, *, cancel: bool = False) -> None:
        pass


def start(engine: WaitingEngine) -> Check:
    check = Check(Settings(), engine)
    check.start(read_text(LESSON, str(Path("docs", "tides.md"))))
    return check


def test_says_what_runs_and_for_how_long() -> None:
    engine = WaitingEngine()
    check = start(engine)
    assert format_progress(check) == "lessons: 0 of 1 programs; tides.md 3 s"
    engine.end()
    assert format_progress(check) == "lessons: 1 of 1 programs"


def test_a_terminal_shows_it_and_is_clean_afterwards() -> None:
    engine, terminal = WaitingEngine(), Terminal()
    check = start(engine)
    threading.Timer(1.0, engine.end).start()
    with Progress(check, terminal):
        engine.future.result()
    assert "\rlessons: 0 of 1 programs; tides.md 3 s " in terminal.getvalue()
    assert terminal.getvalue().endswith(ERASE)


def test_nothing_is_shown_elsewhere() -> None:
    engine, stream = WaitingEngine(), io.StringIO()
    check = start(engine)
    threading.Timer(1.0, engine.end).start()
    with Progress(check, stream):
        engine.future.result()
    assert stream.getvalue() == ""

"""Engines around the lock file: one that runs nothing, and one that remembers what was run."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING

from sphinx_lessons.locking.keys import file_digest, program_key
from sphinx_lessons.locking.lockfile import LOCK_NAME, Lock, read_lock
from sphinx_lessons.model import CellResult, Ending, Program, RunResult, Session
from sphinx_lessons.problems import Code
from sphinx_lessons.running import Engine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sphinx_lessons.config import Settings
    from sphinx_lessons.model import Problem

_REFRESH = "run `sphinx-lessons check --lock`"


class LockedEngine(Engine):
    """Takes every result from a lock file; see :class:`~sphinx_lessons.running.protocol.Engine`.

    A program that is missing there, or whose entry is stale, could not be run: the result's code
    says which of the two.

    :param root: the source folder; the paths of read files are relative to it.
    """

    def __init__(self, path: Path, root: Path) -> None:
        self.lock: Lock = read_lock(path)
        self._root = root
        self._digests: dict[str, str] = {}
        self.used: set[str] = set()
        """Keys of the entries that were asked for."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the lock file itself."""
        return self.lock.problems

    def submit(
        self,
        program: Program,
        *,
        later: bool = False,  # noqa: ARG002
    ) -> Future[RunResult]:
        """Look a program up; the future is done."""
        future: Future[RunResult] = Future()
        future.set_result(self._find(program))
        return future

    def _find(self, program: Program) -> RunResult:
        key = program_key(program)
        entry = self.lock.entries.get(key)
        if entry is None:
            return self._explain_missing(program, key)
        self.used.add(key)
        cells = len(program.cells) if isinstance(program, Session) else 1
        if len(entry.result.cells) != cells:
            reason = f"{self.lock.path}:{entry.line}: the entry {key} has not one result a cell"
            return _make_result(program, Code.BAD_LOCK, f"{reason}; {_REFRESH}")
        changed = [path for path, digest in entry.reads if self._digest(path) != digest]
        if changed:
            reason = f"{', '.join(changed)} changed after the result was locked; {_REFRESH}"
            result = _make_result(program, Code.STALE_LOCK, reason)
        else:
            result = entry.result
        return replace(result, reads=tuple(str(self._root / path) for path, _ in entry.reads))

    def _explain_missing(self, program: Program, key: str) -> RunResult:
        lock = self.lock
        if not lock.exists:
            return _make_result(program, Code.NOT_LOCKED, f"there is no {lock.path}; {_REFRESH}")
        for problem in lock.problems:
            if not lock.readable or key in problem.message:
                reason = f"{problem.path}:{problem.line}: {problem.message}"
                return _make_result(program, Code.BAD_LOCK, reason)
        reason = f"its code is new or changed, and not in {lock.path.name}; {_REFRESH}"
        return _make_result(program, Code.NOT_LOCKED, reason)

    def _digest(self, path: str) -> str:
        if path not in self._digests:
            self._digests[path] = file_digest(self._root / path)
        return self._digests[path]

    def shutdown(self, *, cancel: bool = False) -> None:
        """Nothing runs."""


def choose_engine(settings: Settings, root: Path, make: Callable[[], Engine]) -> Engine:
    """The engine that a project asks for: what ``make`` makes, or one that runs nothing.

    :param root: the source folder, in which the lock file lies.
    """
    if settings.execute == "locked":
        return LockedEngine(root / LOCK_NAME, root)
    return make()


def _make_result(program: Program, code: Code, reason: str) -> RunResult:
    count = len(program.cells) if isinstance(program, Session) else 1
    cell = CellResult(Ending.COULD_NOT_RUN, reason=reason, code=code)
    return RunResult((cell,) * count, stored=True)


class RecordingEngine(Engine):
    """Passes programs on to another engine and remembers their results."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._futures: dict[Program, Future[RunResult]] = {}

    @property
    def results(self) -> dict[Program, RunResult]:
        """The results of what was submitted and has ended."""
        return {
            program: future.result()
            for program, future in self._futures.items()
            if future.done() and not future.cancelled() and future.exception() is None
        }

    def submit(self, program: Program, *, later: bool = False) -> Future[RunResult]:
        """Run a program some time; returns at once."""
        future = self._futures[program] = self._engine.submit(program, later=later)
        return future

    def running(self) -> list[tuple[Program, float]]:
        """What the other engine says."""
        return self._engine.running()

    def shutdown(self, *, cancel: bool = False) -> None:
        """Shut the other engine down."""
        self._engine.shutdown(cancel=cancel)

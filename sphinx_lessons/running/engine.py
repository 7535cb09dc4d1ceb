"""The engine of this machine: futures on one side, the supervisor on the other."""

from __future__ import annotations

import itertools
import os
import sys
import time
from concurrent.futures import Future
from typing import TYPE_CHECKING

from sphinx_lessons import forking
from sphinx_lessons.model import CellResult, Ending, Program, RunResult
from sphinx_lessons.running import keys, wire
from sphinx_lessons.running.child.distributions import Distributions
from sphinx_lessons.running.protocol import Engine
from sphinx_lessons.running.store import Store
from sphinx_lessons.running.worker import Message, Worker, environment

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from sphinx_lessons.config import Settings

_TRIES = 2
"""How often a program is started if the supervisor dies under it."""


class Running:
    """A program that was submitted and has not ended."""

    __slots__ = ("future", "message", "program", "started", "tries")

    def __init__(self, program: Program, message: Message) -> None:
        self.program = program
        self.message = message
        self.future: Future[RunResult] = Future()
        self.started: float | None = None
        self.tries = 0

    def send(self, worker: Worker) -> None:
        """Have a supervisor run it."""
        self.tries += 1
        worker.send(self.message)


class LocalEngine(Engine):
    """Runs Python programs on this machine; see :class:`~.protocol.Engine`.

    A forked process that inherits it (Sphinx's parallel readers) gets a supervisor of its own.
    """

    def __init__(
        self, settings: Settings, jobs: int | None = None, store: Path | None = None
    ) -> None:
        self._python = settings.python or sys.executable
        self._jobs = jobs or os.cpu_count() or 1
        self._computing, self._waiting = 0, False
        self._warm = settings.warm
        self._fresh = settings.fresh_imports
        self._store_folder, self._store_limit = store, settings.store_limit
        self._store: Store | None = None
        self._forget()

    def _forget(self) -> None:
        self._process = os.getpid()
        self._worker: Worker | None = None
        self._running: dict[int, Running] = {}
        self._numbers = itertools.count(1)
        self._broken = "it was killed"

    def submit(self, program: Program, *, later: bool = False) -> Future[RunResult]:
        """Run a program some time; returns at once, with the result if that is stored.

        Raises ``OSError`` or ``RuntimeError`` if there can be no process or no thread for it.
        """
        if self._process != os.getpid():
            self._forget()
        plain = wire.encode_program(program)
        key, stored, expected = self._look_up(plain)
        with forking.LOCK:
            number = next(self._numbers)
            message = {
                "id": number,
                "program": plain,
                "key": key,
                "expected": expected,
                "later": later,
            }
            running = Running(program, message)
            if stored is not None:
                running.future.set_result(stored)
                return running.future
            worker = self._started()
            self._running[number] = running
        # Not under the lock: it may have to wait until the supervisor reads, which may have to wait
        # until its news are heard, for which the lock is needed.
        running.send(worker)
        return running.future

    def _look_up(self, plain: wire.Plain) -> tuple[str, RunResult | None, float]:
        """The key in the store, what is there, and how many seconds the program took last time."""
        store = self._open_store()
        if store is None:
            return "", None, 0.0
        key = keys.program_key(plain, keys.interpreter(self._python), self._environment)
        return (key, *store.find(key))

    def _open_store(self) -> Store | None:
        if self._store is None and self._store_folder is not None:
            distributions = Distributions(keys.interpreter(self._python).folders)
            self._store = Store(self._store_folder, self._store_limit, distributions)
            self._environment = keys.digest_environment(environment())
        return self._store

    def prepare(self, programs: Iterable[Program]) -> None:
        """Begin to start the supervisor, and what it forks from, unless all results are stored."""
        with forking.LOCK:
            if self._worker is not None or not any(map(self._is_missing, programs)):
                return
            worker = self._started()
        worker.send({"prepare": True})

    def _is_missing(self, program: Program) -> bool:
        return self._look_up(wire.encode_program(program))[1] is None

    def share(self, *, computing: int, waiting: bool) -> None:
        """Run that many programs less at a time; see :class:`~.Engine`."""
        with forking.LOCK:
            if (computing, waiting) == (self._computing, self._waiting):
                return
            self._computing, self._waiting = computing, waiting
            worker, order = self._worker, self._shares()
        if worker is not None:
            worker.send(order)

    def prefer(self, programs: Collection[Program]) -> None:
        """Start these before others: somebody waits for them."""
        with forking.LOCK:
            numbers = [number for number, it in self._running.items() if it.program in programs]
            worker = self._worker
        if worker is not None and numbers:
            worker.send({"first": numbers})

    def can_fork_while_running(self, program: Program) -> bool:  # noqa: ARG002
        """Whether the process may be forked while that program runs: yes, see ``forking``."""
        return True

    def _shares(self) -> Message:
        # One may compute for long without ever needing a result; several read pages that do.
        least = 1 if self._computing <= 1 else 0
        jobs = max(least, self._jobs - self._computing)
        return {"jobs": jobs, "batch": self._computing > 0 and not self._waiting}

    def _started(self) -> Worker:
        if self._worker is None:
            self._worker = Worker(self._hear, self._worker_gone)
            self._worker.send(self._configuration())
        return self._worker

    def _configuration(self) -> Message:
        store = self._open_store()
        return {
            "python": self._python,
            **self._shares(),
            "warm": self._warm and hasattr(os, "fork"),
            "fresh": list(self._fresh),
            "store": store.folder if store is not None else None,
            "folders": keys.interpreter(self._python).folders if store is not None else [],
        }

    def _hear(self, message: Message) -> None:
        with forking.LOCK:
            if "broken" in message:
                self._broken = message["broken"]
                return
            if "result" not in message:
                if message["id"] in self._running:
                    self._running[message["id"]].started = time.monotonic()
                return
            running = self._running.pop(message["id"], None)
        if running is not None and running.future.set_running_or_notify_cancel():
            running.future.set_result(wire.decode_result(message["result"]))

    def _worker_gone(self) -> None:
        with forking.LOCK:
            self._worker = None
            lost = {n: running for n, running in self._running.items() if running.tries >= _TRIES}
            self._running = {n: it for n, it in self._running.items() if n not in lost}
            again = list(self._running.values())
            worker = None
            try:
                worker = self._started() if again else None
            except (OSError, RuntimeError) as error:  # no process, or no thread
                self._broken = str(error)
                lost, self._running = {**lost, **self._running}, {}
        for running in lost.values():
            running.future.set_result(_lost(running.message, self._broken))
        if worker is not None:
            for running in again:
                running.send(worker)

    def running(self) -> list[tuple[Program, float]]:
        """What runs just now, and for how many seconds: something to show to those who wait."""
        now = time.monotonic()
        with forking.LOCK:
            begun = [(entry.program, entry.started) for entry in self._running.values()]
        return [(program, now - started) for program, started in begun if started is not None]

    def shutdown(self, *, cancel: bool = False) -> None:
        """Wait for what was submitted, or with ``cancel`` kill it, and release everything."""
        if self._process != os.getpid():
            return
        with forking.LOCK:
            left = [running.future for running in self._running.values()]
        if not cancel:
            self.share(computing=0, waiting=True)
            for future in left:
                future.exception()
        self._close()

    def _close(self) -> None:
        with forking.LOCK:
            worker, self._worker = self._worker, None
            left = list(self._running.values())
            self._running.clear()
        if worker is not None:
            worker.close()
            if self._store is not None:
                self._store.evict()
        for running in left:
            running.future.cancel()


def _lost(message: Message, why: str) -> RunResult:
    cells = len(message["program"].get("cells", "1"))
    lost = CellResult(Ending.CRASHED, reason=f"the process that runs lessons has ended: {why}")
    return RunResult((lost,) * cells)


def make_engine(
    settings: Settings, jobs: int | None = None, store: Path | None = None
) -> LocalEngine:
    """An engine for a project's Python programs.

    :param jobs: how many programs run at the same time; by default one a core.
    :param store: the folder of stored results; without one, everything is run.
    """
    return LocalEngine(settings, jobs, store)

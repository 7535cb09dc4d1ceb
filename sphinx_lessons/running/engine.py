"""The engine of this machine: futures on one side, the supervisor on the other."""

from __future__ import annotations

import itertools
import os
import sys
import threading
import time
from concurrent.futures import Future
from typing import TYPE_CHECKING

from sphinx_lessons.model import CellResult, Ending, Program, RunResult
from sphinx_lessons.running import keys, wire
from sphinx_lessons.running.child.distributions import Distributions
from sphinx_lessons.running.protocol import Engine
from sphinx_lessons.running.store import Store
from sphinx_lessons.running.worker import Message, Worker, environment

if TYPE_CHECKING:
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


class LocalEngine(Engine):
    """Runs Python programs on this machine; see :class:`~.protocol.Engine`.

    A forked process that inherits it (Sphinx's parallel readers) gets a supervisor of its own.
    """

    def __init__(
        self, settings: Settings, jobs: int | None = None, store: Path | None = None
    ) -> None:
        self._python = settings.python or sys.executable
        self._jobs = jobs or os.cpu_count() or 1
        self._busy = False
        self._warm = settings.warm
        self._fresh = settings.fresh_imports
        self._store_folder, self._store_limit = store, settings.store_limit
        self._store: Store | None = None
        self._forget()

    def _forget(self) -> None:
        self._process = os.getpid()
        self._lock = threading.RLock()
        self._worker: Worker | None = None
        self._running: dict[int, Running] = {}
        self._numbers = itertools.count(1)
        self._broken = "it was killed"

    def submit(self, program: Program) -> Future[RunResult]:
        """Run a program some time; returns at once, with the result if that is stored."""
        if self._process != os.getpid():
            self._forget()
        plain = wire.encode_program(program)
        key, stored, expected = self._look_up(plain)
        with self._lock:
            number = next(self._numbers)
            message = {"id": number, "program": plain, "key": key, "expected": expected}
            running = Running(program, message)
            if stored is not None:
                running.future.set_result(stored)
            else:
                self._running[number] = running
                self._send(running)
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

    def prepare(self) -> None:
        """Begin to start the supervisor and what it forks programs from."""
        with self._lock:
            self._started().send({"prepare": True})

    def share(self, *, busy: bool) -> None:
        """Run one program less at a time while the caller computes, and disturb it less often."""
        with self._lock:
            if busy != self._busy:
                self._busy = busy
                if self._worker is not None:
                    self._worker.send({"jobs": self._allowed(), "busy": busy})

    def _allowed(self) -> int:
        """How many programs may run at a time."""
        return max(1, self._jobs - 1) if self._busy else self._jobs

    def _send(self, running: Running) -> None:
        running.tries += 1
        self._started().send(running.message)

    def _started(self) -> Worker:
        if self._worker is None:
            self._worker = Worker(self._hear, self._worker_gone)
            self._worker.send(self._configuration())
        return self._worker

    def _configuration(self) -> Message:
        store = self._open_store()
        return {
            "python": self._python,
            "jobs": self._allowed(),
            "busy": self._busy,
            "warm": self._warm and hasattr(os, "fork"),
            "fresh": list(self._fresh),
            "store": store.folder if store is not None else None,
            "folders": keys.interpreter(self._python).folders if store is not None else [],
        }

    def _hear(self, message: Message) -> None:
        with self._lock:
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
        with self._lock:
            self._worker = None
            left = list(self._running.items())
            for number, running in left:
                if running.tries < _TRIES:
                    self._send(running)
                else:
                    del self._running[number]
                    running.future.set_result(_lost(running.message, self._broken))

    def running(self) -> list[tuple[Program, float]]:
        """What runs just now, and for how many seconds: something to show to those who wait."""
        now = time.monotonic()
        with self._lock:
            begun = [(entry.program, entry.started) for entry in self._running.values()]
        return [(program, now - started) for program, started in begun if started is not None]

    def shutdown(self, *, cancel: bool = False) -> None:
        """Wait for what was submitted, or with ``cancel`` kill it, and release everything."""
        if self._process != os.getpid():
            return
        with self._lock:
            left = [running.future for running in self._running.values()]
        if not cancel:
            for future in left:
                future.exception()
        self._close()

    def _close(self) -> None:
        with self._lock:
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

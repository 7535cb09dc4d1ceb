"""The engine of this machine: futures on one side, the supervisor on the other."""

from __future__ import annotations

import itertools
import os
import sys
import threading
from concurrent.futures import Future
from types import TracebackType

from sphinx_lessons.config import Settings
from sphinx_lessons.model import CellResult, Ending, Program, RunResult, Session
from sphinx_lessons.running import wire
from sphinx_lessons.running.protocol import Engine
from sphinx_lessons.running.worker import Message, Worker

_TRIES = 2
"""How often a program is started if the supervisor dies under it."""


class Running:
    """A program that was submitted and has not ended."""

    __slots__ = ("future", "message", "tries")

    def __init__(self, message: Message) -> None:
        self.message = message
        self.future: Future[RunResult] = Future()
        self.tries = 0


class LocalEngine:
    """Runs Python programs on this machine; see :class:`~.protocol.Engine`.

    A forked process that inherits it (Sphinx's parallel readers) gets a supervisor of its own.
    """

    def __init__(self, settings: Settings, jobs: int | None = None) -> None:
        self._python = settings.python or sys.executable
        self._jobs = jobs or os.cpu_count() or 1
        self._warm = settings.warm
        self._fresh = settings.fresh_imports
        self._forget()

    def _forget(self) -> None:
        self._process = os.getpid()
        self._lock = threading.RLock()
        self._worker: Worker | None = None
        self._running: dict[int, Running] = {}
        self._numbers = itertools.count(1)

    def submit(self, program: Program) -> Future[RunResult]:
        """Run a program some time; returns at once."""
        if self._process != os.getpid():
            self._forget()
        with self._lock:
            number = next(self._numbers)
            message = {"id": number, "program": wire.encode_program(program), "expected": 0.0}
            running = self._running[number] = Running(message)
            self._send(running)
        return running.future

    def _send(self, running: Running) -> None:
        running.tries += 1
        if self._worker is None:
            self._worker = Worker(self._hear, self._worker_gone)
            self._worker.send(
                {
                    "python": self._python,
                    "jobs": self._jobs,
                    "warm": self._warm and hasattr(os, "fork"),
                    "fresh": list(self._fresh),
                }
            )
        self._worker.send(running.message)

    def _hear(self, message: Message) -> None:
        if "result" not in message:
            return
        with self._lock:
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
                    running.future.set_result(_lost(running.message))

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
        for running in left:
            running.future.cancel()

    def __enter__(self) -> LocalEngine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.shutdown(cancel=kind is not None)


def _lost(message: Message) -> RunResult:
    cells = len(message["program"].get("cells", "1"))
    lost = CellResult(Ending.CRASHED, reason="the process that runs lessons was killed twice")
    return RunResult((lost,) * cells)


def make_engine(settings: Settings, jobs: int | None = None) -> LocalEngine:
    """An engine for a project.

    :param jobs: how many programs run at the same time; by default one a core.
    """
    return LocalEngine(settings, jobs)

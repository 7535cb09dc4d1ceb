"""One engine in front of two: Python without a kernel here, everything else to Jupyter kernels."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from sphinx_lessons.running import engine
from sphinx_lessons.running.kernels import KernelEngine
from sphinx_lessons.running.protocol import Engine
from sphinx_lessons.running.unsupported import UnsupportedEngine

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from concurrent.futures import Future
    from pathlib import Path

    from sphinx_lessons.config import Settings
    from sphinx_lessons.model import Program, RunResult


def make_engine(settings: Settings, jobs: int | None = None, store: Path | None = None) -> Engine:
    """An engine for a project.

    :param jobs: how many programs run at the same time; by default one a core.
    :param store: the folder of stored results; without one, everything is run.
    """
    if sys.platform == "win32":
        return UnsupportedEngine()
    python = engine.make_engine(settings, jobs, store)
    kept = (store, settings.store_limit) if store else None
    return Dispatcher(python, KernelEngine(settings.languages, jobs, kept))


class Dispatcher(Engine):
    """Gives each program to the engine that runs its language."""

    def __init__(self, python: engine.LocalEngine, kernels: KernelEngine) -> None:
        self._python, self._kernels = python, kernels

    def submit(self, program: Program, *, later: bool = False) -> Future[RunResult]:
        """Run a program some time; returns at once."""
        return self._choose(program).submit(program, later=later)

    def prepare(self, programs: Iterable[Program]) -> None:
        """Begin to start what runs Python programs; kernels are started when they are needed."""
        self._python.prepare(it for it in programs if self._choose(it) is self._python)

    def share(self, *, computing: int, waiting: bool) -> None:
        """Leave cores to those who compute (Python programs only)."""
        self._python.share(computing=computing, waiting=waiting)

    def prefer(self, programs: Collection[Program]) -> None:
        """Start these before others (Python programs only)."""
        self._python.prefer(programs)

    def can_fork_while_running(self, program: Program) -> bool:
        """Whether this process may be forked while that program runs."""
        return self._choose(program).can_fork_while_running(program)

    def _choose(self, program: Program) -> Engine:
        return self._kernels if self._kernels.kernel_of(program) else self._python

    def running(self) -> list[tuple[Program, float]]:
        """What runs just now, and for how many seconds (Python programs only)."""
        return self._python.running()

    def shutdown(self, *, cancel: bool = False) -> None:
        """Wait for what was submitted, or with ``cancel`` kill it, and release everything."""
        try:
            self._kernels.shutdown(cancel=cancel)
        finally:
            self._python.shutdown(cancel=cancel)

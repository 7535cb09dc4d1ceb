"""What every engine offers, wherever its programs run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from concurrent.futures import Future

    from sphinx_lessons.model import Program, RunResult


class Engine(Protocol):
    """Runs programs; shaped like ``concurrent.futures.Executor``."""

    def submit(self, program: Program) -> Future[RunResult]:
        """Run a program some time; returns at once.

        The future's result tells how the program ended, whatever it did: it raises nothing but
        ``CancelledError``, after a shutdown with ``cancel``.
        """
        ...

    def shutdown(self, *, cancel: bool = False) -> None:
        """Wait for what was submitted, or with ``cancel`` kill it, and release everything."""
        ...

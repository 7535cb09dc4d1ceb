"""What every engine offers, wherever its programs run."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import Future
    from types import TracebackType
    from typing import Self

    from sphinx_lessons.model import Program, RunResult


class Engine(ABC):
    """Runs programs; shaped like ``concurrent.futures.Executor``."""

    @abstractmethod
    def submit(self, program: Program) -> Future[RunResult]:
        """Run a program some time; returns at once.

        The future's result tells how the program ended, whatever it did: it raises nothing but
        ``CancelledError``, after a shutdown with ``cancel``.
        """

    @abstractmethod
    def shutdown(self, *, cancel: bool = False) -> None:
        """Wait for what was submitted, or with ``cancel`` kill it, and release everything."""

    def prepare(self) -> None:  # noqa: B027 - most engines have nothing to prepare
        """Programs will probably come: begin to start what runs them, if that takes long."""

    def share(self, *, busy: bool) -> None:  # noqa: B027 - not all use this machine's cores
        """Say whether the caller computes, and a core is to be left to it, or only waits."""

    def running(self) -> list[tuple[Program, float]]:
        """What runs just now, and for how many seconds, as far as that is known."""
        return []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Shut down; after an exception, what runs is killed."""
        self.shutdown(cancel=kind is not None)

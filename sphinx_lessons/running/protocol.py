"""What every engine offers, wherever its programs run."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from concurrent.futures import Future
    from types import TracebackType
    from typing import Self

    from sphinx_lessons.model import Program, RunResult


class Engine(ABC):
    """Runs programs; shaped like ``concurrent.futures.Executor``."""

    @abstractmethod
    def submit(self, program: Program, *, later: bool = False) -> Future[RunResult]:
        """Run a program some time, ``later`` after others if that makes a difference here.

        Returns at once.

        The future's result tells how the program ended, whatever it did: it raises nothing but
        ``CancelledError``, after a shutdown with ``cancel``.
        """

    @abstractmethod
    def shutdown(self, *, cancel: bool = False) -> None:
        """Wait for what was submitted, or with ``cancel`` kill it, and release everything."""

    def prepare(  # noqa: B027 - most engines have nothing to prepare
        self, programs: Iterable[Program]
    ) -> None:
        """These will probably be submitted: begin to start what runs them, if that takes long."""

    def share(  # noqa: B027 - not all use this machine's cores
        self, *, computing: int, waiting: bool
    ) -> None:
        """Say what those do for whom programs are run.

        :param computing: how many compute, each of which a core is to be left to.
        :param waiting: whether any wait: results are sent at once then, and not in batches, which
            disturb less.
        """

    def prefer(  # noqa: B027 - not all have an order
        self, programs: Collection[Program]
    ) -> None:
        """Start these before others if they were submitted and wait: somebody waits for them."""

    def can_fork_while_running(self, program: Program) -> bool:  # noqa: ARG002
        """Whether this process may be forked while that program runs.

        If not, a thread may hold a lock at that moment, and it would be held in the child forever.
        """
        return False

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

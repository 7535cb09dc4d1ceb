"""The engine of a system on which no program of a lesson can be run."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING

from sphinx_lessons.model import CellResult, Ending, RunResult, Session
from sphinx_lessons.running.protocol import Engine

if TYPE_CHECKING:
    from sphinx_lessons.model import Program

REASON = "programs of lessons need Linux or macOS; on Windows, build in WSL or a container"


class UnsupportedEngine(Engine):
    """Says of each program that it could not be run, and why; see :class:`~.protocol.Engine`."""

    def submit(
        self,
        program: Program,
        *,
        later: bool = False,  # noqa: ARG002
    ) -> Future[RunResult]:
        """Run nothing; the future is done."""
        count = len(program.cells) if isinstance(program, Session) else 1
        future: Future[RunResult] = Future()
        future.set_result(RunResult((CellResult(Ending.COULD_NOT_RUN, reason=REASON),) * count))
        return future

    def shutdown(self, *, cancel: bool = False) -> None:
        """Nothing runs."""

"""Running one program in a kernel, whatever becomes of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sphinx_lessons.model import CellResult, Ending, Failure, RunResult, Script, Session
from sphinx_lessons.running.kernels import failures
from sphinx_lessons.running.kernels.bash import Bash
from sphinx_lessons.running.kernels.process import Kernel, StoppedError
from sphinx_lessons.running.kernels.r import R
from sphinx_lessons.running.kernels.scripts import Dialect, Outcome, Past, Plain, Run, ignore
from sphinx_lessons.running.kernels.transcript import Budget, OutputLimitError, Transcript

if TYPE_CHECKING:
    from collections.abc import Iterator

_DIALECTS: dict[str, Dialect] = {"r": R(), "bash": Bash()}
_PLAIN = Plain()
_END_OF_INPUT = "\x04"
"""What IPython's kernel takes for the end of its input; others get an empty line."""


def dialect_of(language: str) -> Dialect:
    """How a language runs scripts."""
    return _DIALECTS.get(language, _PLAIN)


class Answers:
    """Answers a program's prompts with the lines of its input."""

    def __init__(self, text: str, language: str) -> None:
        self._lines: Iterator[str] = iter(text.splitlines())
        self._end = _END_OF_INPUT if language == "python" else ""

    def __call__(self) -> str:
        """The next line."""
        return next(self._lines, self._end)


def run_script(kernel: Kernel, script: Script) -> RunResult:
    """Run a script. If it was stopped, the kernel is dead."""
    began = time.monotonic()
    transcript = Transcript(Budget(script.limits.output))
    run = Run(kernel, script, transcript, Answers(script.stdin, kernel.language))
    outcome = Outcome()
    try:
        outcome = dialect_of(kernel.language).run(run)
        ending, reason = outcome.ending
    except (StoppedError, OutputLimitError) as error:
        ending, reason = _describe_stop(kernel, error, script.limits.timeout)
        if isinstance(error, StoppedError) and error.status:
            outcome = Outcome(failures.exit_failure(error.status))
            ending, reason = outcome.ending
    failure = outcome.failure
    if ending is Ending.COULD_NOT_RUN and failure and script.raises in failure.bases:
        ending, reason = Ending.RAISED, ""
    in_checks = failure is not None and outcome.part == "checks"
    seconds = round(time.monotonic() - began, 4)
    cell = CellResult(ending, transcript.outputs, failure, reason, seconds, in_checks)
    return RunResult((cell,), seconds)


def run_session(kernel: Kernel, session: Session) -> RunResult:
    """Run the cells of a session in order."""
    runner = _SessionRunner(kernel, session)
    began = time.monotonic()
    cells = tuple(runner.run_cell(index) for index in range(len(session.cells)))
    return RunResult(cells, round(time.monotonic() - began, 4))


class _SessionRunner:
    def __init__(self, kernel: Kernel, session: Session) -> None:
        self._kernel, self._session = kernel, session
        self._dialect = dialect_of(kernel.language)
        self._budget = Budget(session.limits.output)
        self._ask = Answers("", kernel.language)
        self._names: dict[int, str] = {}
        self._cause = ""
        """How an earlier cell ended the session."""

    def run_cell(self, index: int) -> CellResult:
        """Run a cell, unless the session has ended."""
        if self._cause:
            return CellResult(Ending.COULD_NOT_RUN, reason=f"an earlier demo {self._cause}")
        began = time.monotonic()
        transcript = Transcript(self._budget)
        failure: Failure | None = None
        try:
            ending, reason = Ending.OK, ""
            if index == 0:
                self._begin()
            failure = self._execute(index, transcript)
            if failure is not None:
                reason = failures.missing_module(failure)
                ending = Ending.COULD_NOT_RUN if reason else Ending.RAISED
        except (StoppedError, OutputLimitError) as error:
            ending, reason = _describe_stop(self._kernel, error, self._timeout(index))
            timed_out = ending is Ending.TIMED_OUT
            self._cause = reason if timed_out else f"ended the session: {reason}"
        seconds = round(time.monotonic() - began, 4)
        return CellResult(ending, transcript.outputs, failure, reason, seconds)

    def _timeout(self, index: int) -> float:
        own = self._session.cells[index].timeout
        return self._session.limits.timeout if own is None else own

    def _begin(self) -> None:
        code = self._dialect.preamble
        if code:
            deadline = time.monotonic() + self._timeout(0)
            self._kernel.execute(code, deadline, ignore, self._ask, ignore)

    def _execute(self, index: int, transcript: Transcript) -> Failure | None:
        codes, name = [cell.code for cell in self._session.cells[: index + 1]], f"<cell {index}>"
        deadline = time.monotonic() + self._timeout(index)
        flaw = self._dialect.find_flaw(codes, name)
        if flaw is not None:
            return flaw
        code = failures.keep_lines(codes[-1], self._kernel.language)
        past = Past(self._kernel, transcript)
        try:
            reply = self._kernel.execute(code, deadline, transcript.hear, self._ask, past.check)
        finally:
            past.take()
        transcript.check()
        if self._dialect.has_lost_state(transcript.text("stdout")):
            raise StoppedError("its shell has ended")
        self._names[reply.get("execution_count", 0)] = name
        if reply.get("status") == "ok":
            return None
        return failures.describe(reply, self._names, name)


def _describe_stop(
    kernel: Kernel, error: StoppedError | OutputLimitError, timeout: float
) -> tuple[Ending, str]:
    kernel.kill()
    if isinstance(error, StoppedError) and error.timed_out:
        return Ending.TIMED_OUT, f"timed out after {timeout:g} s"
    return Ending.CRASHED, str(error)

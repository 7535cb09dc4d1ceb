"""How a language runs a script: as its own interpreter would run a file, as far as its kernel can.

A kernel whose language has no dialect of its own gets the parts of a script one after another; what
they write to stdout counts, and values that it echoes do not.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sphinx_lessons.model import Ending, Failure, Script
from sphinx_lessons.running.child.results import LEFT_EARLY
from sphinx_lessons.running.kernels import failures
from sphinx_lessons.running.kernels.transcript import STREAMS, Transcript

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sphinx_lessons.running.kernels.process import Ask, Kernel

PARTS = ("setup", "code", "checks")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a script ended."""

    failure: Failure | None = None
    part: str = "code"
    """Where it failed; one of :data:`PARTS`."""

    @property
    def ending(self) -> tuple[Ending, str]:
        """The ending and its reason."""
        if self.failure is None:
            return Ending.OK, ""
        missing = failures.missing_module(self.failure)
        if missing:
            return Ending.COULD_NOT_RUN, missing
        left = self.failure.name == "SystemExit"
        return Ending.RAISED, self.failure.message if left else ""


def left_early() -> Outcome:
    """What to say of a program that ended itself before its checks could run."""
    return Outcome(Failure("SystemExit", LEFT_EARLY, (), ("SystemExit",)), "checks")


class Run:
    """A script while it runs: its kernel, its time and what it has shown."""

    def __init__(self, kernel: Kernel, script: Script, transcript: Transcript, ask: Ask) -> None:
        self.kernel, self.script, self.transcript = kernel, script, transcript
        self._ask = ask
        self._deadline = time.monotonic() + script.limits.timeout
        self._past = Past(kernel, transcript)

    @property
    def parts(self) -> dict[str, str]:
        """The parts that hold code, by name, in order."""
        texts = (getattr(self.script, part) for part in PARTS)
        return {part: text for part, text in zip(PARTS, texts, strict=True) if text.strip()}

    def execute(self, code: str, *, muted: bool = False) -> dict[str, Any]:
        """Run code in the kernel and return the reply; ``muted``: what it shows does not count."""
        hear = ignore if muted else self._hear
        try:
            reply = self.kernel.execute(code, self._deadline, hear, self._ask, self._past.check)
        finally:
            self._past.take()
        self.transcript.check()
        return reply

    def _hear(self, kind: str, content: dict[str, Any]) -> None:
        if kind == "stream":
            self.transcript.hear(kind, content)
            self.transcript.check()


def ignore(*_: object) -> None:
    """Hear and check nothing."""


class Past:
    """What the processes of a kernel write past it, to files."""

    def __init__(self, kernel: Kernel, transcript: Transcript) -> None:
        self._kernel, self._transcript = kernel, transcript
        self._seen = {name: kernel.written(name) for name in STREAMS}

    def check(self) -> None:
        """Raises :class:`~.transcript.OutputLimitError` if it is more than may be written."""
        written = sum(self._kernel.written(name) - self._seen[name] for name in STREAMS)
        self._transcript.check(written)

    def take(self) -> None:
        """Add it to the outputs; messages name the lesson's files without their folder."""
        for name in STREAMS:
            end = self._kernel.written(name)
            if end > self._seen[name]:
                text = self._kernel.read(name, self._seen[name])
                self._seen[name] = end
                if name == "stderr":
                    text = text.replace(f"{self._kernel.folder}/", "")
                self._transcript.write(name, text)


class Dialect(ABC):
    """What is special about a language: how its scripts are run, and what its demos need."""

    reusable = False
    """A script leaves nothing behind in the kernel, which may run another one."""

    @property
    def preamble(self) -> str:
        """Code to run before the demos of a session."""
        return ""

    @abstractmethod
    def run(self, run: Run) -> Outcome:
        """Run a script. Raises what :meth:`.process.Kernel.execute` raises."""

    def find_flaw(self, cells: Sequence[str], name: str) -> Failure | None:  # noqa: ARG002
        """What is wrong with the last of these demos that the kernel could not cope with.

        :param cells: the code of all demos up to it.
        :param name: what its frames are called.
        """
        return None

    def has_lost_state(self, stdout: str) -> bool:  # noqa: ARG002
        """Whether the kernel says, below what a demo has printed, that it started anew."""
        return False


class Plain(Dialect):
    """Any language: the parts one after another, each as one request."""

    def run(self, run: Run) -> Outcome:
        """Run the script."""
        names: dict[int, str] = {}
        for number, (part, text) in enumerate(run.parts.items(), 1):
            names[number] = f"<{part}>"
            code = failures.keep_lines(text, run.kernel.language)
            reply = run.execute(code, muted=part == "checks")
            if reply.get("status") != "ok":
                return self._judge(failures.describe(reply, names, f"<{part}>"), part, run)
        return Outcome()

    def _judge(self, failure: Failure, part: str, run: Run) -> Outcome:
        """Tell an exit from an exception (IPython's kernel shows both alike)."""
        if failure.name != "SystemExit":
            return Outcome(failure, part)
        if failure.message in ("", "0", "None"):
            return left_early() if "checks" in run.parts and part != "checks" else Outcome()
        status = int(failure.message) if failure.message.isdecimal() else 1
        return Outcome(failures.exit_failure(status), part)

"""What is run, and what came of it, before anybody compared anything."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sphinx_lessons.problems import Code


@dataclass(frozen=True, slots=True)
class File:
    """A file to copy into a program's working directory."""

    target: str
    """Relative path in the working directory."""
    origin: str
    """Absolute path of the file to copy."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one program may use. Sizes in bytes, times in seconds."""

    timeout: float = 30.0
    output: int = 1_000_000
    memory: int = 1_000_000_000
    processes: int = 64


@dataclass(frozen=True, slots=True)
class Script:
    """A program of its own: a starter or a solution. Script semantics, nothing echoes."""

    code: str
    language: str = "python"
    setup: str = ""
    """Run before ``code``, in its namespace; what it prints counts."""
    checks: str = ""
    """Run in the program's namespace after it ended normally; what it prints does not count."""
    stdin: str = ""
    files: tuple[File, ...] = ()
    limits: Limits = Limits()
    raises: str | None = None
    """Name of the exception that the program is expected to end with; only its name is a part of
    the result: the runner reports the names of the exception's bases either way."""
    kernel: str = ""
    """Name of the Jupyter kernel; ``""`` is the one that the language maps to."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One demo of a session."""

    code: str
    timeout: float | None = None
    """Seconds for this cell; ``None`` is the session's limit."""


@dataclass(frozen=True, slots=True)
class Session:
    """The demos of one lesson: one namespace, in order, notebook-style."""

    cells: tuple[Cell, ...]
    language: str = "python"
    kernel: str = ""
    """Name of the Jupyter kernel; ``""`` is the one that the language maps to."""
    files: tuple[File, ...] = ()
    limits: Limits = Limits()


Program = Script | Session


class Ending(StrEnum):
    """How a program or a cell ended, before anybody compared anything."""

    OK = "ok"
    RAISED = "raised"
    """An uncaught exception or a non-zero exit status."""
    TIMED_OUT = "timed-out"
    CRASHED = "crashed"
    """A signal, or a limit of ours: memory, processes, output."""
    COULD_NOT_RUN = "could-not-run"
    """No kernel, a missing third-party module, or the session had ended before."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One entry of a traceback."""

    file: str
    """``"<setup>"``, ``"<code>"``, ``"<checks>"`` or ``"<cell N>"`` (from 0) for the lesson's own
    code, else the path of a file."""
    line: int
    """1-based in that file or code."""
    function: str
    text: str = ""
    """The source line, stripped."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An exception that a program did not catch, or the exit status it asked for."""

    name: str
    """Class name, e.g. ``"ZeroDivisionError"``; ``"SystemExit"`` for a non-zero exit."""
    message: str
    frames: tuple[Frame, ...] = ()
    """Outermost first; frames of the runner are left out."""
    bases: tuple[str, ...] = ()
    """Names of all classes the exception is an instance of, itself first."""
    before: Failure | None = None
    """The exception that this one was raised from, or while handling."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Text written to stdout or stderr, as it came (undecodable bytes are U+FFFD)."""

    name: Literal["stdout", "stderr"]
    text: str


@dataclass(frozen=True, slots=True)
class Rich:
    """A value or figure that a cell showed, in every form it offered."""

    data: Mapping[str, str]
    """Representation by MIME type; binary forms in base64, as in a notebook."""
    result: bool
    """It is the value of the cell's last expression (a notebook's ``execute_result``)."""


Output = Stream | Rich


@dataclass(frozen=True, slots=True)
class CellResult:
    """What came of one cell; a script has one, for ``setup``, ``code`` and ``checks`` together."""

    ending: Ending
    outputs: tuple[Output, ...] = ()
    """In the order they came; neighboring writes to one stream are joined."""
    failure: Failure | None = None
    """The uncaught exception; ``failure.frames[-1].file`` tells in which part."""
    reason: str = ""
    """Why it crashed or could not run: ``"signal SIGKILL"``, ``"no module named 'x'"``."""
    seconds: float = 0.0
    in_checks: bool = False
    """The failure came from the checks: the program itself ended normally."""
    code: Code | None = None
    """The problem if it could not be run for another reason than ``could-not-run`` names."""

    @property
    def stdout(self) -> str:
        """All that went to stdout."""
        return "".join(
            output.text
            for output in self.outputs
            if isinstance(output, Stream) and output.name == "stdout"
        )

    @property
    def stderr(self) -> str:
        """All that went to stderr."""
        return "".join(
            output.text
            for output in self.outputs
            if isinstance(output, Stream) and output.name == "stderr"
        )


@dataclass(frozen=True, slots=True)
class RunResult:
    """What came of a program: one result for a script, one a cell for a session."""

    cells: tuple[CellResult, ...]
    seconds: float = 0.0
    reads: tuple[str, ...] = ()
    """Absolute paths of the files it read that are neither the standard library's nor an installed
    distribution's."""
    stored: bool = False
    """It came from the store: nothing was run for it now."""

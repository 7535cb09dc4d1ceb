"""From a kernel's error message to a failure with lines of the lesson's own code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sphinx_lessons.model import Failure, Frame

if TYPE_CHECKING:
    from collections.abc import Mapping

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_CELL = re.compile(
    r"^(?:Cell In\[(?P<number>\d+)\]|<ipython-input-(?P<old>\d+)-\w+>), line (?P<line>\d+)"
    r"(?:, in (?P<function>.+?))?$",
    re.MULTILINE,
)
_R_FRAME = re.compile(
    r"^\d+\. (?P<text>.*?)\s+# at line (?P<line>\d+) of file (?:<text>|.*)$", re.MULTILINE
)
_R_ERROR = re.compile(r"\AError(?: in (?P<call>.*?)\s*)?:\s+(?P<message>.*)\Z", re.DOTALL)
_MISSING = (
    re.compile(r"\ANo module named '([^']+)'"),
    re.compile(r"there is no package called [‘'`\"]([^’'`\"]+)"),
)
_EVAL = re.compile(r"(?:eval|withVisible)\(")


def keep_lines(code: str, language: str) -> str:
    """Code whose lines IPython numbers as they are: it strips blank lines at the beginning."""
    stripped = code.lstrip()
    if language != "python" or stripped.startswith("%%") or "\n" not in code[: -len(stripped)]:
        return code
    return "#" + code


def describe(content: Mapping[str, Any], names: Mapping[int, str], name: str) -> Failure:
    """Describe an ``error`` message, or an ``execute_reply`` whose status is ``error``.

    :param names: the name of the lesson's code by execution count.
    :param name: the name of the code that was running.
    """
    kind = str(content.get("ename") or "")
    message = _ANSI.sub("", str(content.get("evalue") or "")).strip()
    traceback = _ANSI.sub("", "\n".join(map(str, content.get("traceback") or ())))
    if kind == "ERROR":
        return _describe_r(message, traceback, name)
    if not kind and message.isdecimal():
        return exit_failure(int(message))
    frames = tuple(
        Frame(
            names[number], int(match["line"]), (match["function"] or "<module>").removesuffix("()")
        )
        for match in _CELL.finditer(traceback)
        if (number := int(match["number"] or match["old"])) in names
    )
    return Failure(kind or "Error", message, frames, (kind or "Error",))


def _describe_r(message: str, traceback: str, name: str) -> Failure:
    message = message.partition("\nTraceback:")[0].strip()
    match = _R_ERROR.match(message)
    call = match["call"] if match else None
    frames = tuple(
        Frame(name, int(found["line"]), "", found["text"]) for found in _R_FRAME.finditer(traceback)
    )
    title = f"Error in {call}" if call and not _EVAL.match(call) else "Error"
    return Failure(title, match["message"].strip() if match else message, frames, ("error",))


def exit_failure(status: int) -> Failure:
    """The failure of code that asked for an exit status other than 0."""
    bases = ("SystemExit", "BaseException", "object")
    return Failure("SystemExit", f"exit status {status}", (), bases)


def missing_module(failure: Failure) -> str:
    """Say which module or package is not installed; ``""`` if that was not the reason."""
    python, r = (pattern.search(failure.message) for pattern in _MISSING)
    if python and failure.name == "ModuleNotFoundError":
        return f"no module named {python[1]!r}"
    return f"no package named {r[1]!r}" if r else ""

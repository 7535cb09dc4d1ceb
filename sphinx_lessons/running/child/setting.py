"""What a program's process is given before its code runs: directory, streams, path, limits."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from typing import Any

from . import limits, tracing

MakeText = Callable[..., io.TextIOWrapper]


def prepare(job: dict[str, Any], make_text: MakeText = io.TextIOWrapper) -> None:
    """Enter the job's working directory as a fresh interpreter would be started there."""
    os.chdir(job["work"])
    sys.argv[:] = [os.path.join(job["work"], "program.py")]
    sys.path.insert(0, job["work"])
    attach_streams(make_text)
    sys.stdout.flush()
    limits.apply(job["memory"])
    tracing.trace(job["trace"], job["work"])


def attach_streams(make_text: MakeText) -> None:
    """Make new ``sys.stdin``, ``sys.stdout`` and ``sys.stderr`` on the descriptors 0, 1 and 2.

    Output is written line by line, as in a terminal, although it goes to a pipe: what was printed
    before a crash or a time limit is kept, and the order of a program's own output and that of the
    programs it starts is the one that authors see.
    """
    sys.stdin = sys.__stdin__ = _text(0, "r", sys.__stdin__, io.TextIOWrapper)  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = _text(1, "w", sys.__stdout__, make_text)  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = _text(2, "w", sys.__stderr__, make_text)  # type: ignore[misc]


def _text(descriptor: int, mode: str, old: Any, make_text: MakeText) -> io.TextIOWrapper:
    raw = io.FileIO(descriptor, mode, closefd=False)
    raw.name = ("<stdin>", "<stdout>", "<stderr>")[descriptor]
    buffer = io.BufferedReader(raw) if mode == "r" else io.BufferedWriter(raw)
    encoding = getattr(old, "encoding", None) or "utf-8"
    errors = getattr(old, "errors", None) or ("backslashreplace" if descriptor == 2 else "strict")
    text = make_text(buffer, encoding=encoding, errors=errors, line_buffering=mode == "w")
    text.mode = mode  # type: ignore[misc]
    return text


class Sources:
    """The lesson's own code under the names that it is compiled with.

    Tracebacks, ``inspect.getsource`` and warnings find it through ``linecache``.
    """

    def __init__(self) -> None:
        self._lines: dict[str, list[str]] = {}

    def add(self, name: str, text: str) -> None:
        """Remember code; an entry without a modification time is never dropped as stale."""
        import linecache

        lines = [line + "\n" for line in text.split("\n")]
        self._lines[name] = lines
        linecache.cache[name] = (len(text), None, lines, name)

    def line(self, name: str, number: int) -> str | None:
        """A line's text, stripped; ``None`` if that name is not the lesson's."""
        lines = self._lines.get(name)
        if lines is None:
            return None
        return lines[number - 1].strip() if 0 < number <= len(lines) else ""

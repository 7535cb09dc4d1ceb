"""What a person at a terminal sees while programs run: one line, erased when they have ended."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from sphinx_lessons.checking.check import Check

DELAY = 0.5
"""Seconds before the line appears: what is done sooner needs none."""
INTERVAL = 0.1
"""Seconds between two looks."""
WIDTH = 78
ERASE = "\r" + " " * WIDTH + "\r"


class Progress:
    """Shows a check's progress on a terminal; does nothing where the stream is none.

    A context manager: the line is there while its block is being run.
    """

    def __init__(self, check: Check, stream: TextIO | None) -> None:
        self._check = check
        self._stream = stream if stream is not None and stream.isatty() else None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Progress:
        if self._stream is not None:
            self._thread = threading.Thread(target=self._show, args=(self._stream.write,))
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _show(self, write: Callable[[str], object]) -> None:
        assert self._stream is not None
        if self._stop.wait(DELAY):
            return
        while not self._stop.wait(INTERVAL):
            write("\r" + format_progress(self._check).ljust(WIDTH))
            self._stream.flush()
        write(ERASE)
        self._stream.flush()


def format_progress(check: Check) -> str:
    """``lessons: 12 of 40 programs; tides.md 3 s, buoy.md 1 s``, cut to the width of the line."""
    done, total = check.count()
    running = ", ".join(f"{label} {seconds:.0f} s" for label, seconds in check.running())
    line = f"lessons: {done} of {total} programs" + (f"; {running}" if running else "")
    return line if len(line) <= WIDTH else line[: WIDTH - 1] + "…"

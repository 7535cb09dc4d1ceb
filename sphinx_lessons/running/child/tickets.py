"""A bound on how fast a program can start processes.

Each start takes a byte from a pipe, which the supervisor refills after it has counted the program's
processes: a program cannot have started thousands before it is looked at. Only what Python starts
waits for it; a shell's fork bomb is met by the supervisor's looks at the number of processes alone.
"""

from __future__ import annotations

import fcntl
import os
import sys
import termios
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SUPPLY = 32
_STARTS = frozenset({"os.fork", "os.forkpty", "os.posix_spawn", "os.system", "subprocess.Popen"})


class Tickets:
    """The supervisor's end; ``theirs`` is the program's descriptor."""

    def __init__(self) -> None:
        self.theirs, self._ours = os.pipe()
        os.set_blocking(self._ours, False)
        self._reader = os.dup(self.theirs)
        os.write(self._ours, b"." * SUPPLY)

    def taken(self) -> int:
        """How many were taken since the last :meth:`refill`."""
        left = fcntl.ioctl(self._reader, termios.FIONREAD, b"\0" * 4)
        return SUPPLY - int.from_bytes(left, sys.byteorder)

    def refill(self) -> None:
        """Put as many in as were taken."""
        os.write(self._ours, b"." * self.taken())

    def close(self) -> None:
        """Close the supervisor's descriptors; what still waits for a ticket need not any more."""
        os.close(self._ours)
        os.close(self._reader)


def require(descriptor: int) -> None:
    """Let this process, and those it forks, start processes only with a ticket."""
    sys.addaudithook(_make_hook(descriptor, os.read))


def _make_hook(
    descriptor: int, read: Callable[[int, int], bytes]
) -> Callable[[str, tuple[object, ...]], None]:
    def hook(event: str, _: tuple[object, ...]) -> None:
        if event in _STARTS:
            try:
                read(descriptor, 1)
            except OSError:  # the program closed it
                return

    return hook

"""The guard: the parent of a Jupyter kernel, which ends with all that it started.

It adopts whatever the kernel's descendants leave behind, says when the kernel has ended, and kills
all of them when its link is closed: by the engine, which sends a byte before, or because the
building process has died.

Reports are lines on the link: ``started PID``, then ``ended WAITSTATUS`` or ``failed REASON``.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
from typing import NoReturn

from . import folders, keeper, limits, tree

_SET_PARENT_DEATH_SIGNAL = 1
_PATIENCE = 2.0
"""Seconds that what was killed gets to end."""
_NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(descriptor: str, memory: str, *command: str) -> NoReturn:
    """The role: ``guard LINK MEMORY COMMAND...``, in the kernel's working directory.

    That directory stands in the folder of the kernel, which is removed if the build has died.
    """
    folder = os.path.dirname(os.getcwd())
    keeper.adopt_orphans()
    os.set_inheritable(int(descriptor), False)
    link = socket.socket(fileno=int(descriptor))
    for number in _NUMBERS:
        signal.signal(number, signal.SIG_IGN)
    pid = os.fork()
    if not pid:
        _become_kernel(link, int(memory), list(command))
    _tell(link, f"started {pid}")
    reaper = threading.Thread(target=_reap, args=(link, pid), daemon=True)
    reaper.start()
    dismissed = _wait_for_end(link)
    tree.kill_descendants(os.getpid())
    reaper.join(_PATIENCE)  # until nothing of them is left
    if not dismissed:  # the build was killed: nobody else is there to clean up
        folders.remove_tree(folder)
    os._exit(0)


def _wait_for_end(link: socket.socket) -> bool:
    """Wait until the link is closed; whether a farewell came before that."""
    dismissed = False
    with contextlib.suppress(OSError):
        while link.recv(1024):
            dismissed = True
    return dismissed


def _become_kernel(link: socket.socket, memory: int, command: list[str]) -> NoReturn:
    try:
        os.setsid()
        _die_with_parent()
        for number in _NUMBERS:
            signal.signal(number, signal.SIG_DFL)
        limits.apply(memory)
        os.execvp(command[0], command)
    except OSError as error:
        _tell(link, f"failed {command[0]}: {error.strerror}")
    finally:
        os._exit(127)


def _die_with_parent() -> None:
    """A lesson may kill its parent: its kernel must not outlive that."""
    try:
        import ctypes

        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    except (ImportError, OSError, AttributeError):
        return


def _reap(link: socket.socket, kernel: int) -> None:
    """Wait for the kernel, of which the end is reported, and for the orphans that come here."""
    with contextlib.suppress(ChildProcessError):
        while True:
            ended, status = os.waitpid(-1, 0)
            if ended == kernel:
                _tell(link, f"ended {status}")


def _tell(link: socket.socket, line: str) -> None:
    with contextlib.suppress(OSError):
        link.sendall(line.encode() + b"\n")

"""The building process's side of the supervisor: starting it, and talking to it from one thread."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx_lessons import forking

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Message = dict[str, Any]
_MAIN = Path(__file__).parent / "child" / "__main__.py"
_DEFAULTS = {"MPLBACKEND": "Agg", "PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "COLUMNS": "80"}


def environment(base: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of lessons' programs (DIALECT section 5)."""
    return {**_DEFAULTS, **base}


def _start(descriptor: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, str(_MAIN), "supervisor", str(descriptor)],
        pass_fds=[descriptor],
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


class Worker:
    """A running supervisor.

    ``hear`` gets every message, in a thread of its own; ``gone`` is called there when the
    supervisor has ended, for whatever reason. To make one raises ``OSError`` or ``RuntimeError`` if
    there can be no process or no thread.
    """

    def __init__(self, hear: Callable[[Message], None], gone: Callable[[], None]) -> None:
        self._hear, self._gone = hear, gone
        self._socket, theirs = socket.socketpair()
        try:
            with theirs:
                self._process = _start(theirs.fileno())
        except OSError:
            self._socket.close()
            raise
        self._writing = threading.Lock()
        self._thread = threading.Thread(target=self._listen, name="lessons", daemon=True)
        self._thread.start()

    def send(self, message: Message) -> None:
        """Send an order; if the supervisor has gone, ``gone`` will be called for it."""
        data = json.dumps(message).encode() + b"\n"
        with self._writing:
            try:
                self._socket.sendall(data)
            except OSError:
                return

    def _listen(self) -> None:
        incoming = bytearray()
        while data := self._receive():
            incoming += data
            *lines, rest = incoming.split(b"\n")
            incoming = rest
            try:
                with forking.LOCK:
                    for line in lines:
                        self._hear(json.loads(line))
            except (ValueError, TypeError, LookupError):  # no supervisor writes that: begin anew
                self._hang_up()
                break
        self._process.wait()
        self._socket.close()
        self._gone()

    def _receive(self) -> bytes:
        try:
            return self._socket.recv(1 << 20)
        except OSError:
            return b""

    def close(self) -> None:
        """End the supervisor and with it all that it runs; returns when they have ended."""
        self._hang_up()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _hang_up(self) -> None:
        """The supervisor ends when it notices."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

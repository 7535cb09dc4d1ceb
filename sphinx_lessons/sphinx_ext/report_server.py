"""Reports for the processes that Sphinx forks to read pages.

The programs of a page may still run when a process that reads it is forked, and their results come
to the process that builds. It hands out the reports: whoever reads a page sends its docname and a
pipe over a socket that only forked processes have, and gets the report through the pipe.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import selectors
import socket
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sphinx_lessons.model import LessonReport

_LONGEST = 1 << 16
"""Bytes of a docname, more than a path can have."""


class ReportServer:
    """Answers from threads of the process that made it; is asked in forks of that process.

    :param make: makes the report of a docname, in any thread; it may wait for it.
    :param count: is told how many processes have asked and still live, whenever that changes.
    """

    def __init__(self, make: Callable[[str], LessonReport], count: Callable[[int], object]) -> None:
        self._make, self._count = make, count
        self._process = os.getpid()
        self._requests, self._ask = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._requests, selectors.EVENT_READ)
        self._sign_of_life = -1
        threading.Thread(target=self._serve, name="lessons-reports", daemon=True).start()

    # --- in a forked process ------------------------------------------------------------------

    def ask(self, docname: str) -> LessonReport | None:
        """The report of a page; waits for it. ``None`` if there is nobody to ask, or no answer."""
        if os.getpid() == self._process:
            return None
        receiving, sending = os.pipe()
        with os.fdopen(receiving, "rb") as answer:
            try:
                self._send(docname, sending)
                report: LessonReport | None = pickle.load(answer)
            except (OSError, EOFError):
                return None
            return report

    def _send(self, docname: str, answer: int) -> None:
        """Send a request; with the first one also a pipe that shows when this process ends."""
        given = [answer]
        if self._sign_of_life < 0:
            watched, self._sign_of_life = os.pipe()
            given.append(watched)
        try:
            socket.send_fds(self._ask, [os.fsencode(docname)], given)
        finally:
            for descriptor in given:
                os.close(descriptor)

    # --- in the process that builds -----------------------------------------------------------

    def _serve(self) -> None:
        with self._requests, self._selector:
            while self._serve_once():
                pass
            for descriptor in self._watched():
                os.close(descriptor)

    def _serve_once(self) -> bool:
        """Wait for requests and for ends; false if there will be none any more."""
        for key, _ in self._selector.select():
            if key.fileobj is self._requests:
                if not self._receive():
                    return False
            else:
                self._selector.unregister(key.fd)
                os.close(key.fd)
                self._count(len(self._watched()))
        return True

    def _watched(self) -> list[int]:
        """The pipes of processes that have asked and still live."""
        keys = self._selector.get_map().values()
        return [key.fd for key in keys if key.fileobj is not self._requests]

    def _receive(self) -> bool:
        """Take a request; false if there will be none any more."""
        name, given, _, _ = socket.recv_fds(self._requests, _LONGEST, 2)
        if not given:
            return False
        answer, *watched = given
        for descriptor in watched:
            self._selector.register(descriptor, selectors.EVENT_READ)
            self._count(len(self._watched()))
        arguments = os.fsdecode(name), answer
        try:
            threading.Thread(target=self._answer, args=arguments, daemon=True).start()
        except RuntimeError:  # no more threads: who asked sees the end of the pipe
            os.close(answer)
        return True

    def _answer(self, docname: str, descriptor: int) -> None:
        # Whoever asked may have been ended meanwhile.
        with contextlib.suppress(BrokenPipeError), os.fdopen(descriptor, "wb") as answer:
            answer.write(self._pickle(docname))

    def _pickle(self, docname: str) -> bytes:
        try:
            return pickle.dumps(self._make(docname), pickle.HIGHEST_PROTOCOL)
        except Exception:  # noqa: BLE001 - it will show where the page is read, which goes on alone
            return pickle.dumps(None)

    def close(self) -> None:
        """Answer no more."""
        if os.getpid() == self._process:
            self._ask.close()
            with contextlib.suppress(OSError):
                self._requests.shutdown(socket.SHUT_RDWR)

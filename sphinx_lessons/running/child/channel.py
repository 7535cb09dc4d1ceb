"""Messages from a program's process to the supervisor.

A message is a dictionary of plain values, sent as its ``repr`` behind its length in four bytes, and
read with ``ast.literal_eval``: that needs no imports in the program's process, and no message,
whatever a program may write there, can do more than be refused.
"""

from __future__ import annotations

import os
from typing import Any

_PREFIX = 4


class Channel:
    """A program's end. It holds on to what it needs: lessons patch modules and builtins."""

    __slots__ = ("_getpid", "_pid", "_read", "_repr", "_write", "descriptor", "exit")

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._write, self._read, self._repr = os.write, os.read, repr
        self.exit = os._exit
        self._getpid = os.getpid
        self._pid = os.getpid()

    @property
    def mine(self) -> bool:
        """Whether this is the process that the channel was made in, not a fork of it."""
        return self._getpid() == self._pid

    def send(self, message: dict[str, Any]) -> None:
        """Send a message; one that cannot be sent is lost (a program may close all its files)."""
        body = self._repr(message).encode("utf-8", "backslashreplace")
        data = len(body).to_bytes(_PREFIX, "big") + body
        try:
            while data:
                data = data[self._write(self.descriptor, data) :]
        except OSError:
            return

    def ask(self, message: dict[str, Any]) -> None:
        """Send a message and wait until the supervisor has read all output that came before it."""
        self.send(message)
        try:
            answered = self._read(self.descriptor, 1)
        except OSError:
            return
        if not answered:
            self.exit(1)


class Inbox:
    """The supervisor's end: bytes in, messages out; ``most`` bytes a message."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._data = bytearray()

    def add(self, data: bytes) -> list[dict[str, Any]]:
        """Take bytes, return the messages that they complete; what is no message is left out.

        Raises ``OverflowError`` if a message is too large; nothing after it is heard.
        """
        from ast import literal_eval

        self._data += data
        messages = []
        while len(self._data) >= _PREFIX:
            end = _PREFIX + int.from_bytes(self._data[:_PREFIX], "big")
            if end > self._most:
                self._data.clear()
                raise OverflowError
            if len(self._data) < end:
                break
            try:
                message = literal_eval(self._data[_PREFIX:end].decode())
            except (ValueError, SyntaxError, MemoryError, RecursionError):
                message = None
            del self._data[:end]
            if isinstance(message, dict):
                messages.append(message)
        return messages

"""The supervisor's end of the connection to the engine: lines of JSON, in batches."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import socket

_BATCH = 0.05
"""Seconds that results wait for company if the reader is busy and there are more to come."""


class Link:
    """Orders come in, news goes out."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(True)
        self._connection = connection
        self._incoming = b""
        self._outgoing: list[bytes] = []
        self._sent = 0.0

    def fileno(self) -> int:
        """The descriptor, for a selector."""
        return self._connection.fileno()

    def receive(self) -> list[dict[str, Any]]:
        """The orders that have arrived. Raises ``EOFError`` when the engine has gone."""
        try:
            data = self._connection.recv(1 << 18)
        except OSError:
            data = b""
        if not data:
            raise EOFError
        *lines, self._incoming = (self._incoming + data).split(b"\n")
        return [json.loads(line) for line in lines]

    def tell(self, message: dict[str, Any]) -> None:
        """Keep a message for the next batch."""
        self._outgoing.append(json.dumps(message).encode() + b"\n")

    def send(self, *, urgent: bool) -> None:
        """Send the batch if it is due. Raises ``EOFError`` when the engine has gone."""
        now = time.monotonic()
        if not self._outgoing or not (urgent or now - self._sent > _BATCH):
            return
        try:
            self._connection.sendall(b"".join(self._outgoing))
        except OSError:
            raise EOFError from None
        self._outgoing.clear()
        self._sent = now

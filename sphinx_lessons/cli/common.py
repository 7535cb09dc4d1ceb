"""What the commands share: exit statuses, the error of bad usage, writing."""

from __future__ import annotations

import os
from typing import TextIO

OK, ERRORS, UNUSABLE, INTERRUPTED = 0, 1, 2, 130


class UsageError(Exception):
    """The work cannot be done; each argument is a line that says why."""


def write(stream: TextIO, text: str) -> None:
    """Write all of a text, in whatever the stream can show; a reader that has gone is no error."""
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()
    except BrokenPipeError:
        # What is left in the buffer must not fail again when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())

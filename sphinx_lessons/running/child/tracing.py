"""Which files a program reads: what a result depends on besides its code.

Python's audit event ``open`` tells of every attempt, successful or not, imports included. The paths
are appended to a file outside the working directory as they come, NUL-separated, so that those of
forked children and of a crashed program count as well.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

_SYSTEM = ("/dev/", "/proc/", "/sys/")
_LONGEST = 3500
"""Appends up to this length are not torn apart by those of other processes."""


def trace(log: str, work: str) -> None:
    """Write the path of every file that is opened to be read from now on to ``log``.

    Left out: files in ``work``, of the standard library, of installed distributions, caches.
    """
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    sys.addaudithook(_make_hook(descriptor, _ignored(work)))


def _ignored(work: str) -> tuple[str, ...]:
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    here = os.path.dirname(os.path.abspath(__file__))
    standard = {os.path.dirname(os.__file__), os.path.dirname(os.path.realpath(os.__file__))}
    folders = [work, os.path.realpath(work), here, cache, *standard]
    return (*_SYSTEM, *(os.path.join(folder, "") for folder in folders))


def _make_hook(
    descriptor: int, ignored: tuple[str, ...]
) -> Callable[[str, tuple[object, ...]], None]:
    seen: set[object] = set()
    write, fsdecode, getcwd = os.write, os.fsdecode, os.getcwd
    join, normalize = os.path.join, os.path.normpath
    writing = os.O_WRONLY

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event != "open":
            return
        path, _, flags = arguments
        if not isinstance(path, (str, bytes)) or path in seen:
            return
        if isinstance(flags, int) and flags & os.O_ACCMODE == writing:
            return
        seen.add(path)
        try:
            full = normalize(join(getcwd(), fsdecode(path)))
            if _counts(full, ignored):
                write(descriptor, full.encode("utf-8", "surrogateescape") + b"\0")
        except (OSError, ValueError):
            return

    return hook


def _counts(path: str, ignored: tuple[str, ...]) -> bool:
    installed = "/site-packages/" in path or "/dist-packages/" in path
    return not installed and len(path) < _LONGEST and not path.startswith(ignored)

"""Which files a program reads: what a result depends on besides its code.

Python's audit event ``open`` tells of every attempt, successful or not, imports included. The paths
are appended to a file outside the working directory as they come, NUL-separated, so that those of
forked children and of a crashed program count as well.
"""

from __future__ import annotations

import functools
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_SYSTEM = ("/dev/", "/proc/", "/sys/", "/usr/share/fonts/", "/usr/local/share/fonts/")
_LONGEST = 3500
"""Appends up to this length are not torn apart by those of other processes."""


def trace(log: str, work: str) -> None:
    """Write the path of every file that is opened to be read from now on to ``log``.

    Left out: files in ``work``, of the standard library, of installed distributions, caches.
    """
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    write = os.write

    def emit(path: str) -> None:
        write(descriptor, path.encode("utf-8", "surrogateescape") + b"\0")

    folders = (os.path.join(work, ""), os.path.join(os.path.realpath(work), ""))
    sys.addaudithook(_make_hook(emit, (*_ignored(), *folders)))


def record(paths: list[str]) -> None:
    """Append the paths to a list instead, in this process and its forks."""
    sys.addaudithook(_make_hook(paths.append, _ignored()))


def is_own(path: str) -> bool:
    """Whether a file is a project's own: not Python's, a distribution's or a cache's."""
    return _counts(os.path.normpath(path), _ignored())


@functools.cache
def _ignored() -> tuple[str, ...]:
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    here = os.path.dirname(os.path.abspath(__file__))
    standard = {os.path.dirname(os.__file__), os.path.dirname(os.path.realpath(os.__file__))}
    return (*_SYSTEM, *(os.path.join(folder, "") for folder in (here, cache, *standard)))


def _make_hook(
    emit: Callable[[str], None], ignored: tuple[str, ...]
) -> Callable[[str, tuple[object, ...]], None]:
    seen: set[object] = set()
    fsdecode, getcwd, join, normalize = os.fsdecode, os.getcwd, os.path.join, os.path.normpath
    mode, writing = os.O_ACCMODE, os.O_WRONLY

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event != "open":
            return
        path, _, flags = arguments
        if not isinstance(path, (str, bytes)) or path in seen:
            return
        if isinstance(flags, int) and flags & mode == writing:
            return
        seen.add(path)
        try:
            full = source_of(normalize(join(getcwd(), fsdecode(path))))
            if _counts(full, ignored):
                emit(full)
        except (OSError, ValueError):
            return

    return hook


def source_of(path: str) -> str:
    """The source file of a compiled module, any other path as it is."""
    folder, name = os.path.split(path)
    if not name.endswith(".pyc") or os.path.basename(folder) != "__pycache__":
        return path
    return os.path.join(os.path.dirname(folder), name.partition(".")[0] + ".py")


def _counts(path: str, ignored: tuple[str, ...]) -> bool:
    installed = "/site-packages/" in path or "/dist-packages/" in path
    return not installed and len(path) < _LONGEST and not path.startswith(ignored)

"""Directories for programs to run in.

Each program gets a fresh one. Making and removing one takes longer than running most programs, so a
directory in which a program has left nothing is given to the next one.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import tempfile

_KEPT = {"work", "trace"}
_ASIDE = ".sphinx-lessons-"
_PREFIX = "sphinx-lessons-"
_LOCK = "lock"
_MOST_READS = 10_000
"""Paths of read files that are reported; that one more was read says that there are too many."""


class Folder:
    """A directory for a program (``work``) and, around it, one for what we keep about it."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.work = os.path.join(path, "work")
        self.trace = os.path.join(path, "trace")
        os.makedirs(self.work)
        self._state = self._look()

    def _look(self) -> tuple[int, int, int]:
        state = os.lstat(self.work)
        return state.st_ino, state.st_mode, state.st_uid

    def take_reads(self) -> list[str]:
        """The paths that were traced, which are forgotten here then."""
        try:
            with open(self.trace, "rb+", opener=_open_trace) as file:
                paths = file.read().split(b"\0")
                if len(paths) > 1:
                    file.truncate(0)
        except OSError:
            return []
        found = sorted({path.decode("utf-8", "replace") for path in paths if path})
        return found[: _MOST_READS + 1]

    def clean(self) -> bool:
        """Remove what is ours; whether the program has left nothing behind."""
        try:
            for name in set(os.listdir(self.path)) - _KEPT:
                os.unlink(os.path.join(self.path, name))
            return self._look() == self._state and not os.listdir(self.work) and self._has_trace()
        except OSError:
            return False

    def _has_trace(self) -> bool:
        """Whether the next program can trace its reads here: this one may have put anything."""
        return stat.S_ISREG(os.lstat(self.trace).st_mode)

    def remove(self) -> None:
        """Remove it, whatever a program did to it."""
        remove_tree(self.path)


def _open_trace(path: str, flags: int) -> int:
    """Open what has not been replaced by a link or by something that never ends."""
    descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise FileNotFoundError(path)


def remove_tree(root: str) -> None:
    """Remove a folder as far as that can be done, whatever its depth and its permissions.

    Folders in it are moved up before they are emptied: the path of one that lies deep is too long
    for the system, and ``shutil.rmtree`` goes down by recursion before Python 3.13.
    """
    if os.path.islink(root):
        with contextlib.suppress(OSError):
            os.unlink(root)
        return
    pending, count = [root], 0
    while pending:
        folder = pending.pop()
        for entry in _entries(folder):
            with contextlib.suppress(OSError):
                if not entry.is_dir(follow_symlinks=False):
                    os.unlink(entry.path)
                    continue
                count += 1
                pending.append(_move_up(entry.path, os.path.join(root, f"{_ASIDE}{count}")))
        if folder != root:
            with contextlib.suppress(OSError):
                os.rmdir(folder)
    with contextlib.suppress(OSError):
        os.rmdir(root)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    """What is in a folder, which is not a link."""
    try:
        os.chmod(folder, 0o700)
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _move_up(path: str, place: str) -> str:
    """Move a folder; where it is then."""
    try:
        os.chmod(path, 0o700)  # to move a folder is to write to it
        os.rename(path, place)
    except OSError:
        return path
    return place


def make_base() -> str:
    """A base directory that is this process's own; those of processes that were killed are removed.

    A process keeps a lock in its directory as long as it lives: that holds also where several
    containers share the directory for temporary files, and process ids say nothing. The lock has
    its name only once it is held. Raises ``OSError``.
    """
    base = tempfile.mkdtemp(prefix=_PREFIX)
    _sweep(os.path.dirname(base))
    with contextlib.suppress(OSError):  # not every file system can lock; then nobody sweeps it
        # Left open, and not inherited by what is started: the lock is gone with this process.
        lock = os.open(os.path.join(base, f"{_LOCK}-"), os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.rename(os.path.join(base, f"{_LOCK}-"), os.path.join(base, _LOCK))
    return base


def _sweep(place: str) -> None:
    """Remove this user's base directories that no process keeps locked."""
    with contextlib.suppress(OSError), os.scandir(place) as entries:
        found = [entry.path for entry in entries if entry.name.startswith(_PREFIX)]
        for path in found:
            with contextlib.suppress(OSError):
                _remove_if_left(path)


def _remove_if_left(base: str) -> None:
    """Remove a base directory if its lock can be taken. Raises ``OSError`` if it is not one."""
    state = os.lstat(base)
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.geteuid():
        return
    folder = os.open(base, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        lock = os.open(_LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            remove_tree(base)
        finally:
            os.close(lock)
    finally:
        os.close(folder)


class Folders:
    """All of them, in one base directory."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._made = 0
        self._free: list[Folder] = []

    def take(self) -> Folder:
        """A directory with nothing in it. Raises ``OSError``."""
        if self._free:
            return self._free.pop()
        self._made += 1
        return Folder(os.path.join(self.base, str(self._made)))

    def give_back(self, folder: Folder) -> None:
        """A program does not need its directory any more."""
        if folder.clean():
            self._free.append(folder)
        else:
            folder.remove()

"""Directories for programs to run in.

Each program gets a fresh one. Making and removing one takes longer than running most programs, so a
directory in which a program has left nothing is given to the next one.
"""

from __future__ import annotations

import contextlib
import os
import shutil

_KEPT = {"work", "trace"}


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
            with open(self.trace, "rb+") as file:
                paths = file.read().split(b"\0")
                if len(paths) > 1:
                    file.truncate(0)
        except OSError:
            return []
        return sorted({path.decode("utf-8", "replace") for path in paths if path})

    def clean(self) -> bool:
        """Remove what is ours; whether the program has left nothing behind."""
        try:
            for name in set(os.listdir(self.path)) - _KEPT:
                os.unlink(os.path.join(self.path, name))
            return self._look() == self._state and not os.listdir(self.work)
        except OSError:
            return False

    def remove(self) -> None:
        """Remove it, whatever a program did to its permissions."""
        shutil.rmtree(self.path, ignore_errors=True)
        if os.path.isdir(self.path):
            for path, names, _ in os.walk(self.path):
                for name in names:
                    with contextlib.suppress(OSError):
                        os.chmod(os.path.join(path, name), 0o700)
            shutil.rmtree(self.path, ignore_errors=True)


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

"""The result store: what programs did, kept as long as nothing that it depends on has changed.

Content-addressed files, written by whoever ran the program and read here; no index and no lock, so
that any number of builds can share a folder. Nothing in it is needed: what cannot be read or
written is run again.
"""

from __future__ import annotations

import os
import re
import time
from typing import TYPE_CHECKING

from sphinx_lessons.running import wire
from sphinx_lessons.running.child import entries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sphinx_lessons.model import RunResult
    from sphinx_lessons.running.child.distributions import Distributions

_ENTRY = re.compile(r"([0-9a-f]{2})/\1[0-9a-f]{62}(?P<new>\..+)?")
"""The files of a store. It may be in a folder that has others."""
_DAY = 86_400.0
_HOUR = 3_600.0
_KEEP = 0.9
"""When the limit is passed, results are removed until this share of it is left."""


class Store:
    """A folder of results.

    :param folder: made when something is written.
    :param limit: bytes.
    :param distributions: those of the interpreter that runs programs.
    """

    def __init__(self, folder: Path, limit: int, distributions: Distributions) -> None:
        self.folder = str(folder)
        self._limit = limit
        self._versions = distributions.versions
        self._fingerprints: dict[tuple[str, int, int], str] = {}

    def find(self, key: str) -> tuple[RunResult | None, float]:
        """The result for a key, if it still holds, and how long the program took (0 if unknown)."""
        path = entries.place(self.folder, key)
        entry = entries.read(path)
        if entry is None:
            return None, 0.0
        try:
            result = wire.decode_result(entry["result"], stored=True)
            holds = self._holds(entry)
        except (KeyError, TypeError, ValueError, AttributeError):
            return None, 0.0
        if holds:
            _touch(path)
        return (result if holds else None), result.seconds

    def _holds(self, entry: entries.Entry) -> bool:
        versions, reads = entry["distributions"], entry["reads"]
        return all(
            self._versions.get(name) == version for name, version in versions.items()
        ) and all(self._fingerprint(path) == digest for path, digest in reads.items())

    def _fingerprint(self, path: str) -> str:
        """A file's digest, taken once for each state of the file."""
        try:
            state = os.stat(path)
        except OSError:
            return ""
        known = (path, state.st_mtime_ns, state.st_size)
        if known not in self._fingerprints:
            self._fingerprints[known] = entries.fingerprint(path)
        return self._fingerprints[known]

    def evict(self) -> None:
        """Remove what was not used for longest, if the store is larger than its limit."""
        kept = sorted(self._files())
        size = sum(size for _, size, _ in kept)
        if size <= self._limit:
            return
        for _, bytes_, path in kept:
            if size <= self._limit * _KEEP:
                return
            size -= bytes_
            _remove(path)

    def _files(self) -> Iterator[tuple[float, int, str]]:
        """When each entry was last used, its size, its path; remains of writers are removed."""
        for folder in _names(self.folder):
            for name in _names(os.path.join(self.folder, folder)):
                match = _ENTRY.fullmatch(f"{folder}/{name}")
                path = os.path.join(self.folder, folder, name)
                state = _state(path) if match else None
                if match is None or state is None:
                    continue  # not ours, or just removed
                if match["new"] and state.st_mtime < time.time() - _HOUR:
                    _remove(path)
                else:
                    yield state.st_mtime, state.st_size, path


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _state(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except OSError:
        return None


def _touch(path: str) -> None:
    """Note that an entry was used, once a day: reading should not write."""
    try:
        if time.time() - os.stat(path).st_mtime > _DAY:
            os.utime(path)
    except OSError:
        return


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        return

"""Which installed distributions, in which versions, a program depends on.

Read from the names of ``*.dist-info`` folders and a few of their files, which is a hundred times
quicker than ``importlib.metadata`` and works for another interpreter's folders as well.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_INFO = re.compile(r"(?P<name>.+?)-(?P<version>[^-]+)(?:-py[\d.]+)?\.(?:dist|egg)-info")
_REQUIRES = re.compile(rb"^Requires-Dist: *([A-Za-z0-9._-]+)(.*)$", re.MULTILINE)
_TOP_LEVEL = re.compile(r"^([A-Za-z_]\w*)(?:/|\.py,|\.[\w.-]+\.(?:so|pyd),)", re.MULTILINE)


def normalize(name: str) -> str:
    """A name as distributions are told apart by (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


class Distributions:
    """The distributions in some folders (``site-packages``); those in the first folder win."""

    def __init__(self, folders: Iterable[str]) -> None:
        self.versions: dict[str, str] = {}
        self._info: dict[str, str] = {}
        for folder in folders:
            for entry in _names(folder):
                match = _INFO.fullmatch(entry)
                if match is not None:
                    name = normalize(match["name"])
                    self.versions.setdefault(name, match["version"])
                    self._info.setdefault(name, os.path.join(folder, entry))
        self._of_module: dict[str, set[str]] | None = None

    def needed(self, modules: Iterable[str]) -> dict[str, str]:
        """The versions, by name, of the distributions that top-level modules come from.

        Those that these require count as well.
        """
        found: dict[str, str] = {}
        pending = {name for module in modules for name in self.providers(module)}
        while pending:
            name = pending.pop()
            if name in self.versions and name not in found:
                found[name] = self.versions[name]
                pending |= self._requirements(name)
        return dict(sorted(found.items()))

    def providers(self, module: str) -> set[str]:
        """The names of the distributions that a top-level module comes from."""
        name = normalize(module)
        return {name} if name in self.versions else self._index().get(module, set())

    def _index(self) -> dict[str, set[str]]:
        """Modules whose distribution has another name, from the lists of installed files."""
        if self._of_module is None:
            self._of_module = {}
            for name, folder in self._info.items():
                record = _read(os.path.join(folder, "RECORD")).decode("utf-8", "replace")
                listed = _read(os.path.join(folder, "top_level.txt")).decode("utf-8", "replace")
                for module in {*_TOP_LEVEL.findall(record), *listed.split()}:
                    self._of_module.setdefault(module, set()).add(name)
        return self._of_module

    def _requirements(self, name: str) -> set[str]:
        metadata = _read(os.path.join(self._info[name], "METADATA"))
        return {
            normalize(required.decode())
            for required, marker in _REQUIRES.findall(metadata.partition(b"\n\n")[0])
            if b"extra" not in marker
        }


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""

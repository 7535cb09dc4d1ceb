"""The supervisor's side of the result store: it writes the entries, so that the build does not."""

from __future__ import annotations

import sys
from typing import Any

from . import entries, imports
from .distributions import Distributions


class Keeping:
    """Writes results into a store.

    :param folders: where the distributions of the interpreter that runs programs are.
    """

    def __init__(self, store: str, folders: list[str]) -> None:
        self._store = store
        self._distributions = Distributions(folders)
        self._needed: dict[frozenset[str], dict[str, str]] = {}

    def keep(self, key: str, program: dict[str, Any], result: dict[str, Any], began: float) -> None:
        """Store a result, if it will hold; see :func:`entries.make`."""
        entry = entries.make(result, began, self._versions(program, result["reads"]))
        if entry is not None:
            entries.write(entries.place(self._store, key), entry)

    def _versions(self, program: dict[str, Any], reads: list[str]) -> dict[str, str]:
        lines = imports.lines(program)
        for path in reads:
            if path.endswith(".py"):
                lines |= imports.lines_of_file(path)
        tops = frozenset(imports.tops(lines) - sys.stdlib_module_names)
        if tops not in self._needed:
            self._needed[tops] = self._distributions.needed(tops)
        versions = dict(self._needed[tops])
        if "cells" in program and "ipython" in self._distributions.versions:
            versions["ipython"] = self._distributions.versions["ipython"]
        return versions

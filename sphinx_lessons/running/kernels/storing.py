"""Results of kernels' programs in the result store.

What a program of a kernel reads, and which packages it loads, cannot be traced from here. So the
key holds what the kernel has installed altogether: whatever is added to it or changed runs its
programs again.
"""

from __future__ import annotations

import functools
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx_lessons.running import keys, wire
from sphinx_lessons.running.child import entries
from sphinx_lessons.running.child.distributions import Distributions
from sphinx_lessons.running.store import Store
from sphinx_lessons.running.worker import environment

if TYPE_CHECKING:
    from sphinx_lessons.model import Program, RunResult
    from sphinx_lessons.running.kernels.specs import Spec

_R_ASK = 'cat(R.version.string, .libPaths(), sep = "\\n")'
_PATIENCE = 30
"""Seconds that an interpreter gets to say what it is."""


class KernelStore:
    """Finds and keeps results of kernels' programs.

    :param folder: that of the result store.
    :param limit: its limit in bytes.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        self._store = Store(folder, limit, Distributions(()))
        self._environment = keys.digest_environment(environment())

    def key(self, program: Program, spec: Spec) -> str:
        """The key of a program for a kernel."""
        identity = keys.Interpreter(identify(spec), ())
        return keys.program_key(wire.encode_program(program), identity, self._environment)

    def find(self, key: str) -> RunResult | None:
        """The result that is stored under a key, if it still holds."""
        return self._store.find(key)[0]

    def evict(self) -> None:
        """Remove what was not used for longest, if the store is larger than its limit."""
        self._store.evict()

    def keep(self, key: str, result: RunResult, began: float) -> None:
        """Store a result, if running again would give the same.

        :param began: when the program was started, in seconds since the epoch.
        """
        entry = entries.make(wire.encode_result(result), began, {})
        if entry is not None:
            entries.write(entries.place(self._store.folder, key), entry)


@functools.cache
def identify(spec: Spec) -> tuple[str, ...]:
    """What a kernel is and has installed, as far as can be known without starting it."""
    found = [*spec.argv, _state(spec.folder / "kernel.json")]
    executable = shutil.which(spec.argv[0])
    if executable is None:
        return tuple(found)
    found.append(_state(Path(executable)))
    if Path(executable).name.startswith("python"):
        interpreter = keys.interpreter(executable)
        versions = Distributions(interpreter.folders).versions
        found += [*interpreter.identity, *(f"{name} {versions[name]}" for name in sorted(versions))]
    if spec.language == "r":
        found += _identify_r(executable)
    elif shell := shutil.which(spec.language):
        found.append(_state(Path(shell)))
    return tuple(found)


def _identify_r(executable: str) -> list[str]:
    """The version of R and the states of all packages in its libraries."""
    try:
        asked = subprocess.run(
            [executable, "--slave", "-e", _R_ASK],
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=True,
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return []
    version, *libraries = asked.stdout.splitlines()
    packages = (
        path for library in libraries for path in sorted(Path(library).glob("*/DESCRIPTION"))
    )
    return [version, *map(_state, packages)]


def _state(path: Path) -> str:
    """A file's path, size and time of change."""
    try:
        state = path.stat()
    except OSError:
        return str(path)
    return f"{path} {state.st_size} {state.st_mtime_ns}"

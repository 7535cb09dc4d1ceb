"""What a process pays before it does anything."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from typing import TYPE_CHECKING

from benchmarks.measuring import clean_environment

if TYPE_CHECKING:
    from pathlib import Path


def profile_imports(arguments: list[str], folder: Path) -> tuple[float, list[tuple[str, float]]]:
    """Milliseconds of all imports, and of the top-level packages that took the most.

    What every Python process imports is left out.
    """
    usual = _import_times(["-c", "pass"], folder).keys()
    own: dict[str, float] = defaultdict(float)
    for module, milliseconds in _import_times(arguments, folder).items():
        if module not in usual:
            own[module.partition(".")[0]] += milliseconds
    most = sorted(own.items(), key=lambda item: -item[1])
    return sum(own.values()), most[:8]


def _import_times(arguments: list[str], folder: Path) -> dict[str, float]:
    """Milliseconds that each module took, without those that it imported."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments],
        cwd=folder,
        env=clean_environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    lines = (line for line in done.stderr.splitlines() if line.startswith("import time:"))
    fields = (line.removeprefix("import time:").split("|") for line in lines)
    return {module.strip(): int(own) / 1000 for own, _, module in fields if own.strip().isdigit()}

"""Measuring a command: how long it takes, and how much memory its whole process tree uses."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from sphinx_lessons.running.child import tree

_TICK = 0.02
"""Seconds between two looks at the memory."""


class FailedError(Exception):
    """A command that was to be measured failed; the message is what it said."""


def time_command(command: list[str], folder: Path, environment: dict[str, str]) -> float:
    """Seconds that a command takes. Raises :class:`FailedError`."""
    began = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - began
    if done.returncode:
        raise FailedError(f"{' '.join(command)}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return seconds


def peak_of_command(command: list[str], folder: Path, environment: dict[str, str]) -> int:
    """The most bytes (PSS) that a command and all its descendants use at one time.

    In a run of its own: looking costs time. Raises :class:`FailedError`.
    """
    peak = 0
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        while process.poll() is None:
            members = {process.pid, *tree.descendants(process.pid)}
            peak = max(peak, sum(map(_proportional, members)))
            time.sleep(_TICK)
    if process.returncode:
        raise FailedError(" ".join(command))
    return peak


def _proportional(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    for line in text.splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


_LEFT_OUT = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE")


def clean_environment(folder: Path) -> dict[str, str]:
    """An environment without caches of earlier runs, except Python's compiled modules."""
    environment = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}
    return environment | {"XDG_CACHE_HOME": str(folder / "cache")}


def machine() -> str:
    """The machine in one line."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        "unknown processor",
    )
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return f"{cpu}, {cores} cores, {memory:.0f} GB, Python {sys.version.split()[0]}"

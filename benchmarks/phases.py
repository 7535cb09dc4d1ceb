"""Where the time of a cold build goes: seconds and processor time of each of its phases.

Also a program, which builds as ``sphinx-build`` would and prints the phases as JSON::

    python -m benchmarks.phases SPHINX-BUILD-ARGUMENT...
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks import courses
from benchmarks.measuring import clean_environment

PHASES = ("start", "read", "write")
"""Up to the first page (configuration, extensions, planning), the pages read, the pages written."""

Times = dict[str, list[float]]
"""By phase: seconds, and seconds of the building thread's processor time."""


def profile(folder: Path, lessons: int, extension: str, runs: int) -> Times:
    """The phases of cold builds with ``-j 1``, each the median of some runs."""
    found = [_profile_once(folder, lessons, extension) for _ in range(runs)]
    return {
        phase: [statistics.median(times[phase][index] for times in found) for index in (0, 1)]
        for phase in PHASES
    }


def _profile_once(folder: Path, lessons: int, extension: str) -> Times:
    place = folder / "phases"
    shutil.rmtree(place, ignore_errors=True)
    courses.write(place / "source", lessons, extension=extension)
    command = [sys.executable, "-m", "benchmarks.phases", "-q", "-b", "html"]
    done = subprocess.run(
        [*command, str(place / "source"), str(place / "html")],
        cwd=Path(__file__).parents[1],
        env=clean_environment(place),
        capture_output=True,
        text=True,
        check=True,
    )
    times: Times = json.loads(done.stdout.splitlines()[-1])
    return times


class Clock:
    """Notes when phases begin and end."""

    def __init__(self) -> None:
        self.times: Times = {phase: [0.0, 0.0] for phase in PHASES}
        self._last = self._now()

    def _now(self) -> tuple[float, float]:
        return time.perf_counter(), time.thread_time()

    def end(self, phase: str) -> None:
        """A phase has ended; its time is what passed since the last one did."""
        now = self._now()
        for index in (0, 1):
            self.times[phase][index] += now[index] - self._last[index]
        self._last = now


def main(arguments: list[str]) -> int:
    clock = Clock()
    from sphinx.builders import Builder
    from sphinx.cmd.build import main as build

    read = Builder.read

    def timed(self: Builder) -> list[str]:
        clock.end("start")
        try:
            return read(self)
        finally:
            clock.end("read")

    Builder.read = timed  # type: ignore[method-assign]
    status = build(arguments)
    clock.end("write")
    print(json.dumps(clock.times))
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

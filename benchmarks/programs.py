"""Running programs without Sphinx: a stored course, and courses that import a lot."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from benchmarks import courses
from benchmarks.measuring import clean_environment, time_command

if TYPE_CHECKING:
    from pathlib import Path

CHECK = [sys.executable, "-m", "sphinx_lessons.cli", "check", "source"]


def time_stored_check(folder: Path, lessons: int, runs: int) -> float:
    """Seconds of ``sphinx-lessons check`` when nothing has to be run."""
    place = _write(folder, lessons, courses.lesson)
    environment = clean_environment(place)
    time_command(CHECK, place, environment)
    return statistics.median(time_command(CHECK, place, environment) for _ in range(runs))


def time_heavy_course(folder: Path, lessons: int, runs: int) -> tuple[float, float, int]:
    """Seconds of this project, of a fresh interpreter a program, and the number of programs.

    One program at a time in both. Demos run in plain Python for the latter.
    """
    place = _write(folder, lessons, courses.heavy_lesson)
    environment = clean_environment(place) | {"MPLBACKEND": "Agg"}
    command = [*CHECK, "--no-store", "-j", "1"]
    texts = [path.read_text() for path in sorted((place / "source").glob("*-*.md"))]
    programs = [program for text in texts for program in courses.programs(text)]
    ours, fresh = [], []
    for _ in range(runs):
        ours.append(time_command(command, place, environment))
        fresh.append(_time_fresh(programs, place, environment))
    return statistics.median(ours), statistics.median(fresh), len(programs)


def _time_fresh(programs: list[str], place: Path, environment: dict[str, str]) -> float:
    began = time.perf_counter()
    for program in programs:
        command = [sys.executable, "-c", program]
        subprocess.run(command, cwd=place, env=environment, capture_output=True, check=True)
    return time.perf_counter() - began


def _write(folder: Path, lessons: int, make) -> Path:
    place = folder / "check"
    shutil.rmtree(place, ignore_errors=True)
    courses.write(place / "source", lessons, extension='"sphinx_lessons"', make=make)
    return place

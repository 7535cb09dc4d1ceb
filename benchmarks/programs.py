"""Running programs without Sphinx: a stored course, and courses that import a lot."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import courses
from benchmarks.measuring import clean_environment, time_command
from sphinx_lessons.config import Settings
from sphinx_lessons.model import Cell, Script, Session
from sphinx_lessons.running import make_engine

if TYPE_CHECKING:
    from sphinx_lessons.model import Program
    from sphinx_lessons.running import Engine

_PROGRAMS = 200
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


def time_programs(folder: Path, runs: int) -> str:
    """What a program costs that prints a number, one at a time, and how much of it the system."""
    with make_engine(Settings(), jobs=1, store=folder / "engine") as engine:
        kinds = {"script": Script, "demo": lambda code: Session((Cell(code),))}
        for make in kinds.values():
            engine.submit(make("0")).result()
        found = {}
        for kind, make in kinds.items():
            for run in range(runs):
                programs = [make(f"print({run}, {number})") for number in range(_PROGRAMS)]
                found.setdefault(kind, []).append(_run_all(engine, programs))
    words = []
    for kind, measured in found.items():
        milliseconds, share = (statistics.median(values) for values in zip(*measured, strict=True))
        words.append(
            f"a {kind} {milliseconds:.1f} ms ({share:.0%} of the processor's time in the kernel)"
        )
    return f"One at a time, {' and '.join(words)}.\n"


def _run_all(engine: Engine, programs: list[Program]) -> tuple[float, float]:
    """Milliseconds a program, and the kernel's share of the time that the processor was busy."""
    before, began = _busy(), time.perf_counter()
    for future in [engine.submit(program) for program in programs]:
        future.result()
    passed = time.perf_counter() - began
    busy = [after - earlier for after, earlier in zip(_busy(), before, strict=True)]
    return passed / len(programs) * 1000, busy[1] / max(1, sum(busy))


def _busy() -> tuple[int, int]:
    """Ticks of all processors in programs and in the kernel, since the machine was started."""
    user, nice, system, _idle, _waiting, interrupts, soft, *_ = map(
        int, Path("/proc/stat").read_text().split("\n")[0].split()[1:]
    )
    return user + nice, system + interrupts + soft


def _write(folder: Path, lessons: int, make) -> Path:
    place = folder / "check"
    shutil.rmtree(place, ignore_errors=True)
    courses.write(place / "source", lessons, extension='"sphinx_lessons"', make=make)
    return place

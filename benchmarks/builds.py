"""Builds of generated courses, by this project, by plain Sphinx and by others."""

from __future__ import annotations

import shutil
import statistics
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

from benchmarks import courses
from benchmarks.measuring import (
    FailedError,
    clean_environment,
    peak_of_command,
    time_command,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)


class Measure(Protocol[_T_co]):
    """Runs a command and says something of it."""

    def __call__(self, command: list[str], folder: Path, environment: dict[str, str]) -> _T_co: ...


@dataclass(frozen=True)
class Contender:
    """Something that renders a course."""

    name: str
    extension: str
    convert: Callable[[str], str] = courses.plain
    options: str = ""
    peer: bool = False
    """It is measured on small courses only, and only cold and unchanged."""


FLOOR = Contender("plain Sphinx", '"myst_parser"')
OURS = Contender("sphinx-lessons", '"sphinx_lessons"')
PEERS = (
    Contender(
        "jupyter-sphinx",
        '"myst_parser", "jupyter_sphinx"',
        courses.for_jupyter_sphinx,
        peer=True,
    ),
    Contender(
        "MyST-NB",
        '"myst_nb"',
        courses.for_myst_nb,
        'nb_execution_mode = "force"',
        peer=True,
    ),
)

SCENARIOS: dict[str, Callable[[Path], None] | None] = {
    "cold": None,
    "unchanged": lambda _: None,
    "prose edited": courses.edit_prose,
    "code edited": courses.edit_code,
}
"""What happens to the sources before each build, one after the other; ``None``: they are made."""


@dataclass
class Row:
    """The measurements of one contender in one scenario."""

    lessons: int
    contender: str
    scenario: str
    jobs: int
    seconds: list[float] = field(default_factory=list)
    peak: int = 0
    """Bytes."""
    failed: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.seconds) if self.seconds else float("nan")


class Bench:
    """Measures in a folder of its own, which need not exist."""

    def __init__(self, folder: Path, runs: int, *, peaks: bool = True) -> None:
        self.folder, self.runs, self.peaks = folder, runs, peaks

    def measure(
        self, lessons: int, contenders: tuple[Contender, ...], jobs: int, scenarios: list[str]
    ) -> Iterator[Row]:
        """Rows for all contenders; their runs alternate, so that a slow minute hits all alike."""
        rows = {
            (one, scenario): Row(lessons, one.name, scenario, jobs)
            for one in contenders
            for scenario in scenarios
            if not one.peer or scenario in ("cold", "unchanged")
        }
        for one in contenders:
            # Not measured: it leaves compiled modules behind, as users have them.
            self._build(one, Row(2, one.name, "cold", jobs), time_command)
        for _ in range(self.runs):
            shutil.rmtree(self.folder, ignore_errors=True)
            for scenario in scenarios:
                for one in contenders:
                    if (one, scenario) in rows:
                        self._time(one, rows[one, scenario])
        for (one, scenario), row in rows.items():
            if scenario == "cold" and self.peaks:
                self._take_peak(one, row)
        yield from rows.values()

    def _time(self, one: Contender, row: Row) -> None:
        if row.failed:
            return
        try:
            row.seconds.append(self._build(one, row, time_command))
        except FailedError as error:
            row.failed = str(error)
        _say(row, row.failed or f"{row.seconds[-1]:.2f} s")

    def _take_peak(self, one: Contender, row: Row) -> None:
        if row.failed:
            return
        try:
            row.peak = self._build(one, row, peak_of_command)
        except FailedError as error:
            row.failed = str(error)
        _say(row, row.failed or f"{row.peak / 1e6:.0f} MB")

    def _build(self, one: Contender, row: Row, measure: Measure[_T]) -> _T:
        """Build as the scenario says, after those that came before it, in a fresh process."""
        place = self.folder / one.name
        change = SCENARIOS[row.scenario]
        if change is not None:
            change(place / "source")
        else:
            shutil.rmtree(place, ignore_errors=True)
            courses.write(
                place / "source",
                row.lessons,
                extension=one.extension,
                convert=one.convert,
                options=one.options,
            )
        command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", "-j", str(row.jobs)]
        return measure([*command, "source", "html"], place, clean_environment(place))


def _say(row: Row, text: str) -> None:
    place = f"{row.lessons} lessons, {row.contender}, {row.scenario}, -j {row.jobs}"
    print(f"  {place}: {text}", file=sys.stderr, flush=True)

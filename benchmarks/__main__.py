"""``python -m benchmarks``: measure, print a table and write it to the docs."""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks import phases, programs, tables
from benchmarks.builds import FLOOR, OURS, PEERS, SCENARIOS, Bench, Row
from benchmarks.startup import profile_imports

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "benchmarks.md"
PARTS = ("builds", "scale", "profile", "startup", "heavy", "check")
PEERS_UP_TO = 50
PEERS_ONCE_AT = 200
"""With ``-j 1`` only, for they take long."""
SCALE_ONCE_ABOVE = 200
SCALE_THEME = "basic"
"""Its pages do not list all pages: they cost the same in courses of any size."""


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--lessons", type=int, nargs="+", default=[10, 50, 200], help="sizes of the courses"
    )
    parser.add_argument(
        "--scale",
        type=int,
        nargs="+",
        default=[50, 200, 1000],
        help="sizes of the courses with which it is measured whether cost grows with size",
    )
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2], help="Sphinx's -j")
    parser.add_argument("--runs", type=int, default=3, help="of which the median is taken")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument(
        "--no-peers", action="store_true", help="only this project and plain Sphinx"
    )
    parser.add_argument(
        "--quick", action="store_true", help="10 lessons, one run, and the page is not written"
    )
    parser.add_argument("--write", action="store_true", help=f"write the result to {PAGE.name}")
    return parser


def main(argv: list[str] | None = None) -> int:
    options = make_parser().parse_args(argv)
    if options.quick:
        options.lessons, options.scale, options.runs, options.write = [10], [10, 20], 1, False
    with tempfile.TemporaryDirectory(prefix="lessons-benchmarks-") as name:
        folder = Path(name)
        sections = [tables.describe_setting(options.runs)]
        sections += [MEASURE[part](options, folder) for part in options.parts]
    text = "\n".join(sections)
    print(text)
    if options.write:
        tables.write_page(PAGE, text)
    return 0


def measure_builds(options: argparse.Namespace, folder: Path) -> str:
    rows: list[Row] = []
    for lessons in options.lessons:
        for jobs in options.jobs:
            rows += _measure_course(options, folder, lessons, jobs)
    failed = [row for row in rows if row.failed]
    text = tables.build_table(rows, FLOOR.name, OURS.name)
    return f"## Builds\n\n{text}" + "".join(f"\n{row.contender} failed.\n" for row in failed)


def _measure_course(
    options: argparse.Namespace, folder: Path, lessons: int, jobs: int
) -> list[Row]:
    peers = () if options.no_peers or lessons > PEERS_UP_TO else PEERS
    bench = Bench(folder / "builds", options.runs)
    rows = list(bench.measure(lessons, (FLOOR, OURS, *peers), jobs, list(SCENARIOS)))
    if not options.no_peers and lessons == PEERS_ONCE_AT and jobs == 1:
        once = Bench(folder / "builds", 1, peaks=False)
        rows += once.measure(lessons, PEERS, jobs, ["cold"])
    return rows


def measure_scale(options: argparse.Namespace, folder: Path) -> str:
    contenders = tuple(
        replace(one, options=f'html_theme = "{SCALE_THEME}"') for one in (FLOOR, OURS)
    )
    rows: list[Row] = []
    for lessons in options.scale:
        once = lessons > SCALE_ONCE_ABOVE
        bench = Bench(folder / "scale", 1 if once else options.runs, peaks=not once)
        for jobs in options.jobs:
            rows += bench.measure(lessons, contenders, jobs, ["cold"])
    return (
        "## Courses of different sizes\n\n"
        f"Cold, with Sphinx's theme `{SCALE_THEME}`, whose pages do not list all pages.\n\n"
        f"{tables.scale_table(rows, FLOOR.name, OURS.name)}"
    )


def measure_profile(options: argparse.Namespace, folder: Path) -> str:
    lessons = 10 if options.quick else 50
    plain, ours = (
        phases.profile(folder, lessons, one.extension, options.runs) for one in (FLOOR, OURS)
    )
    return (
        f"## Where the time goes\n\nA cold build of {lessons} lessons with `-j 1`; the time of the "
        "process that builds. While it waits, programs run, or have taken its core.\n\n"
        f"{tables.phase_table(plain, ours)}\n{programs.time_programs(folder, options.runs)}"
    )


def measure_startup(_options: argparse.Namespace, folder: Path) -> str:
    package = tables.import_table(
        "`import sphinx_lessons`", *profile_imports(["-c", "import sphinx_lessons"], folder)
    )
    place = folder / "startup"
    place.mkdir()
    programs.courses.write(place / "source", 1, extension='"sphinx_lessons"')
    command = ["-m", "sphinx_lessons.cli", "check", "source"]
    profile_imports(command, place)
    check = tables.import_table(
        "`sphinx-lessons check`, one stored lesson", *profile_imports(command, place)
    )
    return f"## Start\n\n{package}{check}"


def measure_heavy(options: argparse.Namespace, folder: Path) -> str:
    lessons = 2 if options.quick else 10
    ours, fresh, count = programs.time_heavy_course(folder, lessons, options.runs)
    return (
        "## Programs that import numpy, pandas and matplotlib\n\n"
        f"{count} programs, one after another: {ours:.1f} s with `sphinx-lessons check`, "
        f"{fresh:.1f} s with a fresh interpreter each, {fresh / ours:.1f} times as long "
        "(target: 8).\n"
    )


def measure_check(options: argparse.Namespace, folder: Path) -> str:
    lessons = 20 if options.quick else 200
    seconds = programs.time_stored_check(folder, lessons, options.runs)
    return (
        "## A stored course on the command line\n\n"
        f"`sphinx-lessons check` on {lessons} lessons whose results are stored: {seconds:.2f} s "
        "(target for 200: under 1 s).\n"
    )


MEASURE = {
    "builds": measure_builds,
    "scale": measure_scale,
    "profile": measure_profile,
    "startup": measure_startup,
    "heavy": measure_heavy,
    "check": measure_check,
}

if __name__ == "__main__":
    sys.exit(main())

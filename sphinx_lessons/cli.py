"""The command line: ``sphinx-lessons check``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from sphinx_lessons import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sphinx_lessons.config import Settings
    from sphinx_lessons.reading import Reading

FORMATS = ("text", "json", "junit", "github", "sarif")
"""The names in :data:`sphinx_lessons.reports.FORMATS`, which ``--help`` need not import."""

SKIPPED_FOLDERS = frozenset({"_build", "node_modules", "__pycache__", "site-packages"})
SKIPPED_BY_FILE = ("pyvenv.cfg", ".buildinfo")
"""A folder with one of these is a virtual environment, or the output of a Sphinx build."""

OK, ERRORS, UNUSABLE, INTERRUPTED = 0, 1, 2, 130


class UsageError(Exception):
    """The work cannot be done; each argument is a line that says why."""


def make_parser() -> argparse.ArgumentParser:
    """Make the parser of the command line."""
    parser = argparse.ArgumentParser("sphinx-lessons", description="Work with programming lessons.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    check = commands.add_parser(
        "check",
        help="check lessons without Sphinx",
        description="Runs the code of lessons and compares what it prints with what they say.",
    )
    check.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="Lessons, or folders to be searched for `*.md` files that are lessons; by default the "
        "current folder. Hidden folders, virtual environments and build output (`_build`, what "
        "Sphinx wrote) are not searched. Prerequisites that do not exist are looked for only when "
        "a folder is given: a few files are not the whole course.",
    )
    check.add_argument(
        "--format", choices=FORMATS, default="text", help="How to report; `text` by default."
    )
    check.add_argument(
        "-j",
        "--jobs",
        type=_positive_integer,
        metavar="N",
        help="How many programs run at the same time; by default one for each processor.",
    )
    check.add_argument(
        "--no-store",
        action="store_true",
        help="Run every program, and keep no result for the next time.",
    )
    check.add_argument(
        "--strict", action="store_true", help="Exit with status 1 for warnings, too."
    )
    return parser


def _positive_integer(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number above 0, not {text!r}")
    return int(text)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    try:
        options = make_parser().parse_args(argv)
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else UNUSABLE
    try:
        return run_check(options)
    except UsageError as error:
        for line in error.args:
            _write(sys.stderr, f"sphinx-lessons: error: {line}\n")
        return UNUSABLE
    except KeyboardInterrupt:
        _write(sys.stderr, "sphinx-lessons: interrupted\n")
        return INTERRUPTED


def run_check(options: argparse.Namespace) -> int:
    """Check what the options name and report it on stdout; returns the exit status.

    Raises :class:`UsageError` if that cannot be done.
    """
    from sphinx_lessons.checking import check
    from sphinx_lessons.problems import Severity
    from sphinx_lessons.reports import FORMATS
    from sphinx_lessons.reports.summary import list_problems
    from sphinx_lessons.running import make_engine

    paths: list[Path] = options.paths or [Path()]
    settings = _read_settings(paths)
    readings = _read_lessons(paths, settings)
    if not any(reading.lesson for reading in readings):
        _write(sys.stderr, f"sphinx-lessons: no lessons in {', '.join(map(str, paths))}\n")
    with make_engine(settings, options.jobs) as engine:
        complete = any(path.is_dir() for path in paths)
        report = check(readings, settings, engine, complete=complete)
    _write(sys.stdout, FORMATS[options.format](report))
    problems = list_problems(report)
    failing = [item for item in problems if options.strict or item.severity is Severity.ERROR]
    return ERRORS if failing else OK


def _read_settings(paths: Sequence[Path]) -> Settings:
    """Read the settings from the nearest ``pyproject.toml`` above all of the paths."""
    from sphinx_lessons.config import SettingsError, find_pyproject, from_table, read_pyproject

    try:
        start = Path(os.path.commonpath([path.absolute() for path in paths]))
    except ValueError:  # on several drives
        start = Path.cwd()
    try:
        return from_table(read_pyproject(start))
    except SettingsError as error:
        file = str(find_pyproject(start))
        text = str(error)
        raise UsageError(text if text.startswith(file) else f"{file}: {text}") from error


def _read_lessons(paths: Sequence[Path], settings: Settings) -> list[Reading]:
    """Read the lessons among the paths, each file once, and files that cannot be read."""
    from sphinx_lessons.reading import read_file

    readings: dict[Path, Reading] = {}
    wrong: list[str] = []
    languages = tuple(settings.languages)
    for path, named in _list_files(paths, wrong):
        reading = read_file(path, languages=languages)
        if reading.lesson is None and named:
            reason = reading.problems[0].message if reading.problems else "this is no lesson"
            wrong.append(f"{path}: {reason}")
        elif reading.lesson is not None or not reading.text:
            readings.setdefault(path.resolve(), reading)
    if wrong:
        raise UsageError(*wrong)
    return list(readings.values())


def _list_files(paths: Sequence[Path], wrong: list[str]) -> Iterator[tuple[Path, bool]]:
    """List files to be read, and whether each was named; adds what is wrong with the paths."""
    for path in paths:
        if path.is_dir():
            yield from ((file, False) for file in _search(path, wrong))
        elif os.path.lexists(path):
            yield path, True
        else:
            wrong.append(f"{path}: no such file or folder")


def _search(folder: Path, wrong: list[str]) -> Iterator[Path]:
    """Find the Markdown files below a folder, in a stable order."""

    def complain(error: OSError) -> None:
        wrong.append(f"{error.filename}: {error.strerror}")

    for name, folders, files in os.walk(folder, onerror=complain):
        here = Path(name)
        folders[:] = [item for item in sorted(folders) if not _is_skipped(here / item)]
        names = (file for file in sorted(files) if file.endswith(".md"))
        yield from (here / file for file in names if not file.startswith("."))


def _is_skipped(folder: Path) -> bool:
    return (
        folder.name.startswith(".")
        or folder.name in SKIPPED_FOLDERS
        or any((folder / mark).exists() for mark in SKIPPED_BY_FILE)
    )


def _write(stream: TextIO, text: str) -> None:
    """Write all of a text, in whatever the stream can show; a reader that has gone is no error."""
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()
    except BrokenPipeError:
        # What is left in the buffer must not fail again when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


if __name__ == "__main__":
    sys.exit(main())

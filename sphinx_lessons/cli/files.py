"""From the paths on the command line to settings and lessons."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx_lessons.cli.common import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sphinx_lessons.config import Settings
    from sphinx_lessons.reading import Reading

SKIPPED_FOLDERS = frozenset({"_build", "node_modules", "__pycache__", "site-packages"})
SKIPPED_BY_FILE = ("pyvenv.cfg", ".buildinfo")
"""A folder with one of these is a virtual environment, or the output of a Sphinx build."""


def read_settings(paths: Sequence[Path]) -> Settings:
    """Read the settings from the nearest ``pyproject.toml`` above all of the paths."""
    from sphinx_lessons.config import SettingsError, find_pyproject, from_table, read_pyproject

    start = _common_folder(paths)
    try:
        return from_table(read_pyproject(start))
    except SettingsError as error:
        file = str(find_pyproject(start))
        text = str(error)
        raise UsageError(text if text.startswith(file) else f"{file}: {text}") from error


def find_project(paths: Sequence[Path]) -> Path:
    """The folder that paths in the settings are relative to."""
    from sphinx_lessons.config import find_pyproject

    file = find_pyproject(_common_folder(paths))
    return file.parent if file else Path.cwd()


def _common_folder(paths: Sequence[Path]) -> Path:
    try:
        return Path(os.path.commonpath([path.absolute() for path in paths]))
    except ValueError:  # on several drives
        return Path.cwd()


def read_lessons(paths: Sequence[Path], settings: Settings) -> list[Reading]:
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
        found = (here / file for file in names if not file.startswith("."))
        yield from filter(_ends, found)


def _ends(file: Path) -> bool:
    """Whether reading comes to an end, as that of a pipe may not. Errors are told later."""
    try:
        return stat.S_ISREG(file.stat().st_mode)
    except OSError:
        return True


def _is_skipped(folder: Path) -> bool:
    return (
        folder.name.startswith(".")
        or folder.name in SKIPPED_FOLDERS
        or any((folder / mark).exists() for mark in SKIPPED_BY_FILE)
    )

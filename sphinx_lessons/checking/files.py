"""The files that a lesson's programs find in their working directory."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from sphinx_lessons.model import File, Problem
from sphinx_lessons.problems import Code

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx_lessons.reading import Reading

SOURCE_FOLDER_MARKS = (("conf.py",), ("pyproject.toml", ".git"))
"""What lies in a source folder; the first that is found anywhere above a lesson counts."""


def find_source_folder(file: Path) -> Path:
    """Return the folder that the files of a lesson must lie in, if nobody says which it is."""
    for marks in SOURCE_FOLDER_MARKS:
        for folder in file.parents:
            if any((folder / mark).exists() for mark in marks):
                return folder
    return file.parent


def group_by_source_folder(readings: Iterable[Reading]) -> dict[Path, list[Reading]]:
    """Group what was read from files by the source folders; those and the readings keep order."""
    groups: dict[Path, list[Reading]] = {}
    for reading in readings:
        if reading.origin is not None:
            groups.setdefault(find_source_folder(reading.origin), []).append(reading)
    return groups


def find_files(
    names: Iterable[str], lesson: Path, root: Path, path: str, line: int
) -> tuple[tuple[File, ...], list[Problem]]:
    """Find declared files relative to the lesson's file; symbolic links count as what they name.

    Returns the files, and a problem at that path and line for each that cannot be used.
    """
    files: list[File] = []
    problems: list[Problem] = []
    for name in names:
        try:
            origin = (lesson.parent / name).resolve()
            inside = origin.is_relative_to(root.resolve()) and not Path(name).is_absolute()
            found = origin.is_file()
        except (OSError, ValueError, RuntimeError):  # a NUL, a name too long, a loop of links
            origin, inside, found = lesson, True, False
        if not inside:
            message = f"the file {name!r} is no relative path inside the source folder"
            problems.append(_problem(Code.FILE_OUTSIDE_SOURCE, message, path, line))
        elif not found:
            message = f"the file {name!r} {_what_is_wrong(origin)}"
            problems.append(_problem(Code.MISSING_FILE, message, path, line))
        else:
            files.append(File(_target(name), str(origin)))
    return tuple(files), problems


def _what_is_wrong(origin: Path) -> str:
    if origin.is_dir():
        return "is a folder; name its files"
    return "is no ordinary file" if origin.exists() else "does not exist"


def _target(name: str) -> str:
    """Return the path in the working directory: the same, but for steps up."""
    steps: list[str] = []
    for step in PurePosixPath(name.replace("\\", "/")).parts:
        if step != "..":
            steps.append(step)
        elif steps:
            steps.pop()
    return "/".join(steps)


def _problem(code: Code, message: str, path: str, line: int) -> Problem:
    return Problem(code, message, path, line, code.severity)

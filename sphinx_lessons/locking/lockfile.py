"""The lock file on disk."""

from __future__ import annotations

import os
import re
import tempfile
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx_lessons.locking.entries import Entry, Figures, decode_entry, encode_entry
from sphinx_lessons.locking.keys import digest
from sphinx_lessons.locking.toml import format_pair
from sphinx_lessons.model import Problem
from sphinx_lessons.problems import Code

if TYPE_CHECKING:
    from collections.abc import Iterable

LOCK_NAME = "lessons.lock"
FIGURES_SUFFIX = ".d"
VERSION = 1
_HEADER = f"""\
# What the programs of the lessons print, for builds that run none of them.
# Written by `sphinx-lessons check --lock`; do not edit. Figures are in {LOCK_NAME}{FIGURES_SUFFIX}.
version = {VERSION}
"""
_ENTRY = re.compile(r"^\[program\.([0-9a-f]+)\][ \t]*$", re.MULTILINE)
_TOML_LINE = re.compile(r"\(at line (\d+), column \d+\)|\(at end of document\)")
_MEND = "write it anew with `sphinx-lessons check --lock`"


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock file, read."""

    path: Path
    entries: dict[str, Entry] = field(default_factory=dict)
    """By the keys of the programs."""
    problems: tuple[Problem, ...] = ()
    """What is wrong with the file and with its entries."""
    exists: bool = True
    readable: bool = True
    """Whether it is a lock file at all, be its entries as they may."""


# --- reading ----------------------------------------------------------------------------------


def read_lock(path: Path) -> Lock:
    """Read a lock file. Never raises: what cannot be used is a problem."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Lock(path, exists=False)
    except (OSError, UnicodeDecodeError) as error:
        return _unreadable(_problem(path, 1, f"{error}"))
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return _unreadable(_toml_problem(path, text, str(error)))
    if document.get("version") != VERSION:
        message = f"its version is {document.get('version')!r}, not {VERSION}"
        return _unreadable(_problem(path, 1, message))
    return _read_entries(path, text, document.get("program", {}))


def _read_entries(path: Path, text: str, programs: Any) -> Lock:
    lines = {match[1]: text.count("\n", 0, match.start()) + 1 for match in _ENTRY.finditer(text)}
    if not isinstance(programs, dict):
        return _unreadable(_problem(path, 1, "`program` is no table"))
    entries: dict[str, Entry] = {}
    problems: list[Problem] = []
    for key, plain in programs.items():
        line = lines.get(key, 1)
        try:
            entries[key] = decode_entry(key, plain, line, lambda name: _load_figure(path, name))
        except (KeyError, TypeError, ValueError, AttributeError, OSError) as error:
            reason = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
            problems.append(_problem(path, line, f"the entry {key} cannot be read: {reason}"))
    return Lock(path, entries, tuple(problems))


def _load_figure(path: Path, name: str) -> bytes:
    if Path(name).name != name:
        raise ValueError(f"{name!r} is no name of a figure")
    file = figures_folder(path) / name
    content = file.read_bytes()
    # A checkout may have changed the line endings of SVG, which is text.
    if Path(name).stem not in (digest(content), digest(content.replace(b"\r\n", b"\n"))):
        raise ValueError(f"the figure {file} is not the one that was written")
    return content


def _toml_problem(path: Path, text: str, message: str) -> Problem:
    match = _TOML_LINE.search(message)
    line = int(match[1]) if match and match[1] else text.count("\n") + 1
    if text.split("\n")[line - 1][:7] in ("<<<<<<<", "=======", ">>>>>>>"):
        return _problem(path, line, "a merge left a conflict here")
    return _problem(path, line, _TOML_LINE.sub("", message).strip())


def _problem(path: Path, line: int, message: str) -> Problem:
    code = Code.BAD_LOCK
    text = f"the lock file cannot be used: {message}; {_MEND}"
    return Problem(code, text, str(path), line, code.severity)


def _unreadable(problem: Problem) -> Lock:
    return Lock(Path(problem.path), problems=(problem,), readable=False)


# --- writing ----------------------------------------------------------------------------------


def figures_folder(path: Path) -> Path:
    """Where the figures of a lock file are."""
    return path.with_name(path.name + FIGURES_SUFFIX)


def format_lock(entries: Iterable[Entry]) -> tuple[str, Figures]:
    """The text of a lock file, the same for the same entries, and its figures."""
    figures = Figures()
    ordered = sorted(entries, key=lambda entry: (entry.used_by, entry.key))
    return _HEADER + "".join(_format_entry(entry, figures) for entry in ordered), figures


def _format_entry(entry: Entry, figures: Figures) -> str:
    plain = encode_entry(entry, figures)
    cells = plain.pop("cell")
    lines = ["", f"[program.{entry.key}]", *map(format_pair, plain, plain.values())]
    for cell in cells:
        lines += ["", f"[[program.{entry.key}.cell]]", *map(format_pair, cell, cell.values())]
    return "\n".join(lines) + "\n"


def write_lock(path: Path, entries: Iterable[Entry]) -> bool:
    """Write a lock file and its figures; whether anything changed. Raises ``OSError``."""
    text, figures = format_lock(entries)
    folder = figures_folder(path)
    old = {file.name for file in folder.iterdir()} if folder.is_dir() else set()
    for name in figures.keys() - old:
        folder.mkdir(exist_ok=True)
        _write(folder / name, figures[name])
    changed = _read(path) != text.encode()
    if changed:
        _write(path, text.encode())
    for name in old - figures.keys():
        (folder / name).unlink()
    if old and not figures:
        folder.rmdir()
    return changed or old != figures.keys()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise

"""Making a lock file from results, and comparing one with the lessons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx_lessons.locking.entries import Entry
from sphinx_lessons.locking.keys import file_digest, program_key
from sphinx_lessons.locking.versions import find_versions
from sphinx_lessons.model import Ending, Problem
from sphinx_lessons.problems import Code

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from sphinx_lessons.locking.engine import LockedEngine
    from sphinx_lessons.locking.lockfile import Lock
    from sphinx_lessons.model import Program, RunResult


def make_lock(
    results: Mapping[Program, RunResult],
    uses: Mapping[Program, Iterable[str]],
    root: Path,
    python: str = "",
) -> list[Entry]:
    """Entries for programs and their results.

    :param uses: where the lessons use each program; what is not there is left out.
    :param root: the source folder; files that were read outside of it are not recorded.
    :param python: the interpreter that ran them, as in the settings.
    """
    versions = find_versions(results, python)
    entries: dict[str, Entry] = {}
    for program, result in results.items():
        if program not in uses or not _is_lasting(result):
            continue
        key = program_key(program)
        known = entries[key].used_by if key in entries else ()
        used_by = tuple(sorted({*known, *uses[program]}))
        reads = tuple(sorted(_relative_reads(result, root)))
        entries[key] = Entry(key, used_by, tuple(versions[program]), reads, result)
    return list(entries.values())


def _is_lasting(result: RunResult) -> bool:
    """What could not be run here says nothing about the lesson."""
    return all(cell.ending is not Ending.COULD_NOT_RUN for cell in result.cells) or any(
        cell.ending in (Ending.TIMED_OUT, Ending.CRASHED) for cell in result.cells
    )


def _relative_reads(result: RunResult, root: Path) -> Iterable[tuple[str, str]]:
    for name in result.reads:
        path = root / name
        if path.is_relative_to(root) and path.is_file():
            yield path.relative_to(root).as_posix(), file_digest(path)


def compare_lock(
    engine: LockedEngine, programs: Iterable[Program], python: str = ""
) -> list[Problem]:
    """What keeps a lock file from being current, beyond what the programs' results say.

    To be called when all programs of the course were submitted: entries that none asked for are
    left over. Versions that differ from those installed here are warnings.
    """
    lock = engine.lock
    path = str(lock.path)
    problems = list(lock.problems)
    for key, entry in lock.entries.items():
        if key not in engine.used:
            used_by = ", ".join(entry.used_by)
            message = f"no lesson holds the program {key} any more (it was of {used_by})"
            code = Code.STALE_LOCK
            problems.append(Problem(code, message, path, entry.line, code.severity))
    problems += _compare_versions(
        lock, {program_key(program): program for program in programs}, python
    )
    return sorted(problems, key=lambda problem: problem.line)


def _compare_versions(
    lock: Lock, programs: Mapping[str, Program], python: str
) -> Iterable[Problem]:
    locked = {key: program for key, program in programs.items() if key in lock.entries}
    installed = find_versions(locked.values(), python)
    seen: set[str] = set()
    for key, program in locked.items():
        entry = lock.entries[key]
        here = dict(text.split(" ", 1) for text in installed[program])
        for text in entry.versions:
            name, _, version = text.partition(" ")
            if here.get(name, version) != version and name not in seen:
                seen.add(name)
                code = Code.LOCK_VERSIONS
                message = f"locked with {name} {version}, and {here[name]} is installed here"
                yield Problem(code, message, str(lock.path), entry.line, code.severity)

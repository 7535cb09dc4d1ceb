"""``sphinx-lessons check``."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx_lessons.checking import check, group_by_source_folder
from sphinx_lessons.cli.common import ERRORS, OK, UsageError, write
from sphinx_lessons.cli.files import find_project, read_lessons, read_settings
from sphinx_lessons.course import make_course
from sphinx_lessons.model import Report
from sphinx_lessons.problems import Code, Severity
from sphinx_lessons.reports import FORMATS
from sphinx_lessons.reports.summary import list_problems

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from sphinx_lessons.config import Settings
    from sphinx_lessons.model import Module, Problem
    from sphinx_lessons.reading import Reading
    from sphinx_lessons.running import Engine


def run_check(options: argparse.Namespace) -> int:
    """Check what the options name and report it on stdout; returns the exit status.

    Raises :class:`.common.UsageError` if that cannot be done.
    """
    paths: list[Path] = options.paths or [Path()]
    settings = read_settings(paths)
    if options.frozen:
        settings = replace(settings, execute="locked")
    readings = read_lessons(paths, settings)
    if not any(reading.lesson for reading in readings):
        write(sys.stderr, f"sphinx-lessons: no lessons in {', '.join(map(str, paths))}\n")
    if options.lock or options.frozen:
        _refuse_parts(options, paths)
    run = _Run(options, settings, readings, complete=any(path.is_dir() for path in paths))
    report = run.check()
    write(sys.stdout, FORMATS[options.format](report))
    problems = list_problems(report)
    failing = [item for item in problems if options.strict or item.severity is Severity.ERROR]
    return ERRORS if failing else OK


def _refuse_parts(options: argparse.Namespace, paths: Sequence[Path]) -> None:
    """A lock file is of a whole course."""
    flag = "--lock" if options.lock else "--frozen"
    if options.shard:
        raise UsageError(f"{flag} is of the whole course: it does not go with --shard")
    if len(paths) > 1 or not paths[0].is_dir():
        raise UsageError(f"{flag} is of the whole course: name one folder")


class _Run:
    """One check: the lessons of this shard, an engine, and what is said besides."""

    def __init__(
        self,
        options: argparse.Namespace,
        settings: Settings,
        readings: list[Reading],
        *,
        complete: bool,
    ) -> None:
        self.options, self.settings, self.complete = options, settings, complete
        self.readings = readings
        self.project = find_project(options.paths or [Path()])
        part, parts = options.shard or (1, 1)
        self.own = readings[part - 1 :: parts]

    def check(self) -> Report:
        """Run and judge."""
        if self.options.lock and self.settings.execute in ("locked", "never"):
            self.settings = replace(self.settings, execute="auto")
        if self.settings.execute == "locked":
            parts = [self._check_locked(*folder) for folder in self._folders.items()]
        else:
            parts = self._check_running()
        parts.append(self._check_course())
        return Report(
            tuple(lesson for report in parts for lesson in report.lessons),
            tuple(problem for report in parts for problem in report.problems),
        )

    @property
    def _folders(self) -> dict[Path, list[Reading]]:
        """The lessons of this shard by their source folders: where their lock files lie."""
        return group_by_source_folder(self.own)

    def _check_running(self) -> list[Report]:
        engine = self._make_engine()
        cancel = True
        try:
            if self.options.lock:
                reports = [
                    self._check_and_lock(engine, *folder) for folder in self._folders.items()
                ]
            else:
                reports = [self._check(self.own, engine, None)]
            cancel = False
        finally:
            engine.shutdown(cancel=cancel)
        return reports

    def _check(self, readings: list[Reading], engine: Engine, root: Path | None) -> Report:
        """Check lessons, without what is wrong between them."""
        return check(readings, self.settings, engine, root, course=(), terminal=sys.stderr)

    def _check_course(self) -> Report:
        """What is wrong with the course as a whole: the first shard tells it, which read all."""
        part, _ = self.options.shard or (1, 1)
        if part > 1:
            return Report(())
        lessons = [reading.lesson for reading in self.readings if reading.lesson]
        modules, wrong = self._read_modules() if self.complete else ((), ())
        problems = [
            problem
            for problem in make_course(lessons, modules).problems
            if self.complete or problem.code is not Code.UNKNOWN_PREREQUISITE
        ]
        return Report((), (*problems, *wrong))

    def _read_modules(self) -> tuple[tuple[Module, ...], tuple[Problem, ...]]:
        """The modules that the project describes: they are as much of the course as its lessons."""
        from sphinx_lessons.reading.modules import find_all_modules

        roots = list(group_by_source_folder(self.readings)) or [Path.cwd()]
        here = Path.cwd()
        folders = [Path(os.path.relpath(it)) if it.is_relative_to(here) else it for it in roots]
        place = str(self.project / "pyproject.toml"), 1
        return find_all_modules(self.settings.modules, folders, lambda: place)

    def _make_engine(self) -> Engine:
        if self.options.executor:
            from sphinx_lessons.running.executors import ExecutorError, connect

            try:
                return connect(self.options.executor, self.settings)
            except ExecutorError as error:
                raise UsageError(f"--executor: {error}") from error
        from sphinx_lessons.running import make_engine

        return make_engine(self.settings, self.options.jobs, self._store)

    @property
    def _store(self) -> Path | None:
        """The folder that keeps results between runs."""
        from sphinx_lessons.running.keys import default_store

        if self.options.no_store or self.settings.execute == "always":
            return None
        return self.project / (self.settings.store or default_store())

    def _check_and_lock(self, engine: Engine, root: Path, readings: list[Reading]) -> Report:
        from sphinx_lessons.checking import list_uses
        from sphinx_lessons.locking import LOCK_NAME, RecordingEngine, make_lock, write_lock

        recording = RecordingEngine(engine)
        report = self._check(readings, recording, root)
        uses = list_uses(readings, self.settings, root)
        entries = make_lock(recording.results, uses, root, self.settings.python)
        path = root / LOCK_NAME
        try:
            changed = write_lock(path, entries)
        except OSError as error:
            raise UsageError(f"{path}: {error.strerror}") from error
        said = f"wrote {len(entries)} results to" if changed else "nothing changed in"
        write(sys.stderr, f"sphinx-lessons: {said} {path}\n")
        return report

    def _check_locked(self, root: Path, readings: list[Reading]) -> Report:
        from sphinx_lessons.checking import list_uses
        from sphinx_lessons.locking import LOCK_NAME, LockedEngine, compare_lock

        engine = LockedEngine(root / LOCK_NAME, root)
        report = self._check(readings, engine, root)
        if not self.options.frozen:
            return report
        programs = list_uses(readings, self.settings, root)
        problems = compare_lock(engine, programs, self.settings.python)
        return replace(report, problems=(*report.problems, *problems))

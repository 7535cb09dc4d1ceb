"""``sphinx-lessons check``."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx_lessons.checking import check, find_source_folder
from sphinx_lessons.cli.common import ERRORS, OK, UsageError, write
from sphinx_lessons.cli.files import find_project, read_lessons, read_settings
from sphinx_lessons.problems import Severity
from sphinx_lessons.reports import FORMATS
from sphinx_lessons.reports.summary import list_problems

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from sphinx_lessons.config import Settings
    from sphinx_lessons.model import Module, Problem, Report
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
        engine = self._choose_engine()
        cancel = True
        try:
            report = self._check(engine)
            cancel = False
        finally:
            engine.shutdown(cancel=cancel)
        return report

    def _check(self, engine: Engine) -> Report:
        if self.options.lock:
            return self._check_and_lock(engine)
        # The first shard tells what is wrong with the course as a whole: it has read all of it.
        part, _ = self.options.shard or (1, 1)
        course = [reading.lesson for reading in self.readings if reading.lesson]
        modules, wrong = self._read_modules() if self.complete and part == 1 else ((), ())
        report = check(
            self.own,
            self.settings,
            engine,
            self._root if self.options.frozen else None,
            complete=self.complete,
            course=course if part == 1 else (),
            modules=modules,
            terminal=sys.stderr,
        )
        report = replace(report, problems=(*report.problems, *wrong))
        if self.options.frozen:
            report = replace(report, problems=(*report.problems, *self._compare_lock(engine)))
        return report

    def _read_modules(self) -> tuple[tuple[Module, ...], tuple[Problem, ...]]:
        """The modules that the project describes: they are as much of the course as its lessons."""
        from sphinx_lessons.reading.modules import find_modules

        root = self._root
        folder = Path(os.path.relpath(root)) if root.is_relative_to(Path.cwd()) else root
        place = str(self.project / "pyproject.toml"), 1
        return find_modules(self.settings.modules, folder, lambda: place)

    def _choose_engine(self) -> Engine:
        from sphinx_lessons.locking import choose_engine

        settings = self.settings
        if self.options.lock and settings.execute in ("locked", "never"):
            settings = replace(settings, execute="auto")
            self.settings = settings
        return choose_engine(settings, self._root, lambda: self._make_engine(settings))

    def _make_engine(self, settings: Settings) -> Engine:
        if self.options.executor:
            from sphinx_lessons.running.executors import ExecutorError, connect

            try:
                return connect(self.options.executor, settings)
            except ExecutorError as error:
                raise UsageError(f"--executor: {error}") from error
        from sphinx_lessons.running import make_engine

        return make_engine(settings, self.options.jobs, self._store)

    @property
    def _store(self) -> Path | None:
        """The folder that keeps results between runs."""
        from sphinx_lessons.running.keys import default_store

        if self.options.no_store or self.settings.execute == "always":
            return None
        return self.project / (self.settings.store or default_store())

    @property
    def _root(self) -> Path:
        """The source folder: where the lock file lies."""
        for reading in self.readings:
            if reading.origin is not None:
                return find_source_folder(reading.origin)
        return Path.cwd()

    def _check_and_lock(self, engine: Engine) -> Report:
        from sphinx_lessons.checking import list_uses
        from sphinx_lessons.locking import LOCK_NAME, RecordingEngine, make_lock, write_lock

        root = self._root
        recording = RecordingEngine(engine)
        report = check(self.readings, self.settings, recording, root, complete=self.complete)
        uses = list_uses(self.readings, self.settings, root)
        entries = make_lock(recording.results, uses, root, self.settings.python)
        path = root / LOCK_NAME
        try:
            changed = write_lock(path, entries)
        except OSError as error:
            raise UsageError(f"{path}: {error.strerror}") from error
        said = f"wrote {len(entries)} results to" if changed else "nothing changed in"
        write(sys.stderr, f"sphinx-lessons: {said} {path}\n")
        return report

    def _compare_lock(self, engine: Engine) -> list[Problem]:
        from sphinx_lessons.checking import list_uses
        from sphinx_lessons.locking import LockedEngine, compare_lock

        assert isinstance(engine, LockedEngine)
        programs = list_uses(self.readings, self.settings, self._root)
        return compare_lock(engine, programs, self.settings.python)

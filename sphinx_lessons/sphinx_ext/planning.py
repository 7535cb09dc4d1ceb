"""What a build will have to read is read and begun to be run as early as that can be known.

Sphinx needs a while until its first page: it loads extensions, sets up theme and builder, loads the
environment of the last build and looks at all sources. What runs programs can start meanwhile, and
programs can run once the configuration is complete.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, finalize

from sphinx.application import ENV_PICKLE_FILENAME
from sphinx.project import EXCLUDE_PATHS
from sphinx.util.matching import get_matching_files

from sphinx_lessons.config import SettingsError
from sphinx_lessons.sphinx_ext.build import Build, begin_build, is_markdown
from sphinx_lessons.sphinx_ext.configuration import find_settings, read_settings
from sphinx_lessons.sphinx_ext.memory import making_to_keep, release

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

    from sphinx_lessons.reading import Reading

Stamp = tuple[int, int]
"""When a file was changed, in nanoseconds, and its size in bytes."""


@dataclass(slots=True)
class Early:
    """A build that was begun before Sphinx had found its pages."""

    build: Build
    readings: dict[Path, tuple[Stamp, Reading]] = field(default_factory=dict)

    def read(self, path: Path) -> None:
        """Read a file, and let start what will run its programs."""
        stamp = _stamp(path)
        if stamp is not None:
            reading = self.build.read(path)
            self.readings[path] = stamp, reading
            self.build.prepare(reading)

    def start(self, paths: Iterable[Path]) -> None:
        """Start the programs of those that were read."""
        for path in paths:
            reading = self.find(path)
            if reading is not None:
                self.build.start(reading)

    def find(self, path: Path) -> Reading | None:
        """The reading of a file, unless that has changed since."""
        stamp, reading = self.readings.get(path, (None, None))
        return reading if stamp is not None and stamp == _stamp(path) else None


_early: WeakKeyDictionary[Sphinx, Early] = WeakKeyDictionary()


def plan_early(app: Sphinx) -> None:
    """Read the files that have changed since the last build, and start what will run them.

    Only where a core is idle while the extensions are loaded.
    """
    try:
        settings = find_settings(app, app.config)
    except SettingsError:
        return  # it is told when all of the configuration is known
    if settings.execute not in ("auto", "always") or not _has_idle_core():
        return
    paths = list(_changed_files(app))
    if paths:
        early = _begin(app, Build(app, settings))
        with making_to_keep():
            for path in paths:
                early.read(path)


def start_plan(app: Sphinx, config: Config) -> None:
    """Start the programs, or give up what was begun with other settings (``config-inited``).

    No earlier: until now an extension might exclude a file, whose code must not be run then.
    """
    early = _early.get(app)
    if early is None:
        return
    if early.build.settings == read_settings(config):
        with making_to_keep():
            early.start(_changed_files(app))
    else:
        early.build.shut_down()
        del _early[app]


def _begin(app: Sphinx, build: Build) -> Early:
    early = _early[app] = Early(build)
    # Sphinx may fail before there is a build that could finish.
    finalize(app, build.shut_down)
    finalize(app, release)
    return early


def _has_idle_core() -> bool:
    return len(os.sched_getaffinity(0)) > 1 if hasattr(os, "sched_getaffinity") else True


def _changed_files(app: Sphinx) -> Iterator[Path]:
    """The Markdown files that are newer than the last build's environment, in Sphinx's order.

    Which suffixes and which files count may change until all extensions are loaded: what is missed
    at first is read later, what is too much is read in vain.
    """
    config, last = app.config, _stamp(Path(app.doctreedir, ENV_PICKLE_FILENAME))
    excluded = [
        *config.exclude_patterns,
        *config.templates_path,
        *config.html_static_path,
        *config.html_extra_path,
        *EXCLUDE_PATHS,
    ]
    for name in sorted(get_matching_files(app.srcdir, config.include_patterns, excluded)):
        if name.endswith(".md"):
            path = Path(app.srcdir, name)
            stamp = _stamp(path)
            if stamp is not None and (last is None or stamp > last):
                yield path


def _stamp(path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def plan_build(app: Sphinx, _env: BuildEnvironment, docnames: list[str]) -> None:
    """Read the pages that are to be read and start their programs (``env-before-read-docs``)."""
    early = _early.pop(app, None) or Early(Build(app))
    build = early.build
    begin_build(app, build)
    build.docnames = frozenset(docnames)
    for docname in docnames:
        if is_markdown(app, docname):
            path = Path(app.env.doc2path(docname))
            reading = build.plan[docname] = early.find(path) or build.read(path)
            build.start(reading)
    # Pages without programs first: nobody waits for a result as long as there are others to read.
    docnames.sort(key=lambda docname: _has_lesson(build.plan.get(docname)))
    if app.parallel > 1 and any(map(_has_lesson, build.plan.values())):
        build.serve()


def _has_lesson(reading: Reading | None) -> bool:
    """Whether a page is known to be a lesson."""
    return reading is not None and reading.lesson is not None


def setup_planning(app: Sphinx) -> None:
    """Connect planning to the build, and begin."""
    # The other extensions have had their say in the configuration by then.
    app.connect("config-inited", start_plan, priority=900)
    app.connect("env-before-read-docs", plan_build)
    plan_early(app)

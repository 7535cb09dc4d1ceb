"""One build: run the lessons among the pages to be read, hand out their reports.

What reads, runs and judges is imported when there is something to read: a build in which nothing
has changed does not pay for it.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TextIO
from weakref import WeakKeyDictionary

from sphinx_lessons import forking
from sphinx_lessons.problems import Code
from sphinx_lessons.sphinx_ext.configuration import read_settings
from sphinx_lessons.sphinx_ext.store import make_record, records_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    from sphinx_lessons.checking import Check
    from sphinx_lessons.config import Settings
    from sphinx_lessons.model import LessonReport, Problem, Program
    from sphinx_lessons.reading import Reading
    from sphinx_lessons.running import Engine
    from sphinx_lessons.sphinx_ext.report_server import ReportServer

MARKDOWN_TYPES = frozenset({"markdown", "myst-nb"})


class Build:
    """The lessons of one build and the engine that runs them.

    The engine belongs to the process that made it: a process forked for parallel reading makes its
    own when a page needs one (an include, a directive on an ordinary page).
    """

    def __init__(self, app: Sphinx, settings: Settings | None = None) -> None:
        self.settings: Settings = settings or read_settings(app.config)
        self.root = Path(app.srcdir)
        self.store = find_store(app, self.settings)
        # Where Sphinx writes its own progress; nowhere under ``-q``.
        self.terminal: TextIO | None = getattr(app, "_status", None)
        self.jobs = app.parallel if app.parallel > 1 else None
        self.plan: dict[str, Reading] = {}
        self.reports: dict[str, LessonReport] = {}
        self.docnames: frozenset[str] = frozenset()
        """The pages that this build reads."""
        self.token = os.urandom(8).hex()
        """Tells this build from others."""
        self._home = os.getpid()
        self._check: Check | None = None
        self._engine: Engine | None = None
        self._server: ReportServer | None = None
        self._own_process()

    def _own_process(self) -> None:
        self._process = os.getpid()
        self._readers, self._waiting = 0, 0

    def check(self) -> Check:
        """The check of this process, with its engine started."""
        from sphinx_lessons.checking import Check

        engine = self._own_engine()
        if self._check is None:
            self._check = Check(self.settings, engine, self.root)
        return self._check

    def prepare(self, reading: Reading) -> None:
        """Begin to start what runs the programs of a reading."""
        self.check().prepare(reading)

    def _own_engine(self) -> Engine:
        if self._engine is None or self._process != os.getpid():
            self._own_process()
            self._engine, self._check = self._make_engine(), None
            self._share(self._engine)
        return self._engine

    def _share(self, engine: Engine) -> None:
        """Tell the engine how many compute: the processes that read pages, else this one."""
        computing = max(1, self._readers) - self._waiting
        engine.share(computing=max(0, computing), waiting=self._waiting > 0)

    def _count_readers(self, readers: int) -> None:
        self._readers = readers
        if self._engine is not None:
            self._share(self._engine)

    def _make_engine(self) -> Engine:
        """The engine that the settings ask for; what only a lock file needs is imported then."""
        if self.settings.execute == "locked":
            from sphinx_lessons.locking import LockedEngine

            return LockedEngine(lock_path(self.root), self.root)
        from sphinx_lessons.running import make_engine

        store = self.store if self.settings.execute == "auto" else None
        return make_engine(self.settings, self.jobs, store)

    def read(self, path: Path) -> Reading:
        """Read a page from disk; also one that turns out to be no lesson."""
        from sphinx_lessons.reading import read_file

        return read_file(path, languages=tuple(self.settings.languages))

    def start(self, reading: Reading) -> None:
        """Begin to run the programs of a reading; begun already, they are not begun again."""
        if reading.lesson is not None:
            self.check().start(reading)

    def serve(self) -> None:
        """Make the planned reports known to processes that are going to be forked to read pages.

        Their programs may still be running, if that agrees with forking.
        """
        # All that answering needs is imported here: a fork must not meet a thread that imports.
        from sphinx_lessons.checking import progress  # noqa: F401
        from sphinx_lessons.sphinx_ext.report_server import ReportServer

        engine = self._own_engine()
        for docname, reading in self.plan.items():
            if reading.lesson is not None:
                missing = self.check().unfinished(reading)
                if not all(map(engine.can_fork_while_running, missing)):
                    self.report(docname)
        self._server = ReportServer(self._report_here, self._count_readers)

    def report(self, docname: str) -> LessonReport:
        """The report of a planned lesson; waits until its programs have ended.

        Starters may be left out that still run; :meth:`finish_late` will wait for them.
        """
        if docname not in self.reports:
            asked = self._server.ask(docname) if self._server is not None else None
            if asked is not None:
                self.reports[docname] = asked
        return self._report_here(docname)

    def _report_here(self, docname: str) -> LessonReport:
        if docname not in self.reports:
            # A forked process that got no answer ends when the page is read.
            starters = os.getpid() != self._home
            self.reports[docname] = self.run(self.plan[docname], starters=starters)
        return self.reports[docname]

    def run(self, reading: Reading, *, starters: bool = True) -> LessonReport:
        """Run and judge a lesson; nothing is run again that this build ran already."""
        check = self.check()
        check.start(reading)
        self._wait(check, check.unfinished(reading, starters=starters))
        with forking.LOCK:
            return check.finish(reading, starters=starters)

    @property
    def is_late(self) -> bool:
        """Whether starters are left to be judged."""
        return any(report.unjudged for report in self.reports.values())

    def finish_late(self) -> dict[str, LessonReport]:
        """The whole reports, by docname, of lessons of which starters were left out."""
        late = [docname for docname, report in self.reports.items() if report.unjudged]
        if late:
            check = self.check()
            missing = [check.unfinished(self.plan[docname]) for docname in late]
            self._wait(check, frozenset().union(*missing))
            for docname in late:
                self.reports[docname] = check.finish(self.plan[docname])
        return {docname: self.reports[docname] for docname in late}

    def _wait(self, check: Check, programs: frozenset[Program]) -> None:
        if programs:
            with self._as_waiting(check, programs):
                check.wait(programs)

    @contextmanager
    def _as_waiting(self, check: Check, programs: frozenset[Program]) -> Iterator[None]:
        """Somebody waits for these programs, and a person may look on."""
        from sphinx_lessons.checking.progress import Progress

        engine = self._own_engine()
        engine.prefer(programs)
        with forking.LOCK:
            self._waiting += 1
            first = self._waiting == 1
        self._share(engine)
        try:
            with Progress(check, self.terminal if first else None):
                yield
        finally:
            with forking.LOCK:
                self._waiting -= 1
            self._share(engine)

    def end_reading(self) -> None:
        """All pages are read: nobody will ask any more."""
        if self._server is not None:
            self._server.close()

    def shut_down(self) -> None:
        """End the engine of this process, if it has one."""
        self.end_reading()
        if self._engine is not None and self._process == os.getpid():
            self._engine.shutdown(cancel=True)
        self._engine = self._check = None


def find_store(app: Sphinx, settings: Settings) -> Path:
    """The folder of stored results: a place of its own, else beside the doctrees."""
    if settings.store:
        return Path(app.confdir, settings.store)
    return Path(app.doctreedir, "lessons", "store")


def lock_path(root: Path) -> Path:
    """The lock file of a source folder."""
    return root / "lessons.lock"


_builds: WeakKeyDictionary[Sphinx, Build] = WeakKeyDictionary()


def build_of(app: Sphinx) -> Build:
    """The running build; made on first use."""
    if app not in _builds:
        _builds[app] = Build(app)
    return _builds[app]


def begin_build(app: Sphinx, build: Build) -> None:
    """Make it the running build."""
    _builds[app] = build


def end_reading(app: Sphinx, *_: object) -> None:
    """Keep nothing that only reading needs (``env-updated``)."""
    if app in _builds:
        _builds[app].end_reading()
        if not _builds[app].is_late:
            _builds[app].shut_down()


def end_build(app: Sphinx, *_: object) -> None:
    """Leave no process behind (``build-finished``)."""
    if app in _builds:
        _builds[app].shut_down()


def setup_build(app: Sphinx) -> None:
    """Connect the end of running: when all pages are read or written, or when the build fails."""
    app.connect("env-updated", end_reading, priority=950)
    app.connect("build-finished", end_build, priority=950)


@dataclass(slots=True)
class Page:
    """A page while it is being read."""

    KEY: ClassVar[str] = "lessons_page"

    docname: str
    env: BuildEnvironment
    build: Build
    text: str | None = None
    """The rewritten text; ``None`` if the page is no lesson."""
    reports: dict[str, LessonReport] = field(default_factory=dict)
    """Reports by absolute path of the source: the page itself and what it includes."""

    @classmethod
    def open(cls, app: Sphinx, docname: str, text: str) -> Page:
        """The page of that docname, whose text Sphinx has just read."""
        page = cls(docname, app.env, build_of(app))
        path = Path(app.env.doc2path(docname))
        if not is_markdown(app, docname):
            return page
        planned = page.build.plan.get(docname)
        if planned is not None and (planned.text == text or not_utf8(planned)):
            if planned.lesson is not None:
                page.text = page.add(planned, page.build.report(docname))
        else:
            # Another extension changed the text after it was planned.
            page.text = page.run(path, text)
        return page

    def include(self, path: Path, text: str) -> str:
        """Run and judge a lesson that the page includes; returns the text for MyST."""
        rewritten = self.run(path, text)
        return text if rewritten is None else rewritten

    def run(self, path: Path, text: str) -> str | None:
        """Run and judge a text on the spot; returns it for MyST, ``None`` if it is no lesson."""
        from sphinx_lessons.reading import read_text

        reading = read_text(text, str(path), tuple(self.build.settings.languages))
        if reading.lesson is None:
            return None
        reading = replace(reading, origin=path)
        return self.add(reading, self.build.run(reading))

    def add(self, reading: Reading, report: LessonReport) -> str:
        """Make a lesson's report known to page and environment; returns its text for MyST."""
        path = report.lesson.path
        self.reports[path] = report
        record = make_record(self.docname, report, build=self.build.token)
        records_of(self.env).add(record)
        self._note_dependencies(report)
        from sphinx_lessons.reading import rewrite

        return rewrite(reading.text, report.lesson)

    def _note_dependencies(self, report: LessonReport) -> None:
        """What else than the page's text its results come from."""
        for challenge in report.lesson.challenges:
            for name in challenge.options.files:
                self.env.note_dependency(Path(report.lesson.path).parent / name)
        if self.build.settings.execute == "locked":
            self.env.note_dependency(lock_path(self.build.root))

    def add_loose(self, report: LessonReport) -> None:
        """The same for the demos of a page that is no lesson."""
        records_of(self.env).add(make_record(self.docname, report, anonymous=True))
        self._note_dependencies(report)

    def report_problem(self, problem: Problem) -> None:
        """Add a problem that showed only while the page was rendered."""
        records_of(self.env).add_problem(self.docname, problem)


def not_utf8(reading: Reading) -> bool:
    """Whether bytes of the file were replaced when it was read."""
    return any(problem.code is Code.NOT_UTF8 for problem in reading.problems)


def page_of(env: BuildEnvironment) -> Page | None:
    """The page that is being read, if it is one of a build of ours."""
    page: Page | None = env.temp_data.get(Page.KEY)
    return page


def is_markdown(app: Sphinx, docname: str) -> bool:
    """Whether a page is parsed as Markdown."""
    suffix = Path(app.env.doc2path(docname)).suffix
    return app.config.source_suffix.get(suffix) in MARKDOWN_TYPES

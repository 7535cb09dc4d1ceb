"""pytest's door: ``pytest --lessons`` collects lessons, one test for each demo and challenge.

Nothing happens without that option, so that installing the package changes no one's tests.
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sphinx_lessons.model import Word
from sphinx_lessons.problems import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sphinx_lessons.checking import Check
    from sphinx_lessons.model import LessonReport, Problem, Verdict
    from sphinx_lessons.reading import Reading
    from sphinx_lessons.running import Engine

Judged = tuple["Verdict | None", list["Problem"]]
"""The verdict that decides a test, and the problems that belong to it."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--lessons``."""
    group = parser.getgroup("lessons", "programming lessons (sphinx-lessons)")
    group.addoption("--lessons", action="store_true", help="Test the lessons in Markdown files.")


def pytest_configure(config: pytest.Config) -> None:
    """Switch the plugin on if it is asked for."""
    if config.getoption("--lessons"):
        config.pluginmanager.register(LessonsPlugin(config), "sphinx_lessons_run")


class LessonsPlugin:
    """The lessons of one test run and the engine that runs them."""

    def __init__(self, config: pytest.Config) -> None:
        from sphinx_lessons.config import SettingsError, from_table, read_pyproject

        try:
            self.settings = from_table(read_pyproject(config.rootpath))
        except SettingsError as error:
            raise pytest.UsageError(f"[tool.sphinx-lessons]: {error}") from error
        self.files: dict[Path, LessonFile] = {}
        self.checks: dict[Path | None, Check] = {}
        """By source folder where results come from its lock file, else one for all."""
        self.engines: list[Engine] = []
        self.is_worker = hasattr(config, "workerinput")
        """Whether pytest-xdist has this process run some of the tests only."""

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> LessonFile | None:
        """Collect Markdown files that are lessons."""
        if file_path.suffix != ".md":
            return None
        return LessonFile.from_parent(parent, path=file_path, plugin=self)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(
        self, session: pytest.Session, items: list[pytest.Item]
    ) -> None:
        """Add a test that fails for each file in which an error of the course stands.

        Lessons are collected one by one, and these errors are between them.
        """
        files = {file.shown: file for file in self.files.values()}
        for path, problems in self._find_course_errors(session.config).items():
            file = files.get(path) or OtherFile.from_parent(session, path=Path(path).absolute())
            items.append(make_item(file, "course", problems[0].line, _fail_with(problems)))

    def _find_course_errors(self, config: pytest.Config) -> dict[str, list[Problem]]:
        """The errors between the lessons collected, by path; without lessons there are none."""
        from sphinx_lessons.course import make_course

        lessons = [file.reading.lesson for file in self.files.values() if file.reading.lesson]
        problems = list(make_course(lessons).problems)
        if lessons and any(Path(argument).is_dir() for argument in config.args):
            problems += self._find_modules_problems(config)
        found: dict[str, list[Problem]] = {}
        for problem in problems:
            if problem.severity is Severity.ERROR:
                found.setdefault(problem.path, []).append(problem)
        return found

    def _find_modules_problems(self, config: pytest.Config) -> tuple[Problem, ...]:
        """What is wrong with the modules that the project describes."""
        from sphinx_lessons.checking import group_by_source_folder
        from sphinx_lessons.reading.modules import find_all_modules

        readings = [file.reading for file in self.files.values() if file.reading.lesson]
        folders = [Path(os.path.relpath(root)) for root in group_by_source_folder(readings)]
        place = str(config.rootpath / "pyproject.toml"), 1
        return find_all_modules(self.settings.modules, folders, lambda: place)[1]

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Have all lessons run that have a test to be run, side by side.

        A worker of pytest-xdist collects all tests and does not know yet which of them it gets:
        there a lesson is run when its first test is.
        """
        if session.config.option.collectonly or self.is_worker:
            return
        parents = {id(item.parent): item.parent for item in session.items}
        for file in parents.values():
            if isinstance(file, LessonFile):
                self.find_check(file).start(file.reading)

    def find_check(self, file: LessonFile) -> Check:
        """The check that runs a file's lesson."""
        from sphinx_lessons.checking import Check, find_source_folder
        from sphinx_lessons.locking import choose_engine
        from sphinx_lessons.running import make_engine

        root = find_source_folder(file.path)
        key = root if self.settings.execute == "locked" else None
        if key not in self.checks:
            engine = choose_engine(self.settings, root, lambda: make_engine(self.settings))
            self.engines.append(engine)
            self.checks[key] = Check(self.settings, engine)
        return self.checks[key]

    def pytest_unconfigure(self) -> None:
        """End what still runs."""
        for engine in self.engines:
            engine.shutdown(cancel=True)


class LessonFile(pytest.File):
    """A Markdown file; if it is no lesson, it has no tests."""

    def __init__(self, *, plugin: LessonsPlugin, **rest: Any) -> None:
        super().__init__(**rest)
        self.plugin = plugin
        self._reading: Reading | None = None
        self._report: LessonReport | None = None

    @property
    def shown(self) -> str:
        """Its path as problems name it."""
        return os.path.relpath(self.path, self.config.invocation_params.dir)

    @property
    def reading(self) -> Reading:
        """The file, read once."""
        from sphinx_lessons.reading import read_file

        if self._reading is None:
            self._reading = read_file(self.path, self.shown, tuple(self.plugin.settings.languages))
        return self._reading

    @property
    def report(self) -> LessonReport:
        """The lesson, run and judged once."""
        if self._report is None:
            self._report = self.plugin.find_check(self).finish(self.reading)
        return self._report

    def collect(self) -> Iterator[LessonItem]:
        """Collect the demos and the challenges; and the file, if errors were found in reading."""
        self.plugin.files[self.path] = self
        lesson = self.reading.lesson
        errors = [item for item in self.reading.problems if item.severity is Severity.ERROR]
        if errors:
            yield make_item(self, "file", errors[0].line, _fail_with(errors))
        for index, demo in enumerate(lesson.demos if lesson else ()):
            judge = partial(self._judge_demo, index)
            yield make_item(self, f"demo-line-{demo.line}", demo.line, judge)
        for index, challenge in enumerate(lesson.challenges if lesson else ()):
            judge = partial(self._judge_challenge, index)
            yield make_item(self, challenge.id, challenge.line, judge)

    def _judge_demo(self, index: int) -> Judged:
        from sphinx_lessons.checking import list_demo_problems

        demo = self.report.demos[index]
        return demo.verdict, list(list_demo_problems(demo, self.shown))

    def _judge_challenge(self, index: int) -> Judged:
        from sphinx_lessons.checking import list_challenge_problems

        report = self.report.challenges[index]
        problems = list(list_challenge_problems(report, self.shown))
        declared = report.challenge.lines.get("files")
        problems += [
            item for item in self.report.problems if item.line == declared and item not in problems
        ]
        return report.verdict, problems


class OtherFile(pytest.File):
    """A file that is no lesson and has something wrong with it."""

    def collect(self) -> Iterator[LessonItem]:
        """Collect nothing: what is wrong is known when all is collected."""
        yield from ()


def make_item(parent: pytest.File, name: str, line: int, judge: Callable[[], Judged]) -> LessonItem:
    """A test of a file."""
    item: LessonItem = LessonItem.from_parent(parent, name=name, line=line, judge=judge)
    return item


def _fail_with(problems: list[Problem]) -> Callable[[], Judged]:
    return lambda: (None, problems)


class LessonError(Exception):
    """A demo or a challenge does not do what the lesson says; holds the problems."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems)
        self.problems = problems


class LessonItem(pytest.Item):
    """A demo, a challenge, or what is wrong with a file."""

    def __init__(self, *, line: int, judge: Callable[[], Judged], **rest: Any) -> None:
        super().__init__(**rest)
        self.line = line
        self.judge = judge

    def runtest(self) -> None:
        """Fail, skip or expect the failure as the verdict says."""
        verdict, problems = self.judge()
        if verdict is None or verdict.fails:
            raise LessonError([item for item in problems if item.severity is Severity.ERROR])
        if verdict.word is Word.SKIPPED:
            pytest.skip(verdict.message)
        if verdict.word.fails:
            pytest.xfail(verdict.message)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show the problems as the command line does."""
        from sphinx_lessons.reports.console import format_problem

        if isinstance(excinfo.value, LessonError):
            return "\n".join(row for item in excinfo.value.problems for row in format_problem(item))
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Say where it is; pytest counts lines from 0."""
        return self.path, self.line - 1, self.name

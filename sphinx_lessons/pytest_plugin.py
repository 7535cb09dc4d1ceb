"""pytest's door: ``pytest --lessons`` collects lessons, one test for each demo and challenge.

Nothing happens without that option, so that installing the package changes no one's tests.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from sphinx_lessons.model import Word
from sphinx_lessons.problems import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

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
        self.check: Check | None = None
        self.engine: Engine | None = None

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> LessonFile | None:
        """Collect Markdown files that are lessons."""
        if file_path.suffix != ".md":
            return None
        return LessonFile.from_parent(parent, path=file_path, plugin=self)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Have all lessons run that have a test to be run, side by side."""
        from sphinx_lessons.checking import Check, find_source_folder
        from sphinx_lessons.locking import choose_engine
        from sphinx_lessons.running import make_engine

        items = [item for item in session.items if isinstance(item, LessonItem)]
        if not items or session.config.option.collectonly:
            return
        root = find_source_folder(items[0].path)
        self.engine = choose_engine(self.settings, root, lambda: make_engine(self.settings))
        self.check = Check(self.settings, self.engine)
        for reading in {id(item.parent): item.lesson_file.reading for item in items}.values():
            self.check.start(reading)

    def pytest_unconfigure(self) -> None:
        """End what still runs."""
        if self.engine is not None:
            self.engine.shutdown(cancel=True)


class LessonFile(pytest.File):
    """A Markdown file; if it is no lesson, it has no tests."""

    def __init__(self, *, plugin: LessonsPlugin, **rest: Any) -> None:
        super().__init__(**rest)
        self.plugin = plugin
        self._reading: Reading | None = None
        self._report: LessonReport | None = None

    @property
    def reading(self) -> Reading:
        """The file, read once."""
        from sphinx_lessons.reading import read_file

        if self._reading is None:
            shown = os.path.relpath(self.path, self.config.invocation_params.dir)
            self._reading = read_file(self.path, shown, tuple(self.plugin.settings.languages))
        return self._reading

    @property
    def report(self) -> LessonReport:
        """The lesson, run and judged once."""
        if self._report is None:
            assert self.plugin.check is not None
            self._report = self.plugin.check.finish(self.reading)
        return self._report

    def collect(self) -> Iterator[LessonItem]:
        """Collect the demos and the challenges; and the file, if errors were found in reading."""
        lesson = self.reading.lesson
        errors = [item for item in self.reading.problems if item.severity is Severity.ERROR]
        if errors:
            yield self._make_item("file", errors[0].line, lambda _: (None, errors))
        for index, demo in enumerate(lesson.demos if lesson else ()):
            yield self._make_item(f"demo-line-{demo.line}", demo.line, _judge_demo(index))
        for index, challenge in enumerate(lesson.challenges if lesson else ()):
            yield self._make_item(challenge.id, challenge.line, _judge_challenge(index))

    def _make_item(
        self, name: str, line: int, judge: Callable[[LessonReport], Judged]
    ) -> LessonItem:
        item: LessonItem = LessonItem.from_parent(self, name=name, line=line, judge=judge)
        return item


def _judge_demo(index: int) -> Callable[[LessonReport], Judged]:
    from sphinx_lessons.checking import list_demo_problems

    def judge(report: LessonReport) -> Judged:
        demo = report.demos[index]
        return demo.verdict, list(list_demo_problems(demo, report.lesson.path))

    return judge


def _judge_challenge(index: int) -> Callable[[LessonReport], Judged]:
    from sphinx_lessons.checking import list_challenge_problems

    def judge(report: LessonReport) -> Judged:
        challenge = report.challenges[index]
        return challenge.verdict, list(list_challenge_problems(challenge, report.lesson.path))

    return judge


class LessonError(Exception):
    """A demo or a challenge does not do what the lesson says; holds the problems."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems)
        self.problems = problems


class LessonItem(pytest.Item):
    """A demo or a challenge."""

    def __init__(self, *, line: int, judge: Callable[[LessonReport], Judged], **rest: Any) -> None:
        super().__init__(**rest)
        self.line = line
        self.judge = judge

    @property
    def lesson_file(self) -> LessonFile:
        """The file that it is in."""
        assert isinstance(self.parent, LessonFile)
        return self.parent

    def runtest(self) -> None:
        """Fail, skip or expect the failure as the verdict says."""
        verdict, problems = self.judge(self.lesson_file.report)
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

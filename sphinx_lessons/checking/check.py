"""Checking lessons with an engine."""

from __future__ import annotations

from concurrent.futures import Future, wait
from pathlib import PurePath
from typing import TYPE_CHECKING, TextIO

from sphinx_lessons.checking.judgement import (
    judge_challenge,
    judge_demo,
    list_challenge_problems,
    list_demo_problems,
)
from sphinx_lessons.checking.plan import LessonPlan, plan_lesson
from sphinx_lessons.checking.progress import Progress
from sphinx_lessons.course import make_course
from sphinx_lessons.model import CellResult, Ending, LessonReport, Program, Report, RunResult
from sphinx_lessons.problems import Code

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from sphinx_lessons.config import Settings
    from sphinx_lessons.model import Lesson, Module
    from sphinx_lessons.reading import Reading
    from sphinx_lessons.running import Engine


class Check:
    """Runs and judges lessons; a program that several lessons share is run once.

    ``root`` is the source folder, which the files of lessons must not leave. Without it that is the
    nearest folder above a lesson with a ``conf.py``, else with a ``pyproject.toml`` or a ``.git``,
    else the lesson's own folder.
    """

    def __init__(self, settings: Settings, engine: Engine, root: Path | None = None) -> None:
        self._settings = settings
        self._engine = engine
        self._root = root
        self._plans: dict[int, tuple[Reading, LessonPlan]] = {}
        self._futures: dict[Program, Future[RunResult]] = {}
        self._labels: dict[Program, str] = {}

    def start(self, reading: Reading) -> None:
        """Plan the programs of a lesson and submit those that were not submitted before."""
        if reading.lesson is None or id(reading) in self._plans:
            return
        plan = plan_lesson(reading, self._settings, self._root)
        self._plans[id(reading)] = reading, plan
        for program in plan.programs:
            if program not in self._futures:
                self._labels[program] = PurePath(reading.lesson.path).name
                self._futures[program] = self._submit(program)

    def count(self) -> tuple[int, int]:
        """How many of the submitted programs have ended, and how many there are."""
        futures = list(self._futures.values())
        return sum(future.done() for future in futures), len(futures)

    def running(self) -> list[tuple[str, float]]:
        """The lessons' files whose programs run just now, with seconds; longest first."""
        running = self._engine.running()
        found = [(self._labels.get(program, ""), seconds) for program, seconds in running]
        return sorted(found, key=lambda item: -item[1])

    def unfinished(self, reading: Reading) -> frozenset[Program]:
        """The programs that have to be waited for to finish a lesson that was started."""
        _, plan = self._plans[id(reading)]
        return frozenset(it for it in plan.programs if not self._futures[it].done())

    def wait(self, programs: Iterable[Program]) -> None:
        """Wait until these have ended; any thread may."""
        wait([self._futures[program] for program in programs])

    def finish(self, reading: Reading) -> LessonReport:
        """Wait for the programs of a lesson and judge them; starts it if need be.

        The reading must be of a lesson. Its own problems are a part of the report.
        """
        lesson = reading.lesson
        if lesson is None:
            raise ValueError("only the reading of a lesson can be finished")
        self.start(reading)
        _, plan = self._plans.pop(id(reading))
        results = {program: self._wait(program) for program in plan.programs}
        demos = tuple(judge_demo(demo, results, lesson.path) for demo in plan.demos)
        challenges = tuple(judge_challenge(item, results, lesson.path) for item in plan.challenges)
        problems = [*reading.problems, *plan.problems]
        for demo in demos:
            problems += list_demo_problems(demo, lesson.path)
        for challenge in challenges:
            problems += list_challenge_problems(challenge, lesson.path)
        problems.sort(key=lambda problem: problem.line)
        # One that several lessons share is run once: none of them has it from the store.
        run = sum(not result.stored for result in results.values())
        reads = tuple(sorted({path for result in results.values() for path in result.reads}))
        return LessonReport(lesson, tuple(problems), demos, challenges, len(results), run, reads)

    def _submit(self, program: Program) -> Future[RunResult]:
        try:
            return self._engine.submit(program)
        except Exception as error:  # noqa: BLE001 - e.g. no more threads: said of each program
            failed: Future[RunResult] = Future()
            failed.set_exception(error)
            return failed

    def _wait(self, program: Program) -> RunResult:
        try:
            return self._futures[program].result()
        except Exception as error:  # noqa: BLE001 - whatever ails the engine, the others go on
            reason = f"the engine failed: {type(error).__name__}: {error}"
            return RunResult((CellResult(Ending.COULD_NOT_RUN, reason=reason),))


def check(
    readings: Iterable[Reading],
    settings: Settings,
    engine: Engine,
    root: Path | None = None,
    *,
    complete: bool = True,
    course: Iterable[Lesson] | None = None,
    modules: Sequence[Module] = (),
    terminal: TextIO | None = None,
) -> Report:
    """Check lessons all at once: every program is submitted before the first is waited for.

    ``complete`` says that the readings are all of a course; only then can be said which
    prerequisites do not exist. ``course`` are the lessons of which the course's problems are told,
    if those are not the ones to be checked; ``modules`` are those that it describes. The progress
    is shown on ``terminal`` if it is one.
    """
    readings = list(readings)
    session = Check(settings, engine, root)
    for reading in readings:
        session.start(reading)
    with Progress(session, terminal):
        reports = tuple(session.finish(reading) for reading in readings if reading.lesson)
    if course is None:
        course = [report.lesson for report in reports]
    problems = [
        problem
        for problem in make_course(list(course), modules).problems
        if complete or problem.code is not Code.UNKNOWN_PREREQUISITE
    ]
    for reading in readings:
        problems += reading.problems if reading.lesson is None else ()
    return Report(reports, tuple(problems))

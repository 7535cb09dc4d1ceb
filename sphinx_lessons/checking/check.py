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
    from collections.abc import Iterable, Mapping, Sequence
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

    def prepare(self, reading: Reading) -> None:
        """Begin to start what runs the programs of a lesson, if they will have to be run."""
        if reading.lesson is not None:
            self._engine.prepare(self._plan(reading).programs)

    def start(self, reading: Reading) -> None:
        """Submit the programs of a lesson that were not submitted before."""
        if reading.lesson is None:
            return
        plan = self._plan(reading)
        starters = plan.starters
        for program in plan.programs:
            if program not in self._futures:
                self._labels[program] = PurePath(reading.lesson.path).name
                self._futures[program] = self._submit(program, later=program in starters)

    def _plan(self, reading: Reading) -> LessonPlan:
        if id(reading) not in self._plans:
            self._plans[id(reading)] = reading, plan_lesson(reading, self._settings, self._root)
        return self._plans[id(reading)][1]

    def count(self) -> tuple[int, int]:
        """How many of the submitted programs have ended, and how many there are."""
        futures = list(self._futures.values())
        return sum(future.done() for future in futures), len(futures)

    def running(self) -> list[tuple[str, float]]:
        """The lessons' files whose programs run just now, with seconds; longest first."""
        running = self._engine.running()
        found = [(self._labels.get(program, ""), seconds) for program, seconds in running]
        return sorted(found, key=lambda item: -item[1])

    def unfinished(self, reading: Reading, *, starters: bool = True) -> frozenset[Program]:
        """The programs that have to be waited for to finish a lesson that was started."""
        _, plan = self._plans[id(reading)]
        running = {program for program in plan.programs if not self._futures[program].done()}
        return frozenset(running if starters else running - self._can_be_late(plan))

    def _can_be_late(self, plan: LessonPlan) -> set[Program]:
        """The starters that may run while processes are forked to write pages."""
        return {it for it in plan.starters if self._engine.can_fork_while_running(it)}

    def wait(self, programs: Iterable[Program]) -> None:
        """Wait until these have ended; any thread may."""
        wait([self._futures[program] for program in programs])

    def finish(self, reading: Reading, *, starters: bool = True) -> LessonReport:
        """Wait for the programs of a lesson and judge them; starts it if need be.

        The reading must be of a lesson. Its own problems are a part of the report. Without
        ``starters``, those that still run are left out of it, and it can be finished once more.
        """
        lesson = reading.lesson
        if lesson is None:
            raise ValueError("only the reading of a lesson can be finished")
        self.start(reading)
        _, plan = self._plans[id(reading)]
        left = frozenset() if starters else self.unfinished(reading) & self._can_be_late(plan)
        if not left:
            del self._plans[id(reading)]
        results = {it: self._wait(it) for it in plan.programs if it not in left}
        return _judge(reading, plan, results)

    def _submit(self, program: Program, *, later: bool) -> Future[RunResult]:
        try:
            return self._engine.submit(program, later=later)
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


def _judge(
    reading: Reading, plan: LessonPlan, results: Mapping[Program, RunResult]
) -> LessonReport:
    """The report of a lesson, by the results of its programs."""
    lesson = reading.lesson
    assert lesson is not None
    demos = tuple(judge_demo(demo, results, lesson.path) for demo in plan.demos)
    challenges = tuple(judge_challenge(item, results, lesson.path) for item in plan.challenges)
    problems = [*reading.problems, *plan.problems]
    for demo in demos:
        problems += list_demo_problems(demo, lesson.path)
    for challenge in challenges:
        problems += list_challenge_problems(challenge, lesson.path)
    problems.sort(key=lambda problem: problem.line)
    return LessonReport(
        lesson,
        tuple(problems),
        demos,
        challenges,
        programs=len(plan.programs),
        # One that several lessons share is run once: none of them has it from the store.
        run=sum(not result.stored for result in results.values()),
        unjudged=len(plan.programs) - len(results),
        reads=tuple(sorted({path for result in results.values() for path in result.reads})),
    )


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

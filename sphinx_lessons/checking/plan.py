"""From a lesson to the programs to run for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx_lessons.checking.files import find_files, find_source_folder
from sphinx_lessons.model import Cell, Limits, Script, Session, Verdict, Word
from sphinx_lessons.problems import Code, Severity

if TYPE_CHECKING:
    from sphinx_lessons.config import Settings
    from sphinx_lessons.model import Challenge, Demo, File, Lesson, Options, Problem, Program
    from sphinx_lessons.reading import Reading

NEVER = "nothing is run: `execute` is `never`"
"""Why everything was skipped."""
STARTER_TIMEOUT = 5.0
"""Seconds that a starter may take at most."""


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """A session and the demos that are its cells."""

    session: Session
    demos: tuple[Demo, ...]


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """A demo and its place in a session, or what is said of it without running it."""

    demo: Demo
    run: SessionPlan | None = None
    cell: int = 0
    """Index into the cells of ``run``."""
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class ChallengePlan:
    """A challenge and its programs, or what is said of its solution without running it."""

    challenge: Challenge
    solution: Script | None = None
    starter: Script | None = None
    verdict: Verdict | None = None

    @property
    def scripts(self) -> dict[str, Script]:
        """The programs by the kind of section that they come from."""
        programs = {"solution": self.solution, "starter code": self.starter}
        return {kind: script for kind, script in programs.items() if script is not None}


@dataclass(frozen=True, slots=True)
class LessonPlan:
    """What is to be run for a lesson."""

    demos: tuple[DemoPlan, ...]
    challenges: tuple[ChallengePlan, ...]
    problems: tuple[Problem, ...]
    """With the declared files of demos and challenges."""

    @property
    def programs(self) -> list[Program]:
        """The distinct programs, in the order of the lesson."""
        programs: list[Program] = [demo.run.session for demo in self.demos if demo.run]
        for challenge in self.challenges:
            programs += challenge.scripts.values()
        return list(dict.fromkeys(programs))

    @property
    def starters(self) -> frozenset[Program]:
        """Those of them that are starters and nothing else: no page shows what they do."""
        shown: set[Program] = {demo.run.session for demo in self.demos if demo.run}
        shown |= {challenge.solution for challenge in self.challenges if challenge.solution}
        return frozenset(self.programs) - shown


def plan_lesson(reading: Reading, settings: Settings, root: Path | None) -> LessonPlan:
    """Plan the programs of a reading that holds a lesson."""
    assert reading.lesson is not None
    planner = _Planner(reading, reading.lesson, settings, root)
    demos = planner.plan_demos()
    challenges = tuple(map(planner.plan_challenge, reading.lesson.challenges))
    return LessonPlan(demos, challenges, tuple(planner.problems))


class _Planner:
    def __init__(
        self, reading: Reading, lesson: Lesson, settings: Settings, root: Path | None
    ) -> None:
        self.lesson = lesson
        self.settings = settings
        self.file = (reading.origin or (root or Path()) / lesson.path).absolute()
        self.root = root or find_source_folder(self.file)
        self.problems: list[Problem] = []

    def plan_demos(self) -> tuple[DemoPlan, ...]:
        """Put the demos that are to be run into one session for each kernel."""
        verdicts: dict[int, Verdict] = {}
        files: dict[int, tuple[File, ...]] = {}
        kernels: dict[str, list[int]] = {}
        demos = self.lesson.demos
        for index, demo in enumerate(demos):
            verdict = self._decide(demo.options, demo.source.language, demo.browser_only, demo.line)
            if verdict is None:
                files[index], verdict = self._find_files(demo.options, demo.line)
            if verdict is None:
                kernels.setdefault(self._kernel_of(demo.source.language), []).append(index)
            else:
                verdicts[index] = verdict
        plans = {index: DemoPlan(demos[index], verdict=verdicts[index]) for index in verdicts}
        for kernel, indices in kernels.items():
            run = self._make_session(kernel, [demos[index] for index in indices], files)
            plans |= {
                index: DemoPlan(demos[index], run, cell) for cell, index in enumerate(indices)
            }
        return tuple(plans[index] for index in sorted(plans))

    def _make_session(
        self, kernel: str, demos: list[Demo], files: dict[int, tuple[File, ...]]
    ) -> SessionPlan:
        shared = dict.fromkeys(file for some in files.values() for file in some)
        session = Session(
            cells=tuple(Cell(demo.source.text, demo.options.timeout) for demo in demos),
            language=demos[0].source.language,
            kernel=kernel,
            files=tuple(shared),
            limits=self._limits(None),
        )
        return SessionPlan(session, tuple(demos))

    def _kernel_of(self, language: str) -> str:
        return self.lesson.meta.kernel or self.settings.languages.get(language.lower(), "")

    def plan_challenge(self, challenge: Challenge) -> ChallengePlan:
        """Make the starter and the solution of a challenge programs of their own."""
        solution, starter = challenge.source("solution"), challenge.source("starter code")
        line = solution.span.start if solution else challenge.line
        options = challenge.options
        verdict = self._decide(options, challenge.language, challenge.browser_only, line)
        files: tuple[File, ...] = ()
        if verdict is None:
            declared = challenge.lines.get("files", challenge.line)
            files, verdict = self._find_files(options, declared)
        if verdict is not None:
            message = f"challenge {challenge.id}: {verdict.message}"
            return ChallengePlan(challenge, verdict=replace(verdict, message=message))
        return ChallengePlan(
            challenge,
            self._make_script(challenge, solution.text, files) if solution else None,
            self._make_script(challenge, starter.text, files, STARTER_TIMEOUT) if starter else None,
            None
            if solution
            else Verdict(Word.UNVERIFIED, "there is no solution to run", line=line),
        )

    def _make_script(
        self, challenge: Challenge, code: str, files: tuple[File, ...], most: float | None = None
    ) -> Script:
        setup, checks, stdin = map(challenge.source, ("setup", "checks", "input"))
        return Script(
            code=code,
            language=challenge.language,
            setup=setup.text if setup else "",
            checks=checks.text if checks else "",
            stdin=stdin.text if stdin else "",
            files=files,
            limits=self._limits(challenge.options.timeout, most),
            raises=expected_exception(challenge),
            kernel=self._kernel_of(challenge.language),
        )

    def _limits(self, timeout: float | None, most: float | None = None) -> Limits:
        settings = self.settings
        seconds = timeout or self.lesson.meta.timeout or settings.timeout
        return Limits(
            timeout=min(seconds, most) if most else seconds,
            output=settings.output_limit,
            memory=settings.memory_limit,
            processes=settings.process_limit,
        )

    def _decide(
        self, options: Options, language: str, browser_only: bool, line: int
    ) -> Verdict | None:
        """Return the verdict on what is not to be run, or cannot be."""
        if self.settings.execute == "never":
            return Verdict(Word.SKIPPED, NEVER, line=line)
        if not self.lesson.meta.execute:
            return Verdict(Word.SKIPPED, "the lesson is not to be executed", line=line)
        if "skip-execution" in options.tags:
            return Verdict(Word.SKIPPED, "tagged skip-execution", line=line)
        if browser_only:
            return Verdict(Word.SKIPPED, "runs only in the reader's browser", line=line)
        if language.lower() not in self.settings.languages and not self.lesson.meta.kernel:
            known = ", ".join(self.settings.languages)
            message = f"no kernel is configured for the language {language!r} (known are {known})"
            return _could_not_run(message, line)
        return None

    def _find_files(self, options: Options, line: int) -> tuple[tuple[File, ...], Verdict | None]:
        """Find the declared files; the first that cannot be used becomes the verdict."""
        path = self.lesson.path
        files, problems = find_files(options.files, self.file, self.root, path, line)
        if not problems:
            return files, None
        known = options.known_failure is not None
        severity = Severity.WARNING if known else Severity.ERROR
        self.problems += [replace(problem, severity=severity) for problem in problems[1:]]
        return (), _could_not_run(problems[0].message, line, problems[0].code)


def expected_exception(challenge: Challenge) -> str | None:
    """Return the name of the exception that the solution must end with."""
    if challenge.options.raises is None and "raises-exception" in challenge.options.tags:
        return "BaseException"
    return challenge.options.raises


def _could_not_run(message: str, line: int, code: Code = Code.COULD_NOT_RUN) -> Verdict:
    return Verdict(Word.COULD_NOT_RUN, message, "", line, code, code.severity)

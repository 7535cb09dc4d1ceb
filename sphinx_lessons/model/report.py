"""What is said of a lesson: verdicts, and the reports that hold them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sphinx_lessons.problems import Code, Severity

if TYPE_CHECKING:
    from sphinx_lessons.model.lesson import Challenge, Demo, Lesson, Problem
    from sphinx_lessons.model.program import CellResult


class Word(StrEnum):
    """The words of a verdict."""

    PASSED = "passed"
    MISMATCHED = "mismatched"
    RAISED = "raised"
    TIMED_OUT = "timed-out"
    CRASHED = "crashed"
    COULD_NOT_RUN = "could-not-run"
    SKIPPED = "skipped"
    UNVERIFIED = "unverified"

    @property
    def fails(self) -> bool:
        """Whether it is an error of the lesson."""
        return self not in (Word.PASSED, Word.SKIPPED, Word.UNVERIFIED)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of a demo, a starter or a solution."""

    word: Word
    message: str = ""
    """One line for the author; ``""`` if there is nothing to say."""
    detail: str = ""
    """A diff or a traceback in lines of the Markdown file. No final newline."""
    line: int = 0
    """The offending line of the Markdown file."""
    code: Code | None = None
    """The problem that it amounts to, if it is one."""
    severity: Severity | None = None
    """Of that problem. A known failure is a warning, whatever its code's severity."""

    @property
    def fails(self) -> bool:
        """Whether it is an error of the lesson: a known failure is none until it passes."""
        return self.severity is Severity.ERROR


@dataclass(frozen=True, slots=True)
class DemoReport:
    """A demo, what it did, and what is said of it."""

    demo: Demo
    verdict: Verdict
    result: CellResult | None = None
    """``None`` if it was not run."""
    stored: bool = False


@dataclass(frozen=True, slots=True)
class ChallengeReport:
    """A challenge, what its programs did, and what is said of them."""

    challenge: Challenge
    verdict: Verdict
    """Of the solution."""
    starter: Verdict | None = None
    """``None`` if there is no starter or it was not run."""
    result: CellResult | None = None
    """Of the solution; ``None`` if it was not run."""
    starter_result: CellResult | None = None
    stored: bool = False
    """All that was needed came from the store."""


@dataclass(frozen=True, slots=True)
class LessonReport:
    """A lesson, checked."""

    lesson: Lesson
    problems: tuple[Problem, ...]
    """Of reading, running and judging, in the order of their lines."""
    demos: tuple[DemoReport, ...] = ()
    challenges: tuple[ChallengeReport, ...] = ()
    programs: int = 0
    """Distinct programs: one for the demos together, one a starter, one a solution."""
    run: int = 0
    """How many of them were run just now; the others came from the store."""
    reads: tuple[str, ...] = ()
    """Absolute paths of the files that they read; see :attr:`RunResult.reads`."""
    unjudged: int = 0
    """Starters that were still running and are left out of this report."""


@dataclass(frozen=True, slots=True)
class Report:
    """All lessons of a check, and the problems of the course as a whole."""

    lessons: tuple[LessonReport, ...]
    problems: tuple[Problem, ...] = ()
    """Of the course, or of files that are no lessons (e.g. not UTF-8)."""

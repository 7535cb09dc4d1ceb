"""What all formats say of a report as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx_lessons.model import LessonReport, Problem, Report


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts over all lessons."""

    lessons: int
    programs: int
    run: int
    """Programs whose results come from a run now; one that lessons share is run once for all."""
    stored: int
    """Programs whose results come from the store."""
    failed: int
    """Demos and challenges whose verdict is an error."""

    def __str__(self) -> str:
        """Return the summary line."""
        return (
            f"lessons: {self.lessons} lessons, {self.programs} programs "
            f"({self.run} run, {self.stored} stored), {self.failed} failed"
        )


def summarize(report: Report) -> Summary:
    """Count over all lessons of a report."""
    programs = sum(lesson.programs for lesson in report.lessons)
    run = sum(lesson.run for lesson in report.lessons)
    verdicts = [demo.verdict for lesson in report.lessons for demo in lesson.demos]
    verdicts += [item.verdict for lesson in report.lessons for item in lesson.challenges]
    failed = sum(verdict.fails for verdict in verdicts)
    return Summary(len(report.lessons), programs, run, programs - run, failed)


def group_problems(report: Report) -> Iterator[tuple[str, LessonReport | None, list[Problem]]]:
    """Yield each file with its problems in the order of their lines: those of the course, too.

    Files that are no lessons come last, without a report.
    """
    others: dict[str, list[Problem]] = {}
    for problem in report.problems:
        others.setdefault(problem.path, []).append(problem)
    for lesson in report.lessons:
        path = lesson.lesson.path
        problems = [*lesson.problems, *others.pop(path, ())]
        yield path, lesson, sorted(problems, key=lambda problem: problem.line)
    for path, problems in others.items():
        yield path, None, sorted(problems, key=lambda problem: problem.line)


def list_problems(report: Report) -> list[Problem]:
    """Return all problems, file by file."""
    return [problem for _, _, problems in group_problems(report) for problem in problems]

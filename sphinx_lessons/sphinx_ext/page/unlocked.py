"""What a locked build says of demos on pages that are no lessons: no lock file can hold them.

A lock file is written without Sphinx, which alone knows what ``demo`` directives a page has.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sphinx_lessons.problems import Code

if TYPE_CHECKING:
    from sphinx_lessons.model import DemoReport, LessonReport

MESSAGE = (
    "the demo could not be run: a lock file holds demos of lessons only, and this page is none; "
    "put the demo into a lesson, or mark it `skip-execution`"
)


def explain_unlocked(report: LessonReport) -> LessonReport:
    """The report of such a page, which does not advise to write the lock file again."""
    problems = tuple(
        replace(problem, message=MESSAGE) if problem.code is Code.NOT_LOCKED else problem
        for problem in report.problems
    )
    return replace(report, problems=problems, demos=tuple(map(_explain, report.demos)))


def _explain(demo: DemoReport) -> DemoReport:
    if demo.verdict.code is not Code.NOT_LOCKED:
        return demo
    return replace(demo, verdict=replace(demo.verdict, message=MESSAGE))

"""Text as a compiler writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx_lessons.judging import make_visible
from sphinx_lessons.reports.summary import list_problems, summarize

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx_lessons.model import Problem, Report

INDENT = "    "


def format_text(report: Report) -> str:
    """Format each problem as ``path:line: error: message [code]``, then the summary line.

    Nothing that a lesson or its programs wrote reaches the terminal as a control character.
    """
    rows = [row for problem in list_problems(report) for row in format_problem(problem)]
    return "\n".join([*rows, str(summarize(report)), ""])


def format_problem(problem: Problem) -> Iterator[str]:
    """Format one problem as lines: where and what, then the details, indented."""
    place = f"{problem.path}:{problem.line}".replace("\n", "␊")
    message = problem.message.replace("\n", " ")
    yield make_visible(f"{place}: {problem.severity}: {message} [{problem.code.value}]")
    for row in problem.detail.split("\n") if problem.detail else ():
        yield make_visible(INDENT + row).rstrip()

"""Workflow commands of GitHub Actions: annotations at the lines of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx_lessons.judging import make_visible
from sphinx_lessons.reports.summary import list_problems, summarize

if TYPE_CHECKING:
    from sphinx_lessons.model import Problem, Report

_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _DATA | str.maketrans({":": "%3A", ",": "%2C"})


def format_github(report: Report) -> str:
    """Format one command for each problem, then the summary line."""
    rows = [*map(_format_problem, list_problems(report)), str(summarize(report)), ""]
    return "\n".join(rows)


def _format_problem(problem: Problem) -> str:
    properties = {
        "file": problem.path,
        "line": str(problem.line),
        "title": f"lessons.{problem.code.value}",
    }
    named = ",".join(
        f"{name}={make_visible(value).translate(_PROPERTY)}" for name, value in properties.items()
    )
    text = "\n".join(filter(None, [problem.message, problem.detail]))
    return f"::{problem.severity} {named}::{make_visible(text).translate(_DATA)}"

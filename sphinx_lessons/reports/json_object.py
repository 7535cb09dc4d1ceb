"""One JSON object; its fields are documented in the reference of the command line."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sphinx_lessons.judging import normalize_stream
from sphinx_lessons.model import Word
from sphinx_lessons.reports.summary import group_problems, summarize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sphinx_lessons.model import (
        CellResult,
        ChallengeReport,
        DemoReport,
        LessonReport,
        Problem,
        Report,
    )

VERSION = 1
"""Raised when a field changes its meaning or goes; new fields do not raise it."""


def format_json(report: Report) -> str:
    """Format the whole report; ASCII only, so that it survives any pipe."""
    lessons = [_describe_file(*group) for group in group_problems(report)]
    whole = {"version": VERSION, "lessons": lessons, "summary": asdict(summarize(report))}
    return json.dumps(whole, indent=2) + "\n"


def _describe_file(
    path: str, report: LessonReport | None, problems: Sequence[Problem]
) -> dict[str, Any]:
    return {
        "path": path,
        "id": report.lesson.id if report else None,
        "problems": list(map(_describe_problem, problems)),
        "demos": list(map(_describe_demo, report.demos)) if report else [],
        "challenges": list(map(_describe_challenge, report.challenges)) if report else [],
    }


def _describe_problem(problem: Problem) -> dict[str, Any]:
    return {
        "code": problem.code.value,
        "severity": problem.severity.value,
        "line": problem.line,
        "message": problem.message,
        "detail": problem.detail,
    }


def _describe_demo(report: DemoReport) -> dict[str, Any]:
    return {
        "line": report.demo.line,
        "verdict": report.verdict.word.value,
        "stdout": _stdout_of(report.result),
        "seconds": report.result.seconds if report.result else 0.0,
        "stored": report.stored,
    }


def _describe_challenge(report: ChallengeReport) -> dict[str, Any]:
    challenge, verdict = report.challenge, report.verdict
    expected = challenge.source("expected output")
    compared = verdict.word is Word.MISMATCHED and not (report.result and report.result.in_checks)
    return {
        "id": challenge.id,
        "title": challenge.title,
        "line": challenge.line,
        "verdict": verdict.word.value,
        "expected": expected.text if expected else None,
        "actual": _stdout_of(report.result),
        "diff": verdict.detail if compared else "",
        "seconds": report.result.seconds if report.result else 0.0,
        "stored": report.stored,
        "starter": {"verdict": report.starter.word.value} if report.starter else None,
    }


def _stdout_of(result: CellResult | None) -> str | None:
    """Return what was printed, as it was compared; ``None`` if nothing was run."""
    return normalize_stream(result.stdout) if result else None

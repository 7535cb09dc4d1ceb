"""``sphinx-lessons merge``: one report from those of several shards."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from sphinx_lessons.cli.common import ERRORS, OK, UsageError, write

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable
    from pathlib import Path

VERSION = 1
"""Of the reports that can be merged; see :data:`sphinx_lessons.reports.json_object.VERSION`."""

Plain = dict[str, Any]


def run_merge(options: argparse.Namespace) -> int:
    """Merge reports and report the whole on stdout; returns the exit status.

    Raises :class:`.common.UsageError` if one is no report, or two are of the same lesson.
    """
    whole = merge(_read(path) for path in options.reports)
    text = json.dumps(whole, indent=2) + "\n" if options.format == "json" else format_text(whole)
    write(sys.stdout, text)
    problems = [problem for lesson in whole["lessons"] for problem in lesson["problems"]]
    failing = [item for item in problems if options.strict or item["severity"] == "error"]
    return ERRORS if failing else OK


def merge(reports: Iterable[Plain]) -> Plain:
    """One report, its files in the order of their paths.

    A file that several shards mention becomes one: the first shard tells what is wrong with the
    course as a whole. Raises :class:`.common.UsageError` if several have checked it.
    """
    files: dict[str, Plain] = {}
    summary: dict[str, int] = {}
    for report in reports:
        for name, count in report["summary"].items():
            summary[name] = summary.get(name, 0) + count
        for file in report["lessons"]:
            known = files.get(file["path"])
            files[file["path"]] = file if known is None else _join(known, file)
    ordered = [files[path] for path in sorted(files)]
    return {"version": VERSION, "lessons": ordered, "summary": summary}


def _join(one: Plain, other: Plain) -> Plain:
    if one["id"] is not None and other["id"] is not None:
        raise UsageError(f"{one['path']} is in two reports: these are no shards of one check")
    checked, rest = (one, other) if one["id"] is not None else (other, one)
    new = [problem for problem in rest["problems"] if problem not in checked["problems"]]
    problems = sorted([*checked["problems"], *new], key=lambda problem: int(problem["line"]))
    return {**checked, "problems": problems}


def format_text(report: Plain) -> str:
    """Problems as a compiler lists them, and the line of summary."""
    lines = []
    for file in report["lessons"]:
        for item in file["problems"]:
            place = f"{file['path']}:{item['line']}"
            lines.append(f"{place}: {item['severity']}: {item['message']} [{item['code']}]")
            lines += [f"    {line}".rstrip() for line in item.get("detail", "").splitlines()]
    counts = report["summary"]
    lines.append(
        f"lessons: {counts['lessons']} lessons, {counts['programs']} programs "
        f"({counts['run']} run, {counts['stored']} stored), {counts['failed']} failed"
    )
    return "\n".join(lines) + "\n"


def _read(path: Path) -> Plain:
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(f"{path}: this is no JSON report: {error}") from error
    wrong = _find_fault(report)
    if wrong:
        raise UsageError(f"{path}: this is no JSON report of `sphinx-lessons check`: {wrong}")
    assert isinstance(report, dict)
    return report


def _find_fault(report: object) -> str | None:
    """What keeps a value from being a report."""
    if not isinstance(report, dict) or report.get("version") != VERSION:
        return f"its version is not {VERSION}"
    summary, lessons = report.get("summary"), report.get("lessons")
    if not isinstance(summary, dict) or summary.keys() != SUMMARY:
        return "its summary is not complete"
    if not all(isinstance(count, int) for count in summary.values()):
        return "its summary does not count"
    if not isinstance(lessons, list) or not all(map(_is_file, lessons)):
        return "its lessons are not complete"
    return None


SUMMARY = {"lessons", "programs", "run", "stored", "failed"}
PROBLEM = {"code", "severity", "line", "message"}


def _is_file(value: object) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() >= {"path", "id", "problems"}
        and isinstance(value["problems"], list)
        and all(isinstance(item, dict) and item.keys() >= PROBLEM for item in value["problems"])
    )

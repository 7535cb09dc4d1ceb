"""Reports for people and for machines: each format is a function from a report to a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx_lessons.reports.console import format_text
from sphinx_lessons.reports.github import format_github
from sphinx_lessons.reports.json_object import format_json
from sphinx_lessons.reports.junit import format_junit
from sphinx_lessons.reports.sarif import format_sarif

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sphinx_lessons.model import Report

FORMATS: Mapping[str, Callable[[Report], str]] = {
    "text": format_text,
    "json": format_json,
    "junit": format_junit,
    "github": format_github,
    "sarif": format_sarif,
}
"""By the name that the command line knows each by. All return lines, the last one ended."""

"""From lessons to a report: plan their programs, have them run, judge what came of them.

The only place that knows the whole way. It never logs, and never raises for what an author or a
program did.
"""

from __future__ import annotations

from sphinx_lessons.checking.check import Check, check
from sphinx_lessons.checking.failures import format_failure
from sphinx_lessons.checking.files import find_source_folder, group_by_source_folder
from sphinx_lessons.checking.judgement import list_challenge_problems, list_demo_problems
from sphinx_lessons.checking.uses import list_uses

__all__ = [
    "Check",
    "check",
    "find_source_folder",
    "format_failure",
    "group_by_source_folder",
    "list_challenge_problems",
    "list_demo_problems",
    "list_uses",
]

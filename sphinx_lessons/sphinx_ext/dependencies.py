"""What a page depends on besides its own text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

    from sphinx_lessons.model import LessonReport


def note_reads(env: BuildEnvironment, report: LessonReport, docname: str | None = None) -> None:
    """Have a page, by default the current one, read again when a file changes that it depends on.

    These are the files that the lesson's programs have read.
    """
    for path in report.reads:
        # Of one that is not there, Sphinx would say with every build that it has changed.
        if Path(path).is_file():
            env.note_dependency(path, docname=docname)

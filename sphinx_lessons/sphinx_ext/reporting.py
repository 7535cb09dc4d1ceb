"""Problems to the log, on every build, and to the exit status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx.util import logging

from sphinx_lessons.sphinx_ext.build import build_of
from sphinx_lessons.sphinx_ext.course.index import course_index_of
from sphinx_lessons.sphinx_ext.problem_log import log_problems
from sphinx_lessons.sphinx_ext.starters import judge_starters
from sphinx_lessons.sphinx_ext.store import records_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    from sphinx_lessons.model import Problem

logger = logging.getLogger(__name__)


def standing_problems(env: BuildEnvironment) -> Iterator[Problem]:
    """All problems that stand now: of the pages as last read, and of the course as a whole."""
    records = records_of(env)
    for record in records:
        yield from record.problems
    yield from course_index_of(env).problems


def report_problems(app: Sphinx, env: BuildEnvironment) -> None:
    """Log what stands when the pages are read (``env-updated``, which every build reaches)."""
    log_problems(app, standing_problems(env))


def report_end(app: Sphinx, exception: Exception | None) -> None:
    """Log what starters turned out to be, and one line of summary (``build-finished``)."""
    if exception is None:
        log_problems(app, judge_starters(app))
        logger.info(make_summary(app, app.env))


def make_summary(app: Sphinx, env: BuildEnvironment) -> str:
    """``lessons: 12 lessons, 40 programs (3 run, 37 stored), 2 failed``."""
    records = list(records_of(env))
    read_now = build_of(app).docnames
    lessons = sum(not record.anonymous for record in records)
    programs = sum(record.programs for record in records)
    run = sum(record.run for record in records if record.docname in read_now)
    failed = sum(record.failed for record in records)
    return (
        f"lessons: {lessons} lessons, {programs} programs "
        f"({run} run, {programs - run} stored), {failed} failed"
    )


def setup_reporting(app: Sphinx) -> None:
    """Connect the reporting, after other extensions had their say."""
    app.connect("env-updated", report_problems, priority=900)
    app.connect("build-finished", report_end, priority=900)

"""Problems to the log, on every build, and to the exit status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx.util import logging

from sphinx_lessons.judging import make_visible
from sphinx_lessons.problems import Severity
from sphinx_lessons.sphinx_ext.build import build_of
from sphinx_lessons.sphinx_ext.course_index import course_index_of
from sphinx_lessons.sphinx_ext.store import records_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
    """Log what stands and one line of summary (``env-updated``, which every build reaches)."""
    drafting = build_of(app).settings.on_failure == "warn"
    problems = list(standing_problems(env))
    for problem in problems:
        log_problem(problem, as_warning=drafting)
    logger.info(make_summary(app, env))
    if not drafting and any(problem.severity is Severity.ERROR for problem in problems):
        app.statuscode = 1


def log_problem(problem: Problem, *, as_warning: bool = False) -> None:
    """Log one problem at its line.

    Errors carry their code in their text and not in the record's type: ``suppress_warnings`` must
    not hide them.
    """
    message = f"{problem.message}\n\n{problem.detail}\n" if problem.detail else problem.message
    message = make_visible(message)  # not even what an author wrote acts on a terminal
    location = f"{problem.path}:{problem.line}"
    code = problem.code.value
    if problem.severity is Severity.ERROR and not as_warning:
        head, newline, rest = message.partition("\n")
        logger.error("%s [lessons.%s]%s%s", head, code, newline, rest, location=location)
    else:
        logger.warning("%s", message, location=location, type="lessons", subtype=code)


def report_late(app: Sphinx, problems: Iterable[Problem]) -> None:
    """Log problems that show only while a builder writes: they are of its format alone."""
    drafting = build_of(app).settings.on_failure == "warn"
    for problem in problems:
        log_problem(problem, as_warning=drafting)
        if problem.severity is Severity.ERROR and not drafting:
            app.statuscode = 1


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

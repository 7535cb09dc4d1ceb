"""Problems to Sphinx's log, each at its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx.util import logging

from sphinx_lessons.problems import Severity
from sphinx_lessons.sphinx_ext.build import build_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx.application import Sphinx

    from sphinx_lessons.model import Problem

logger = logging.getLogger(__name__)


def log_problem(problem: Problem, *, as_warning: bool = False) -> None:
    """Log one problem at its line.

    Errors carry their code in their text and not in the record's type: ``suppress_warnings`` must
    not hide them.
    """
    from sphinx_lessons.judging import make_visible

    message = f"{problem.message}\n\n{problem.detail}\n" if problem.detail else problem.message
    message = make_visible(message)  # not even what an author wrote acts on a terminal
    location = f"{problem.path}:{problem.line}"
    code = problem.code.value
    if problem.severity is Severity.ERROR and not as_warning:
        head, newline, rest = message.partition("\n")
        logger.error("%s [lessons.%s]%s%s", head, code, newline, rest, location=location)
    else:
        logger.warning("%s", message, location=location, type="lessons", subtype=code)


def log_problems(app: Sphinx, problems: Iterable[Problem]) -> None:
    """Log problems as the project wants it, and fail the build if an error is among them."""
    drafting = build_of(app).settings.on_failure == "warn"
    for problem in problems:
        log_problem(problem, as_warning=drafting)
        if problem.severity is Severity.ERROR and not drafting:
            app.statuscode = 1

"""Problems that show only while a builder writes a page: they are of its format alone.

Like all problems they stand until they are mended. Those of pages that a build need not write are
repeated from the build that did.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from sphinx_lessons.model import Problem
from sphinx_lessons.problems import Code, Severity
from sphinx_lessons.sphinx_ext.output_notes import load_note, save_note
from sphinx_lessons.sphinx_ext.problem_log import log_problems

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docutils import nodes
    from sphinx.application import Sphinx

NOTE = "problems"


@dataclass(slots=True)
class LateProblems:
    """Those of the running build."""

    found: dict[str, list[Problem]] = field(default_factory=dict)
    """By the page that was being written."""
    written: set[str] = field(default_factory=set)


_late: WeakKeyDictionary[Sphinx, LateProblems] = WeakKeyDictionary()


def report_late(app: Sphinx, problems: Iterable[Problem]) -> None:
    """Log problems of the page that is being written, and remember them."""
    problems = list(problems)
    if problems:
        _late_of(app).found.setdefault(app.env.docname, []).extend(problems)
        log_problems(app, problems)


def _late_of(app: Sphinx) -> LateProblems:
    return _late.setdefault(app, LateProblems())


def note_written(app: Sphinx, _document: nodes.document, docname: str) -> None:
    """What was said of the page before stands no more (``doctree-resolved``)."""
    _late_of(app).written.add(docname)


def repeat_problems(app: Sphinx, exception: Exception | None) -> None:
    """Log what stands of the pages that were not written (``build-finished``)."""
    late = _late.pop(app, LateProblems())
    if exception is not None:
        return  # Sphinx will read and write all pages
    before = load_note(app, NOTE)
    kept = {
        docname: found
        for docname, found in before.items()
        if docname not in late.written and docname in app.env.all_docs
    }
    for found in kept.values():
        log_problems(app, _unpack(found))
    now = kept | {docname: list(map(_pack, found)) for docname, found in late.found.items()}
    if now != before:
        save_note(app, NOTE, now)


def _pack(problem: Problem) -> dict[str, Any]:
    return {**dataclasses.asdict(problem), "code": problem.code.value}


def _unpack(found: list[dict[str, Any]]) -> list[Problem]:
    codes = {code.value: code for code in Code}
    try:
        return [
            Problem(**{**it, "code": codes[it["code"]], "severity": Severity(it["severity"])})
            for it in found
        ]
    except (KeyError, TypeError, ValueError):
        return []  # noted by another version


def setup_late_problems(app: Sphinx) -> None:
    """Connect what remembers them."""
    app.connect("doctree-resolved", note_written)
    app.connect("build-finished", repeat_problems)

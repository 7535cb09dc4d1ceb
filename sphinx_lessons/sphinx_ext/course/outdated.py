"""Pages that show something of other pages are written again when that has changed.

Sphinx writes the pages that it has read, and no others: their links would lead to pages that are
gone, under titles and numbers of yesterday.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sphinx_lessons.sphinx_ext.course.index import course_index_of
from sphinx_lessons.sphinx_ext.store import records_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    from sphinx_lessons.model import Lesson
    from sphinx_lessons.sphinx_ext.course.domain import LessonDomain
    from sphinx_lessons.sphinx_ext.course.index import CourseIndex

SHOWN = "lessons_shown"
"""Attribute of the environment: a digest of what each page shows of others, by its name."""


def find_outdated(_app: Sphinx, env: BuildEnvironment) -> list[str]:
    """The pages to be written again (``env-updated``)."""
    before: dict[str, str] = getattr(env, SHOWN, {})
    shown = {name: _digest(parts) for name, parts in _collect(env).items()}
    setattr(env, SHOWN, shown)
    return sorted(name for name, digest in shown.items() if before.get(name, digest) != digest)


def _collect(env: BuildEnvironment) -> dict[str, list[object]]:
    """What each page shows of others."""
    domain: LessonDomain = env.get_domain("lesson")  # type: ignore[assignment]
    index = course_index_of(env)
    shown: dict[str, list[object]] = {}
    for docname, links in domain.data["links"].items():
        parts = shown.setdefault(docname, [])
        parts += [(domain.find_place(kind, name), index.numbers.get(name)) for kind, name in links]
    terms = _find_terms(env)
    for docname, uses in domain.data["term_uses"].items():
        shown.setdefault(docname, []).extend(terms.get(term.casefold()) for term, _line in uses)
    for record in records_of(env).lessons():
        shown.setdefault(record.docname, []).extend(_describe(index, record.lesson))
    return shown


def _find_terms(env: BuildEnvironment) -> dict[str, tuple[str, str]]:
    """The pages and anchors of all terms."""
    objects = env.domains.standard_domain.objects
    return {name.casefold(): place for (kind, name), place in objects.items() if kind == "term"}


def _describe(index: CourseIndex, lesson: Lesson) -> Iterator[object]:
    """What the head of a lesson's page tells machines of its module and of other lessons."""
    module = index.course.find_module(lesson.id)
    yield module and (module.id, module.title, module.description)
    yield index.places["lesson", lesson.id].title
    for name in index.course.find_prerequisites(lesson):
        yield index.places["lesson", name].title


def _digest(parts: list[object]) -> str:
    return hashlib.blake2b(repr(parts).encode(), digest_size=8).hexdigest()


def setup_outdated(app: Sphinx) -> None:
    """Connect it to the build."""
    app.connect("env-updated", find_outdated)

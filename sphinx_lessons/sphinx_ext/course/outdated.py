"""Pages that show something of other pages are written again when that has changed.

Sphinx writes the pages that it has read, and no others: their links would lead to pages that are
gone, under titles and numbers of yesterday. What every page showed when it was written is
remembered for each folder of output.
"""

from __future__ import annotations

import dataclasses
import hashlib
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from sphinx_lessons.sphinx_ext.course.index import course_index_of
from sphinx_lessons.sphinx_ext.output_notes import load_note, save_note
from sphinx_lessons.sphinx_ext.store import records_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    from sphinx_lessons.model import Lesson
    from sphinx_lessons.sphinx_ext.course.domain import LessonDomain
    from sphinx_lessons.sphinx_ext.course.index import CourseIndex

NOTE = "shown"

Shown = dict[str, str]
"""A digest of what each page shows of others, by its name."""

_shown: WeakKeyDictionary[Sphinx, Shown] = WeakKeyDictionary()
"""What the pages will show when this build has written them."""


def find_outdated(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """The pages to be written again (``env-updated``)."""
    shown = {name: _digest(parts) for name, parts in _collect(env).items()}
    before: Shown = load_note(app, NOTE)
    _shown.pop(app, None)
    if shown != before:
        _shown[app] = shown
    return sorted(name for name, digest in shown.items() if before.get(name) != digest)


def note_written(app: Sphinx, exception: Exception | None) -> None:
    """Keep what the pages show, if all were written (``build-finished``)."""
    shown = _shown.pop(app, None)
    if shown is not None and exception is None:
        save_note(app, NOTE, shown)


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
    course = _digest(_describe_course(index, env)) if domain.data["listings"] else ""
    for docname in domain.data["listings"]:
        shown.setdefault(docname, []).append(course)
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


def _describe_course(index: CourseIndex, env: BuildEnvironment) -> list[object]:
    """All that a listing may show."""
    lessons = [
        (lesson.id, dataclasses.replace(lesson.meta, lines={}), lesson.challenges)
        for lesson in index.course.lessons.values()
    ]
    texts = env.get_domain("lesson").data["definitions"]
    described, modules = index.course.described.items(), index.course.modules.items()
    return [
        lessons,
        list(described),
        list(modules),
        list(index.places.items()),
        sorted(texts.items()),
    ]


def _digest(parts: list[object]) -> str:
    return hashlib.blake2b(repr(parts).encode("utf-8", "replace"), digest_size=8).hexdigest()


def setup_outdated(app: Sphinx) -> None:
    """Connect it to the build."""
    app.connect("env-updated", find_outdated)
    app.connect("build-finished", note_written)

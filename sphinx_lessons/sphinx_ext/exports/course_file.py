"""``lessons.json``: the whole course for programs, at the top of the output.

The format is documented in the reference and has a version; keys may be added to it, and a change
of meaning makes a new version.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx_lessons.sphinx_ext.build import page_of
from sphinx_lessons.sphinx_ext.configuration import read_settings
from sphinx_lessons.sphinx_ext.course.index import CourseIndex, course_index_of, plain
from sphinx_lessons.sphinx_ext.exports.downloads import FOLDER, download_names, is_site
from sphinx_lessons.sphinx_ext.exports.notebooks import language_of
from sphinx_lessons.sphinx_ext.store import records_of

if TYPE_CHECKING:
    from sphinx.application import Sphinx

    from sphinx_lessons.model import Challenge, Lesson, Prose, Source, Word

VERSION = 1
NAME = "lessons.json"


def hash_challenge(challenge: Challenge) -> str:
    """A SHA-256 of what a challenge says, in hexadecimal; moving it in its file changes nothing."""
    sections = [
        (
            section.kind,
            section.title,
            *map(_text_of, (section.before, section.source, section.after)),
        )
        for section in challenge.sections
    ]
    options = dataclasses.asdict(challenge.options) | {"tags": sorted(challenge.options.tags)}
    content = {
        "title": challenge.title,
        "language": challenge.language,
        "difficulty": challenge.difficulty,
        "options": options,
        "task": challenge.task.text if challenge.task else "",
        "sections": sections,
        "hints": [hint.text for hint in challenge.hints],
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _text_of(part: Prose | Source | None) -> str:
    return part.text if part else ""


def note_contents(app: Sphinx, _doctree: object) -> None:
    """Remember of a page's lessons what their records leave out (``doctree-read``)."""
    page = page_of(app.env)
    reports = list(page.reports.values()) if page else []
    if reports:
        data = app.env.get_domain("lesson").data
        lessons = [report.lesson for report in reports]
        data["hashes"][app.env.docname] = {
            lesson.id: [hash_challenge(challenge) for challenge in lesson.challenges]
            for lesson in lessons
        }
        data["languages"][app.env.docname] = {item.id: language_of(item) for item in lessons}


def write_course_file(app: Sphinx, exception: Exception | None) -> None:
    """Write the file (``build-finished``)."""
    if exception is None and is_site(app.builder):
        course = CourseWriter(app).make_course()
        if course["lessons"]:
            text = json.dumps(course, ensure_ascii=False, indent=1)
            Path(app.outdir, NAME).write_text(text + "\n", encoding="utf-8")


class CourseWriter:
    """Makes the content of the file; the keys are documented in the reference."""

    def __init__(self, app: Sphinx) -> None:
        self.app = app
        self.index: CourseIndex = course_index_of(app.env)
        self.data = app.env.get_domain("lesson").data
        self.verdicts: dict[str, tuple[Word, ...]] = {}
        """Of the challenges of each lesson, which may share an id, in their order."""
        for record in records_of(app.env).lessons():
            self.verdicts.setdefault(record.lesson.id, record.verdicts)

    def make_course(self) -> dict[str, Any]:
        """The object at the top."""
        return {
            "version": VERSION,
            "project": self.app.config.project,
            "language": (self.app.config.language or "en").replace("_", "-"),
            "modules": [self._make_module(name) for name in self.index.course.modules],
            "lessons": [
                self._make_lesson(item, position)
                for position, item in enumerate(self.index.course.lessons.values(), start=1)
            ],
        }

    def _make_module(self, name: str) -> dict[str, Any]:
        module = self.index.course.described[name]
        return {
            "id": name,
            "title": module.title or name,
            "description": module.description,
            "url": self._url("module", name),
            "prerequisites": list(module.prerequisites),
            "lessons": list(self.index.course.modules[name]),
        }

    def _make_lesson(self, lesson: Lesson, position: int) -> dict[str, Any]:
        module = self.index.course.find_module(lesson.id)
        return {
            "id": lesson.id,
            "title": self.index.places["lesson", lesson.id].title,
            "url": self._url("lesson", lesson.id),
            "module": module.id if module else None,
            "prerequisites": list(lesson.meta.prerequisites),
            "minutes": lesson.meta.minutes,
            "difficulty": lesson.meta.difficulty or None,
            "objectives": [plain(text) for text in lesson.meta.objectives],
            "keywords": list(lesson.meta.keywords),
            "terms": [item.term for item in lesson.definitions if item.term],
            "downloads": self._list_downloads(lesson),
            "challenges": [
                self._make_challenge(lesson, index, f"{position}.{index + 1}")
                for index in range(len(lesson.challenges))
            ],
        }

    def _make_challenge(self, lesson: Lesson, index: int, number: str) -> dict[str, Any]:
        challenge, docname = lesson.challenges[index], self.index.docnames[lesson.id]
        hashes = self.data["hashes"].get(docname, {}).get(lesson.id, ())
        place = self.index.places["challenge", challenge.id]
        first = challenge.id not in [other.id for other in lesson.challenges[:index]]
        own = first and place.docname == docname
        return {
            "id": challenge.id,
            "number": number,
            "title": place.title if own else plain(challenge.title),
            "url": self._url("challenge", challenge.id),
            "language": challenge.language,
            "difficulty": challenge.difficulty or None,
            "verdict": self.verdicts[lesson.id][index].value,
            "hash": hashes[index] if index < len(hashes) else None,
        }

    def _list_downloads(self, lesson: Lesson) -> list[str]:
        docname = self.index.docnames[lesson.id]
        if not read_settings(self.app.config).downloads:
            return []
        if lesson.path != str(self.app.env.doc2path(docname)):
            return []
        names = download_names(self.app.env, docname, lesson)
        return [f"_downloads/{FOLDER}/{name}" for name in names]

    def _url(self, kind: str, name: str) -> str | None:
        """Relative to the file."""
        place = self.index.places.get((kind, name))
        if place is None:
            return None
        return f"{self.app.builder.get_target_uri(place.docname)}#{place.anchor}"


def setup_course_file(app: Sphinx) -> None:
    """Connect it to the end of the build."""
    app.connect("doctree-read", note_contents)
    app.connect("build-finished", write_course_file)

"""What a lesson page tells machines: schema.org JSON-LD, a description and keywords."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any

from docutils import nodes

from sphinx_lessons.sphinx_ext.configuration import read_settings
from sphinx_lessons.sphinx_ext.course.index import course_index_of, plain
from sphinx_lessons.sphinx_ext.exports.downloads import is_site, own_lesson
from sphinx_lessons.sphinx_ext.nodes import lesson_header

if TYPE_CHECKING:
    from sphinx.application import Sphinx

    from sphinx_lessons.model import Lesson

DESCRIPTION_LENGTH = 200
"""Characters; search engines show no more."""


def add_structured_data(
    app: Sphinx,
    pagename: str,
    _template: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Put it into the head of the page (``html-page-context``)."""
    if doctree is None or not read_settings(app.config).structured_data:
        return
    lesson = own_lesson(app.env, pagename)
    if lesson is None or not is_site(app.builder):
        return
    description = _describe(doctree, lesson)
    tags = [context.get("metatags", "")]
    for name, content in (
        ("description", description),
        ("keywords", ", ".join(lesson.meta.keywords)),
    ):
        if content and f'name="{name}"' not in tags[0]:
            tags.append(f'<meta name="{name}" content="{escape(content)}" />')
    data = make_learning_resource(app, pagename, lesson, doctree, description)
    tags.append(f'<script type="application/ld+json">{escape_json(data)}</script>')
    context["metatags"] = "\n".join(tags)


def make_learning_resource(
    app: Sphinx, pagename: str, lesson: Lesson, doctree: nodes.document, description: str
) -> dict[str, Any]:
    """A ``LearningResource`` of schema.org; keys without a value are left out."""
    index = course_index_of(app.env)
    module = index.course.find_module(lesson.id)
    place = index.places.get(("module", module.id)) if module else None
    url = app.config.html_baseurl
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "LearningResource",
        "identifier": lesson.id,
        "name": index.places["lesson", lesson.id].title,
        "description": description,
        "url": f"{url.rstrip('/')}/{app.builder.get_target_uri(pagename)}" if url else "",
        "inLanguage": (app.config.language or "en").replace("_", "-"),
        "learningResourceType": "lesson",
        "teaches": find_objectives(doctree, lesson),
        "timeRequired": format_duration(lesson.meta.minutes),
        "educationalLevel": lesson.meta.difficulty,
        "competencyRequired": [
            index.places["lesson", name].title for name in index.course.find_prerequisites(lesson)
        ],
        "keywords": list(lesson.meta.keywords),
    }
    if module is not None and place is not None:
        part = {"@type": "Course", "identifier": module.id, "name": place.title}
        data["isPartOf"] = part | (
            {"description": module.description} if module.description else {}
        )
    return {key: value for key, value in data.items() if value}


def escape_json(data: object) -> str:
    """JSON that may stand inside an HTML ``script`` element: nothing in it can end the element."""
    text = json.dumps(data, ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def format_duration(minutes: float | None) -> str:
    """An ISO 8601 duration: ``"PT1H12M30S"``; ``""`` for none."""
    seconds = round((minutes or 0) * 60)
    if seconds <= 0:
        return ""
    hours, rest = divmod(seconds, 3600)
    parts = ((hours, "H"), (rest // 60, "M"), (rest % 60, "S"))
    return "PT" + "".join(f"{number}{unit}" for number, unit in parts if number)


def find_objectives(doctree: nodes.document, lesson: Lesson) -> list[str]:
    """The objectives as plain text, in the language of the page."""
    for header in doctree.findall(lesson_header):
        for shown in header.findall(nodes.bullet_list):
            return [" ".join(item.astext().split()) for item in shown.children]
    return [plain(text) for text in lesson.meta.objectives]


def _describe(doctree: nodes.document, lesson: Lesson) -> str:
    """The first paragraph of the text before the challenges, else the objectives."""
    text = "; ".join(find_objectives(doctree, lesson))
    for node in doctree.findall(nodes.Element):
        if "lesson-challenges" in node.get("classes", ()):
            break
        own = isinstance(node.parent, nodes.section | nodes.document)
        if own and isinstance(node, nodes.paragraph):
            text = node.astext()
            break
    text = " ".join(text.split())
    if len(text) <= DESCRIPTION_LENGTH:
        return text
    return text[:DESCRIPTION_LENGTH].rpartition(" ")[0].rstrip(",;:.") + "…"


def setup_structured_data(app: Sphinx) -> None:
    """Connect it to HTML pages."""
    app.connect("html-page-context", add_structured_data)

"""The course map on a page: a drawing for browsers, and the same as a list for everybody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

from sphinx_lessons.sphinx_ext.course.map import MapLesson, MapModule, draw_map
from sphinx_lessons.sphinx_ext.hosts import builder_of
from sphinx_lessons.sphinx_ext.nodes import make_fold
from sphinx_lessons.sphinx_ext.words import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sphinx.environment import BuildEnvironment

    from sphinx_lessons.model import Lesson
    from sphinx_lessons.sphinx_ext.course.index import CourseIndex


def build_map(
    env: BuildEnvironment, index: CourseIndex, lessons: Sequence[Lesson], listing: nodes.Element
) -> list[nodes.Node]:
    """The map of the given lessons."""
    wanted = listing["filters"].get("difficulty", ())
    shown = {lesson.id for lesson in lessons if not wanted or lesson.meta.difficulty in wanted}
    if not shown:
        return []
    modules = _Mapper(env, index, shown).make_modules()
    text = _make_text(modules)
    # A drawing with links is more than reading systems are bound to show.
    if builder_of(env).format != "html" or builder_of(env).name == "epub":
        return [text]
    svg = draw_map(modules, _("Course map"), f"lesson-map-{listing['number']}")
    return [
        nodes.raw("", f'<div class="lesson-map">\n{svg}\n</div>', format="html"),
        make_fold("map", _("The course map as text"), text),
    ]


class _Mapper:
    """Makes boxes and rows of modules and lessons."""

    def __init__(self, env: BuildEnvironment, index: CourseIndex, shown: set[str]) -> None:
        self.env = env
        self.index = index
        self.shown = shown
        self.homes = index.course.homes

    def make_modules(self) -> list[MapModule]:
        """One box a module that has lessons to show, and one for lessons in no module."""
        course = self.index.course
        boxes = [self._make_module(name, ids) for name, ids in course.modules.items()]
        loose = [name for name in course.lessons if name not in self.homes]
        boxes.append(self._make_module("", loose))
        return [box for box in boxes if box.lessons]

    def _make_module(self, name: str, ids: Sequence[str]) -> MapModule:
        lessons = tuple(self._make_lesson(lesson) for lesson in ids if lesson in self.shown)
        required = {home for row in lessons for home in map(self._home_of, row.requires)}
        module = self.index.course.described.get(name)
        for item in module.prerequisites if module else ():
            required |= {self._home_of(lesson) for lesson in self.index.course.expand(item)}
        place = self.index.places.get(("module", name))
        title = (place.title if place else name) if name else _("Other lessons")
        return MapModule(
            name, title, self._href("module", name), lessons, frozenset(required - {name})
        )

    def _home_of(self, lesson: str) -> str:
        return self.homes.get(lesson, "")

    def _make_lesson(self, name: str) -> MapLesson:
        lesson = self.index.course.lessons[name]
        requires = frozenset(self.index.course.find_prerequisites(lesson)) & self.shown
        title = self.index.places["lesson", name].title
        return MapLesson(name, title, self._href("lesson", name), requires)

    def _href(self, kind: str, name: str) -> str:
        place = self.index.places.get((kind, name))
        builder = builder_of(self.env)
        if place is None or builder.format != "html":
            return ""
        return f"{builder.get_relative_uri(self.env.docname, place.docname)}#{place.anchor}"


def _make_text(modules: Sequence[MapModule]) -> nodes.bullet_list:
    """The map as a nested list; every lesson names what it builds on."""
    titles = {lesson.id: lesson.title for module in modules for lesson in module.lessons}
    order = {name: position for position, name in enumerate(titles)}
    names = {module.id: module.title for module in modules}
    outer = nodes.bullet_list(bullet="-")
    for module in modules:
        inner = nodes.bullet_list(bullet="-")
        for lesson in module.lessons:
            needed = [titles[name] for name in sorted(lesson.requires, key=order.__getitem__)]
            inner += nodes.list_item("", _make_line(lesson.title, lesson.href, needed))
        needed = [title for name, title in names.items() if name in module.requires]
        line = _make_line(module.title, module.href, needed)
        outer += nodes.list_item("", line, inner)
    return outer


def _make_line(title: str, href: str, needed: Sequence[str]) -> nodes.paragraph:
    line = nodes.paragraph()
    line += nodes.reference("", title, refuri=href, internal=True) if href else nodes.Text(title)
    if needed:
        text = f" ({_('Builds on:')} {', '.join(needed)})"
        line += nodes.Text(text)
    return line

"""The course as the pages make it: its lessons in the order of the toctrees, and where they stand.

Everything here is computed from the records of the store after all pages were read, so it is the
same whether pages were read one by one, in parallel, or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from docutils import nodes

from sphinx_lessons.course import Course, make_course
from sphinx_lessons.model import Problem
from sphinx_lessons.problems import Code
from sphinx_lessons.similar import Proposals
from sphinx_lessons.sphinx_ext.course.module_files import read_project_modules
from sphinx_lessons.sphinx_ext.store import Record, records_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment


class Place(NamedTuple):
    """Where an object of the course stands."""

    title: str
    """Plain text, in the language of the build."""
    docname: str
    anchor: str


@dataclass(frozen=True, slots=True)
class CourseIndex:
    """The course and its places."""

    course: Course
    docnames: Mapping[str, str]
    """The page of each lesson, by the lesson's id, in the order of the toctrees."""
    places: Mapping[tuple[str, str], Place]
    """By kind (``lesson``, ``challenge`` or ``module``) and id."""
    numbers: Mapping[str, str]
    """``"3.1"`` for the first challenge of the third lesson, by the challenge's id."""
    problems: tuple[Problem, ...]
    """Of the description of the modules and of the course."""


def make_course_index(env: BuildEnvironment) -> CourseIndex:
    """The course of the pages as they were last read."""
    data = env.get_domain("lesson").data
    order = list(walk_toctrees(env))
    known = set(order)
    records = sorted(
        records_of(env).lessons(), key=_Ranking({name: rank for rank, name in enumerate(order)})
    )
    modules, problems = read_project_modules(env)
    course = make_course(
        [record.lesson for record in records],
        modules,
        ordered={record.lesson.id for record in records if record.docname in known},
        term_uses={
            record.lesson.id: data["term_uses"].get(record.docname, ()) for record in records
        },
    )
    docnames: dict[str, str] = {}
    for record in records:
        docnames.setdefault(record.lesson.id, record.docname)
    return CourseIndex(
        course,
        docnames,
        dict(_list_places(env, records, course, docnames, data["module_pages"])),
        _number_challenges(course),
        (*problems, *course.problems, *_find_unknown_modules(course, data["listings"])),
    )


def _number_challenges(course: Course) -> dict[str, str]:
    numbers: dict[str, str] = {}
    for position, lesson in enumerate(course.lessons.values(), start=1):
        for count, challenge in enumerate(lesson.challenges, start=1):
            numbers.setdefault(challenge.id, f"{position}.{count}")
    return numbers


def _find_unknown_modules(
    course: Course, listings: Mapping[str, list[tuple[str, int, tuple[str, ...]]]]
) -> Iterator[Problem]:
    """Find modules that a page wants to list and that the course does not have."""
    proposals = Proposals(course.modules)
    for docname in sorted(listings):
        for path, line, modules in listings[docname]:
            for name in modules:
                if name not in course.modules:
                    message = f"the course has no module {name!r}"
                    message += proposals.propose(name)
                    code = Code.UNKNOWN_MODULE
                    yield Problem(code, message, path, line, code.severity)


class _Ranking:
    """Sort key of records: pages in no toctree come last, by name."""

    def __init__(self, ranks: Mapping[str, int]) -> None:
        self.ranks = ranks

    def __call__(self, record: Record) -> tuple[int, str]:
        """The rank of a record's page and its name."""
        return self.ranks.get(record.docname, len(self.ranks)), record.docname


def walk_toctrees(env: BuildEnvironment) -> Iterator[str]:
    """The pages that toctrees reach from the root, in reading order, each once."""
    seen: set[str] = set()
    stack = [env.config.root_doc]
    while stack:
        docname = stack.pop()
        if docname not in seen and docname in env.all_docs:
            seen.add(docname)
            yield docname
            stack.extend(reversed(env.toctree_includes.get(docname, ())))


def _list_places(
    env: BuildEnvironment,
    records: list[Record],
    course: Course,
    docnames: Mapping[str, str],
    module_pages: Mapping[str, tuple[str, str]],
) -> Iterator[tuple[tuple[str, str], Place]]:
    listed: set[tuple[str, str]] = set()
    for record in records:
        titles = _TocTitles(env, record.docname)
        for kind, name, title in _list_objects(record):
            if (kind, name) not in listed:
                listed.add((kind, name))
                yield (kind, name), Place(titles.find(name, title), record.docname, name)
    for name, module in course.described.items():
        lessons = course.modules.get(name, ())
        if name in module_pages:
            yield ("module", name), Place(module.title or name, *module_pages[name])
        elif lessons:
            yield ("module", name), Place(module.title or name, docnames[lessons[0]], lessons[0])


def _list_objects(record: Record) -> Iterator[tuple[str, str, str]]:
    yield "lesson", record.lesson.id, record.lesson.title
    for challenge in record.lesson.challenges:
        yield "challenge", challenge.id, challenge.title


class _TocTitles:
    """The titles of a page's sections as its table of contents has them: rendered, translated."""

    def __init__(self, env: BuildEnvironment, docname: str) -> None:
        self.titles: dict[str, str] = {}
        records = records_of(env).by_docname.get(docname, [])
        paths = [record.lesson.path for record in records if not record.anonymous]
        if docname in env.titles and str(env.doc2path(docname)) in paths:
            own = records[paths.index(str(env.doc2path(docname)))].lesson
            # Without one, Sphinx takes the heading of some part for the title.
            if own.has_h1 or own.meta.title:
                self.titles[own.id] = env.titles[docname].astext()
        for entry in env.tocs[docname].findall(nodes.reference) if docname in env.tocs else ():
            anchor = str(entry.get("anchorname", "")).removeprefix("#")
            if anchor:
                self.titles.setdefault(anchor, entry.astext())

    def find(self, anchor: str, default: str) -> str:
        """The title at an anchor, else the default without its markup."""
        return self.titles.get(anchor) or plain(default)


def plain(markdown: str) -> str:
    """Text without its inline markup, near enough for a link's text."""
    return markdown.replace("`", "").replace("**", "").replace("*", "")


_indexes: WeakKeyDictionary[BuildEnvironment, CourseIndex] = WeakKeyDictionary()


def course_index_of(env: BuildEnvironment) -> CourseIndex:
    """The index of this build; made once, when all pages were read."""
    if env not in _indexes:
        _indexes[env] = make_course_index(env)
    return _indexes[env]


def forget_index(_app: Sphinx, env: BuildEnvironment, *_event: object) -> None:
    """Make the index anew: pages are about to be read, or were read."""
    _indexes.pop(env, None)


def setup_course_index(app: Sphinx) -> None:
    """Connect the life of the index to the build."""
    app.connect("env-before-read-docs", forget_index)
    app.connect("env-updated", forget_index, priority=1)

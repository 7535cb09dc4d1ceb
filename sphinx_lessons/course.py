"""The course that lessons make up: modules, prerequisites, terms, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sphinx_lessons.model import Module, Problem
from sphinx_lessons.problems import Code
from sphinx_lessons.similar import Proposals

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from sphinx_lessons.model import Definition, Lesson


TermUses = Mapping[str, Sequence[tuple[str, int]]]
"""Term and line of each use of a term, by the id of the lesson that uses it."""


@dataclass(frozen=True, slots=True)
class Course:
    """What the lessons of a project have to do with one another."""

    lessons: Mapping[str, Lesson]
    """By id, in the order given; the first of those with the same id."""
    modules: Mapping[str, tuple[str, ...]]
    """The ids of the lessons of each module."""
    homes: Mapping[str, str]
    """The id of the module of each lesson that is in one, by the lesson's id."""
    described: Mapping[str, Module]
    """The same modules with what is known of them."""
    terms: Mapping[str, tuple[Lesson, Definition]]
    """The first definition of each term, by its case-folded form."""
    problems: tuple[Problem, ...]

    def expand(self, name: str) -> tuple[str, ...]:
        """Return the ids of the lessons that the id of a lesson or of a module stands for."""
        return (name,) if name in self.lessons else self.modules.get(name, ())

    def find_prerequisites(self, lesson: Lesson) -> tuple[str, ...]:
        """Return the ids of the lessons that a lesson requires, modules replaced by theirs."""
        found: dict[str, None] = {}
        for name in lesson.meta.prerequisites:
            found |= dict.fromkeys(self.expand(name))
        found.pop(lesson.id, None)
        return tuple(found)

    def find_module(self, lesson_id: str) -> Module | None:
        """Return the module that a lesson is in."""
        home = self.homes.get(lesson_id)
        return None if home is None else self.described[home]


def make_course(
    lessons: Iterable[Lesson],
    modules: Sequence[Module] = (),
    *,
    ordered: Collection[str] = (),
    term_uses: TermUses | None = None,
) -> Course:
    """Make a course of lessons and look for what is wrong between them.

    ``modules`` are those that the course describes; without any, they are what the lessons name.
    ``ordered`` are the ids of the lessons that a table of contents puts into the order in which
    they are given; nothing is said about the order of others. What one lesson says twice (a term,
    the id of a challenge) is left to the reading of it.
    """
    lessons = tuple(lessons)
    by_id: dict[str, Lesson] = {}
    terms: dict[str, tuple[Lesson, Definition]] = {}
    for lesson in lessons:
        by_id.setdefault(lesson.id, lesson)
        for definition in lesson.definitions:
            if definition.term:
                terms.setdefault(definition.term.casefold(), (lesson, definition))
    grouped = _group(by_id.values(), modules)
    described = {name: Module(name) for name in grouped} | {item.id: item for item in modules}
    homes: dict[str, str] = {}
    for module, ids in grouped.items():
        for name in ids:
            homes.setdefault(name, module)
    course = Course(by_id, grouped, homes, described, terms, ())
    graph = PrerequisiteGraph(course)
    problems = (
        *_find_duplicate_ids(lessons),
        *_find_duplicate_terms(lessons, terms),
        *_find_module_problems(course, modules),
        *graph.find_problems(lessons),
        *OrderCheck(course, graph, ordered).find_problems(term_uses or {}),
    )
    return replace(course, problems=problems)


def _group(lessons: Iterable[Lesson], modules: Sequence[Module]) -> dict[str, tuple[str, ...]]:
    """Put every lesson into the module that names it first, else into the one that it names."""
    lessons = tuple(lessons)
    known = {lesson.id for lesson in lessons}
    grouped: dict[str, dict[str, None]] = {module.id: {} for module in modules}
    taken: set[str] = set()
    for module in modules:
        grouped[module.id] |= dict.fromkeys(
            name for name in module.lessons if name in known and name not in taken
        )
        taken.update(module.lessons)
    for lesson in lessons:
        if lesson.meta.module and lesson.id not in taken:
            grouped.setdefault(lesson.meta.module, {})[lesson.id] = None
    return {name: tuple(ids) for name, ids in grouped.items()}


def _find_module_problems(course: Course, modules: Sequence[Module]) -> Iterator[Problem]:
    """Compare the lessons with the description of the modules, if there is one."""
    owners: dict[str, str] = {}
    lessons = Proposals(course.lessons)
    for module in modules:
        for index, name in enumerate(module.lessons):
            owner = owners.setdefault(name, module.id)
            wrong = f"the lesson {name!r} is in the module {owner!r} already"
            if name not in course.lessons:
                wrong = f"the module {module.id!r} names an unknown lesson: {name!r}"
                wrong += lessons.propose(name)
            elif owner == module.id:
                continue
            line = module.lines.get(f"lessons[{index}]", 1)
            yield _problem(Code.UNKNOWN_LESSON, wrong, module, line)
    names = {module.id for module in modules}
    described = Proposals(names)
    for lesson in course.lessons.values() if modules else ():
        if lesson.meta.module and lesson.meta.module not in names:
            message = f"the module {lesson.meta.module!r} is not described"
            message += described.propose(lesson.meta.module)
            line = lesson.meta.lines.get("moduleId", 1)
            yield _problem(Code.UNKNOWN_MODULE, message, lesson, line)
        elif not lesson.meta.module and lesson.id not in owners:
            message = f"the lesson {lesson.id!r} is in no module"
            line = lesson.meta.lines.get("id", 1)
            yield _problem(Code.LESSON_WITHOUT_MODULE, message, lesson, line)


def _find_duplicate_ids(lessons: Sequence[Lesson]) -> Iterator[Problem]:
    """Find ids that are taken; those of two challenges of one lesson are left to its reading."""
    places: dict[str, tuple[Lesson, bool, int]] = {}
    for lesson in lessons:
        named = [(lesson.id, False, lesson.meta.lines.get("id", 1))]
        named += [
            (challenge.id, True, challenge.lines.get("id", challenge.line))
            for challenge in lesson.challenges
        ]
        for name, inside, line in named:
            other, other_inside, other_line = places.setdefault(name, (lesson, inside, line))
            if (other, other_inside, other_line) == (lesson, inside, line):
                continue
            if other is not lesson or not (inside and other_inside):
                message = f"the id {name!r} is taken already ({other.path}:{other_line})"
                yield _problem(Code.DUPLICATE_ID, message, lesson, line)


def _find_duplicate_terms(
    lessons: Sequence[Lesson], terms: Mapping[str, tuple[Lesson, Definition]]
) -> Iterator[Problem]:
    for lesson in lessons:
        for definition in lesson.definitions:
            first, other = terms.get(definition.term.casefold(), (lesson, definition))
            if first is not lesson:
                where = f"{first.path}:{other.span.start}"
                message = f"the term {definition.term!r} is defined already ({where})"
                yield _problem(Code.DUPLICATE_TERM, message, lesson, definition.span.start)


class PrerequisiteGraph:
    """Lessons and modules and what each requires."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self.cycles: list[list[str]] = []
        """Circles of ids; none shares an id with another."""
        seen: set[str] = set()
        for cycle in self._walk():
            if seen.isdisjoint(cycle):
                seen.update(cycle)
                self.cycles.append(cycle)

    def find_problems(self, lessons: Iterable[Lesson]) -> Iterator[Problem]:
        """Find prerequisites that do not exist, and circles."""
        known = self._course.lessons.keys() | self._course.modules.keys()
        proposals = Proposals(known)
        owners: list[Lesson | Module] = [*lessons, *self._course.described.values()]
        for owner in owners:
            for index, name in enumerate(prerequisites_of(owner)):
                if name not in known:
                    message = f"the prerequisite {name!r} is no lesson and no module"
                    message += proposals.propose(name)
                    line = prerequisite_line(owner, index)
                    yield _problem(Code.UNKNOWN_PREREQUISITE, message, owner, line)
        for cycle in self.cycles:
            yield self._describe(cycle)

    def _describe(self, cycle: list[str]) -> Problem:
        """Report a circle where a lesson or a module says that it requires the next one."""
        for start in range(len(cycle)):
            turned = [*cycle[start:], *cycle[:start]]
            following = turned[1 % len(turned)]
            for owner in self._owners(turned[0]):
                if following in prerequisites_of(owner):
                    message = "prerequisites form a circle: " + " → ".join([*turned, turned[0]])
                    line = prerequisite_line(owner, prerequisites_of(owner).index(following))
                    return _problem(Code.PREREQUISITE_CYCLE, message, owner, line)
        raise AssertionError("a circle has a prerequisite in it")

    def _owners(self, name: str) -> list[Lesson | Module]:
        """Return those whose prerequisites an id has: its own, and those of its module."""
        lesson = self._course.lessons.get(name)
        home = self._course.homes.get(name) if lesson else name
        module = self._course.described.get(home) if home else None
        return [owner for owner in (lesson, module) if owner is not None]

    def _follow(self, name: str) -> Iterator[str]:
        for owner in self._owners(name):
            yield from prerequisites_of(owner)
        if name not in self._course.lessons:
            yield from self._course.modules.get(name, ())

    def _walk(self) -> Iterator[list[str]]:
        """Walk lessons and modules depth first; every step back onto the way is a cycle."""
        done: set[str] = set()
        for root in (*self._course.lessons, *self._course.modules):
            way = {} if root in done else {root: self._follow(root)}
            while way:
                name = next(reversed(way))
                step = next(way[name], None)
                if step is None:
                    done.add(name)
                    del way[name]
                elif step in way:
                    names = list(way)
                    yield names[names.index(step) :]
                elif step not in done:
                    way[step] = self._follow(step)


class OrderCheck:
    """Holds the order of a table of contents against prerequisites and terms."""

    def __init__(self, course: Course, graph: PrerequisiteGraph, ordered: Collection[str]) -> None:
        self._course = course
        known = set(ordered)
        self._ranks = {name: rank for rank, name in enumerate(course.lessons) if name in known}
        # Of lessons in a circle one must come first, whatever the order: the circle is the problem.
        self._circles = {name: i for i, cycle in enumerate(graph.cycles) for name in cycle}

    def find_problems(self, term_uses: TermUses) -> Iterator[Problem]:
        """Find prerequisites and definitions that come too late."""
        for lesson in self._course.lessons.values():
            yield from self._find_late_prerequisites(lesson, (lesson.id,))
            yield from self._find_late_definitions(lesson, term_uses.get(lesson.id, ()))
        for module in self._course.described.values():
            yield from self._find_late_prerequisites(module, self._course.modules[module.id])

    def _find_late_prerequisites(
        self, owner: Lesson | Module, lessons: Sequence[str]
    ) -> Iterator[Problem]:
        ranks = [self._ranks[name] for name in lessons if name in self._ranks]
        for index, required in enumerate(prerequisites_of(owner) if ranks else ()):
            late = next(
                (
                    name
                    for name in self._course.expand(required)
                    if self._ranks.get(name, -1) > min(ranks)
                    and not self._share_circle(owner, name)
                ),
                None,
            )
            if late is not None:
                what = repr(required) if late == required else f"{required!r} (its lesson {late!r})"
                message = f"the prerequisite {what} comes later in the table of contents"
                line = prerequisite_line(owner, index)
                yield _problem(Code.PREREQUISITE_AFTER, message, owner, line)

    def _share_circle(self, owner: Lesson | Module, name: str) -> bool:
        circle = self._circles.get(owner.id)
        return circle is not None and circle == self._circles.get(name)

    def _find_late_definitions(
        self, lesson: Lesson, uses: Iterable[tuple[str, int]]
    ) -> Iterator[Problem]:
        """Find the first use of each term that a later lesson defines."""
        reported: set[str] = set()
        for term, line in uses:
            key = term.casefold()
            definer, definition = self._course.terms.get(key, (lesson, None))
            rank = self._ranks.get(lesson.id)
            late = rank is not None and self._ranks.get(definer.id, -1) > rank
            if late and definition is not None and key not in reported:
                reported.add(key)
                where = f"{definer.path}:{definition.span.start}"
                message = f"the term {term!r} is defined only in a later lesson ({where})"
                yield _problem(Code.TERM_BEFORE_DEFINITION, message, lesson, line)


def prerequisites_of(owner: Lesson | Module) -> tuple[str, ...]:
    """Return what a lesson or a module says that it requires."""
    return owner.prerequisites if isinstance(owner, Module) else owner.meta.prerequisites


def prerequisite_line(owner: Lesson | Module, index: int) -> int:
    """Return the line of a prerequisite of a lesson or a module."""
    lines = owner.lines if isinstance(owner, Module) else owner.meta.lines
    return lines.get(f"prerequisites[{index}]", lines.get("prerequisites", 1))


def _problem(code: Code, message: str, owner: Lesson | Module, line: int) -> Problem:
    return Problem(code, message, owner.path, line, code.severity)

"""The course that lessons make up: modules, prerequisites, terms, and what is wrong with them."""

from __future__ import annotations

import difflib
import string
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sphinx_lessons.model import Problem
from sphinx_lessons.problems import Code

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sphinx_lessons.model import Definition, Lesson


@dataclass(frozen=True, slots=True)
class Course:
    """What the lessons of a project have to do with one another."""

    lessons: Mapping[str, Lesson]
    """By id, in the order given; the first of those with the same id."""
    modules: Mapping[str, tuple[str, ...]]
    """The ids of the lessons of each module."""
    terms: Mapping[str, tuple[Lesson, Definition]]
    """The first definition of each term, by its case-folded form."""
    problems: tuple[Problem, ...]

    def find_prerequisites(self, lesson: Lesson) -> tuple[str, ...]:
        """Return the ids of the lessons that a lesson requires, modules replaced by theirs."""
        found: dict[str, None] = {}
        for name in lesson.meta.prerequisites:
            ids = (name,) if name in self.lessons else self.modules.get(name, ())
            found |= dict.fromkeys(ids)
        found.pop(lesson.id, None)
        return tuple(found)


def make_course(lessons: Iterable[Lesson]) -> Course:
    """Make a course of lessons and look for what is wrong between them.

    What one lesson says twice (a term, the id of a challenge) is left to the reading of it.
    """
    lessons = tuple(lessons)
    by_id: dict[str, Lesson] = {}
    modules: defaultdict[str, list[str]] = defaultdict(list)
    terms: dict[str, tuple[Lesson, Definition]] = {}
    for lesson in lessons:
        by_id.setdefault(lesson.id, lesson)
        if lesson.meta.module:
            modules[lesson.meta.module].append(lesson.id)
        for definition in lesson.definitions:
            if definition.term:
                terms.setdefault(definition.term.casefold(), (lesson, definition))
    grouped = {name: tuple(ids) for name, ids in modules.items()}
    problems = (
        *_find_duplicate_ids(lessons),
        *_find_duplicate_terms(lessons, terms),
        *_find_unknown_prerequisites(lessons, by_id, grouped),
        *_find_cycles(by_id, grouped),
    )
    return Course(by_id, grouped, terms, problems)


def _find_duplicate_ids(lessons: Sequence[Lesson]) -> Iterator[Problem]:
    """Find ids that are taken; those of two challenges of one lesson are left to its reading."""
    places: dict[str, tuple[Lesson, bool, int]] = {}
    for lesson in lessons:
        named = [(lesson.id, False, lesson.meta.lines.get("id", 1))]
        named += [(challenge.id, True, challenge.line) for challenge in lesson.challenges]
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


def _find_unknown_prerequisites(
    lessons: Sequence[Lesson], by_id: Mapping[str, Lesson], modules: Mapping[str, Sequence[str]]
) -> Iterator[Problem]:
    known = by_id.keys() | modules.keys()
    for lesson in lessons:
        for index, name in enumerate(lesson.meta.prerequisites):
            if name not in known:
                near = _find_similar(name, known)
                hint = f"; did you mean {near!r}?" if near else ""
                message = f"the prerequisite {name!r} is no lesson and no module{hint}"
                line = _prerequisite_line(lesson, index)
                yield _problem(Code.UNKNOWN_PREREQUISITE, message, lesson, line)


def _find_similar(name: str, known: Iterable[str]) -> str | None:
    """Find an id that the name may be a slip of: ``tides-03`` is none of ``tides-02``."""
    without_digits = str.maketrans("", "", string.digits)
    letters = name.translate(without_digits)
    near = difflib.get_close_matches(name, sorted(known), 5)
    return next((other for other in near if other.translate(without_digits) != letters), None)


def _prerequisite_line(lesson: Lesson, index: int) -> int:
    lines = lesson.meta.lines
    return lines.get(f"prerequisites[{index}]", lines.get("prerequisites", 1))


def _find_cycles(
    by_id: Mapping[str, Lesson], modules: Mapping[str, Sequence[str]]
) -> Iterator[Problem]:
    """Report each circle that shares no lesson with one that was reported before."""
    reported: set[str] = set()
    for cycle in _walk_cycles(by_id, modules):
        if reported.isdisjoint(cycle):
            reported.update(cycle)
            start = next(index for index, name in enumerate(cycle) if name in by_id)
            cycle = cycle[start:] + cycle[:start]
            lesson = by_id[cycle[0]]
            following = cycle[1] if len(cycle) > 1 else cycle[0]
            line = _prerequisite_line(lesson, lesson.meta.prerequisites.index(following))
            message = "prerequisites form a circle: " + " → ".join([*cycle, cycle[0]])
            yield _problem(Code.PREREQUISITE_CYCLE, message, lesson, line)


def _walk_cycles(
    by_id: Mapping[str, Lesson], modules: Mapping[str, Sequence[str]]
) -> Iterator[list[str]]:
    """Walk lessons and modules depth first; every step back onto the way is a cycle."""

    def follow(name: str) -> Iterator[str]:
        lesson = by_id.get(name)
        return iter(lesson.meta.prerequisites if lesson else modules.get(name, ()))

    done: set[str] = set()
    for root in by_id:
        way: dict[str, Iterator[str]] = {} if root in done else {root: follow(root)}
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
                way[step] = follow(step)


def _problem(code: Code, message: str, lesson: Lesson, line: int) -> Problem:
    return Problem(code, message, lesson.path, line, code.severity)

"""Modules that a course describes, and the order of its lessons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sphinx_lessons.course import Course, make_course
from sphinx_lessons.problems import Code
from sphinx_lessons.reading import read_text
from sphinx_lessons.reading.modules import read_modules, read_modules_file

if TYPE_CHECKING:
    from pathlib import Path

    from sphinx_lessons.model import Lesson, Module

DESCRIPTION = """\
- id: waves
  title: Waves and *winds*
  description: What moves
    the water.
  lessons: [w2, w1]
- id: boats
  prerequisites:
    - waves
  lessons:
    - b1
"""


def make_lesson(name: str, *prerequisites: str, module: str = "", body: str = "") -> Lesson:
    items = "".join(f"  - {item}\n" for item in prerequisites)
    front = f"lesson: true\nid: {name}\n" + (f"moduleId: {module}\n" if module else "")
    front += f"prerequisites:\n{items}" if items else ""
    lesson = read_text(f"---\n{front}---\n# {name}\n\n{body}", f"{name}.md").lesson
    assert lesson is not None
    return lesson


def describe(text: str = DESCRIPTION) -> tuple[Module, ...]:
    modules, problems = read_modules(text, "modules.yml")
    assert problems == ()
    return modules


def found(course: Course) -> list[tuple[Code, str, int]]:
    return [(problem.code, problem.path, problem.line) for problem in course.problems]


def test_a_description_is_read_with_its_lines() -> None:
    waves, boats = describe()
    assert (waves.id, waves.title, waves.lessons) == ("waves", "Waves and *winds*", ("w2", "w1"))
    assert waves.description == "What moves the water."
    assert boats.prerequisites == ("waves",)
    assert (boats.lines["prerequisites[0]"], boats.lines["lessons[0]"]) == (8, 10)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("id: waves\n", 1, "must be a list"),
        ("- waves\n", 1, "must be a mapping"),
        ("- title: Waves\n", 1, "must have an id"),
        ("- id: a\n- id: a\n", 2, "described already"),
        ("- id: a\n  lesons: [b]\n", 2, "unknown key 'lesons'"),
        ("- id: a\n  lessons: b\n", 2, "must be a list of ids"),
        ("- id: a\n  lessons:\n  - b\n  - {c: d}\n", 4, "must be a list of ids"),
        ("- id: a\n  title: [b]\n", 2, "must be a string"),
        ("- id: a\n  title: 'b\n", 3, "not valid YAML"),
        ("- id: \x00\n", 1, "not valid YAML"),
    ],
)
def test_a_bad_description_is_a_problem_at_its_line(text: str, line: int, message: str) -> None:
    _modules, problems = read_modules(text, "modules.yml")
    (problem,) = problems
    assert (problem.code, problem.path, problem.line) == (Code.MODULES_INVALID, "modules.yml", line)
    assert message in problem.message


def test_a_bad_entry_does_not_hide_the_others() -> None:
    modules, problems = read_modules("- 1\n- id: a\n", "modules.yml")
    assert [module.id for module in modules] == ["a"]
    assert len(problems) == 1


def test_an_empty_description_describes_nothing() -> None:
    assert read_modules("# later\n", "modules.yml") == ((), ())


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    modules, (problem,) = read_modules_file(tmp_path / "modules.yml")
    assert modules == ()
    assert (problem.code, problem.line) == (Code.MODULES_INVALID, 1)


def test_the_description_orders_and_lessons_join_the_module_they_name() -> None:
    lessons = [make_lesson(name) for name in ("w1", "w2", "b1")]
    course = make_course([*lessons, make_lesson("w3", module="waves")], describe())
    assert course.modules == {"waves": ("w2", "w1", "w3"), "boats": ("b1",)}
    assert course.described["waves"].title == "Waves and *winds*"
    assert course.find_module("w3") is course.described["waves"]
    assert found(course) == []


def test_without_a_description_modules_are_what_lessons_name() -> None:
    course = make_course([make_lesson("a", module="m"), make_lesson("b")])
    assert course.modules == {"m": ("a",)}
    assert course.described["m"].id == "m"
    assert course.find_module("b") is None
    assert found(course) == []


def test_unknown_ids_on_either_side() -> None:
    lessons = [make_lesson("w1"), make_lesson("b1", module="boots"), make_lesson("x")]
    course = make_course([*lessons, make_lesson("y", module="bots")], describe())
    assert found(course) == [
        (Code.UNKNOWN_LESSON, "modules.yml", 5),
        (Code.UNKNOWN_MODULE, "b1.md", 4),
        (Code.LESSON_WITHOUT_MODULE, "x.md", 3),
        (Code.UNKNOWN_MODULE, "y.md", 4),
    ]
    messages = [problem.message for problem in course.problems]
    assert messages[0] == "the module 'waves' names an unknown lesson: 'w2'"
    assert messages[3] == "the module 'bots' is not described; did you mean 'boats'?"


def test_a_lesson_is_in_one_module() -> None:
    course = make_course(
        [make_lesson("a")], describe("- id: m\n  lessons: [a]\n- id: n\n  lessons:\n  - a\n")
    )
    assert course.modules == {"m": ("a",), "n": ()}
    assert found(course) == [(Code.UNKNOWN_LESSON, "modules.yml", 5)]


def test_prerequisites_of_modules() -> None:
    text = "- id: m\n  prerequisites: [zzz]\n  lessons: [a]\n"
    course = make_course([make_lesson("a")], describe(text))
    assert found(course) == [(Code.UNKNOWN_PREREQUISITE, "modules.yml", 2)]


def test_a_circle_of_modules_is_reported_where_it_is_written() -> None:
    text = "- id: m\n  prerequisites:\n  - n\n- id: n\n  prerequisites:\n  - m\n"
    course = make_course([], describe(text))
    assert found(course) == [(Code.PREREQUISITE_CYCLE, "modules.yml", 3)]
    assert course.problems[0].message == "prerequisites form a circle: m → n → m"


def test_a_circle_through_the_module_of_a_lesson() -> None:
    text = "- id: m\n  prerequisites: [b]\n  lessons: [a]\n- id: n\n  lessons: [b]\n"
    course = make_course([make_lesson("a"), make_lesson("b", "a")], describe(text))
    assert found(course) == [(Code.PREREQUISITE_CYCLE, "modules.yml", 2)]
    assert course.problems[0].message == "prerequisites form a circle: a → b → a"


class TestOrder:
    def test_a_prerequisite_that_comes_later(self) -> None:
        lessons = [make_lesson("a", "b"), make_lesson("b"), make_lesson("c", "a")]
        course = make_course(lessons, ordered=["a", "b", "c"])
        assert found(course) == [(Code.PREREQUISITE_AFTER, "a.md", 5)]
        assert "'b' comes later" in course.problems[0].message

    def test_a_module_that_comes_later(self) -> None:
        lessons = [
            make_lesson("b", module="m"),
            make_lesson("a", "m"),
            make_lesson("c", module="m"),
        ]
        course = make_course(lessons, ordered=["a", "b", "c"])
        assert found(course) == [(Code.PREREQUISITE_AFTER, "a.md", 5)]
        assert "'m' (its lesson 'c')" in course.problems[0].message

    def test_the_prerequisite_of_a_module(self) -> None:
        lessons = [make_lesson("b1"), make_lesson("w1"), make_lesson("w2")]
        course = make_course(lessons, describe(), ordered=["b1", "w1", "w2"])
        assert found(course) == [(Code.PREREQUISITE_AFTER, "modules.yml", 8)]

    def test_lessons_outside_the_table_of_contents_have_no_order(self) -> None:
        lessons = [make_lesson("a", "b"), make_lesson("b")]
        assert found(make_course(lessons, ordered=["a"])) == []

    def test_a_circle_is_no_matter_of_order(self) -> None:
        lessons = [make_lesson("a", "b"), make_lesson("b", "a")]
        course = make_course(lessons, ordered=["a", "b"])
        assert [code for code, _path, _line in found(course)] == [Code.PREREQUISITE_CYCLE]

    def test_a_term_that_only_a_later_lesson_defines(self) -> None:
        body = ":::definition\n**Ebb**: out\n:::\n"
        lessons = [make_lesson("a"), make_lesson("b", body=body), make_lesson("c")]
        uses = {"a": [("ebb", 9), ("EBB", 10), ("flow", 11)], "b": [("Ebb", 1)], "c": [("Ebb", 9)]}
        course = make_course(lessons, ordered=["a", "b", "c"], term_uses=uses)
        assert found(course) == [(Code.TERM_BEFORE_DEFINITION, "a.md", 9)]
        assert "(b.md:7)" in course.problems[0].message
        assert found(make_course(lessons, term_uses=uses)) == []

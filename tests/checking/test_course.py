"""What lessons have to do with one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx_lessons.course import Course, make_course
from sphinx_lessons.problems import Code
from sphinx_lessons.reading import read_text

if TYPE_CHECKING:
    from sphinx_lessons.model import Lesson


def lesson(
    name: str, *prerequisites: str, module: str = "", body: str = "", path: str = ""
) -> Lesson:
    items = "".join(f"  - {item}\n" for item in prerequisites)
    front = f"lesson: true\nid: {name}\n" + (f"moduleId: {module}\n" if module else "")
    front += f"prerequisites:\n{items}" if items else ""
    reading = read_text(f"---\n{front}---\n# {name}\n\n{body}", path or f"{name}.md")
    assert reading.lesson is not None
    return reading.lesson


def found(course: Course) -> list[tuple[Code, str, int]]:
    return [(problem.code, problem.path, problem.line) for problem in course.problems]


CHALLENGE = "---challenges---\n### Challenge: X\n- id: {}\n\n#### Solution\n```\n1\n```\n"


def test_modules_and_prerequisites() -> None:
    course = make_course(
        [lesson("a", module="m"), lesson("b", "a", module="m"), lesson("c", "m", "b", "zzz")]
    )
    assert course.modules == {"m": ("a", "b")}
    assert course.find_prerequisites(course.lessons["c"]) == ("a", "b")
    assert found(course) == [(Code.UNKNOWN_PREREQUISITE, "c.md", 7)]
    assert course.problems[0].message == "the prerequisite 'zzz' is no lesson and no module"


def test_a_misspelled_prerequisite_gets_a_proposal() -> None:
    course = make_course([lesson("tides-01"), lesson("b", "tide-01")])
    assert course.problems[0].message.endswith("; did you mean 'tides-01'?")
    course = make_course([lesson("tides-01"), lesson("b", "tides-02")])
    assert course.problems[0].message.endswith("no module")


def test_ids_are_unique_over_lessons_and_challenges() -> None:
    course = make_course(
        [
            lesson("a", body=CHALLENGE.format("a-c1")),
            lesson("b", body=CHALLENGE.format("a-c1")),
            lesson("a", path="other.md"),
            lesson("a-c1"),
        ]
    )
    assert found(course) == [
        (Code.DUPLICATE_ID, "b.md", 9),
        (Code.DUPLICATE_ID, "other.md", 3),
        (Code.DUPLICATE_ID, "a-c1.md", 3),
    ]
    assert course.problems[0].message == "the id 'a-c1' is taken already (a.md:9)"


def test_a_challenge_with_the_id_of_its_lesson() -> None:
    assert found(make_course([lesson("a", body=CHALLENGE.format("a"))])) == [
        (Code.DUPLICATE_ID, "a.md", 9)
    ]


def test_terms_are_defined_once() -> None:
    body = ":::definition\n**{}**: text\n:::\n"
    course = make_course(
        [lesson("a", body=body.format("Ebb")), lesson("b", body=body.format("ebb"))]
    )
    assert found(course) == [(Code.DUPLICATE_TERM, "b.md", 7)]
    assert course.problems[0].message == "the term 'ebb' is defined already (a.md:7)"
    assert course.terms["ebb"][0].id == "a"


def test_what_one_lesson_says_twice_is_left_to_its_reading() -> None:
    body = ":::definition\n**Ebb**: text\n:::\n" * 2 + CHALLENGE.format("a-c1") * 1
    body += "\n### Challenge: Y\n- id: a-c1\n\n#### Solution\n```\n1\n```\n"
    assert found(make_course([lesson("a", body=body)])) == []


class TestCycles:
    def test_each_circle_is_reported_once(self) -> None:
        course = make_course(
            [
                lesson("a", "c"),
                lesson("b", "a"),
                lesson("c", "b"),
                lesson("d", "a"),
                lesson("e", "e"),
            ]
        )
        assert found(course) == [
            (Code.PREREQUISITE_CYCLE, "a.md", 5),
            (Code.PREREQUISITE_CYCLE, "e.md", 5),
        ]
        assert course.problems[0].message == "prerequisites form a circle: a → c → b → a"
        assert course.problems[1].message == "prerequisites form a circle: e → e"

    def test_a_circle_through_a_module(self) -> None:
        course = make_course([lesson("a", "m"), lesson("b", "x", "a", module="m"), lesson("x")])
        assert found(course) == [(Code.PREREQUISITE_CYCLE, "a.md", 5)]
        assert course.problems[0].message == "prerequisites form a circle: a → m → b → a"

    def test_many_ways_to_one_lesson_are_no_circle(self) -> None:
        assert found(make_course([lesson("a", "b", "c"), lesson("b", "c"), lesson("c")])) == []

    def test_a_long_chain(self) -> None:
        count = 3000
        chain = [lesson(f"l{number}", f"l{(number + 1) % count}") for number in range(count)]
        course = make_course(chain)
        assert [problem.code for problem in course.problems] == [Code.PREREQUISITE_CYCLE]

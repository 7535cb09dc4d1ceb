"""Front matter: which pages are lessons, and what the keys say."""

from __future__ import annotations

import pytest

from sphinx_lessons.model import Lesson, Meta, Span
from sphinx_lessons.problems import Code
from sphinx_lessons.reading import read_text

SEPARATOR = "\n---challenges---\n"


def read_lesson(text: str, path: str = "sea.md") -> Lesson:
    lesson = read_text(text, path).lesson
    assert lesson is not None
    return lesson


def read_meta(front_matter: str) -> Meta:
    reading = read_text(f"---\nid: sea\nmoduleId: water\n{front_matter}---\n", "sea.md")
    assert reading.problems == ()
    assert reading.lesson is not None
    return reading.lesson.meta


@pytest.mark.parametrize(
    "front_matter",
    [
        "id: sea\nmoduleId: water\n",
        "id: sea\nlearningObjectives: []\n",
        "id: sea\nestimatedTimeMinutes: 3\n",
        "id: sea\ndifficulty: beginner\n",
        "lesson: true\n",
        "id: sea\nmoduleId: w\ntitle: Sea: a book\n",
    ],
)
def test_front_matter_makes_a_lesson(front_matter: str) -> None:
    assert read_text(f"---\n{front_matter}---\nText\n", "sea.md").lesson is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "# Sea\n",
        "---\nid: sea\n---\n",
        "---\nmoduleId: water\ndifficulty: beginner\n---\n",
        "---\nid: sea\nmoduleId: water\nlesson: false\n---\n" + SEPARATOR,
        "---\n- id: sea\n- moduleId: water\n---\n",
        "---\nnot: [closed\n---\n",
        "# Sea\n```\n---challenges---\n```\n",
        "    ---challenges---\n",
        "Text\n\n---\nid: sea\nmoduleId: water\n---\n",
        "---\nText\n",
    ],
)
def test_other_pages_are_none_and_have_no_problems(text: str) -> None:
    reading = read_text(text, "sea.md")
    assert reading.lesson is None
    assert reading.problems == ()
    assert reading.text == text


def test_values() -> None:
    meta = read_meta(
        "title: 1984\nprerequisites: [waves, 'tides']\nestimatedTimeMinutes: 7.5\n"
        "difficulty: advanced\nlearningObjectives:\n  - Read *this*\n  - Write\nkeywords: []\n"
        "kernel: ir\ntimeout: 20\nexecute: false\ntags: [a, b]\nother: {any: thing}\n"
    )
    assert (meta.id, meta.module, meta.title) == ("sea", "water", "1984")
    assert meta.prerequisites == ("waves", "tides")
    assert (meta.minutes, meta.timeout, meta.execute) == (7.5, 20, False)
    assert meta.difficulty == "advanced"
    assert meta.objectives == ("Read *this*", "Write")
    assert meta.keywords == ()
    assert (meta.kernel, meta.tags) == ("ir", {"a", "b"})


def test_tags_may_be_written_with_commas() -> None:
    assert read_meta("tags: a, b\n").tags == {"a", "b"}


def test_absent_and_empty_keys_have_defaults() -> None:
    meta = read_meta("title:\nprerequisites:\nexecute:\ntimeout: null\ntags:\n")
    assert meta == Meta(id="sea", module="water", lines=meta.lines)


def test_lines_of_keys_and_items() -> None:
    reading = read_text(
        "\n---\nid: sea\nprerequisites:\n  -\n  - waves\n  - tides\nmoduleId: w\n---\n", "sea.md"
    )
    assert reading.lesson is not None
    assert reading.lesson.meta.lines == {
        "id": 3,
        "prerequisites": 4,
        "prerequisites[0]": 6,
        "prerequisites[1]": 7,
        "moduleId": 8,
    }
    assert reading.lesson.front_matter == Span(2, 9)


def test_aliases_do_not_explode() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(
        f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 99)
    )
    reading = read_text(f"---\nid: sea\nmoduleId: w\n{bomb}keywords: *a98\n---\n", "sea.md")
    assert {problem.code for problem in reading.problems} == {Code.FRONT_MATTER_TYPE}


def test_front_matter_nested_too_deep_is_a_problem() -> None:
    reading = read_text("---\nid: " + "[" * 5000 + "\n---\n" + SEPARATOR, "sea.md")
    assert reading.problems[0].code is Code.FRONT_MATTER_INVALID


@pytest.mark.parametrize("end", ["---", "...", "-----", "--- "])
def test_ways_to_end_the_front_matter(end: str) -> None:
    assert read_lesson(f"---\nid: sea\nmoduleId: w\n{end}\n# Sea\n").front_matter == Span(1, 4)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_line_ends_and_byte_order_marks(newline: str, bom: str) -> None:
    text = "---\nid: sea\nmoduleId: w\n---\n\n# Sea\n\n```python\n1\n```"
    reading = read_text(bom + text.replace("\n", newline), "sea.md")
    assert reading.problems == ()
    assert reading.text == text
    assert reading.lesson is not None
    assert reading.lesson.lines == 10
    assert reading.lesson.demos[0].line == 8


@pytest.mark.parametrize("character", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_only_newlines_end_lines(character: str) -> None:
    lesson = read_lesson(f"---\nid: sea\nmoduleId: w\n---\nA{character}B\n```python\n1\n```\n")
    assert lesson.demos[0].line == 6
    assert lesson.lines == 8


def test_characters_that_are_none_are_replaced() -> None:
    reading = read_text("A\0B\ud800C\U0001f600\n", "sea.md")
    assert reading.text == "A\ufffdB\ufffdC\U0001f600\n"


@pytest.mark.parametrize(
    ("front_matter", "body", "title"),
    [
        ("title: Front\n", "# Page *title*\n", "Page *title*"),
        ("title: Front\n", "Page\n====\n", "Page"),
        ("title: Front\n", "## Part\n", "Front"),
        ("title: Front\n", "- # Part\n", "Front"),
        ("title: Front\n", ":::note\n# Part\n:::\n", "Front"),
        ("", "Text\n", "sea"),
    ],
)
def test_the_title(front_matter: str, body: str, title: str) -> None:
    assert read_lesson(f"---\nid: sea\nmoduleId: w\n{front_matter}---\n{body}").title == title


@pytest.mark.parametrize(
    ("path", "name"),
    [("lessons/sea.md", "sea"), ("The Sea (1).md", "The-Sea-1"), ("((.md", "lesson")],
)
def test_without_an_id_the_file_gives_its_name(path: str, name: str) -> None:
    assert read_lesson("---\nlesson: true\n---\n", path).id == name


def test_an_id_that_cannot_be_used_is_cleaned() -> None:
    assert read_lesson("---\nid: <b>the sea</b>\nmoduleId: w\n---\n").id == "b-the-sea-b"


def test_a_single_string_is_a_list_of_one() -> None:
    reading = read_text("---\nid: sea\nmoduleId: water\nprerequisites: waves\n---\n", "sea.md")
    assert reading.lesson is not None
    assert reading.lesson.meta.prerequisites == ("waves",)
    (problem,) = reading.problems
    assert (problem.code, problem.line) == (Code.FRONT_MATTER_TYPE, 4)
    assert problem.message.endswith("what it says was taken as the only item")


@pytest.mark.parametrize("flag", ["true", "yes"])
def test_a_lesson_whose_front_matter_is_broken_is_still_one(flag: str) -> None:
    reading = read_text(f"---\nlesson: {flag}\nbad: [open\n---\n# Sea\n", "sea.md")
    assert reading.lesson is not None
    assert [problem.code for problem in reading.problems] == [Code.FRONT_MATTER_INVALID]
    assert read_text("---\nlesson: false\nbad: [open\n---\n# Sea\n", "sea.md").lesson is None

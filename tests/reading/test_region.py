"""The challenge region: where it begins, challenges, metadata, sections, hints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sphinx_lessons.model import Challenge, Lesson, Prose, Span
from sphinx_lessons.problems import Code
from sphinx_lessons.reading import Reading, read_text

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "---\nid: sea\nmoduleId: water\n---\n"
REGION = HEAD + "---challenges---\n"
"""Five lines: what is below begins at line 6."""

ENDING = "#### Expected Output\n```\n1\n```\n#### Solution\n```python\nprint(1)\n```\n"
"""The sections that every challenge should have; eight lines."""


def read_lesson(text: str) -> Lesson:
    reading = read_text(text, "sea.md")
    assert reading.problems == ()
    assert reading.lesson is not None
    return reading.lesson


def read_challenge(text: str) -> Challenge:
    (challenge,) = read_lesson(REGION + text).challenges
    return challenge


# --- where it begins --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("above", "line"),
    [
        ("", 5),
        ("Text\n", 6),
        ("- item\n  more\n", 7),
        ("> quote\n", 6),
        ("| a |\n|---|\n| b |\n", 8),
        ("```text\n---challenges---\n```\n", 8),
        (":::note\n---challenges---\n:::\n", 8),
        ("<div>\n---challenges---\n</div>\n\n", 9),
        ("<!--\n---challenges---\n-->\n", 8),
        ("    ---challenges---\n\n", 7),
        ("> ---challenges---\n", 6),
        ("Text ---challenges---\n", 6),
    ],
)
@pytest.mark.parametrize("separator", ["---challenges---", "   ---challenges--- \t"])
def test_the_separator(above: str, line: int, separator: str) -> None:
    lesson = read_lesson(f"{HEAD}{above}{separator}\n### Challenge: Count\n- id: sea-c1\n{ENDING}")
    assert (lesson.region, lesson.separator) == (line, True)
    assert len(lesson.challenges) == 1


def test_a_separator_makes_a_page_a_lesson() -> None:
    lesson = read_text("# Sea\n\n---challenges---\n", "sea.md").lesson
    assert lesson is not None
    assert (lesson.id, lesson.title, lesson.region) == ("sea", "Sea", 3)


@pytest.mark.parametrize(
    "challenge",
    [
        "### Challenge: Count\n\n- id: sea-c1\n" + ENDING,
        "  ## Challenge: Count\nText\n" + ENDING,
        "#### challenge: Count\n\nText\n\n##### Hints\n- a\n",
        "- item\n  ### Challenge: Count\n" + ENDING,
    ],
)
def test_the_region_may_begin_without_a_separator(challenge: str) -> None:
    lesson = read_text(HEAD + "# Sea\n\n" + challenge, "sea.md").lesson
    assert lesson is not None
    assert lesson.region == 7 + challenge.startswith("- item")
    assert not lesson.separator
    assert len(lesson.challenges) == 1
    assert lesson.demos == ()


@pytest.mark.parametrize(
    "body",
    [
        "### Challenge: think\n\nText\n",
        "### Challenge: think\n\n## Hints\n",
        "# Challenge: think\n\n- id: sea-c1\n",
        "##### Challenge: think\n\n- id: sea-c1\n",
        "### Challenge: think\n\n## Other\n\n#### Solution\n",
        "### The challenge\n\n- id: sea-c1\n",
        ":::note\n### Challenge: think\n#### Solution\n:::\n",
    ],
)
def test_not_every_heading_of_a_challenge_begins_the_region(body: str) -> None:
    assert read_lesson(HEAD + body).region is None


def test_text_before_the_first_challenge_is_kept() -> None:
    reading = read_text(REGION + "\n## Practice\n\nText\n\n### Challenge: A\n" + ENDING, "sea.md")
    assert reading.lesson is not None
    assert reading.lesson.preamble == Prose("## Practice\n\nText\n", Span(7, 9))


# --- challenges -------------------------------------------------------------------------------


def test_a_challenge_needs_no_blank_lines() -> None:
    challenge = read_challenge(
        "### Challenge: Count *it*\n- id: sea-c1\n- language: python\n- difficulty: advanced\n"
        "#### Starter Code\n```python\nx =\n```\n#### Expected Output\n```\n1\n```\n"
        "#### Hints\n1. One\n2. Two\n#### Solution\n```python\nprint(1)\n```\n"
    )
    assert challenge.title == "Count *it*"
    assert (challenge.id, challenge.language, challenge.difficulty) == (
        "sea-c1",
        "python",
        "advanced",
    )
    assert challenge.span == Span(6, 24)
    assert [(section.kind, section.line) for section in challenge.sections] == [
        ("starter code", 10),
        ("expected output", 14),
        ("hints", 18),
        ("solution", 21),
    ]
    assert [hint.text for hint in challenge.hints] == ["One\n", "Two\n"]
    solution = challenge.source("solution")
    assert solution is not None
    assert (solution.text, solution.span, solution.first_line) == ("print(1)\n", Span(22, 24), 23)


def test_sections_come_in_any_order_level_and_case() -> None:
    challenge = read_challenge(
        "## Challenge: A\n- id: sea-c1\n###### SOLUTION\n```\n1\n```\n"
        "### expected  output:\n```\n```\n"
    )
    assert [section.kind for section in challenge.sections] == ["solution", "expected output"]
    assert [section.title for section in challenge.sections] == ["SOLUTION", "expected  output:"]


@pytest.mark.parametrize("dashes", ["---\n", "\n---\n\n", "- - -\n", "---\n---\n"])
def test_rows_of_dashes_are_decoration(dashes: str) -> None:
    first = f"### Challenge: A\n- id: sea-c1\n\nThe task.\n{dashes}{ENDING}{dashes}"
    second = f"### Challenge: B\n- id: sea-c2\n{ENDING}More.\n{dashes}"
    one, two = read_lesson(REGION + first + second).challenges
    assert one.task == Prose("The task.\n", Span(9, 9))
    assert [section.after for section in one.sections] == [None, None]
    assert two.sections[-1].after is not None
    assert two.sections[-1].after.text == "More.\n"


def test_text_above_a_row_of_dashes_is_no_heading() -> None:
    challenge = read_challenge(f"### Challenge: A\n- id: sea-c1\n\nOne\n---\ntwo\n{ENDING}")
    assert challenge.task == Prose("One\n***\ntwo\n", Span(9, 11))


@pytest.mark.parametrize("indent", ["", " ", "   "])
def test_headings_count_inside_a_list_item(indent: str) -> None:
    challenge = read_challenge(
        f"{indent}### Challenge: A\n- id: sea-c1\n\n{indent}#### Hints\n1. a\n\n"
        f"{indent}#### Solution\n{indent}```\n{indent}1\n{indent}```\n"
        f"{indent}#### Expected Output\n```\n```\n"
    )
    assert [section.kind for section in challenge.sections] == [
        "hints",
        "solution",
        "expected output",
    ]
    assert [hint.text for hint in challenge.hints] == ["a\n"]
    solution = challenge.source("solution")
    assert solution is not None
    assert solution.text == "1\n"


@pytest.mark.parametrize(
    "text",
    [
        "```text\n#### Solution\n### Challenge: B\n```\n",
        "<!--\n#### Solution\n### Challenge: B\n-->\n",
        ":::note\n#### Solution\n:::\n",
        "    #### Solution\n",
        "\\#### Solution\n",
    ],
)
def test_what_only_looks_like_a_heading_is_text(text: str) -> None:
    challenge = read_challenge(f"### Challenge: A\n- id: sea-c1\n\n{text}{ENDING}")
    assert [section.kind for section in challenge.sections] == ["expected output", "solution"]
    assert challenge.task is not None
    assert challenge.task.text.strip() == text.strip()


def test_a_challenge_without_a_title_has_its_id() -> None:
    assert read_challenge(f"### Challenge:\n- id: sea-c1\n{ENDING}").title == "sea-c1"


def test_what_stands_beside_a_fence_is_kept() -> None:
    challenge = read_challenge(
        "### Challenge: A\n- id: sea-c1\n#### Expected Output\n\nAbout this:\n```\n1\n```\n\n"
        "or so\n#### Solution\n```\n```\n"
    )
    section = challenge.section("expected output")
    assert section is not None
    assert section.before == Prose("About this:\n", Span(10, 10))
    assert section.after == Prose("or so\n", Span(15, 15))


def test_a_second_fence_is_kept_as_text() -> None:
    text = f"{REGION}### Challenge: A\n- id: sea-c1\n{ENDING}\n```python\n2\n```\n"
    lesson = read_text(text, "sea.md").lesson
    assert lesson is not None
    after = lesson.challenges[0].sections[-1].after
    assert after == Prose("```python\n2\n```\n", Span(17, 19))


def test_unknown_and_repeated_sections_are_kept_as_they_are() -> None:
    more = "#### Note\nText\n#### Solution\n```\n2\n```\n"
    text = f"{REGION}### Challenge: A\n- id: sea-c1\n{ENDING}{more}"
    lesson = read_text(text, "sea.md").lesson
    assert lesson is not None
    note, second = lesson.challenges[0].sections[2:]
    assert (note.kind, note.title, note.before) == ("", "Note", Prose("Text\n", Span(17, 17)))
    assert (second.kind, second.source, second.before and second.before.span) == (
        "",
        None,
        Span(19, 21),
    )


def test_further_sections() -> None:
    challenge = read_challenge(
        "### Challenge: A\n- id: sea-c1\n#### Setup\n```\na = 1\n```\n#### Input\n```\n5\n```\n"
        "#### Checks\n```\nassert a\n```\n#### Solution\n```\nb\n```\n"
        "#### Explanation\nWhy\n```python\nnot run\n```\n"
    )
    assert [section.kind for section in challenge.sections] == [
        "setup",
        "input",
        "checks",
        "solution",
        "explanation",
    ]
    explanation = challenge.section("explanation")
    assert explanation is not None
    assert explanation.source is None
    assert explanation.before is not None
    assert explanation.before.text == "Why\n```python\nnot run\n```\n"


def test_an_unclosed_solution_counts() -> None:
    lesson = read_text(f"{REGION}### Challenge: A\n- id: sea-c1\n{ENDING[:-4]}", "sea.md").lesson
    assert lesson is not None
    solution = lesson.challenges[0].source("solution")
    assert solution is not None
    assert (solution.text, solution.span.end) == ("print(1)\n", 14)


# --- ids --------------------------------------------------------------------------------------


def test_a_missing_id_is_derived_from_the_position() -> None:
    text = f"{REGION}### Challenge: A\n{ENDING}### Challenge: B\n{ENDING}"
    lesson = read_text(text, "sea.md").lesson
    assert lesson is not None
    assert [challenge.id for challenge in lesson.challenges] == ["sea-c1", "sea-c2"]


def test_a_derived_id_is_not_taken_twice() -> None:
    text = f"{REGION}### Challenge: A\n- id: sea-c2\n{ENDING}### Challenge: B\n{ENDING}"
    reading = read_text(text, "sea.md")
    assert reading.lesson is not None
    assert [challenge.id for challenge in reading.lesson.challenges] == ["sea-c2", "sea-c2x"]
    assert [problem.code for problem in reading.problems] == [Code.MISSING_ID]


def test_ids_are_not_held_against_the_name_of_the_file() -> None:
    text = f"---challenges---\n### Challenge: A\n- id: other-c1\n{ENDING}"
    assert read_text(text, "sea.md").problems == ()


# --- metadata ---------------------------------------------------------------------------------


def test_all_keys() -> None:
    challenge = read_challenge(
        "### Challenge: A\n\n* ID: 'sea-c1'\n* **language**: `python`\n"
        "* compare: number,\n  ellipsis\n"
        "* timeout: 2\n* files: a.csv, data/b.csv\n* tags: skip-execution, own\n"
        "* known_failure: not yet,\n  says the author\n* raises: KeyError\n" + ENDING
    )
    options = challenge.options
    assert (challenge.id, challenge.language) == ("sea-c1", "python")
    assert options.compare == ("number", "ellipsis")
    assert options.timeout == 2
    assert options.files == ("a.csv", "data/b.csv")
    assert options.tags == {"skip-execution", "own"}
    assert options.known_failure == "not yet, says the author"
    assert options.raises == "KeyError"
    assert challenge.task is None


def test_no_check_is_no_comparison() -> None:
    challenge = read_challenge(
        "### Challenge: A\n- id: sea-c1\n- check: none\n#### Solution\n```\n1\n```\n"
    )
    assert challenge.options.compare == ("none",)


def test_values_may_be_a_list_of_their_own() -> None:
    challenge = read_challenge(
        "### Challenge: A\n- files:\n  - a.csv\n  - b.csv\n- id: sea-c1\n" + ENDING
    )
    assert challenge.options.files == ("a.csv", "b.csv")
    assert challenge.task is None


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("- id: sea-c1\n\nDo it.\n", Prose("Do it.\n", Span(9, 9))),
        ("- id: sea-c1\nDo it.\n", Prose("Do it.\n", Span(8, 8))),
        ("- id: sea-c1\n\n  Do it.\n", Prose("  Do it.\n", Span(9, 9))),
        ("- id: sea-c1\n  Do it.\n", Prose("  Do it.\n", Span(8, 8))),
        ("- id: sea-c1\n\n- First\n- Note: this\n", Prose("- First\n- Note: this\n", Span(9, 10))),
        ("- id: sea-c1\n- One\n- tags: x\n", Prose("- One\n- tags: x\n", Span(8, 9))),
        ("- id: sea-c1\n\n- Note: this\n", Prose("- Note: this\n", Span(9, 9))),
        ("- id: sea-c1\n\n```python\n1\n```\n", Prose("```python\n1\n```\n", Span(9, 11))),
    ],
)
def test_what_follows_the_metadata_is_the_task(text: str, task: Prose) -> None:
    assert read_challenge(f"### Challenge: A\n{text}{ENDING}").task == task


def test_a_list_without_any_known_key_is_the_task() -> None:
    reading = read_text(f"{REGION}### Challenge: A\n- One: this\n- Two\n{ENDING}", "sea.md")
    assert reading.lesson is not None
    assert reading.lesson.challenges[0].task == Prose("- One: this\n- Two\n", Span(7, 8))
    assert [problem.code for problem in reading.problems] == [Code.MISSING_ID]


@pytest.mark.parametrize(
    ("metadata", "starter", "solution", "language"),
    [
        ("", "", "", "python"),
        ("", "r", "bash", "r"),
        ("", "", "bash", "bash"),
        ("- language: julia\n", "r", "bash", "julia"),
    ],
)
def test_the_language(metadata: str, starter: str, solution: str, language: str) -> None:
    challenge = read_challenge(
        f"### Challenge: A\n- id: sea-c1\n{metadata}#### Solution\n```{solution}\n1\n```\n"
        f"#### Starter Code\n```{starter}\n1\n```\n#### Expected Output\n```\n```\n"
    )
    assert challenge.language == language


def test_a_tag_makes_a_challenge_browser_only() -> None:
    challenge = read_challenge("### Challenge: A\n- id: sea-c1\n- tags: browser-only\n" + ENDING)
    assert challenge.browser_only


def test_an_import_makes_a_challenge_browser_only() -> None:
    reading = read_text(
        f"{REGION}### Challenge: A\n- id: sea-c1\n{ENDING}".replace("print(1)", "import js"), "x.md"
    )
    assert reading.lesson is not None
    assert reading.lesson.challenges[0].browser_only


@pytest.mark.parametrize("promise", ["#### Checks\n```\n```\n", "- raises: KeyError\n"])
def test_output_is_not_the_only_promise(promise: str) -> None:
    metadata, sections = (promise, "") if promise.startswith("-") else ("", promise)
    challenge = f"### Challenge: A\n- id: sea-c1\n{metadata}#### Solution\n```\n1\n```\n{sections}"
    assert read_text(REGION + challenge, "sea.md").problems == ()


# --- hints ------------------------------------------------------------------------------------


def read_hints(text: str) -> tuple[Prose | None, list[tuple[str, int]], Prose | None]:
    challenge = read_challenge(f"### Challenge: A\n- id: sea-c1\n#### Hints\n{text}{ENDING}")
    section = challenge.section("hints")
    assert section is not None
    assert section.source is None
    hints = [(hint.text, hint.span.start) for hint in challenge.hints]
    return section.before, hints, section.after


@pytest.mark.parametrize(
    ("text", "hints"),
    [
        ("1. a\n2. b\n", [("a\n", 9), ("b\n", 10)]),
        ("\n- a\n\n- b\n", [("a\n", 10), ("b\n", 12)]),
        ("1. a\n   more\n2. b\n", [("a\nmore\n", 9), ("b\n", 11)]),
        ("- a\n\n  ```python\n    x\n  ```\n", [("a\n\n```python\n  x\n```\n", 9)]),
        ("  1) a\n  2) b\n", [("a\n", 9), ("b\n", 10)]),
        ("- a\n  - nested\n- b\n", [("a\n- nested\n", 9), ("b\n", 11)]),
        ("1. a\n```python\nx\n```\n2. b\n", [("a\n```python\nx\n```\n", 9), ("b\n", 13)]),
        ("- a\n* b\n", [("a\n", 9), ("b\n", 10)]),
        ("-     a\n", [("    a\n", 9)]),
    ],
)
def test_each_item_is_a_hint(text: str, hints: list[tuple[str, int]]) -> None:
    assert read_hints(text) == (None, hints, None)


def test_text_beside_the_list_is_kept() -> None:
    before, hints, after = read_hints("Think.\n\n1. a\n2. b\n\nThat is all.\n")
    assert before == Prose("Think.\n", Span(9, 9))
    assert hints == [("a\n", 11), ("b\n", 12)]
    assert after == Prose("That is all.\n", Span(14, 14))


def test_hints_without_a_list_are_kept() -> None:
    assert read_hints("Think.\n") == (Prose("Think.\n", Span(9, 9)), [], None)


# --- size -------------------------------------------------------------------------------------


def test_ten_thousand_challenges(tmp_path: Path) -> None:
    challenges = "".join(f"### Challenge: A\n- id: sea-c{n}\n{ENDING}" for n in range(10_000))
    reading: Reading = read_text(REGION + challenges, str(tmp_path))
    assert reading.problems == ()
    assert reading.lesson is not None
    assert len({challenge.id for challenge in reading.lesson.challenges}) == 10_000


def test_comments_before_the_first_challenge_are_no_text() -> None:
    text = f"<!-- for\nauthors -->\n\n<!-- b -->\n### Challenge: A\n- id: sea-c1\n{ENDING}"
    assert read_lesson(REGION + text).preamble is not None
    reading = read_text(REGION + "<!-- a -->\nText\n\n" + text, "sea.md")
    assert [problem.code for problem in reading.problems] == [Code.TEXT_OUTSIDE_CHALLENGE]


def test_lists_of_values_may_be_written_as_in_yaml() -> None:
    metadata = "- id: sea-c1\n- files: [a.txt, 'b c.txt']\n- compare: [number, ellipsis]\n"
    challenge = read_challenge(f"### Challenge: A\n{metadata}{ENDING}")
    assert challenge.options.files == ("a.txt", "b c.txt")
    assert challenge.options.compare == ("number", "ellipsis")


def test_a_misspelled_section_is_named() -> None:
    text = f"### Challenge: A\n- id: sea-c1\n{ENDING}#### Hnits\n- hint\n"
    (problem,) = read_text(REGION + text, "sea.md").problems
    assert problem.message == "unknown section 'Hnits'; did you mean 'Hints'?"


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("Challenge : Count", "Count"),
        ("**Challenge:** Count", "Count"),
        ("**Challenge: Count**", "Count"),
        ("*Challenge*: Count", None),
        ("Challenge: *Count*", "*Count*"),
    ],
)
def test_how_a_heading_is_set_does_not_matter(heading: str, title: str | None) -> None:
    ending = ENDING.replace("#### Solution", "#### **Solution:**")
    lesson = read_text(f"{REGION}### {heading}\n- id: sea-c1\n{ending}", "sea.md").lesson
    assert lesson is not None
    assert [challenge.title for challenge in lesson.challenges] == ([title] if title else [])
    assert all(challenge.source("solution") for challenge in lesson.challenges)


def test_comments_may_hide_headings() -> None:
    assert read_challenge(f"### Challenge: A\n- id: sea-c1\n<!--\n#### Solution\n-->\n\n{ENDING}")

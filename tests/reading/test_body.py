"""The body of a lesson: demos, their options and outputs, definitions, try-its, blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sphinx_lessons.problems import Code
from sphinx_lessons.reading import read_options, read_text

if TYPE_CHECKING:
    from sphinx_lessons.model import Lesson

HEAD = "---\nid: sea\nmoduleId: water\n---\n"


def read(body: str, head: str = HEAD) -> Lesson:
    reading = read_text(head + body, "sea.md")
    assert reading.problems == ()
    assert reading.lesson is not None
    return reading.lesson


# --- demos ------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["python", "py", "python3", "Python"])
def test_a_runnable_fence_is_a_demo(language: str) -> None:
    (demo,) = read(f"\nText\n```{language}\nprint(1)\n```\n").demos
    assert demo.line == 7
    assert demo.source.first_line == 8
    assert demo.source.span.end == 9
    assert demo.source.text == "print(1)\n"
    assert demo.source.language == language


@pytest.mark.parametrize("info", ["", "text", "r", "python,ignore", "{python}", "{code-cell} py"])
def test_other_fences_are_none(info: str) -> None:
    assert read(f"```{info}\nprint(1)\n```\n").demos == ()


def test_the_languages_are_the_readers_choice() -> None:
    reading = read_text(HEAD + "```r\n1\n```\n```python\n1\n```\n", "sea.md", ["r"])
    assert reading.lesson is not None
    assert [demo.line for demo in reading.lesson.demos] == [5]


@pytest.mark.parametrize(
    ("body", "line", "text"),
    [
        ("- item\n\n  ```python\n  for a in b:\n      c\n  ```\n", 7, "for a in b:\n    c\n"),
        ("- ```python\n  1\n  ```\n", 5, "1\n"),
        ("> ~~~python\n> 1\n> ~~~\n", 5, "1\n"),
        (":::note\n```python\n1\n```\n:::\n", 6, "1\n"),
        ("  :::note\n    ```python\n    1\n    ```\n  :::\n", 6, "1\n"),
        ("1. > :::box\n   > - ```python\n   >   1\n   >   ```\n   > :::\n", 6, "1\n"),
        ("````{tip}\n```python\n1\n```\n````\n", 6, "1\n"),
        (":::{dropdown} More\n```python\n1\n```\n:::\n", 6, "1\n"),
        ("````{tab-item} A\n```python\n1\n```\n````\n", 6, "1\n"),
        ("   ```python\n   1\n     2\n 3\n   ```\n", 5, "1\n  2\n3\n"),
    ],
)
def test_demos_are_found_at_any_depth(body: str, line: int, text: str) -> None:
    (demo,) = read(body).demos
    assert (demo.line, demo.source.text) == (line, text)


@pytest.mark.parametrize(
    "body",
    [
        "    ```python\n    1\n    ```\n",
        "````text\n```python\n1\n```\n````\n",
        "<!--\n```python\n1\n```\n-->\n",
        ":::{code-block} text\n```python\n1\n```\n:::\n",
        "````{code-block} text\n```python\n1\n```\n````\n",
        "````{unheard-of}\n```python\n1\n```\n````\n",
    ],
)
def test_what_only_looks_like_a_demo_is_none(body: str) -> None:
    assert read(body).demos == ()


def test_flags() -> None:
    info = 'python hide-input compare=number,ellipsis timeout=2.5 known-failure="is slow" {a=1}'
    (demo,) = read(f"```{info}\n```\n").demos
    assert demo.options.tags == {"hide-input"}
    assert demo.options.compare == ("number", "ellipsis")
    assert demo.options.timeout == 2.5
    assert demo.options.known_failure == "is slow"


@pytest.mark.parametrize("marker", ["```", "~~~~", ":::", "::::"])
def test_the_demo_directive(marker: str) -> None:
    body = f"{marker}{{demo}} python\n:raises-exception:\n:compare: number\n\n1 / 0\n{marker}\n"
    (demo,) = read(body).demos
    assert demo.source.text == "1 / 0\n"
    assert demo.source.language == "python"
    assert (demo.line, demo.source.first_line, demo.source.span.end) == (5, 9, 10)
    assert demo.options.tags == {"raises-exception"}
    assert demo.options.compare == ("number",)


def test_the_demo_directive_needs_no_options() -> None:
    (demo,) = read("```{demo}\n\n1\n```\n").demos
    assert (demo.source.text, demo.source.first_line) == ("1\n", 7)
    assert demo.source.language == "python"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import js", True),
        ("if True:\n    from pyodide.ffi import run_sync", True),
        ("import a, micropip\nawait micropip.install('x')", True),
        ("import pyodide_js as p", True),
        ("text = 'import js'", False),
        ("# import js", False),
        ("import json", False),
        ("from . import js", False),
        ("import js.\n", False),
    ],
)
def test_imports_make_a_demo_browser_only(code: str, expected: bool) -> None:
    (demo,) = read(f"```python\n{code}\n```\n").demos
    assert demo.browser_only is expected


def test_a_flag_makes_a_demo_browser_only() -> None:
    (demo,) = read("```python browser-only\n1\n```\n").demos
    assert demo.browser_only


# --- expected output of demos -----------------------------------------------------------------

DEMO = "```python\nprint(1)\n```\n"


@pytest.mark.parametrize(
    "between",
    [
        "```\n1\n```\n",
        "\n\n```\n1\n```\n",
        "```output\n1\n```\n",
        "Output:\n```\n1\n```\n",
        "\nOutput:\n\n```\n1\n```\n",
        "**Output:**\n\n```\n1\n```\n",
        "**Expected output**:\n~~~\n1\n~~~\n",
        "Expected output:\n```output\n1\n```\n",
    ],
)
def test_the_fence_below_a_demo_is_its_output(between: str) -> None:
    (demo,) = read(DEMO + between).demos
    assert demo.expected is not None
    assert demo.expected.text == "1\n"
    assert (
        read_text(HEAD + DEMO + between, "x").text.split("\n")[demo.expected.first_line - 1] == "1"
    )


@pytest.mark.parametrize(
    "between",
    [
        "```text\n1\n```\n",
        "Text\n```\n1\n```\n",
        "Output:\nmore\n```\n1\n```\n",
        "Output:\n\nOutput:\n\n```\n1\n```\n",
        "- Output:\n\n```\n1\n```\n",
        "# Output:\n```\n1\n```\n",
        "---\n```\n1\n```\n",
        ":::note\n```\n1\n```\n:::\n",
        "<div>\n\n```\n1\n```\n",
        "> ```\n> 1\n> ```\n",
        "```text\na\n```\n```\n1\n```\n",
    ],
)
def test_a_fence_further_away_is_not(between: str) -> None:
    (demo,) = read(DEMO + between).demos
    assert demo.expected is None


def test_each_demo_has_its_own_output() -> None:
    first, second = read(DEMO + "```\n1\n```\n" + DEMO + "```\n2\n```\n```\n3\n```\n").demos
    assert first.expected is not None
    assert first.expected.text == "1\n"
    assert second.expected is not None
    assert second.expected.text == "2\n"


def test_a_demo_at_the_end_of_a_list_has_the_output_below_the_list() -> None:
    (demo,) = read("- ```python\n  print(1)\n  ```\n\n```\n1\n```\n").demos
    assert demo.expected is not None


def test_a_demo_at_the_end_of_a_block_has_not() -> None:
    (demo,) = read(":::note\n```python\nprint(1)\n```\n:::\n\n```\n1\n```\n").demos
    assert demo.expected is None


# --- options ----------------------------------------------------------------------------------


def test_options_are_read_from_words() -> None:
    options, complaints = read_options(["skip-execution", "timeout=3", "linenums", "title=Sea"])
    assert options.tags == {"skip-execution"}
    assert options.timeout == 3
    assert complaints == ()


def test_complaints_come_as_code_and_message() -> None:
    _, complaints = read_options(["timeout=x", "files=a.csv"])
    assert [code for code, _ in complaints] == [Code.INVALID_OPTION, Code.UNKNOWN_FLAG]


# --- definitions ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lead", "term"),
    [
        ("**Ebb**: out", "Ebb"),
        ("**Ebb:** out", "Ebb"),
        ("__Ebb__ out", "Ebb"),
        ("**Ebb `tide` *low***: out", "Ebb tide low"),
        ("**Ebb\ntide**: out", "Ebb tide"),
        (":class: wide\n\n**Ebb**: out", "Ebb"),
        (":class: wide\n**Ebb**: out", "Ebb"),
        ("\n**Ebb**: out", "Ebb"),
    ],
)
def test_the_bold_lead_is_the_term(lead: str, term: str) -> None:
    (definition,) = read(f":::definition\n{lead}\n:::\n").definitions
    assert definition.term == term


@pytest.mark.parametrize(
    "lead", ["Ebb: out", "*Ebb*: out", "The **ebb**: out", "- **Ebb**", "** **", ""]
)
def test_other_leads_are_no_terms(lead: str) -> None:
    reading = read_text(f"{HEAD}:::definition\n{lead}\n:::\n", "sea.md")
    assert [problem.code for problem in reading.problems] == [Code.DEFINITION_WITHOUT_TERM]
    assert reading.lesson is not None
    assert [definition.term for definition in reading.lesson.definitions] == [""]


# --- try-its ----------------------------------------------------------------------------------


def test_a_try_it_belongs_to_the_demo_inside_it() -> None:
    (try_it,) = read(DEMO + ":::try-it\n" + DEMO + ":::\n" + DEMO).try_its
    assert try_it.demo == 1


def test_a_try_it_belongs_to_the_nearest_demo_above() -> None:
    lesson = read(":::try-it\nA\n:::\n" + DEMO + "- " + "a\n" + DEMO + ":::try-it\nB\n:::\n" + DEMO)
    assert [try_it.demo for try_it in lesson.try_its] == [None, 1]


# --- blocks -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "opening",
    [
        ":::definition The sea",
        "::: definition  The sea",
        ":::{definition} The sea",
        "::: {definition} The sea",
        ":::Definition The sea",
        "   :::definition The sea",
    ],
)
def test_spellings_of_a_block(opening: str) -> None:
    (block,) = read(f"{opening}\n**Sea**: wide\n:::\n").blocks
    assert (block.name, block.title) == ("definition", "The sea")
    assert (block.span.start, block.span.end, block.closed) == (5, 7, True)


def test_the_backtick_form() -> None:
    (block,) = read("```{definition} The sea\n**Sea**: wide\n```\n").blocks
    assert (block.name, block.title, block.marker) == ("definition", "The sea", "```")


def test_other_names_are_containers() -> None:
    lesson = read(":::box\n:::\n:::{figure} a.png\n:::\n")
    assert lesson.blocks == ()
    assert [block.name for block in lesson.containers] == ["box", "figure"]


def test_blocks_of_one_length_nest() -> None:
    lesson = read(":::note\n:::box\n:::tip\nA\n:::\n:::\n:::warning\nB\n:::\n:::\n")
    assert [(b.name, b.span.start, b.span.end, b.depth) for b in lesson.blocks] == [
        ("note", 5, 14, 2),
        ("tip", 7, 9, 0),
        ("warning", 11, 13, 0),
    ]
    assert [(b.name, b.depth) for b in lesson.containers] == [("box", 1)]


def test_a_longer_end_closes_the_longer_block() -> None:
    reading = read_text(HEAD + "::::note\n:::tip\nA\n::::\nB\n", "sea.md")
    assert reading.lesson is not None
    note, tip = reading.lesson.blocks
    assert (note.span.end, note.closed) == (8, True)
    assert not tip.closed


def test_an_end_may_be_longer_than_its_block() -> None:
    (block,) = read(":::note\nA\n:::::\n").blocks
    assert block.span.end == 7


def test_a_list_item_does_not_hide_the_block_around_it() -> None:
    (block,) = read("  :::tip\n- one\n- two\n  :::\nText\n").blocks
    assert block.span.end == 8


def test_text_in_a_fence_is_no_block() -> None:
    lesson = read(":::note\n```text\n:::\n:::tip\n```\n:::\n")
    (block,) = lesson.blocks
    assert block.span.end == 10


def test_what_follows_an_unclosed_block_is_read() -> None:
    text = HEAD + ":::note\n" + DEMO + "---challenges---\n### Challenge: A\n- id: sea-c1\n"
    lesson = read_text(text, "sea.md").lesson
    assert lesson is not None
    assert len(lesson.demos) == 1
    assert lesson.region == 9
    assert [block.closed for block in lesson.blocks] == [False]


def test_stray_ends_are_known() -> None:
    lesson = read_text(HEAD + ":::\nText\n:::\n", "sea.md").lesson
    assert lesson is not None
    assert lesson.stray_ends == (5, 7)


def test_the_language_of_an_output_is_written_in_any_case() -> None:
    (demo,) = read("```python\nprint(1)\n```\n\n```Output\n1\n```\n").demos
    assert demo.expected is not None

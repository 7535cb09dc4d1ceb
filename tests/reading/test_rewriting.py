"""What rewriting promises, held against MyST's own parser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from docutils.parsers.rst.directives.admonitions import Note
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markdown_it.renderer import RendererHTML
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.directives import parse_directive_text
from myst_parser.parsers.mdit import create_md_parser

from sphinx_lessons.reading import read_text, rewrite, rewrite_markdown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx_lessons.model import Lesson

MYST = create_md_parser(MdParserConfig(enable_extensions={"colon_fence"}), RendererHTML)

HEAD = "---\nid: sea\nmoduleId: water\n---\n"
REGION = "{lesson-challenges}"
OPAQUE = ("{demo}", "{code-block}", "{code}")


@dataclass(frozen=True, slots=True)
class Fence:
    line: int
    info: str
    text: str


def myst_fences(text: str, first: int = 1) -> Iterator[Fence]:
    """All fences that MyST sees, those in directives and containers included."""
    for token in MYST.parse(text):
        if not token.map or token.type not in ("fence", "colon_fence"):
            continue
        line = first + token.map[0]
        name = token.info.strip().partition(" ")[0]
        is_code = token.type == "fence" and not (name.startswith("{") and name.endswith("}"))
        if is_code or name in OPAQUE or name == REGION:
            yield Fence(line, token.info.strip(), token.content)
        else:
            yield Fence(line, token.info.strip(), "")
            yield from myst_fences(token.content, line + 1)


def read_lesson(text: str) -> Lesson:
    lesson = read_text(text, "sea.md").lesson
    assert lesson is not None
    return lesson


def rewritten(text: str) -> str:
    return rewrite(text, read_lesson(text))


def check_demos(text: str) -> None:
    """The demos that were read are exactly the Python fences that MyST sees above the region."""
    lesson = read_lesson(text)
    fences = list(myst_fences(rewrite(text, lesson)))
    seen = [
        (fence.line, fence.text)
        for fence in fences
        if (fence.info.split() or [""])[0] in ("python", "py", "python3")
    ]
    assert seen == [(demo.line, demo.source.text) for demo in lesson.demos]
    regions = [fence for fence in fences if fence.info == REGION]
    assert [fence.line for fence in regions] == ([lesson.region] if lesson.region else [])
    if lesson.region:
        assert fences[-1].info == REGION
        inside = fences[-1].text
        count = inside.count("\n") + (inside != "" and not inside.endswith("\n"))
        assert count == lesson.lines - lesson.region


PIECES = [
    "```python\nprint(1)\n```\n",
    "~~~py\n2\n~~~\n",
    "````python3\n```\n3\n````\n",
    "```text\n:::\n:::note\n```\n",
    ":::note\n",
    "::: tip Title\n",
    ":::{warning}\n",
    "::::definition\n",
    ":::box\n",
    ":::\n",
    "::::\n",
    ":::::\n",
    "```{note}\ntext\n```\n",
    "````{tip} Title\n```python\n4\n```\n````\n",
    ":::{code-block} python\n:::\n",
    ":note: text\n",
    "---\nname: text\n",
    "- item\n",
    "  - deeper\n",
    "1. one\n",
    "   - three\n",
    "> quote\n",
    "> ```python\n> 5\n> ```\n",
    "> :::note\n> in a quote\n",
    "> :::\n",
    "- ```python\n  6\n  ```\n",
    "  ```python\n  7\n  ```\n",
    "   ```python\n   8\n",
    "    ```python\n    9\n    ```\n",
    "- :::tip\n  in an item\n",
    "  :::\n",
    "   :::note\n",
    "    :::note\n",
    "\tTab\n",
    "- \t:::note\n",
    "<div>\n",
    "</div>\n\n",
    "text\n",
    "# Heading\n",
    "\n",
    "\n",
    "```\n",
    "```python\n",
    "text\n---\n",
    "  - :::tip\n    deep\nlazy\n    :::\n",
    "* * *\n",
    "---challenges---\n",
    "  ---challenges---\n",
    "### Challenge: Count\n- id: sea-c1\n",
    "  ### Challenge: Count\n#### Solution\n",
    "| a | b |\n|---|---|\n",
]
bodies = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(":::note\n- one\n  :::\n    ```python\n    9\n    ```\n")
@example("- one\n  :::note\n  two\n  - three\n    :::\n  ```python\n  9\n  ```\n")
@example("```python\traises-exception\n1 / 0\n```\n")
@given(bodies)
def test_myst_sees_the_same_demos(body: str) -> None:
    check_demos(HEAD + body)


# --- line by line -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (":::definition", ":::{definition}"),
        ("::: definition", ":::{definition}"),
        (":::{definition} The sea", ":::{definition} The sea"),
        ("  :::try-it  Go", "  :::{try-it} Go"),
        (":::challenge", ":::{challenge}"),
        (":::note", ":::{note}"),
        (":::Tip", ":::{tip}"),
        (":::tip Watch *it*", ":::{lesson-admonition} tip Watch *it*"),
        (":::{tip} Watch", ":::{lesson-admonition} tip Watch"),
        (":::admonition Watch", ":::{admonition} Watch"),
        (":::admonition", ":::{note}"),
        (":::box wide", ":::box wide"),
        (":::{figure} a.png", ":::{figure} a.png"),
    ],
)
def test_openings(line: str, expected: str) -> None:
    indent = line[: len(line) - len(line.lstrip())]
    text = f"{HEAD}{line}\n**Text**\n{indent}:::\n"
    assert rewritten(text) == f"{HEAD}{expected}\n**Text**\n{indent}:::\n"
    assert rewrite_markdown(text) == rewritten(text)


def test_openings_between_backticks() -> None:
    text = f"{HEAD}```{{tip}} Watch\nText\n```\n"
    assert rewritten(text) == f"{HEAD}```{{lesson-admonition}} tip Watch\nText\n```\n"


def test_a_marker_is_longer_than_those_inside() -> None:
    text = HEAD + ":::note\n:::tip\nA\n:::\n```text\n::::::\n```\n:::box\nB\n:::\n:::\n"
    assert rewritten(text) == (
        HEAD + ":::::::{note}\n:::{tip}\nA\n:::\n```text\n::::::\n```\n:::box\nB\n:::\n:::::::\n"
    )


def test_quotes_and_items_keep_their_marks() -> None:
    text = HEAD + "> :::note\n> A\n> :::\n\n- :::tip\n  B\n  :::\n"
    assert rewritten(text) == HEAD + "> :::{note}\n> A\n> :::\n\n- :::{tip}\n  B\n  :::\n"


def test_stray_ends_become_blank() -> None:
    assert rewritten(HEAD + "A\n:::\nB\n> :::\n") == HEAD + "A\n\nB\n>\n"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (":::note Title", ":::note Title"),
        ("  :::{note} `a`", ":::{note} <code>a</code>"),
        ("```{note}", "```{note}"),
    ],
)
def test_the_opening_of_an_unclosed_block_is_shown_as_text(line: str, shown: str) -> None:
    text = f"{HEAD}\n{line}\n\n# Heading\n"
    html = MYST.render(rewritten(text).removeprefix(HEAD))
    assert html == f"<p>{shown}</p>\n<h1>Heading</h1>\n"


def test_blocks_nested_too_deep_lose_their_markers() -> None:
    text = HEAD + ":::note\n" * 25 + "Text\n" + ":::\n" * 25
    lines = rewritten(text).split("\n")
    assert sum("{note}" in line for line in lines) == 20
    assert lines.count("") == 5 + 1


def test_blank_lines_move_below_the_opening_of_the_front_matter() -> None:
    assert rewritten("\n\n" + HEAD + "A\n") == "---\n\n\nid: sea\nmoduleId: water\n---\nA\n"


def test_newlines_and_the_byte_order_mark() -> None:
    text = "\ufeff" + (HEAD + "A\n:::\n").replace("\n", "\r\n")
    assert rewritten(text) == HEAD + "A\n\n"


def test_the_final_newline_may_be_missing() -> None:
    assert rewritten(HEAD + ":::note\nA\n:::") == HEAD + ":::{note}\nA\n:::"


def test_the_region_becomes_one_directive() -> None:
    region = "### Challenge: A\n- id: sea-c1\n:::::note\n:::::\n---challenges---\n"
    text = f"{HEAD}- item\n  ---challenges---\n{region}"
    assert rewritten(text) == f"{HEAD}- item\n::::::{{lesson-challenges}}\n{region}"


def test_a_region_without_separator_begins_at_its_heading() -> None:
    text = HEAD + "A\n### Challenge: A\n- id: sea-c1\n"
    assert rewritten(text) == HEAD + "A\n::::{lesson-challenges}\n- id: sea-c1\n"


def test_dashes_in_the_first_line_are_no_front_matter() -> None:
    text = "---a\nText\n---\n\n---challenges---\n"
    assert rewritten(text) == " ---a\nText\n---\n\n::::{lesson-challenges}\n"


def test_a_region_may_begin_in_the_first_line() -> None:
    assert rewritten("---challenges---\nText\n") == "::::{lesson-challenges}\nText\n"


def test_a_fence_may_be_open_at_the_end() -> None:
    text = HEAD + ":::try-it\n```python\n1\n:::\n\n```python\n2\n"
    check_demos(text)
    assert rewritten(text) == HEAD + ":::{try-it}\n```python\n1\n:::\n\n```python\n2\n"


def test_any_markdown_can_be_rewritten() -> None:
    text = "---\n:::tip Watch\nA\n---challenges---\n:::\n:::\n:::note\n"
    assert rewrite_markdown(text) == (
        "---\n:::{lesson-admonition} tip Watch\nA\n---challenges---\n:::\n\n\\:\\:\\:note\n"
    )


# --- text that looks like options -------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "options", "kept"),
    [
        (":note: see **there**\nmore\n", {}, "\\:note: see **there**\nmore"),
        (": a\n", {}, "\\: a"),
        (":class:wide\n", {}, "\\:class:wide"),
        ("  :note: a\n", {}, "  \\:note: a"),
        (":class: wide\n:note: a\n", {"class": ["wide"]}, "\\:note: a"),
        (":class: wide\n\n:note: a\n", {"class": ["wide"]}, ":note: a"),
        ("---\na\n---\nb\n", {}, " ---\na\n---\nb"),
        ("---\na: b\n---\nc\n", {}, " ---\na: b\n---\nc"),
        ("---\nb\n", {}, " ---\nb"),
        ("--- a\n", {}, " --- a"),
        ("---\nclass: wide\n---\na\n", {"class": ["wide"]}, "a"),
        ("---\nclass: wide\n", {}, " ---\nclass: wide"),
        (":::tip\nA\n:::\n", {}, ":::{tip}\nA\n:::"),
        ("\n:note: a\n", {}, ":note: a"),
    ],
)
@pytest.mark.parametrize("marks", ["", "> ", "  "], ids=["alone", "in a quote", "in an item"])
def test_the_head_of_a_block_is_text_unless_it_is_an_option(
    content: str, options: dict[str, object], kept: str, marks: str
) -> None:
    lines = f"::::note\n{content}::::\n".splitlines()
    text = "".join(f"{marks}{line}\n" for line in lines)
    text = f"{HEAD}{'- ' + text[2:] if marks == '  ' else text}"
    (block,) = (token for token in MYST.parse(rewritten(text)) if token.type == "colon_fence")
    parsed = parse_directive_text(Note, "", block.content)
    assert parsed.options == options
    assert "\n".join(parsed.body) == kept
    assert parsed.warnings == []


def test_options_of_other_directives_are_left_alone() -> None:
    text = HEAD + ":::{figure} a.png\n:width: 5px\n:::\n"
    assert rewritten(text) == text


def test_a_term_is_looked_for_below_options_only() -> None:
    definitions = read_lesson(
        HEAD + ":::definition\n:class: wide\n**Tide**: a\n:::\n"
        ":::definition\n:note:\n**Hull**: b\n:::\n"
    ).definitions
    assert [definition.term for definition in definitions] == ["Tide", ""]

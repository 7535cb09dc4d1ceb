"""What rewriting promises, held against MyST's own parser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it.renderer import RendererHTML
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

from sphinx_lessons.model import Lesson
from sphinx_lessons.reading import read_text, rewrite, rewrite_markdown

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
        if fence.info.partition(" ")[0] in ("python", "py", "python3")
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
    "* * *\n",
    "---challenges---\n",
    "  ---challenges---\n",
    "### Challenge: Count\n- id: sea-c1\n",
    "  ### Challenge: Count\n#### Solution\n",
    "| a | b |\n|---|---|\n",
]
bodies = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(bodies)
def test_myst_sees_the_same_demos(body: str) -> None:
    check_demos(HEAD + body)

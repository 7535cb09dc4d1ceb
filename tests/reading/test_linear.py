"""Twice the text takes twice the work, not four times: counted, not timed."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from sphinx_lessons.reading import read_text, rewrite

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

HEAD = "---\nid: sea\nmoduleId: water\n---\n"
REGION = HEAD + "---challenges---\n### Challenge: A\n- id: sea-c1\n"

CASES = {
    "blocks": (HEAD, ":::note\nText\n:::\n", ""),
    "unclosed blocks": (HEAD, ":::note\n", ""),
    "unclosed containers": (HEAD, "::::box\n", ":::\n"),
    "unclosed code directives": (HEAD, ":::{code-block}\n", ""),
    "unclosed backtick blocks": (HEAD, "```{note}\n", ""),
    "unclosed blocks in items": (HEAD, "- :::note\n  Text\n", ""),
    "unclosed fences in blocks": (HEAD, ":::note\n```py\n:::\n", ""),
    "fences that seem to be closed": (HEAD, ":::note\n~~~~\n:::\n", "      ~~~~\n"),
    "stray ends": (HEAD, ":::\n", ""),
    "nested blocks": (HEAD, ":::note\n", ":::\n" * 150),
    "ends in items": (HEAD + ":::note\n" * 50, "- a\n       :::\n", ""),
    "blocks in quotes": (HEAD, "> > :::note\n> > Text\n> > :::\n", ""),
    "separators": (HEAD, "---challenges---\n", ""),
    "separators in a block": (HEAD + ":::note\n", "---challenges---\n", ""),
    "challenges": (REGION, "### Challenge: A\n", ""),
    "headings": (HEAD, "### Challenge: A\n", ""),
    "sections": (REGION, "#### Hints\n1. a\n", ""),
    "metadata": (REGION, "- id: a\n", ""),
    "hints": (REGION + "#### Hints\n", "- a\n", ""),
    "demos": (HEAD, "```python\nprint(1)\n```\n```\n1\n```\n", ""),
    "try-its": (HEAD, "```python\n1\n```\n:::try-it\nText\n:::\n", ""),
    "definitions": (HEAD, ":::definition\n**A**: b\n:::\n", ""),
    "flags": (HEAD, "```python hide-inptu\n1\n```\n", ""),
    "one paragraph": (HEAD, "Text\n", ""),
}


@contextmanager
def counting() -> Iterator[list[int]]:
    """Counts the calls of Python functions, and the lines that comprehensions go through."""
    calls = [0]

    def count(_frame: FrameType, event: str, _arg: object) -> None:
        calls[0] += event in ("call", "c_call")

    previous = sys.getprofile()
    sys.setprofile(count)
    try:
        yield calls
    finally:
        sys.setprofile(previous)


def count_work(text: str) -> int:
    with counting() as calls:
        lesson = read_text(text, "sea.md").lesson
        assert lesson is not None
        rewrite(text, lesson)
    return calls[0]


@pytest.mark.parametrize("name", CASES)
def test_work_is_linear(name: str) -> None:
    head, piece, tail = CASES[name]
    once, twice = (count_work(head + piece * count + tail) for count in (150, 300))
    assert twice < 2.3 * once

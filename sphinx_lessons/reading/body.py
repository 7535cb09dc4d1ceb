"""The body of a lesson: its demos, definitions and try-its."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from sphinx_lessons.model import Definition, Demo, Options, TryIt
from sphinx_lessons.problems import Code
from sphinx_lessons.reading.markdown import MAX_LEVEL
from sphinx_lessons.reading.options import add_flag, split_flags
from sphinx_lessons.reading.python_code import find_browser_import, is_python
from sphinx_lessons.reading.terms import read_term
from sphinx_lessons.reading.walking import (
    first_line,
    is_demo_directive,
    span,
    split_fence,
    to_source,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from markdown_it.token import Token

    from sphinx_lessons.reading.complaints import Complaints

_OUTPUT_LABELS = frozenset({"output:", "expected output:"})
_ENDS = frozenset(
    {"list_item_close", "bullet_list_close", "ordered_list_close", "blockquote_close"}
)


@dataclass(slots=True)
class Body:
    """What was found in the body."""

    title: str = ""
    """The text of the first top-level heading (Markdown)."""
    demos: list[Demo] = field(default_factory=list)
    definitions: list[Definition] = field(default_factory=list)
    try_its: list[TryIt] = field(default_factory=list)


def read_body(
    tokens: list[Token],
    languages: Collection[str],
    tags: frozenset[str],
    complaints: Complaints,
) -> Body:
    """Find demos, definitions and try-its in the tokens of a body; all demos have the tags."""
    body = Body()
    _read_demos(tokens, languages, Options(tags=tags), body, complaints)
    _read_definitions(tokens, body, complaints)
    _read_try_its(tokens, body)
    body.title = _find_title(tokens)
    return body


def _find_title(tokens: list[Token]) -> str:
    depth = 0
    for token, text in pairwise(tokens):
        depth += (token.type == "block_open") - (token.type == "block_close")
        if token.type == "heading_open" and token.tag == "h1" and depth == token.level == 0:
            return text.content.strip()
    return ""


def _read_demos(
    tokens: list[Token],
    languages: Collection[str],
    shared: Options,
    body: Body,
    complaints: Complaints,
) -> None:
    runnable = {language.lower() for language in languages}
    pending = labelled = False
    for index, token in enumerate(tokens):
        if token.type in _ENDS or token.type in ("inline", "paragraph_close"):
            continue
        if token.type == "fence" and token.level < MAX_LEVEL:
            language, _ = split_fence(token)
            if is_demo_directive(token) or language.lower() in runnable:
                body.demos.append(_read_demo(token, shared, complaints))
                pending, labelled = True, False
                continue
            if pending and language.lower() in ("", "output"):
                expected = to_source(token, language)
                body.demos[-1] = replace(body.demos[-1], expected=expected)
        is_label = token.type == "paragraph_open" and _is_output_label(tokens[index + 1])
        pending, labelled = pending and is_label and not labelled, is_label


def _is_output_label(inline: Token) -> bool:
    text = inline.content
    return len(text) < 40 and text.replace("*", "").replace("_", "").lower() in _OUTPUT_LABELS


def _read_demo(token: Token, options: Options, complaints: Complaints) -> Demo:
    language, rest = split_fence(token)
    source = to_source(token, language or "python")
    flags = [(first_line(token), flag) for flag in split_flags(rest)]
    if is_demo_directive(token):
        given, count = _directive_options(token)
        flags += given
        text = "\n".join(source.text.split("\n")[count:])
        source = replace(source, text=text, first_line=source.first_line + count)
    for line, flag in flags:
        options, complaint = add_flag(options, flag)
        if complaint:
            complaints.add(complaint[0], line, complaint[1])
    implied = is_python(source.language) and find_browser_import(source.text) is not None
    return Demo(source, options, browser_only=implied or "browser-only" in options.tags)


def _directive_options(token: Token) -> tuple[list[tuple[int, str]], int]:
    """The ``:name: value`` lines at the head of a directive, and how many lines they take.

    Each comes as its line and the flag that it amounts to. One blank line below belongs to them.
    """
    lines = token.content.split("\n")
    flags: list[tuple[int, str]] = []
    count = 0
    while count < len(lines) and lines[count].startswith(":"):
        name, colon, value = lines[count][1:].partition(":")
        if not colon:
            break
        flag = f"{name.strip()}={value.strip()}" if value.strip() else name.strip()
        flags.append((first_line(token) + 1 + count, flag))
        count += 1
    if count < len(lines) - 1 and not lines[count].strip():
        count += 1
    return flags, count


def _read_definitions(tokens: list[Token], body: Body, complaints: Complaints) -> None:
    seen: set[str] = set()
    for index, token in enumerate(tokens):
        if token.type != "block_open" or token.meta["opening"].name != "definition":
            continue
        term = read_term(tokens, index + 1)
        line = first_line(token)
        body.definitions.append(Definition(term, span(token)))
        if not term:
            message = "this definition does not begin with a bold term"
            complaints.add(Code.DEFINITION_WITHOUT_TERM, line, message)
        elif term.casefold() in seen:
            message = f"the term {term!r} is defined twice in this lesson"
            complaints.add(Code.DUPLICATE_TERM, line, message)
        seen.add(term.casefold())


def _read_try_its(tokens: list[Token], body: Body) -> None:
    lines = [demo.line for demo in body.demos]
    above = 0
    for token in tokens:
        if token.type == "block_open" and token.meta["opening"].name == "try-it":
            place = span(token)
            while above < len(lines) and lines[above] < place.start:
                above += 1
            inside = above < len(lines) and lines[above] <= place.end
            body.try_its.append(TryIt(place, above if inside else above - 1 if above else None))

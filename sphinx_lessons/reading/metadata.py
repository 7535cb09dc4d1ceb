"""The metadata list of a challenge: ``- key: value`` items below its heading."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sphinx_lessons.model import Options
from sphinx_lessons.problems import Code
from sphinx_lessons.reading.front_matter import DIFFICULTIES, unknown_difficulty
from sphinx_lessons.reading.options import CHALLENGE_OPTIONS, add_flag, nearest
from sphinx_lessons.reading.text import indent_of

if TYPE_CHECKING:
    from markdown_it.token import Token

    from sphinx_lessons.reading.complaints import Complaints

KEYS = CHALLENGE_OPTIONS | {"id", "language", "difficulty"}

_LONGEST_KEY = 40


@dataclass(slots=True)
class Item:
    """One item of the list. Lines count from 0."""

    line: int
    end: int
    """The line after its last one."""
    key: str
    value: str


@dataclass(slots=True)
class Metadata:
    """What the metadata of a challenge says."""

    values: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    """Lines (from 1) by key."""
    options: Options = field(default_factory=Options)
    end: int | None = None
    """The line (from 0) after the last item; ``None`` if there is no metadata."""


def read_metadata(tokens: list[Token], lines: list[str], complaints: Complaints) -> Metadata:
    """Metadata from the tokens that follow a challenge's heading."""
    metadata = Metadata()
    items = _leading(_read_items(tokens, lines), lines)
    if any(item.key in KEYS for item in items):
        metadata.end = items[-1].end
        for item in items:
            _add(metadata, item, complaints)
    return metadata


def has_id(tokens: list[Token], lines: list[str]) -> bool:
    """Whether the tokens begin with a list that gives an id."""
    return any(item.key == "id" for item in _leading(_read_items(tokens, lines), lines))


def _read_items(tokens: list[Token], lines: list[str]) -> list[Item]:
    """The items of the bullet lists that the tokens begin with, up to the first that is none."""
    items: list[Item] = []
    depth = 0
    for index, token in enumerate(tokens):
        if token.type == "bullet_list_open":
            depth += 1
        elif token.type == "bullet_list_close":
            depth -= 1
        elif token.type == "list_item_open" and depth == 1:
            item = _read_item(tokens[index + 1 : index + 3], lines)
            if item is None:
                break
            items.append(item)
        elif token.type == "paragraph_open" and depth == 2 and items and not items[-1].value:
            pass
        elif depth == 0 or token.type == "heading_open":
            break
    return items


def _read_item(tokens: list[Token], lines: list[str]) -> Item | None:
    if len(tokens) < 2 or tokens[0].type != "paragraph_open" or not tokens[1].map:
        return None
    line, stop = tokens[1].map
    text, *more = tokens[1].content.split("\n")
    name, colon, value = text.partition(":")
    key = name.strip(" *_`").casefold().replace("_", "-").replace(" ", "-")
    if not colon or not key or len(key) > _LONGEST_KEY:
        return None
    value = value.strip(" \t*")
    end = line + 1
    # A value goes on where the author plainly means it to; else what follows is the task.
    for number in range(end, stop):
        goes_on = key == "known-failure" or not value or value.endswith(",")
        if not (goes_on and indent_of(lines[number]) > indent_of(lines[line])):
            break
        value = f"{value} {more[number - line - 1].strip()}".strip()
        end = number + 1
    return Item(line, end, key, _unquote(value))


def _unquote(value: str) -> str:
    for quote in "\"'`":
        if len(value) > 1 and value[0] == value[-1] == quote:
            return value[1:-1].strip()
    return value


def _leading(items: list[Item], lines: list[str]) -> list[Item]:
    """The items that are metadata: a task's list below may seem to be part of the same list."""
    for index, item in enumerate(items):
        if index and item.key not in KEYS and not lines[item.line - 1].strip():
            return items[:index]
    return items


def _add(metadata: Metadata, item: Item, complaints: Complaints) -> None:
    line = item.line + 1
    if item.key not in KEYS:
        wish = nearest(item.key, KEYS)
        hint = f"; did you mean `{wish}`?" if wish else f"; known are {', '.join(sorted(KEYS))}"
        complaints.add(Code.UNKNOWN_METADATA, line, f"unknown metadata key `{item.key}`{hint}")
    elif item.key in CHALLENGE_OPTIONS:
        flag = f"{item.key}={item.value}"
        metadata.options, complaint = add_flag(metadata.options, flag, CHALLENGE_OPTIONS)
        if complaint:
            complaints.add(complaint[0], line, complaint[1])
    elif item.value:
        metadata.values[item.key] = item.value
        metadata.lines[item.key] = line
        if item.key == "difficulty" and item.value not in DIFFICULTIES:
            complaints.add(Code.UNKNOWN_DIFFICULTY, line, unknown_difficulty(item.value))

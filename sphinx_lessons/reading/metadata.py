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

    key: str
    value: str
    lines: list[int]
    """The lines it takes, the first of them first."""


@dataclass(slots=True)
class Metadata:
    """What the metadata of a challenge says."""

    values: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    """Lines (from 1) by key."""
    options: Options = field(default_factory=Options)
    taken: list[int] = field(default_factory=list)
    """The lines (from 0) that hold metadata; all others below the heading are the task."""


def read_metadata(tokens: list[Token], lines: list[str], complaints: Complaints) -> Metadata:
    """Metadata from the tokens that follow a challenge's heading."""
    metadata = Metadata()
    items = _find_items(tokens, lines)
    if any(item.key in KEYS for item in items):
        for item in items:
            metadata.taken += item.lines
            _add(metadata, item, complaints)
    return metadata


def has_id(tokens: list[Token], lines: list[str]) -> bool:
    """Whether the tokens begin with a list that gives an id."""
    return any(item.key == "id" for item in _find_items(tokens, lines))


def _find_items(tokens: list[Token], lines: list[str]) -> list[Item]:
    """The items ``key: value`` of the bullet lists that the tokens begin with.

    What follows them may be the task, even where CommonMark sees one and the same list.
    """
    items: list[Item] = []
    depth = 0
    for index, token in enumerate(tokens):
        depth += (token.type == "bullet_list_open") - (token.type == "bullet_list_close")
        if token.type == "list_item_open" and depth == 1:
            item = _read_item(tokens[index + 1 : index + 3], lines)
            if item and (item.key in KEYS or not items or not _is_apart(item, lines)):
                items.append(item)
            elif items:
                break
        elif token.type == "inline" and depth > 1 and items and token.map:
            _extend(items[-1], token)
        elif depth <= 0 and token.type != "bullet_list_close":
            break
    return items


def _is_apart(item: Item, lines: list[str]) -> bool:
    """Whether a blank line stands above the item."""
    return not lines[item.lines[0] - 1].strip()


def _extend(item: Item, inline: Token) -> None:
    """Take an item of a nested list as one more value."""
    assert inline.map
    text = " ".join(inline.content.split())
    item.value = f"{item.value}, {text}" if item.value else text
    item.lines += range(*inline.map)


def _read_item(tokens: list[Token], lines: list[str]) -> Item | None:
    if len(tokens) < 2 or tokens[0].type != "paragraph_open" or not tokens[1].map:
        return None
    line, stop = tokens[1].map
    text, *more = tokens[1].content.split("\n")
    name, colon, value = text.partition(":")
    key = name.strip(" *_`").lower().replace("_", "-").replace(" ", "-")
    if not colon or not key or len(key) > _LONGEST_KEY:
        return None
    item = Item(key, value.strip(" \t*" if name.startswith("*") else " \t"), [line])
    for number, words in zip(range(line + 1, stop), more, strict=False):
        if not _goes_on(item) or indent_of(lines[number]) <= indent_of(lines[line]):
            break
        item.value = f"{item.value} {words.strip()}".strip()
        item.lines.append(number)
    item.value = _unquote(item.value)
    return item


def _goes_on(item: Item) -> bool:
    """Whether the next line may be part of the value; else it is where the task begins."""
    return item.key == "known-failure" or not item.value or item.value.endswith(",")


def _unquote(value: str) -> str:
    for quote in "\"'`":
        if len(value) > 1 and value[0] == value[-1] == quote:
            return value[1:-1].strip()
    return value


def _add(metadata: Metadata, item: Item, complaints: Complaints) -> None:
    line = item.lines[0] + 1
    if item.key not in KEYS:
        wish = nearest(item.key, KEYS)
        hint = f"; did you mean `{wish}`?" if wish else f"; known are {', '.join(sorted(KEYS))}"
        complaints.add(Code.UNKNOWN_METADATA, line, f"unknown metadata key `{item.key}`{hint}")
    elif item.key in metadata.lines:
        message = f"`{item.key}` is given a second time; that has no effect"
        complaints.add(Code.UNKNOWN_METADATA, line, message)
    elif item.key in CHALLENGE_OPTIONS:
        metadata.lines[item.key] = line
        flag = f"{item.key}={item.value}"
        metadata.options, complaint = add_flag(metadata.options, flag, CHALLENGE_OPTIONS)
        if complaint:
            complaints.add(complaint[0], line, complaint[1])
    elif item.value:
        metadata.values[item.key] = item.value
        metadata.lines[item.key] = line
        if item.key == "difficulty" and item.value not in DIFFICULTIES:
            complaints.add(Code.UNKNOWN_DIFFICULTY, line, unknown_difficulty(item.value))

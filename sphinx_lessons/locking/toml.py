"""Plain values as TOML, one string a line, so that changes and merges are of lines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def format_pair(key: str, value: object) -> str:
    """``key = value``, over several lines if it holds lists. No final newline."""
    return f"{_format_key(key)} = {format_value(value)}"


def format_value(value: object, indent: str = "") -> str:
    """A value as TOML; tables are inline."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return _format_string(value)
    if isinstance(value, dict):
        return _format_table(value, indent)
    if isinstance(value, list):
        return _format_list(value, indent)
    raise TypeError(f"no TOML for {value!r}")


def _format_key(key: str) -> str:
    bare = key.isascii() and key.replace("-", "").isalnum()
    return key if bare else _format_string(key)


def _format_string(text: str) -> str:
    # What JSON leaves as it is and TOML does not allow: DEL, and halves of surrogate pairs.
    valid = text.encode("utf-8", "replace").decode()
    return json.dumps(valid, ensure_ascii=False).replace("\x7f", "\\u007F")


def _format_table(table: Mapping[str, object], indent: str) -> str:
    pairs = (f"{_format_key(key)} = {format_value(value, indent)}" for key, value in table.items())
    return "{" + ", ".join(pairs) + "}"


def _format_list(values: list[object], indent: str) -> str:
    if not values:
        return "[]"
    if not any(isinstance(value, str | dict | list) for value in values) or _is_frame(values):
        return "[" + ", ".join(format_value(value) for value in values) + "]"
    inner = indent + "  "
    lines = (f"{inner}{format_value(value, inner)},\n" for value in values)
    return "[\n" + "".join(lines) + indent + "]"


def _is_frame(values: list[object]) -> bool:
    """A list of strings and numbers reads best on one line."""
    return len({type(value) for value in values}) > 1

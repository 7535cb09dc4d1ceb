"""The exact lines of cross-references: parsers know only the line at which a paragraph begins."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docutils.nodes import Element, Node


class LineFinder:
    """Finds roles in the files that a page is made of; each file is read once."""

    def __init__(self) -> None:
        self._lines: dict[str, list[str]] = {}

    def locate(self, references: Iterable[Element]) -> None:
        """Give every reference the line on which its target is written."""
        for reference in references:
            reference.line = self._find(reference)

    def _find(self, reference: Element) -> int:
        first = int(_look_up(reference, "line") or 1)
        lines = self._read(str(_look_up(reference, "source") or ""))
        written = re.compile(rf"[`<]\s*{re.escape(reference['reftarget'])}\s*[>`]", re.IGNORECASE)
        for number in range(first, len(lines) + 1):
            text = lines[number - 1]
            if not text.strip():
                break
            if written.search(text):
                return number
        return first

    def _read(self, source: str) -> list[str]:
        # A docstring's source is "file.py:docstring of name": its lines are not the file's.
        if source not in self._lines:
            try:
                text = Path(source).read_text(encoding="utf-8-sig", errors="replace")
            except (OSError, ValueError):
                text = ""
            self._lines[source] = text.split("\n")
        return self._lines[source]


def _look_up(node: Node | None, name: str) -> int | str | None:
    """A value of a node, or of the nearest node around it that has one."""
    while node is not None:
        value: int | str | None = getattr(node, name)
        if value:
            return value
        node = node.parent
    return None

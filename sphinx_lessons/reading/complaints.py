"""Collecting problems while a file is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx_lessons.model import Problem

if TYPE_CHECKING:
    from sphinx_lessons.problems import Code


class Complaints:
    """The problems of one file."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._problems: list[Problem] = []

    def add(self, code: Code, line: int, message: str) -> None:
        """Note a problem at a line (from 1) of the file."""
        self._problems.append(Problem(code, message, self._path, line, code.severity))

    def sorted(self) -> tuple[Problem, ...]:
        """All problems in the order of their lines."""
        return tuple(sorted(self._problems, key=lambda problem: problem.line))

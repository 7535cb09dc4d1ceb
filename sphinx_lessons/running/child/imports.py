"""What a program imports, from its syntax tree."""

from __future__ import annotations

import ast
import re
from typing import Any

_LINE = re.compile(r"^[ \t]*(?:from|import)[ \t]+\w.*$", re.MULTILINE)


def texts(program: dict[str, Any]) -> list[str]:
    """The pieces of code of a program in the shape of ``wire.py``."""
    if "cells" in program:
        return [code for code, _ in program["cells"]]
    return [text for text in (program["setup"], program["code"], program["checks"]) if text]


def lines(program: dict[str, Any]) -> frozenset[str]:
    """The lines that look like imports: quick to find, and never too few."""
    return frozenset(line for text in texts(program) for line in _LINE.findall(text))


def top_levels(line: str) -> set[str]:
    """The top-level modules that such a line names, and perhaps more."""
    _, _, names = line.strip().partition(" ")
    if line.lstrip().startswith("from"):
        return {names.split()[0].partition(".")[0]}
    return {name.split()[0].partition(".")[0] for name in names.split(",") if name.strip()}


def modules(program: dict[str, Any]) -> set[str]:
    """Full names of all modules that its import statements may load."""
    found: set[str] = set()
    for text in texts(program):
        try:
            tree = ast.parse(_without_magics(text))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module)
                found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def _without_magics(text: str) -> str:
    """The text with IPython's lines of its own taken out."""
    lines = text.split("\n")
    return "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in lines)

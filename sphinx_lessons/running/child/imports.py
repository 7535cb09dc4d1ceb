"""What a program imports, from its syntax tree."""

from __future__ import annotations

import ast
import re
from typing import Any

_LINE = re.compile(r"^.*\b(?:from|import)[ \t]+\w.*$", re.MULTILINE)
_NAME = re.compile(r"(?:\bfrom[ \t]+|\bimport[ \t]+|,[ \t]*)(\w+)")


def texts(program: dict[str, Any]) -> list[str]:
    """The pieces of code of a program in the shape of ``wire.py``."""
    if "cells" in program:
        return [code for code, _ in program["cells"]]
    return [text for text in (program["setup"], program["code"], program["checks"]) if text]


def lines(program: dict[str, Any]) -> frozenset[str]:
    """The lines that look like imports: quick to find, and never too few."""
    return frozenset(line for text in texts(program) for line in _LINE.findall(text))


def lines_of_file(path: str) -> frozenset[str]:
    """The same of a module's file."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return frozenset(_LINE.findall(file.read()))
    except OSError:
        return frozenset()


def tops(found: frozenset[str]) -> set[str]:
    """The top-level modules that such lines name, and perhaps more."""
    return {name for line in found for name in _NAME.findall(line)}


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

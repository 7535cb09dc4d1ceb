"""What the grammar of Python says about a piece of code. Nothing is run."""

from __future__ import annotations

import ast
import warnings

_BROWSER_MODULES = frozenset({"js", "micropip", "pyodide", "pyodide_js"})
_BROWSER_WORDS = ("js", "micropip", "pyodide")
_PYTHON = frozenset({"python", "py", "python3"})
_CANNOT_COMPILE = (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError)


def is_python(language: str) -> bool:
    """Whether a fence language means Python."""
    return language.lower() in _PYTHON


def find_browser_import(code: str) -> tuple[int, str] | None:
    """Line (from 1) and name of the first import of a module that only a browser has.

    Code that does not parse imports nothing.
    """
    if not any(word in code for word in _BROWSER_WORDS):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(code)
    except _CANNOT_COMPILE:
        return None
    found = [
        (node.lineno, module)
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for module in _modules(node)
        if module in _BROWSER_MODULES
    ]
    return min(found, default=None)


def _modules(node: ast.Import | ast.ImportFrom) -> list[str]:
    """The top-level packages that an import statement names."""
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    return [] if node.level else [(node.module or "").partition(".")[0]]


def mend_indentation(code: str, *, incomplete: bool) -> str | None:
    """The code without the indent that all lines but the first share, if it is not meant.

    ``None`` if the code stays as it is: it compiles as written, or it would be no better without
    the indent. Code that may be incomplete (a starter) is mended if the indent is the first thing
    that is wrong with it and no longer is afterwards; other code if it compiles afterwards.
    """
    first, *rest = code.split("\n")
    filled = [line for line in rest if line.strip()]
    indent = _shared_indent(filled)
    if not indent:
        return None
    mended = "\n".join([first, *(line.removeprefix(indent) for line in rest)])
    if incomplete:
        return mended if _trips_at_indent(code) and not _trips_at_indent(mended) else None
    return mended if _error_of(code) and not _error_of(mended) else None


def _shared_indent(lines: list[str]) -> str:
    """The blanks that all lines begin with."""
    indents = [line[: len(line) - len(line.lstrip(" \t"))] for line in lines]
    low, high = min(indents, default=""), max(indents, default="")
    while not high.startswith(low):
        low = low[:-1]
    return low


def _error_of(code: str) -> Exception | None:
    """What is wrong with the code; ``None`` if it compiles (``await`` may stand anywhere)."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(code, "<code>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except _CANNOT_COMPILE as error:
        return error
    return None


def _trips_at_indent(code: str) -> bool:
    """Whether the error is an unexpected indent of the first line of code after the first line."""
    error = _error_of(code)
    if not isinstance(error, IndentationError) or "unexpected indent" not in (error.msg or ""):
        return False
    lines = enumerate(code.split("\n"), 1)
    code_lines = (n for n, line in lines if n > 1 and line.strip() and line.strip()[0] != "#")
    return error.lineno == next(code_lines, 0)

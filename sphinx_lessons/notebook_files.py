"""Files for readers to download: cells as a Jupyter notebook and as a script.

nbformat takes longer to import than many a page takes to be rendered, and writing is nothing that a
build has to wait for. So this is a program too, which imports nothing else of this project::

    python -m sphinx_lessons.notebook_files ORDERS

ORDERS is a file with a line of JSON for each lesson: ``path`` and ``script`` are the files to be
written (the latter may be null), the rest are the fields of :class:`Notebook`.
"""

from __future__ import annotations

import ast
import importlib
import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class NotebookCell:
    """A cell before it is written in either format."""

    kind: Literal["markdown", "code"]
    text: str
    """Without a final newline."""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook before it is written in either format."""

    title: str
    language: str
    """As Jupyter calls it."""
    kernel: str
    cells: tuple[NotebookCell, ...]


# --- the formats ------------------------------------------------------------------------------


def write_notebook(notebook: Notebook) -> str:
    """The notebook as JSON, checked against its schema; the same notebook is the same text."""
    nbformat: Any = importlib.import_module("nbformat")  # slow, and untyped
    python = notebook.kernel == "python3"
    # Made in one piece: nbformat's own makers of cells look each one up in the schema.
    node = nbformat.from_dict(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {
                "kernelspec": {
                    "name": notebook.kernel,
                    "display_name": "Python 3" if python else notebook.kernel,
                    "language": notebook.language,
                },
                "language_info": {"name": notebook.language},
                "title": notebook.title,
            },
            "cells": [_make_cell(number, cell) for number, cell in enumerate(notebook.cells, 1)],
        }
    )
    nbformat.validate(node)
    written: str = nbformat.v4.writes(node)
    return written + "\n"


def _make_cell(number: int, cell: NotebookCell) -> dict[str, object]:
    made: dict[str, object] = {
        "id": f"cell-{number}",
        "cell_type": "code" if cell.kind == "code" else "markdown",
        "metadata": {"tags": list(cell.tags)} if cell.tags else {},
        "source": cell.text,
    }
    if cell.kind == "code":
        made |= {"execution_count": None, "outputs": []}
    return made


def write_script(cells: Iterable[NotebookCell]) -> str:
    """The cells as a Python script in the percent format, which compiles whatever is in them."""
    parts = []
    for cell in cells:
        if cell.kind == "markdown":
            parts.append(f"# %% [markdown]\n{_comment(cell.text)}")
        else:
            parts.append(f"# %%\n{cell.text if _compiles(cell.text) else _comment(cell.text)}")
    return "\n\n".join(parts) + "\n"


def _compiles(code: str) -> bool:
    try:
        ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _comment(text: str) -> str:
    return "\n".join(f"# {line}".rstrip() for line in text.splitlines())


# --- orders -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Order:
    """A notebook and where it is to be written."""

    notebook: Notebook
    path: Path
    script: Path | None
    """The same as a Python script."""


def write_orders(orders: Iterable[Order], path: Path) -> None:
    """Put orders into a file for :func:`main`."""
    lines = (
        json.dumps(
            {
                **asdict(order.notebook),
                "path": str(order.path),
                "script": str(order.script) if order.script else None,
            }
        )
        for order in orders
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines), encoding="utf-8")


def read_orders(path: Path) -> list[Order]:
    """The orders in a file."""
    return [_read_order(json.loads(line)) for line in path.read_text("utf-8").split("\n") if line]


def _read_order(plain: dict[str, Any]) -> Order:
    cells = tuple(
        NotebookCell(cell["kind"], cell["text"], tuple(cell["tags"])) for cell in plain["cells"]
    )
    notebook = Notebook(plain["title"], plain["language"], plain["kernel"], cells)
    return Order(notebook, Path(plain["path"]), Path(plain["script"]) if plain["script"] else None)


def fill(order: Order) -> None:
    """Write the files of an order. Raises ``OSError``."""
    _replace(order.path, write_notebook(order.notebook))
    if order.script is not None:
        _replace(order.script, write_script(order.notebook.cells))


def _replace(path: Path, text: str) -> None:
    """Write a file at once or not at all, and not if it would stay the same."""
    data = text.encode("utf-8", "replace")
    if path.is_file() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(data)
    temporary.replace(path)


def main(arguments: Sequence[str]) -> str | None:
    """Write what the file of orders says; what is to be said of a failure."""
    if hasattr(os, "nice"):
        os.nice(5)  # whoever asked for the files has more to do meanwhile
    try:
        for order in read_orders(Path(arguments[0])):
            fill(order)
    except OSError as error:
        return f"{error.filename}: {error.strerror}"
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

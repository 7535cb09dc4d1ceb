"""A lesson as a Jupyter notebook and as a script in the percent format.

Readers get what they need to work on their own: the text, the demos, and each challenge with its
starter code; solutions only if the project wants that. What MyST has beyond Markdown is put into
plain words, because Jupyter shows plain Markdown.
"""

from __future__ import annotations

import ast
import importlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sphinx_lessons.sphinx_ext.words import _, admonition_title

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sphinx_lessons.model import Challenge, Demo, Lesson, Prose, Source

PYTHON = frozenset({"python", "py", "python3"})

_ROLE = re.compile(r"\{([\w:-]+)\}`([^`<]+?)(?:\s*<[^`>]*>)?`")


@dataclass(frozen=True, slots=True)
class NotebookCell:
    """A cell before it is written in either format."""

    kind: Literal["markdown", "code"]
    text: str
    """Without a final newline."""
    tags: tuple[str, ...] = ()


def make_cells(text: str, lesson: Lesson, *, solutions: bool) -> list[NotebookCell]:
    """The cells of a lesson; ``text`` is that of its file."""
    cells = list(_make_body(text.split("\n"), lesson))
    if not cells or not cells[0].text.lstrip().startswith("# "):
        cells.insert(0, NotebookCell("markdown", f"# {lesson.title}"))
    for challenge in lesson.challenges:
        cells += _make_challenge(challenge, solutions=solutions)
    return cells


def _make_body(lines: list[str], lesson: Lesson) -> Iterator[NotebookCell]:
    shown = _translate_blocks(lines, lesson)
    position = lesson.front_matter.end if lesson.front_matter else 0
    for demo in sorted(lesson.demos, key=lambda demo: demo.line):
        yield from _make_markdown(shown[position : demo.line - 1])
        yield NotebookCell("code", demo.source.text.rstrip("\n"), _tags_of(demo))
        position = demo.source.span.end
    yield from _make_markdown(shown[position : (lesson.region or len(lines) + 1) - 1])


def _translate_blocks(lines: list[str], lesson: Lesson) -> list[str]:
    """The lines of the file with the markers of blocks in plain words."""
    shown = list(lines)
    for block in lesson.blocks:
        shown[block.span.start - 1] = f"**{block.title or admonition_title(block.name)}**\n"
        if block.closed:
            shown[block.span.end - 1] = ""
    for container in lesson.containers:
        if container.marker.startswith(":"):
            shown[container.span.start - 1] = ""
            if container.closed:
                shown[container.span.end - 1] = ""
    for line in lesson.stray_ends:
        shown[line - 1] = ""
    return shown


def _make_markdown(lines: list[str]) -> Iterator[NotebookCell]:
    text = _ROLE.sub(_translate_role, "\n".join(lines).strip("\n"))
    if text.strip():
        yield NotebookCell("markdown", text)


def _translate_role(match: re.Match[str]) -> str:
    name, text = match[1], match[2]
    return f"${text}$" if name == "math" else text


def _tags_of(demo: Demo) -> tuple[str, ...]:
    """Tags that Jupyter's tools know: what is not run in a build is not run there either."""
    tags = set(demo.options.tags)
    if demo.browser_only:
        tags.add("skip-execution")
    if demo.options.known_failure is not None:
        tags.add("raises-exception")
    return tuple(sorted(tags))


def _make_challenge(challenge: Challenge, *, solutions: bool) -> Iterator[NotebookCell]:
    parts = [f"### {_('Challenge')}: {challenge.title}"]
    parts += _texts(challenge.task)
    for kind, title in (("input", _("Input")), ("expected output", _("Expected output"))):
        section = challenge.section(kind)
        if section is not None:
            parts += [f"**{title}**", *_texts(section.before), *_fences(section.source)]
    for number, hint in enumerate(challenge.hints, start=1):
        summary = _("Hint %(index)d of %(count)d") % {
            "index": number,
            "count": len(challenge.hints),
        }
        parts.append(f"<details><summary>{summary}</summary>\n\n{hint.text.strip()}\n\n</details>")
    yield from _make_markdown("\n\n".join(parts).split("\n"))
    yield from _make_program(challenge.source("setup"))
    # A starter is there to be completed: it may fail.
    yield from _make_program(challenge.source("starter code"), "raises-exception")
    if solutions and challenge.source("solution") is not None:
        yield NotebookCell("markdown", f"**{_('Solution')}**")
        yield from _make_program(challenge.source("solution"), "raises-exception")


def _make_program(source: Source | None, *tags: str) -> Iterator[NotebookCell]:
    if source is not None:
        yield NotebookCell("code", source.text.rstrip("\n"), tags)


def _texts(prose: Prose | None) -> list[str]:
    return [prose.text.strip("\n")] if prose is not None else []


def _fences(source: Source | None) -> list[str]:
    if source is None:
        return []
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", source.text)), default=0))
    return [f"{fence}\n{source.text.rstrip(chr(10))}\n{fence}"]


def language_of(lesson: Lesson) -> str:
    """The language of a lesson's programs."""
    sources = [demo.source.language for demo in lesson.demos]
    languages = [*sources, *(challenge.language for challenge in lesson.challenges)]
    return next(filter(None, languages), "python")


def write_notebook(lesson: Lesson, cells: list[NotebookCell], kernels: Mapping[str, str]) -> str:
    """The notebook as JSON; the same lesson is the same text. ``kernels`` are by language."""
    nbformat: Any = importlib.import_module("nbformat")  # slow, and untyped
    language = language_of(lesson)
    kernel = lesson.meta.kernel or kernels.get(language, "") or "python3"
    python = language in PYTHON
    # Made in one piece: nbformat's own makers of cells look each one up in the schema.
    notebook = nbformat.from_dict(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {
                "kernelspec": {
                    "name": kernel,
                    "display_name": "Python 3" if kernel == "python3" else kernel,
                    "language": "python" if python else language,
                },
                "language_info": {"name": "python" if python else language},
                "title": lesson.title,
            },
            "cells": [_make_cell(number, cell) for number, cell in enumerate(cells, start=1)],
        }
    )
    nbformat.validate(notebook)
    written: str = nbformat.v4.writes(notebook)
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


def write_script(cells: list[NotebookCell]) -> str:
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

"""The cells of a lesson as a Jupyter notebook, or as a script in the percent format.

Readers get what they need to work on their own: the text, the demos, and each challenge with its
starter code; solutions only if the project wants that. What MyST has beyond Markdown is put into
plain words, because Jupyter shows plain Markdown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sphinx_lessons.notebook_files import Notebook, NotebookCell
from sphinx_lessons.sphinx_ext.words import _, admonition_title

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sphinx_lessons.model import Challenge, Demo, Lesson, Prose, Source

PYTHON = frozenset({"python", "py", "python3"})

_ROLE = re.compile(r"\{([\w:-]+)\}`([^`<]+?)(?:\s*<[^`>]*>)?`")


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


def make_notebook(
    text: str, lesson: Lesson, kernels: Mapping[str, str], *, solutions: bool
) -> Notebook:
    """The notebook of a lesson; ``text`` is that of its file, ``kernels`` are by language."""
    language = language_of(lesson)
    return Notebook(
        lesson.title,
        "python" if language in PYTHON else language,
        lesson.meta.kernel or kernels.get(language, "") or "python3",
        tuple(make_cells(text, lesson, solutions=solutions)),
    )

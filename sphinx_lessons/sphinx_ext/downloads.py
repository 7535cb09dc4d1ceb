"""Downloads of each lesson, written with its page and linked from its header."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from sphinx_lessons.sphinx_ext.build import build_of
from sphinx_lessons.sphinx_ext.configuration import read_settings
from sphinx_lessons.sphinx_ext.header import make_fact
from sphinx_lessons.sphinx_ext.hosts import app_of, builder_of
from sphinx_lessons.sphinx_ext.nodes import lesson_facts, lesson_header
from sphinx_lessons.sphinx_ext.notebooks import (
    PYTHON,
    language_of,
    make_cells,
    write_notebook,
    write_script,
)
from sphinx_lessons.sphinx_ext.store import records_of
from sphinx_lessons.sphinx_ext.words import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

    from sphinx_lessons.model import Lesson
    from sphinx_lessons.reading import Reading

FOLDER = "lessons"
"""Below Sphinx's ``_downloads``."""


def is_site(builder: Builder) -> bool:
    """Whether a builder makes a page for each document, and no book or help file."""
    if builder.format != "html" or builder.name == "singlehtml":
        return False
    return not getattr(builder, "embedded", True)


def own_lesson(env: BuildEnvironment, docname: str) -> Lesson | None:
    """The lesson that a page is, not one that it includes; slim, as the environment has it."""
    path = str(env.doc2path(docname))
    for record in records_of(env).by_docname.get(docname, ()):
        if record.lesson.path == path and not record.anonymous:
            return record.lesson
    return None


def download_names(lesson: Lesson, language: str) -> list[str]:
    """The files that a lesson is offered as."""
    names = [f"{lesson.id}.ipynb"]
    return [*names, f"{lesson.id}.py"] if language in PYTHON else names


class OfferDownloads(SphinxPostTransform):
    """Write the downloads of a lesson page and link them."""

    default_priority = 40
    formats = ("html",)

    def run(self, **_kwargs: object) -> None:
        """Write and link what the settings ask for."""
        docname = self.env.docname
        settings = read_settings(self.config)
        builder = builder_of(self.env)
        if not settings.downloads or not is_site(builder) or own_lesson(self.env, docname) is None:
            return
        reading = self._read(docname)
        lesson = reading.lesson
        if lesson is None:
            return
        cells = make_cells(reading.text, lesson, solutions=settings.download_solutions)
        names = download_names(lesson, language_of(lesson))
        folder = Path(builder.outdir, "_downloads", FOLDER)
        _write(folder / names[0], write_notebook(lesson, cells, settings.languages))
        for name in names[1:]:
            _write(folder / name, write_script(cells))
        self._link(names)

    def _read(self, docname: str) -> Reading:
        """The page as this build has read it, or else as it is on disk."""
        build = build_of(app_of(self.env))
        if docname in build.plan:
            return build.plan[docname]
        from sphinx_lessons.reading import read_file

        languages = tuple(build.settings.languages)
        return read_file(Path(self.env.doc2path(docname)), languages=languages)

    def _link(self, names: Sequence[str]) -> None:
        links: list[nodes.Node] = []
        titles = {".ipynb": _("Jupyter notebook"), ".py": _("Python script")}
        for name in names:
            title = titles[Path(name).suffix]
            links += [nodes.Text(", ")] if links else []
            links.append(
                addnodes.download_reference(
                    "", "", nodes.inline(title, title), filename=f"{FOLDER}/{name}"
                )
            )
        header = next(self.document.findall(lesson_header), None)
        if header is None:
            return
        facts = next(header.findall(lesson_facts), None)
        if facts is None:
            facts = lesson_facts()
            header.insert(0, facts)
        facts += make_fact("downloads", _("Download:"), *links)


def _write(path: Path, text: str) -> None:
    """Write a file at once or not at all, and not if it would stay the same."""
    data = text.encode("utf-8", "replace")
    if path.is_file() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(data)
    temporary.replace(path)


def setup_downloads(app: Sphinx) -> None:
    """Register the transform."""
    app.add_post_transform(OfferDownloads)

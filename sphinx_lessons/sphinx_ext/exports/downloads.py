"""Downloads of each lesson: written while pages are, and linked from the page's header."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from sphinx_lessons import notebook_files
from sphinx_lessons.sphinx_ext.build import build_of
from sphinx_lessons.sphinx_ext.configuration import read_settings
from sphinx_lessons.sphinx_ext.exports.notebooks import PYTHON, make_notebook
from sphinx_lessons.sphinx_ext.hosts import builder_of
from sphinx_lessons.sphinx_ext.nodes import lesson_facts, lesson_header
from sphinx_lessons.sphinx_ext.page.header import make_fact
from sphinx_lessons.sphinx_ext.store import records_of
from sphinx_lessons.sphinx_ext.words import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

    from sphinx_lessons.model import Lesson
    from sphinx_lessons.reading import Reading

FOLDER = "lessons"
"""Below Sphinx's ``_downloads``."""
ORDERS = "downloads.jsonl"
"""Below our folder of the doctrees."""

logger = logging.getLogger(__name__)


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


def download_names(env: BuildEnvironment, docname: str, lesson: Lesson) -> list[str]:
    """The files that the lesson of a page is offered as."""
    known = env.get_domain("lesson").data["languages"].get(docname, {})
    names = [f"{lesson.id}.ipynb"]
    return [*names, f"{lesson.id}.py"] if known.get(lesson.id, "python") in PYTHON else names


class OfferDownloads(SphinxPostTransform):
    """Link the downloads of a lesson page."""

    default_priority = 40
    formats = ("html",)

    def run(self, **_kwargs: object) -> None:
        """Link what the settings ask for."""
        lesson = own_lesson(self.env, self.env.docname)
        offered = read_settings(self.config).downloads and is_site(builder_of(self.env))
        if offered and lesson is not None:
            self._link(download_names(self.env, self.env.docname, lesson))

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


# --- writing ----------------------------------------------------------------------------------

_writers: WeakKeyDictionary[Sphinx, subprocess.Popen[str]] = WeakKeyDictionary()


def start_writing(app: Sphinx, env: BuildEnvironment) -> None:
    """Have a process of its own write the files while Sphinx writes pages (``env-updated``)."""
    if not (read_settings(app.config).downloads and is_site(app.builder)):
        return
    orders = list(_list_orders(app, env))
    if orders:
        path = Path(app.doctreedir, "lessons", ORDERS)
        notebook_files.write_orders(orders, path)
        _writers[app] = subprocess.Popen(
            # -P: no file of the current directory is taken for a module of the library.
            [sys.executable, "-P", "-m", notebook_files.__name__, str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )


def _list_orders(app: Sphinx, env: BuildEnvironment) -> Iterator[notebook_files.Order]:
    """The downloads of the pages that were read, and those that are not there."""
    build = build_of(app)
    folder = Path(app.outdir, "_downloads", FOLDER)
    for docname in sorted(env.found_docs):
        known = own_lesson(env, docname)
        if known is None:
            continue
        if docname not in build.plan and (folder / f"{known.id}.ipynb").is_file():
            continue
        reading = _read(app, docname)
        lesson = reading.lesson
        if lesson is not None:
            solutions = build.settings.download_solutions
            languages = build.settings.languages
            notebook = make_notebook(reading.text, lesson, languages, solutions=solutions)
            names = download_names(env, docname, known)
            script = folder / names[1] if len(names) > 1 else None
            yield notebook_files.Order(notebook, folder / names[0], script)


def _read(app: Sphinx, docname: str) -> Reading:
    """A page as this build has read it, or else as it is on disk."""
    build = build_of(app)
    return build.plan.get(docname) or build.read(Path(app.env.doc2path(docname)))


def finish_writing(app: Sphinx, exception: Exception | None) -> None:
    """Wait until the files are written (``build-finished``)."""
    writer = _writers.pop(app, None)
    if writer is None:
        return
    if exception is not None:
        writer.kill()
    _, failure = writer.communicate()
    if exception is None and writer.returncode:
        reason = failure.strip().rpartition("\n")[2] or f"exit status {writer.returncode}"
        logger.warning("sphinx-lessons: the downloads could not be written: %s", reason)
    Path(app.doctreedir, "lessons", ORDERS).unlink(missing_ok=True)


def setup_downloads(app: Sphinx) -> None:
    """Register the transform and the process."""
    app.add_post_transform(OfferDownloads)
    app.connect("env-updated", start_writing)
    app.connect("build-finished", finish_writing)

"""Pages that are not UTF-8: shown as far as they can be read, and reported.

Sphinx gives up the whole build at the first such file. With a Markdown page among them it gets a
codec that replaces bad bytes; as that holds for every file of the build, each is looked at.
"""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx_lessons.model import Lesson, LessonReport, Meta
from sphinx_lessons.problems import Code
from sphinx_lessons.sphinx_ext.build import build_of, not_utf8
from sphinx_lessons.sphinx_ext.store import make_record, records_of

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

LENIENT_CODEC = "utf-8-lessons"
"""UTF-8 that replaces what it cannot decode, with U+FFFD as our own reader does."""


def be_lenient(app: Sphinx, env: BuildEnvironment, _docnames: list[str]) -> None:
    """Keep a page that is not UTF-8 from aborting the build (``env-before-read-docs``)."""
    if any(not_utf8(reading) for reading in build_of(app).plan.values()):
        env.settings["input_encoding"] = LENIENT_CODEC


def check_page(app: Sphinx, docname: str, content: list[str]) -> None:
    """Report bad bytes of a page (``source-read``); those of a lesson are in its report."""
    planned = build_of(app).plan.get(docname)
    if planned is None or planned.lesson is None:
        _check(app, Path(app.env.doc2path(docname)), content[0])


def check_included(app: Sphinx, relative: Path, _parent: str, content: list[str]) -> None:
    """Report bad bytes of a file that a page includes (``include-read``)."""
    _check(app, Path(app.srcdir, relative).resolve(), content[0])


def _check(app: Sphinx, file: Path, text: str) -> None:
    """Report bad bytes of a file, if its text looks as if some were replaced."""
    if "\ufffd" in text:
        reading = build_of(app).read(file)
        problems = tuple(found for found in reading.problems if found.code is Code.NOT_UTF8)
        if problems:
            docname = app.env.docname
            page = Lesson(str(file), docname, "", Meta(), None, 0)
            records = records_of(app.env)
            records.add(make_record(docname, LessonReport(page, problems), anonymous=True))


def _find_codec(name: str) -> codecs.CodecInfo | None:
    if codecs.lookup("utf-8-sig").name == name or name.replace("_", "-") != LENIENT_CODEC:
        return None
    strict = codecs.lookup("utf-8-sig")

    def decode(data: Any, _errors: str = "strict") -> tuple[str, int]:
        return strict.decode(data, "replace")

    class Incremental(codecs.BufferedIncrementalDecoder):
        def _buffer_decode(self, data: Any, _errors: str, final: bool) -> tuple[str, int]:
            return codecs.utf_8_decode(data, "replace", final)

    return codecs.CodecInfo(strict.encode, decode, incrementaldecoder=Incremental, name=name)


def setup_encoding(app: Sphinx) -> None:
    """Register the codec and connect the checks, which see a text before others change it."""
    codecs.register(_find_codec)
    app.connect("env-before-read-docs", be_lenient, priority=600)
    app.connect("source-read", check_page, priority=100)
    app.connect("include-read", check_included, priority=100)

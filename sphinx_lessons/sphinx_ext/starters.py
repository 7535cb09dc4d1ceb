"""Starters are judged while pages are written: no page shows what they do.

Many of them fail or hang, as what is not finished may, and nobody should wait for that before the
first page is written. The environment has been saved by the time the last one has ended. What came
of them is kept in a file of its own, which completes the records when the next build begins; a page
for which it does not, because that build was killed, is read again.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx_lessons.sphinx_ext.build import build_of
from sphinx_lessons.sphinx_ext.dependencies import note_reads
from sphinx_lessons.sphinx_ext.store import completion_of, records_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    from sphinx_lessons.model import Problem
    from sphinx_lessons.sphinx_ext.store import Completion


@dataclass(frozen=True, slots=True)
class Late:
    """What completes the records of a build."""

    build: str
    completions: Mapping[str, Completion]
    """By docname."""


def judge_starters(app: Sphinx) -> list[Problem]:
    """Wait for the starters that still run; the problems that they are, in the order of pages."""
    build = build_of(app)
    reports = build.finish_late()
    if not reports:
        return []
    late = Late(build.token, {docname: completion_of(reports[docname]) for docname in reports})
    _save(_place(app), late)
    return _complete(app.env, late)


def _complete(env: BuildEnvironment, late: Late) -> list[Problem]:
    records, found = records_of(env), []
    for docname, completion in sorted(late.completions.items()):
        found += records.complete(docname, completion, late.build)
        note_reads(env, completion.reads, docname)
    return found


def _recall(app: Sphinx) -> None:
    """Complete the records of the last build (``builder-inited``)."""
    if any(record.pending for record in records_of(app.env)):
        late = _load(_place(app))
        if late is not None:
            _complete(app.env, late)


def _find_incomplete(_app: Sphinx, env: BuildEnvironment, *_: object) -> list[str]:
    """The pages whose starters nobody has judged (``env-get-outdated``)."""
    return [record.docname for record in records_of(env) if record.pending]


def _place(app: Sphinx) -> Path:
    return Path(app.doctreedir, "lessons", "starters.pickle")


def _save(path: Path, late: Late) -> None:
    """Write the file at once or not at all; where that is impossible, pages will be read again."""
    temporary = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(pickle.dumps(late, pickle.HIGHEST_PROTOCOL))
        temporary.replace(path)
    except OSError:
        return


def _load(path: Path) -> Late | None:
    try:
        late = pickle.loads(path.read_bytes())
    except Exception:  # noqa: BLE001 - whatever is there: the pages are read again
        return None
    return late if isinstance(late, Late) else None


def setup_starters(app: Sphinx) -> None:
    """Connect what completes the records of the last build."""
    app.connect("builder-inited", _recall)
    app.connect("env-get-outdated", _find_incomplete)

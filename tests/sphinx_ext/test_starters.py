"""Starters are judged while pages are written; what they are is never forgotten."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from sphinx.builders.html import StandaloneHTMLBuilder

from sphinx_lessons.sphinx_ext import starters
from sphinx_lessons.sphinx_ext.store import records_of

if TYPE_CHECKING:
    from pathlib import Path

    from sphinx_projects import Project, Result

PASSING = "heights = [4.0, 1.0]\nprint(sum(heights) / len(heights))\n"
STARTER = "heights = [4.0, 1.0]\nprint(...)\n"
SLOW = """\
import time
from pathlib import Path

end = time.monotonic() + 4
while not Path({path!r}).exists() and time.monotonic() < end:
    time.sleep(0.01)
print("2.5" if Path({path!r}).exists() else "nobody came")
"""
"""Passes once a page has been written."""


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that is there when the first page has been written."""
    place = tmp_path / "written"
    write_doc = StandaloneHTMLBuilder.write_doc

    def noting(self: StandaloneHTMLBuilder, docname: str, doctree: object) -> None:
        write_doc(self, docname, doctree)  # type: ignore[arg-type]
        place.touch()

    monkeypatch.setattr(StandaloneHTMLBuilder, "write_doc", noting)
    return place


@pytest.fixture
def slow(project: Project, lesson: str, written: Path) -> Project:
    """A lesson whose starter passes if it still runs when pages are written."""
    project.write("lesson.md", lesson.replace(STARTER, SLOW.format(path=str(written))))
    return project


def told(result: Result) -> int:
    """How many times a build tells of a starter that passes, at its line."""
    assert result.log.count("lesson.md:53: WARNING: challenge tides-01-c1: the starter") == (
        result.log.count("lessons.starter-passes")
    )
    return result.log.count("lessons.starter-passes")


@pytest.mark.parametrize("parallel", [1, 2])
def test_pages_are_written_while_a_starter_runs(slow: Project, parallel: int) -> None:
    result = slow.build(parallel=parallel)
    assert told(result) == 1
    assert "3 programs (3 run, 0 stored)" in result.info


@pytest.mark.parametrize("parallel", [1, 2])
def test_what_it_is_is_told_on_every_build(slow: Project, parallel: int) -> None:
    first = slow.build(parallel=parallel)
    for _ in range(2):
        again = slow.build(parallel=parallel)
        assert told(again) == 1
        assert again.log == first.log
        assert "updating environment: 0 added, 0 changed" in again.info
        assert "3 programs (0 run, 3 stored)" in again.info
    assert not any(record.pending for record in records_of(again.app.env))


def test_it_fails_a_strict_build(slow: Project) -> None:
    assert slow.build(strict=True).status == 1
    assert slow.build(strict=True).status == 1


def test_another_page_may_be_read_in_between(slow: Project) -> None:
    slow.build()
    slow.write("plain.md", "# Plain\n")
    assert told(slow.build()) == 1
    starters._place(slow.build().app).unlink()
    result = slow.build()
    assert told(result) == 1
    assert "updating environment: 0 added, 0 changed" in result.info


@pytest.mark.parametrize("content", [None, b"", b"no pickle", b"\x80\x05N."])
def test_where_it_is_lost_the_page_is_read_again(slow: Project, content: bytes | None) -> None:
    place = starters._place(slow.build().app)
    place.unlink() if content is None else place.write_bytes(content)
    result = slow.build()
    assert "updating environment: 0 added, 1 changed" in result.info
    assert told(result) == 1
    assert "3 programs (0 run, 3 stored)" in result.info


def test_what_another_build_left_does_not_count(slow: Project, lesson: str) -> None:
    """A build is killed after it has saved the environment: its page is read again."""
    place = starters._place(slow.build().app)
    before = place.read_bytes()
    time.sleep(0.01)
    text = (slow.source / "lesson.md").read_text()
    slow.write("lesson.md", text.replace('"2.5" if', '"2.6" if'))
    slow.build()
    place.write_bytes(before)
    result = slow.build()
    assert told(result) == 0
    assert "updating environment: 0 added, 1 changed" in result.info


def test_a_folder_that_cannot_be_written_costs_only_time(
    slow: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", fail)
    assert told(slow.build()) == 1
    monkeypatch.undo()
    assert told(slow.build()) == 1


def test_a_failed_build_does_not_wait(
    project: Project, lesson: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no pages today")

    monkeypatch.setattr(StandaloneHTMLBuilder, "write_doc", fail)
    project.write("lesson.md", lesson.replace("print(...)\n", "import time\ntime.sleep(4.5)\n"))
    begun = time.monotonic()
    with pytest.raises(RuntimeError, match="no pages today"):
        project.build()
    assert time.monotonic() - begun < 4


def test_what_it_reads_is_a_dependency(slow: Project, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.write_text("2.5")
    text = (slow.source / "lesson.md").read_text()
    slow.write("lesson.md", text.replace('"2.5" if', f"Path({str(data)!r}).read_text() if"))
    assert told(slow.build()) == 1
    assert "0 added, 0 changed" in slow.build().info
    data.write_text("2.6")
    result = slow.build()
    assert "0 added, 1 changed" in result.info
    assert told(result) == 0

"""Sphinx forks processes to read pages while programs run; they ask for the reports."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING

import pytest

from sphinx_lessons.running.engine import LocalEngine
from sphinx_lessons.sphinx_ext.build import Build
from sphinx_lessons.sphinx_ext.report_server import ReportServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sphinx_projects import Project

TOUCH = """\
from pathlib import Path

def note(app, docname, _):
    Path({folder!r}, docname).touch()

def setup(app):
    app.connect("source-read", note)
    return {{"parallel_read_safe": True}}
"""
WAIT = """\
import time
from pathlib import Path

end = time.monotonic() + 20
while not Path({path!r}).exists() and time.monotonic() < end:
    time.sleep(0.01)
print(Path({path!r}).exists())
"""


def in_child(call: Callable[[], object]) -> bytes:
    """What a call in a forked process returns, as text."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            os.write(writing, repr(call()).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        answer = file.read()
    os.waitpid(pid, 0)
    return answer


class TestServer:
    """It answers forks of its own process, and nobody else."""

    @pytest.fixture
    def counts(self) -> list[int]:
        return []

    @pytest.fixture
    def server(self, counts: list[int]) -> Iterator[ReportServer]:
        def make(docname: str) -> str:
            if docname == "broken":
                raise KeyError(docname)
            return f"report of {docname}"

        server = ReportServer(make, counts.append)  # type: ignore[arg-type]
        yield server
        server.close()

    def test_a_fork_gets_what_is_made_here(self, server: ReportServer) -> None:
        assert in_child(lambda: server.ask("one")) == b"'report of one'"
        names = "ümlaut/\udcff", "x" * 4000
        answers = in_child(lambda: [server.ask(name) for name in names])
        assert answers.decode() == repr([f"report of {name}" for name in names])

    def test_here_nobody_is_asked(self, server: ReportServer) -> None:
        assert server.ask("one") is None

    def test_what_fails_here_is_left_to_who_asks(self, server: ReportServer) -> None:
        assert in_child(lambda: [server.ask("broken"), server.ask("one")]) == (
            b"[None, 'report of one']"
        )

    def test_readers_are_counted_until_they_end(
        self, server: ReportServer, counts: list[int]
    ) -> None:
        told = threading.Event()
        server._count = lambda count: (counts.append(count), count == 0 and told.set())
        in_child(lambda: [server.ask("one"), server.ask("two")])
        assert told.wait(20)
        assert counts == [1, 0]

    def test_an_asker_that_is_killed_does_no_harm(self) -> None:
        asked, go_on = threading.Event(), threading.Event()

        def make(docname: str) -> str:
            if docname == "slow":
                asked.set()
                go_on.wait(20)
            return "x" * 1_000_000

        server = ReportServer(make, int)  # type: ignore[arg-type]
        pid = os.fork()
        if not pid:
            server.ask("slow")
            os._exit(0)
        assert asked.wait(20)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        go_on.set()
        assert in_child(lambda: len(str(server.ask("fast")))) == b"1000000"
        server.close()

    def test_a_closed_one_does_not_answer(self, server: ReportServer) -> None:
        server.close()
        assert in_child(lambda: server.ask("one")) == b"None"


def write_lessons(project: Project, lesson: str, count: int) -> None:
    for number in range(count):
        own = lesson.replace("tides-01", f"tides-1{number}")
        project.write(f"lesson-{number}.md", own.replace("idal range", f"idal range {number}"))


def test_pages_are_read_while_programs_run(project: Project, lesson: str, tmp_path: Path) -> None:
    """A demo waits for a page that is read in another process to be opened."""
    folder = tmp_path / "read"
    folder.mkdir()
    (project.source / "noting.py").write_text(TOUCH.format(folder=str(folder)))
    project.write(
        "conf.py",
        f'import sys\nsys.path.insert(0, {str(project.source)!r})\nhtml_theme = "basic"\n'
        'extensions = ["sphinx_lessons", "noting"]\nlessons_timeout = 25\n',
    )
    write_lessons(project, lesson, 3)
    code = WAIT.format(path=str(folder / "plain"))
    project.write("lesson-0.md", lesson.replace("heights = [4.1, 0.9, 3.8]\n", code, 1))
    project.write("plain.md", "# A page without programs\n")
    result = project.build(parallel=2)
    assert '<span class="go">False' not in result.text("lesson-0.html")
    assert "True\n" in result.text("lesson-0.html")


def test_what_cannot_run_while_forking_has_ended_before(
    project: Project, lesson: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As programs in Jupyter kernels, to which threads of the building process talk."""
    monkeypatch.setattr(LocalEngine, "can_fork_while_running", lambda *_: False)
    ready: list[bool] = []
    serve = Build.serve

    def serving(self: Build) -> None:
        serve(self)
        waiting = self.plan.keys() - self.reports.keys() - {"index"}
        ready.append(not any(self.check().unfinished(self.plan[name]) for name in waiting))

    monkeypatch.setattr(Build, "serve", serving)
    write_lessons(project, lesson, 3)
    assert project.build(strict=True, parallel=2).log == ""
    assert ready == [True]


def test_who_gets_no_answer_runs_the_page_itself(
    project: Project, lesson: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ReportServer, "ask", lambda *_: None)
    write_lessons(project, lesson, 3)
    project.write("lesson-1.md", lesson.replace("\n2.5\n", "\n2.6\n"))
    result = project.build(parallel=2)
    assert result.status == 1
    assert "\n-2.6\n+2.5\n" in result.log


def test_the_report_of_a_child_is_that_of_the_parent(project: Project, lesson: str) -> None:
    """Whatever an engine says goes through a pipe, surrogates and exceptions too."""
    write_lessons(project, lesson, 3)
    odd = lesson.replace("len(heights)\n", 'print("\\ud800")\n', 1)
    project.write("lesson-2.md", odd)
    serial = project.build(out="serial")
    parallel = project.build(out="parallel", parallel=2)
    assert serial.log == parallel.log
    assert "UnicodeEncodeError" in serial.log

from __future__ import annotations

import os
import signal
import threading
import time
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from sphinx_lessons.cli import main
from sphinx_lessons.config import Settings
from sphinx_lessons.model import Cell, Ending, File, Limits, Script, Session
from sphinx_lessons.running import make_engine
from sphinx_lessons.running.child import tree
from sphinx_lessons.running.executors import ExecutorEngine, ExecutorError, connect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from distributed import LocalCluster

    from sphinx_lessons.model import Program, RunResult

pytestmark = [
    # Dask's own: sockets and event loops that its threads close late.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

LIMITS = Limits(timeout=30)


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=":0"
    ) as cluster:
        yield cluster


@pytest.fixture
def url(cluster: LocalCluster) -> str:
    return cluster.scheduler_address.replace("tcp://", "dask://")


def programs(folder: Path) -> list[Program]:
    data = folder / "birds.csv"
    data.write_text("tern")
    read = "print(open('data/birds.csv').read())"
    return [
        Script("print(input())", stdin="north\n", limits=LIMITS),
        Script("1 / 0", limits=LIMITS),
        Script("import nonesuch", limits=LIMITS),
        Script("while True: pass", limits=Limits(timeout=1)),
        Script(read, files=(File("data/birds.csv", str(data)),), limits=LIMITS),
        Session((Cell("x = 1"), Cell("print(x)\nx + 1")), limits=LIMITS),
    ]


def without_times(result: RunResult) -> RunResult:
    cells = tuple(replace(cell, seconds=0) for cell in result.cells)
    return replace(result, cells=cells, seconds=0)


def results_of(engine: object, wanted: list[Program]) -> list[RunResult]:
    futures = [engine.submit(program) for program in wanted]  # type: ignore[attr-defined]
    return [without_times(future.result(90)) for future in futures]


def test_a_cluster_gives_the_results_of_this_machine(url, tmp_path):
    wanted = programs(tmp_path)
    with make_engine(Settings(), 2) as engine:
        here = results_of(engine, wanted)
    with connect(url, Settings()) as engine:
        assert results_of(engine, wanted) == here


def find_busy(cluster: LocalCluster, program: Path) -> int:
    """The process of the worker that runs a program, which writes its process there."""
    until = time.monotonic() + 60
    while not (program.exists() and program.read_text()):
        assert time.monotonic() < until
        time.sleep(0.05)
    parents = tree.parents()
    workers = {nanny.process.pid for nanny in cluster.workers.values()}
    pid = int(program.read_text())
    while pid not in workers:
        pid = parents[pid]
    return pid


def test_a_worker_killed_half_way_loses_nothing(cluster, url, tmp_path):
    # The first time, it waits to be killed with its worker.
    mark = tmp_path / "process"
    waiting = (
        f"import os, time\nif not os.path.exists({str(mark)!r}):\n"
        f"    open({str(mark)!r}, 'w').write(str(os.getpid()))\n    time.sleep(60)\nprint(0)"
    )
    wanted = [Script(waiting, limits=Limits(timeout=90))]
    wanted += [Script(f"print({number})", limits=LIMITS) for number in range(1, 6)]
    with connect(url, Settings()) as engine:
        futures = [engine.submit(program) for program in wanted]
        os.kill(find_busy(cluster, mark), signal.SIGKILL)
        outputs = [future.result(50).cells[0].stdout for future in futures]
    assert outputs == [f"{number}\n" for number in range(6)]


def test_the_command_line_runs_on_a_cluster(url, tmp_path, monkeypatch, capsys):
    text = "---\nid: a\nlesson: true\n---\n# A\n\n```python\nprint(1)\n```\n\n```\n2\n```\n"
    (tmp_path / "a.md").write_text(text)
    monkeypatch.chdir(tmp_path)
    assert main(["check", "--executor", url]) == 1
    assert "a.md:12: error: " in capsys.readouterr().out


@pytest.mark.parametrize("url", ["tcp://127.0.0.1:1", "dask://", "nonsense"])
def test_what_is_no_executor_is_refused(tmp_path, capsys, url):
    (tmp_path / "a.md").write_text("---\nid: a\nlesson: true\n---\n# A\n")
    assert main(["check", str(tmp_path), "--executor", url]) == 2
    assert "write dask://HOST:PORT" in capsys.readouterr().err


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr("sphinx_lessons.running.executors._CONNECT_TIMEOUT", 1)
    with pytest.raises(ExecutorError, match=r"no Dask scheduler answers at 127\.0\.0\.1:9"):
        connect("dask://127.0.0.1:9", Settings())


@pytest.mark.parametrize("make", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_any_executor_will_do(make, tmp_path):
    wanted = programs(tmp_path)[:2]
    with ExecutorEngine(make(1), Settings()) as engine:
        first, second = results_of(engine, wanted)
    assert first.cells[0].stdout == "north\n"
    assert second.cells[0].failure.name == "ZeroDivisionError"


class Broken:
    """An executor that loses everything."""

    def submit(self, *_arguments: object, **_options: object) -> Future[object]:
        future: Future[object] = Future()
        future.set_exception(OSError("the cable was cut"))
        return future

    def shutdown(self, wait: bool = True) -> None:
        pass


def test_what_an_executor_loses_is_a_crash_that_says_so():
    with ExecutorEngine(Broken(), Settings()) as engine:
        result = engine.submit(Session((Cell("1"), Cell("2")))).result(5)
    assert [cell.ending for cell in result.cells] == [Ending.CRASHED] * 2
    assert result.cells[0].reason == "the executor lost it: OSError: the cable was cut"


def test_a_file_that_is_gone_could_not_be_sent(tmp_path):
    gone = Script("1", files=(File("a", str(tmp_path / "gone")),))
    with ExecutorEngine(Broken(), Settings()) as engine:
        (cell,) = engine.submit(gone).result(5).cells
    assert cell.ending is Ending.COULD_NOT_RUN


def test_cancelling_gives_up_what_waits():
    release = threading.Event()
    executor = ThreadPoolExecutor(1)
    executor.submit(release.wait, 30)
    engine = ExecutorEngine(executor, Settings())
    waiting = engine.submit(Script("1"))
    engine.shutdown(cancel=True)
    release.set()
    assert waiting.exception(5) is not None or waiting.cancelled()

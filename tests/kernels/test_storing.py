from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from sphinx_lessons.model import Ending, Limits, Script
from sphinx_lessons.running.kernels import KernelEngine
from sphinx_lessons.running.kernels.specs import find_spec
from sphinx_lessons.running.kernels.storing import KernelStore, identify

PROGRAM = Script("echo $RANDOM", "bash", limits=Limits(timeout=60))


@pytest.fixture
def engine(kernel_engine, tmp_path):
    engine = KernelEngine({"bash": "lessons-bash"}, 1, (tmp_path / "store", 1_000_000))
    yield engine
    engine.shutdown(cancel=True)


def test_a_program_runs_once(engine):
    first = engine.submit(PROGRAM).result(90)
    second = engine.submit(PROGRAM).result(90)
    assert not first.stored
    assert second.stored
    assert second.cells == first.cells


def test_other_input_is_another_program(engine):
    first = engine.submit(Script("cat", "bash", stdin="a\n")).result(90)
    second = engine.submit(Script("cat", "bash", stdin="b\n")).result(90)
    assert [first.cells[0].stdout, second.cells[0].stdout] == ["a\n", "b\n"]


def test_what_was_stopped_runs_again(engine):
    slow = Script("sleep 30", "bash", limits=Limits(timeout=1))
    for _ in range(2):
        result = engine.submit(slow).result(90)
        assert (result.cells[0].ending, result.stored) == (Ending.TIMED_OUT, False)


def test_the_limit_holds_where_only_kernels_run(kernel_engine, tmp_path):
    engine = KernelEngine({"bash": "lessons-bash"}, 1, (tmp_path / "store", 1_000))
    for number in range(5):
        engine.submit(Script(f"echo {number}", "bash", limits=PROGRAM.limits)).result(90)
    files = [path for path in (tmp_path / "store").rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) > 1_000
    engine.shutdown()
    left = [path for path in files if path.exists()]
    assert sum(path.stat().st_size for path in left) <= 1_000


def test_a_kernel_that_changed_runs_everything_again(kernel_engine, tmp_path):
    store = KernelStore(tmp_path, 1_000_000)
    spec = find_spec("lessons-bash")
    before = store.key(PROGRAM, spec)
    assert before == store.key(PROGRAM, spec)
    identify.cache_clear()
    assert before == store.key(PROGRAM, spec)
    os.utime(spec.folder / "kernel.json", (1, 1))
    identify.cache_clear()
    assert before != store.key(PROGRAM, spec)


@pytest.mark.needs_r
def test_the_packages_of_r_belong_to_its_kernel(kernel_engine, tmp_path, monkeypatch):
    monkeypatch.setenv("R_LIBS", str(tmp_path))
    spec = find_spec("ir")
    identify.cache_clear()
    before = identify(spec)
    assert any("IRkernel/DESCRIPTION" in text for text in before)
    package = tmp_path / "birds"
    package.mkdir()
    (package / "DESCRIPTION").write_text("Package: birds\nVersion: 1.0\n")
    identify.cache_clear()
    assert set(identify(spec)) > set(before)
    shutil.rmtree(Path(package))
    identify.cache_clear()

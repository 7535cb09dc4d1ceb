"""The engine leaves a core to a caller that computes, and starts before there is a program."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from sphinx_lessons.config import Settings
from sphinx_lessons.model import Script
from sphinx_lessons.running.child import tree
from sphinx_lessons.running.engine import make_engine

if TYPE_CHECKING:
    from pathlib import Path

MEET = """\
import pathlib, time
own, other = pathlib.Path({own!r}), pathlib.Path({other!r})
own.touch()
end = time.monotonic() + {patience}
met = other.exists()
while not met and time.monotonic() < end:
    time.sleep(0.01)
    met = other.exists()
print("met" if met else "alone")
if not met:
    own.unlink()
"""


def meet(folder: Path, patience: float, *, warm: bool, computing: int) -> list[str]:
    """What two programs print that look for each other, each while it runs."""
    names = str(folder / "a"), str(folder / "b")
    with make_engine(Settings(warm=warm), jobs=2) as engine:
        engine.share(computing=computing, waiting=not computing)
        futures = [
            engine.submit(Script(MEET.format(own=own, other=other, patience=patience)))
            for own, other in (names, names[::-1])
        ]
        return [future.result(60).cells[0].stdout for future in futures]


@pytest.mark.parametrize("warm", [True, False])
def test_a_computing_caller_gets_a_core(tmp_path: Path, warm: bool) -> None:
    assert meet(tmp_path, 0.3, warm=warm, computing=1) == ["alone\n", "alone\n"]


def test_a_waiting_caller_needs_none(tmp_path: Path) -> None:
    first, _ = meet(tmp_path, 20, warm=True, computing=0)
    assert first == "met\n"


def test_who_starts_to_wait_gets_all_cores_at_once(tmp_path: Path) -> None:
    names = str(tmp_path / "a"), str(tmp_path / "b")
    with make_engine(Settings(), jobs=2) as engine:
        engine.share(computing=1, waiting=False)
        one, two = (
            engine.submit(Script(MEET.format(own=own, other=other, patience=20)))
            for own, other in (names, names[::-1])
        )
        engine.share(computing=0, waiting=True)
        assert one.result(60).cells[0].stdout == "met\n"
        assert two.result(60).cells[0].seconds < 20


def test_what_somebody_waits_for_is_started_first(tmp_path: Path) -> None:
    go, log = tmp_path / "go", tmp_path / "log"
    wait = MEET.format(own=str(tmp_path / "own"), other=str(go), patience=20)
    note = f"with open({str(log)!r}, 'a') as file: file.write({{!r}})"
    with make_engine(Settings(), jobs=1) as engine:
        first = engine.submit(Script(wait))
        programs = [Script(note.format(name)) for name in "abc"]
        futures = [engine.submit(program) for program in programs]
        engine.prefer([programs[2]])
        go.touch()
        for future in (first, *futures):
            future.result(60)
    assert log.read_text() == "cab"


def test_what_is_for_later_runs_after_the_others(tmp_path: Path) -> None:
    go, log = tmp_path / "go", tmp_path / "log"
    wait = MEET.format(own=str(tmp_path / "own"), other=str(go), patience=20)
    note = f"with open({str(log)!r}, 'a') as file: file.write({{!r}})"
    with make_engine(Settings(), jobs=1) as engine:
        first = engine.submit(Script(wait))
        futures = [engine.submit(Script(note.format(name)), later=name in "ac") for name in "abcd"]
        go.touch()
        for future in (first, *futures):
            future.result(60)
    assert log.read_text() == "bdac"


def test_no_core_is_left_when_all_compute_and_one_when_one_waits(tmp_path: Path) -> None:
    place = tmp_path / "ran"
    with make_engine(Settings(), jobs=2) as engine:
        engine.share(computing=2, waiting=False)
        future = engine.submit(Script(f"open({str(place)!r}, 'w').close()"))
        time.sleep(0.5)
        assert not place.exists()
        engine.share(computing=1, waiting=True)
        future.result(60)
    assert place.exists()


def test_who_shuts_down_waits_with_all_cores() -> None:
    with make_engine(Settings(), jobs=2) as engine:
        engine.share(computing=2, waiting=False)
        future = engine.submit(Script("print(1)"))
    assert future.result(0).cells[0].stdout == "1\n"


def test_it_can_be_prepared_and_then_not_needed() -> None:
    before = tree.descendants(_own())
    with make_engine(Settings()) as engine:
        engine.prepare([Script("print(1)")])
        assert tree.descendants(_own()) > before
    assert tree.descendants(_own()) == before


def test_nothing_is_prepared_for_what_is_stored(tmp_path: Path) -> None:
    script = Script("print(1)")
    with make_engine(Settings(), store=tmp_path) as engine:
        engine.submit(script).result(60)
    before = tree.descendants(_own())
    with make_engine(Settings(), store=tmp_path) as engine:
        engine.prepare([script])
        assert tree.descendants(_own()) == before


@pytest.mark.parametrize("warm", [True, False])
def test_prepared_it_runs_programs(warm: bool) -> None:
    with make_engine(Settings(warm=warm)) as engine:
        engine.prepare([Script("print(1)")])
        assert engine.submit(Script("print(1)")).result(60).cells[0].stdout == "1\n"


def _own() -> int:
    import os

    return os.getpid()

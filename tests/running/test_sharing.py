"""The engine leaves a core to a caller that computes, and starts before there is a program."""

from __future__ import annotations

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


def meet(folder: Path, patience: float, *, warm: bool, busy: bool) -> list[str]:
    """What two programs print that look for each other, each while it runs."""
    names = str(folder / "a"), str(folder / "b")
    with make_engine(Settings(warm=warm), jobs=2) as engine:
        engine.share(busy=busy)
        futures = [
            engine.submit(Script(MEET.format(own=own, other=other, patience=patience)))
            for own, other in (names, names[::-1])
        ]
        return [future.result(60).cells[0].stdout for future in futures]


@pytest.mark.parametrize("warm", [True, False])
def test_a_busy_caller_gets_a_core(tmp_path: Path, warm: bool) -> None:
    assert meet(tmp_path, 0.3, warm=warm, busy=True) == ["alone\n", "alone\n"]


def test_a_waiting_caller_needs_none(tmp_path: Path) -> None:
    first, _ = meet(tmp_path, 20, warm=True, busy=False)
    assert first == "met\n"


def test_who_starts_to_wait_gets_all_cores_at_once(tmp_path: Path) -> None:
    names = str(tmp_path / "a"), str(tmp_path / "b")
    with make_engine(Settings(), jobs=2) as engine:
        engine.share(busy=True)
        one, two = (
            engine.submit(Script(MEET.format(own=own, other=other, patience=20)))
            for own, other in (names, names[::-1])
        )
        engine.share(busy=False)
        assert one.result(60).cells[0].stdout == "met\n"
        assert two.result(60).cells[0].seconds < 20


def test_it_can_be_prepared_and_then_not_needed() -> None:
    before = tree.descendants(_own())
    with make_engine(Settings()) as engine:
        engine.prepare()
        assert tree.descendants(_own()) > before
    assert tree.descendants(_own()) == before


@pytest.mark.parametrize("warm", [True, False])
def test_prepared_it_runs_programs(warm: bool) -> None:
    with make_engine(Settings(warm=warm)) as engine:
        engine.prepare()
        assert engine.submit(Script("print(1)")).result(60).cells[0].stdout == "1\n"


def _own() -> int:
    import os

    return os.getpid()

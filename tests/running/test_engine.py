"""The engine's own side: a supervisor that does not start, and one that is far behind."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from sphinx_lessons.config import Settings
from sphinx_lessons.model import Ending, Script
from sphinx_lessons.running import engine as module
from sphinx_lessons.running.engine import make_engine

if TYPE_CHECKING:
    from typing import NoReturn


def fail(*_: object) -> NoReturn:
    raise BlockingIOError(11, "Resource temporarily unavailable")


def test_a_supervisor_that_cannot_be_started_leaves_nothing_to_wait_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sphinx_lessons.running.worker._start", fail)
    engine = make_engine(Settings())
    with pytest.raises(BlockingIOError):
        engine.submit(Script("print(1)"))
    engine.shutdown()


def test_one_that_cannot_be_started_again_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with make_engine(Settings(), jobs=1) as engine:
        futures = [engine.submit(Script(f"import time; time.sleep(60) # {n}")) for n in range(3)]
        monkeypatch.setattr(module, "Worker", fail)
        os.kill(engine._worker._process.pid, signal.SIGKILL)
        for future in futures:
            (cell,) = future.result(60).cells
            assert cell.ending is Ending.CRASHED
            assert "Resource temporarily unavailable" in cell.reason


def test_long_programs_and_long_outputs_do_not_wait_for_each_other() -> None:
    """Orders and results fill both directions of the connection to the supervisor."""
    with make_engine(Settings(), jobs=2) as engine:
        padding = "#" * 60_000
        futures = [
            engine.submit(Script(f"print('x' * 400_000)\n{padding}{number}"))
            for number in range(200)
        ]
        assert all(len(future.result(120).cells[0].stdout) == 400_001 for future in futures)

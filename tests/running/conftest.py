from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from sphinx_lessons.config import Settings
from sphinx_lessons.model import Cell, CellResult, Limits, Script, Session
from sphinx_lessons.running import make_engine

if TYPE_CHECKING:
    from sphinx_lessons.running.engine import LocalEngine


@pytest.fixture(scope="session")
def engine() -> Iterator[LocalEngine]:
    with make_engine(Settings()) as engine:
        yield engine


RunScript = Callable[..., CellResult]
RunCells = Callable[..., tuple[CellResult, ...]]


@pytest.fixture
def run_script(engine: LocalEngine) -> RunScript:
    def run(code: str, **options: object) -> CellResult:
        options.setdefault("limits", Limits(timeout=20))
        (cell,) = engine.submit(Script(code, **options)).result(60).cells  # type: ignore[arg-type]
        return cell

    return run


@pytest.fixture
def run_cells(engine: LocalEngine) -> RunCells:
    def run(*codes: str | Cell, **options: object) -> tuple[CellResult, ...]:
        cells = tuple(code if isinstance(code, Cell) else Cell(code) for code in codes)
        return engine.submit(Session(cells, **options)).result(90).cells  # type: ignore[arg-type]

    return run

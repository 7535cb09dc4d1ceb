from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sphinx_lessons.model import Cell, CellResult, Limits, Script, Session
from sphinx_lessons.running.kernels import KernelEngine

LANGUAGES = {
    "r": "ir",
    "bash": "lessons-bash",
    "py": "lessons-python",
    "late": "lessons-late",
    "broken": "lessons-broken",
}
COMMANDS = {
    "lessons-bash": ([sys.executable, "-m", "bash_kernel", "-f", "{connection_file}"], "bash"),
    "lessons-python": (
        [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "python",
    ),
    "lessons-late": (
        [
            sys.executable,
            str(Path(__file__).with_name("late_prompts.py")),
            "-f",
            "{connection_file}",
        ],
        "python",
    ),
    "lessons-broken": (["no-such-command-anywhere", "{connection_file}"], "none"),
}

RunScript = Callable[..., CellResult]
RunCells = Callable[..., tuple[CellResult, ...]]


@pytest.fixture(scope="session")
def kernel_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KernelEngine]:
    """An engine that finds kernels of ours by ``JUPYTER_PATH``, beside those that are installed."""
    folder = tmp_path_factory.mktemp("jupyter")
    for name, (argv, language) in COMMANDS.items():
        place = folder / "kernels" / name
        place.mkdir(parents=True)
        spec = {"argv": argv, "display_name": name, "language": language}
        (place / "kernel.json").write_text(json.dumps(spec))
    before = os.environ.get("JUPYTER_PATH")
    os.environ["JUPYTER_PATH"] = str(folder)
    engine = KernelEngine(LANGUAGES, jobs=2)
    try:
        yield engine
    finally:
        engine.shutdown(cancel=True)
        del os.environ["JUPYTER_PATH"]
        if before is not None:
            os.environ["JUPYTER_PATH"] = before


@pytest.fixture
def run_script(kernel_engine: KernelEngine) -> RunScript:
    def run(language: str, code: str, **options: object) -> CellResult:
        options.setdefault("limits", Limits(timeout=30))
        script = Script(code, language, **options)  # type: ignore[arg-type]
        (cell,) = kernel_engine.submit(script).result(120).cells
        return cell

    return run


@pytest.fixture
def run_cells(kernel_engine: KernelEngine) -> RunCells:
    def run(language: str, *codes: str | Cell, **options: object) -> tuple[CellResult, ...]:
        cells = tuple(code if isinstance(code, Cell) else Cell(code) for code in codes)
        session = Session(cells, language, **options)  # type: ignore[arg-type]
        return kernel_engine.submit(session).result(180).cells

    return run

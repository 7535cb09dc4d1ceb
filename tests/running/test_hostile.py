from __future__ import annotations

import importlib.util
import subprocess
import time
from pathlib import Path

import pytest

from sphinx_lessons.model import Script

_spec = importlib.util.spec_from_file_location(
    "hostile_programs", Path(__file__).with_name("hostile.py")
)
assert _spec
assert _spec.loader
_module = importlib.util.module_from_spec(_spec)
import sys

sys.modules["hostile_programs"] = _module
_spec.loader.exec_module(_module)
HOSTILE = _module.HOSTILE


@pytest.mark.parametrize("name", HOSTILE)
def test_each_program_has_its_own_ending(engine, name):
    hostile = HOSTILE[name]
    began = time.monotonic()
    (cell,) = engine.submit(Script(hostile.code, limits=hostile.limits)).result(60).cells
    assert cell.ending == hostile.ending, cell
    if hostile.stdout is not None:
        assert cell.stdout == hostile.stdout
    if hostile.reason is not None:
        assert cell.reason == hostile.reason
    if hostile.failure is not None:
        assert cell.failure.name == hostile.failure
    assert time.monotonic() - began < 15


def test_nothing_is_left_running(engine, run_script):
    assert run_script("import subprocess\nsubprocess.Popen(['sleep', '7654.3'])").ending == "ok"
    listing = subprocess.run(["ps", "axo", "args"], capture_output=True, text=True, check=True)
    assert "7654.3" not in listing.stdout

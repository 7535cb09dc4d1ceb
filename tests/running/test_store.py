from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sphinx_lessons.config import Settings
from sphinx_lessons.model import Cell, File, Limits, Script, Session
from sphinx_lessons.running.child import entries
from sphinx_lessons.running.child.distributions import Distributions
from sphinx_lessons.running.engine import make_engine
from sphinx_lessons.running.store import Store


@pytest.fixture
def run(tmp_path):
    """Run programs in an engine of their own, with the same store."""

    def run(*programs, store=tmp_path / "store", **settings):
        with make_engine(Settings(**settings), store=store) as engine:
            return [future.result(60) for future in [engine.submit(p) for p in programs]]

    return run


def entry_files(store: Path) -> list[Path]:
    return [path for path in store.rglob("*") if path.is_file()]


def test_a_result_is_stored_and_found_again(run):
    programs = (
        Script("print('a')\n1/0"),
        Session((Cell("1 + 1"), Cell("import sys; print('e', file=sys.stderr)"))),
    )
    first, second = run(*programs), run(*programs)
    assert [r.stored for r in first] == [False, False]
    assert [r.stored for r in second] == [True, True]
    assert [r.cells for r in first] == [r.cells for r in second]


def test_what_can_change_a_result_is_in_its_key(run, tmp_path):
    data = tmp_path / "data"
    data.write_text("1", encoding="utf-8")
    program = Script("print(1)", files=(File("data", str(data)),), stdin="x")
    run(program)
    others = [
        Script("print(1) ", files=program.files, stdin="x"),
        Script("print(1)", stdin="x"),
        Script("print(1)", files=program.files, stdin="y"),
        Script("print(1)", files=program.files, stdin="x", setup="1"),
        Script("print(1)", files=program.files, stdin="x", checks="1"),
        Script("print(1)", files=program.files, stdin="x", limits=Limits(timeout=9)),
        Session((Cell("print(1)"),)),
        Session((Cell("0"), Cell("print(1)"))),
    ]
    assert not any(result.stored for result in run(*others))
    assert run(program)[0].stored
    data.write_text("2", encoding="utf-8")
    assert not run(program)[0].stored


def test_a_changed_interpreter_or_environment_runs_again(run, monkeypatch):
    program = Script("print(1)")
    run(program)
    monkeypatch.setenv("TZ", "Pacific/Chatham")
    assert not run(program)[0].stored
    monkeypatch.setenv("UNRELATED", "1")
    assert run(program)[0].stored


def test_files_that_were_read_are_watched(run, tmp_path):
    module, data, absent = tmp_path / "own.py", tmp_path / "data", tmp_path / "absent"
    module.write_text(f"value = open({str(data)!r}).read()", encoding="utf-8")
    data.write_text("1", encoding="utf-8")
    age = time.time() - 60
    for path in (module, data):
        os.utime(path, (age, age))
    code = (
        f"import sys; sys.path.append({str(tmp_path)!r}); import own; print(own.value)\n"
        f"try: print(open({str(absent)!r}).read())\nexcept OSError: pass"
    )
    programs = (Script(code), Session((Cell(code),)))
    assert not any(r.stored for r in run(*programs))
    assert all(r.stored for r in run(*programs))
    data.write_text("2", encoding="utf-8")
    os.utime(data, (age, age))
    second = run(*programs)
    assert [(r.stored, r.cells[0].stdout) for r in second] == [(False, "2\n")] * 2
    assert all(r.stored for r in run(*programs))
    absent.write_text("3", encoding="utf-8")
    os.utime(absent, (age, age))
    assert [r.cells[0].stdout for r in run(*programs)] == ["2\n3\n"] * 2


def test_a_file_that_changed_meanwhile_makes_a_result_unreliable(run, tmp_path):
    data = tmp_path / "data"
    code = f"open({str(data)!r}, 'w').write('1')\nprint(open({str(data)!r}).read())"
    run(Script(code))
    assert not run(Script(code))[0].stored


@pytest.mark.parametrize(
    "code",
    [
        "while True: pass",
        "import os; os.kill(os.getpid(), 9)",
        "import no_such_module",
        "raise MemoryError",
        "raise ConnectionError",
        "import urllib.error; raise urllib.error.URLError('x')",
    ],
)
def test_what_may_not_come_again_is_not_stored(run, code):
    program = Script(code, limits=Limits(timeout=0.5))
    run(program)
    assert not run(program)[0].stored


def test_the_versions_of_what_is_imported_count(run, tmp_path, monkeypatch):
    """Distributions are told by their folders' names: here, one that is pretended."""
    site = tmp_path / "site-packages"
    for name, version in (("Main_Thing", "1.0"), ("needed", "1"), ("other", "1")):
        info = site / f"{name}-{version}.dist-info"
        info.mkdir(parents=True)
        requires = "Requires-Dist: Needed>=1\nRequires-Dist: other; extra == 'x'\n"
        (info / "METADATA").write_text(f"Name: {name}\n{requires}\n", encoding="utf-8")
        (info / "RECORD").write_text("thing/__init__.py,,\n", encoding="utf-8")
    (site / "needed-1.dist-info" / "RECORD").write_text("needed.py,,\n", encoding="utf-8")
    (site / "other-1.dist-info" / "RECORD").write_text("other.so,,\n", encoding="utf-8")
    found = Distributions([str(site)])
    assert found.versions == {"main-thing": "1.0", "needed": "1", "other": "1"}
    assert found.needed(["thing"]) == {"main-thing": "1.0", "needed": "1"}
    assert found.needed(["needed", "sys"]) == {"needed": "1"}


def test_another_version_of_a_distribution_makes_an_entry_stale(tmp_path):
    store = Store(tmp_path, 10**9, Distributions([]))
    result = {"cells": [], "seconds": 2.5, "reads": []}
    entry = {"result": result, "reads": {}, "distributions": {"numpy": "1"}}
    assert entries.write(entries.place(str(tmp_path), "ab" * 32), entry)
    assert store.find("ab" * 32) == (None, 2.5)  # how long it took is known all the same


@pytest.mark.parametrize("damage", [b"", b"garbage", None])
def test_a_damaged_entry_is_not_believed(run, tmp_path, damage):
    run(Script("print(1)"))
    (path,) = entry_files(tmp_path / "store")
    path.write_bytes(path.read_bytes()[:-20] if damage is None else damage)
    (result,) = run(Script("print(1)"))
    assert (result.stored, result.cells[0].stdout) == (False, "1\n")
    assert run(Script("print(1)"))[0].stored


def test_an_intact_entry_of_another_shape_is_not_believed(run, tmp_path):
    run(Script("print(1)"))
    (path,) = entry_files(tmp_path / "store")
    for value in (
        {},
        [],
        {"result": {"cells": [1]}},
        {"result": {"cells": [], "seconds": 0, "reads": []}},
    ):
        entries.write(str(path), value)
        assert not run(Script("print(1)"))[0].stored


def test_a_store_that_cannot_be_written_does_no_harm(run, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    (result,) = run(Script("print(1)"), store=blocked / "store")
    assert result.cells[0].stdout == "1\n"


def test_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(entries.os, "replace", full)
    assert not entries.write(str(tmp_path / "ab" / "entry"), {})
    assert entry_files(tmp_path) == []


def test_two_builds_may_share_a_store(tmp_path):
    code = (
        "import sys\nfrom pathlib import Path\nfrom sphinx_lessons.config import Settings\n"
        "from sphinx_lessons.model import Script\n"
        "from sphinx_lessons.running.engine import make_engine\n"
        "with make_engine(Settings(), store=Path(sys.argv[1])) as engine:\n"
        "    futures = [engine.submit(Script(f'print({i})')) for i in range(30)]\n"
        "    outputs = [future.result().cells[0].stdout for future in futures]\n"
        "    print(outputs == [f'{i}\\n' for i in range(30)])\n"
    )
    builds = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    assert [build.communicate(timeout=90)[0] for build in builds] == ["True\n"] * 3
    assert len(entry_files(tmp_path)) == 30


def test_what_was_not_used_for_longest_is_removed(tmp_path):
    store = Store(tmp_path, 2000, Distributions([]))
    keys = [f"{i:02x}" * 32 for i in range(10)]
    for age, key in enumerate(keys):
        path = entries.place(str(tmp_path), key)
        entries.write(
            path,
            {
                "result": {"cells": [], "seconds": 0, "reads": []},
                "reads": {},
                "distributions": {},
                "x": "x" * 200,
            },
        )
        os.utime(path, (time.time() - 10**6 * (20 - age),) * 2)
    other = tmp_path / "00" / "not-ours"
    other.write_text("x" * 5000, encoding="utf-8")
    assert store.find(keys[0])[0] is not None  # used just now
    store.evict()
    left = [key for key in keys if Path(entries.place(str(tmp_path), key)).exists()]
    assert 0 < len(left) < 9
    assert left == [keys[0], *keys[-len(left) + 1 :]]
    assert other.exists()


def test_results_are_kept_when_the_work_is_interrupted(tmp_path):
    engine = make_engine(Settings(), jobs=1, store=tmp_path)
    done = engine.submit(Script("print(1)"))
    endless = engine.submit(Script("while True: pass"))
    assert done.result(30).cells[0].stdout == "1\n"
    began = time.monotonic()
    engine.shutdown(cancel=True)
    assert time.monotonic() - began < 5
    assert endless.cancelled()
    with make_engine(Settings(), store=tmp_path) as engine:
        assert engine.submit(Script("print(1)")).result(30).stored


def test_keys_do_not_depend_on_where_the_store_is(run, tmp_path):
    run(Script("print(1)"), store=tmp_path / "a")
    (tmp_path / "a").rename(tmp_path / "b")
    assert run(Script("print(1)"), store=tmp_path / "b")[0].stored

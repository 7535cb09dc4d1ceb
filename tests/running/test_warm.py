from __future__ import annotations

import dataclasses
import os
import signal
import time
from pathlib import Path

import pytest

from sphinx_lessons.config import Settings
from sphinx_lessons.model import Cell, Script, Session
from sphinx_lessons.running.child import imports, tree
from sphinx_lessons.running.engine import make_engine

EXAMPLES = [
    Script("print('a')\nimport sys; print(len(sys.argv), sys.path[1:], __name__)"),
    Script("import json, sys\nprint(json.dumps({'a': sys.flags.utf8_mode}))\n1/0"),
    Script("def f(:"),
    Script("import nothing_like_this"),
    Script("print(hash('a'), {'b', 'a', 'c'})"),
    Script("import this"),
    Script("import os\nprint(sorted(os.environ), os.getcwd() == os.path.realpath('.'))"),
    Script("import threading; print(threading.main_thread().name, threading.active_count())"),
    Script("import signal; print([signal.getsignal(s) for s in range(1, 32) if s != 9])"),
    Script("import sys; print(sys.stdin, sys.stdout, sys.stderr, sys.excepthook, sys.displayhook)"),
    Script("import builtins; print(sorted(dir(builtins)))\nget_ipython()"),
    Script("import warnings; warnings.warn('x'); print(warnings.filters[:3])"),
    Script("import logging; logging.warning('x'); print(logging.root.handlers)"),
    Script("import gc, os; print(gc.isenabled(), os.nice(0), os.getpid() == os.getsid(0))"),
    Script("import resource; print(resource.getrlimit(resource.RLIMIT_DATA))"),
    Script("import os; print([os.get_inheritable(fd) for fd in range(3)])"),
    Script("x = input()", stdin="1"),
    Script("import sys; sys.exit(4)"),
    Script("def f(n):\n    try: return f(n + 1)\n    except RecursionError: return n\nprint(f(0))"),
    Script("import inspect\ndef f(): pass\nprint(inspect.getsource(f)); f.x"),
    Script("import traceback\ntry: 1/0\nexcept Exception: traceback.print_exc()"),
    Session(
        (
            Cell("1 + 1"),
            Cell("1/0"),
            Cell("%who_ls"),
            Cell("import sys; sys.modules['__main__'].__dict__ is globals()"),
        )
    ),
    Session((Cell("get_ipython().execution_count, In, Out, _"), Cell("_"), Cell("dir()"))),
]
LIBRARIES = [
    Script("import numpy as np\nprint(np.arange(3) * 2, np.__name__)"),
    Script(
        "import numpy as np\nnp.random.seed(3)\n"
        "print(np.random.rand(2), np.dot(np.eye(300), np.ones(300)).sum())"
    ),
    Session(
        (Cell("import pandas as pd\npd.DataFrame({'a': [1, 2]})"), Cell("import numpy\nnumpy.pi"))
    ),
    Session(
        (Cell("import matplotlib.pyplot as plt\nplt.plot([1, 3, 2]);"), Cell("plt.get_backend()"))
    ),
]


def essence(result):
    """A result without what differs from run to run."""
    return [dataclasses.replace(cell, seconds=0) for cell in result.cells], result.reads


@pytest.fixture(scope="module")
def cold():
    with make_engine(Settings(warm=False)) as engine:
        yield engine


@pytest.fixture(scope="module")
def warm():
    with make_engine(Settings()) as engine:
        yield engine


@pytest.mark.parametrize("program", EXAMPLES, ids=lambda program: str(program)[:40])
def test_the_results_are_those_of_fresh_processes(cold, warm, program):
    assert essence(warm.submit(program).result(60)) == essence(cold.submit(program).result(60))


@pytest.mark.parametrize("program", LIBRARIES, ids=lambda program: str(program)[:40])
def test_so_they_are_with_libraries(cold, warm, program):
    pytest.importorskip("pandas")
    pytest.importorskip("matplotlib")
    # The first use of matplotlib on a machine reads all fonts and keeps a list of them.
    cold.submit(program).result(90)
    assert essence(warm.submit(program).result(90)) == essence(cold.submit(program).result(90))


def test_random_numbers_differ_between_programs(warm):
    pytest.importorskip("numpy")
    codes = [
        "import random; print(random.random())",
        "import numpy; print(numpy.random.rand())",
        "import uuid; print(uuid.uuid4())",
        "import tempfile; print(tempfile.mktemp())",
    ]
    for code in codes:
        outputs = {warm.submit(Script(code)).result(60).cells[0].stdout for _ in range(3)}
        assert len(outputs) == 3, code


def test_programs_are_forked_from_a_process_that_has_their_imports(warm):
    ids = [
        warm.submit(Script("import os; print(os.getppid())")).result(30).cells[0].stdout
        for _ in range(4)
    ]
    assert len(set(ids)) <= 3  # keepers serve more than one program


def test_a_listed_module_is_started_fresh():
    with make_engine(Settings(fresh_imports=["fractions"])) as engine:
        parents = [
            engine.submit(Script("import fractions, os; print(os.getppid())"))
            .result(30)
            .cells[0]
            .stdout
            for _ in range(3)
        ]
    assert len(set(parents)) == 3


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A folder for modules that count as installed."""
    site = tmp_path / "site-packages"
    site.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(site))
    return site


def test_modules_that_print_or_start_threads_are_found(installed):
    (installed / "noisy.py").write_text("print('noise')", encoding="utf-8")
    (installed / "threaded.py").write_text(
        "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()",
        encoding="utf-8",
    )
    (installed / "quitting.py").write_text("raise SystemExit(3)", encoding="utf-8")
    codes = [
        "import noisy",
        "import threaded, threading; print(threading.active_count())",
        "import quitting",
    ]
    with make_engine(Settings()) as engine:
        for _ in range(2):
            cells = [engine.submit(Script(code)).result(30).cells[0] for code in codes]
            assert [cell.stdout for cell in cells] == ["noise\n", "2\n", ""]
            assert cells[2].failure.message == "exit status 3"


def test_files_that_a_module_reads_when_imported_are_the_programs_too(installed, tmp_path):
    data = tmp_path / "settings.txt"
    data.write_text("1", encoding="utf-8")
    (installed / "reading.py").write_text(f"open({str(data)!r}).read()", encoding="utf-8")
    with make_engine(Settings()) as engine:
        for _ in range(2):
            assert engine.submit(Script("import reading")).result(30).reads == (str(data),)


def find_server(engine):
    """The process that all warm ones are forked from: its command line is theirs, too."""
    parents = tree.parents()
    warm = {
        pid
        for pid in tree.descendants(engine._worker._process.pid, parents)
        if b"\0zygote\0" in Path(f"/proc/{pid}/cmdline").read_bytes()
    }
    (server,) = (pid for pid in warm if parents[pid] not in warm)
    return server


def test_it_goes_on_when_the_server_is_killed():
    with make_engine(Settings(), jobs=2) as engine:
        engine.submit(Script("print(1)")).result(30)
        slow = [engine.submit(Script(f"import time; time.sleep(1); print({i})")) for i in range(4)]
        time.sleep(0.3)
        os.kill(find_server(engine), signal.SIGKILL)
        assert [future.result(30).cells[0].stdout for future in slow] == [
            f"{i}\n" for i in range(4)
        ]


def test_it_goes_on_when_the_supervisor_is_killed():
    with make_engine(Settings(), jobs=2) as engine:
        engine.submit(Script("print(1)")).result(30)
        slow = [
            engine.submit(Script(f"import time; time.sleep(0.5); print({i})")) for i in range(4)
        ]
        time.sleep(0.2)
        os.kill(engine._worker._process.pid, signal.SIGKILL)
        assert [future.result(30).cells[0].stdout for future in slow] == [
            f"{i}\n" for i in range(4)
        ]


def test_a_forked_process_has_a_supervisor_of_its_own():
    with make_engine(Settings()) as engine:
        assert engine.submit(Script("print(1)")).result(30).cells[0].stdout == "1\n"
        pid = os.fork()
        if not pid:
            status = 1
            try:
                with engine:
                    good = engine.submit(Script("print(2)")).result(30).cells[0].stdout == "2\n"
                status = 0 if good else 2
            finally:
                os._exit(status)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        assert engine.submit(Script("print(3)")).result(30).cells[0].stdout == "3\n"


def test_imports_are_found_in_the_syntax_tree():
    program = {
        "setup": "import a.b, c",
        "code": "def f():\n    from d import e, g\nif 1: import h, i as j\nfrom . import k",
        "checks": "(",
    }
    assert imports.modules(program) == {"a.b", "c", "d", "d.e", "d.g", "h", "i"}
    assert {"a", "c", "d", "h", "i"} <= imports.tops(imports.lines(program))

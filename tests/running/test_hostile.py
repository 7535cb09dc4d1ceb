"""Programs that would hurt a runner which is not careful, each with the ending it must have."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass

import pytest

from sphinx_lessons.config import Settings
from sphinx_lessons.model import Cell, Ending, Limits, Script, Session
from sphinx_lessons.running import make_engine

OK, RAISED, CRASHED, TIMED_OUT = Ending.OK, Ending.RAISED, Ending.CRASHED, Ending.TIMED_OUT


_USUAL = Limits(timeout=20)


@dataclass(frozen=True)
class Hostile:
    """``stdout`` is compared unless it is ``None``."""

    code: str
    ending: Ending
    stdout: str | None = None
    reason: str = ""
    failure: str | None = None
    limits: Limits = _USUAL


_SHORT = Limits(timeout=0.7)
_MEMORY = "memory above 1 GB"

HOSTILE: dict[str, Hostile] = {
    "endless loop": Hostile(
        "print('begun')\nwhile True: pass",
        TIMED_OUT,
        "begun\n",
        "timed out after 0.7 s",
        limits=_SHORT,
    ),
    "endless output": Hostile(
        "while True: print('x' * 99)", CRASHED, ("x" * 99 + "\n") * 10_000, "output above 1 MB"
    ),
    "output without newline": Hostile(
        "import sys\nwhile True: sys.stdout.write('x' * 1000)",
        CRASHED,
        "x" * 10**6,
        "output above 1 MB",
    ),
    "200 MB at once": Hostile(
        "print('x' * 200_000_000)", CRASHED, "x" * 10**6, "output above 1 MB"
    ),
    "endless output of a child": Hostile(
        "import subprocess\nsubprocess.run(['yes'])", CRASHED, "y\n" * 500_000, "output above 1 MB"
    ),
    "endless errors": Hostile(
        "import sys\nwhile True: print('x' * 99, file=sys.stderr)", CRASHED, "", "output above 1 MB"
    ),
    "2 GB allocation": Hostile("x = bytearray(2_000_000_000)", RAISED, "", _MEMORY, "MemoryError"),
    "2 GB filled": Hostile("x = b'x' * 2_000_000_000", RAISED, "", _MEMORY, "MemoryError"),
    "2 GB by many": Hostile(
        "import os\n"
        "for _ in range(4):\n"
        "    if not os.fork(): break\n"
        "x = b'x' * 500_000_000\n"
        "import time; time.sleep(15)",
        CRASHED,
        "",
        _MEMORY,
    ),
    "fork bomb": Hostile(
        "import os, time\nfor _ in range(9): os.fork()\ntime.sleep(60)",
        CRASHED,
        "",
        "more than 64 processes",
    ),
    "fork bomb of a shell": Hostile(
        "import subprocess\n"
        "code = 'f() { [ $1 = 0 ] || { f $(($1-1)) & f $(($1-1)) & }; sleep 60; }; f 9; sleep 60'\n"
        "subprocess.run(['sh', '-c', code])",
        CRASHED,
        "",
        "more than 64 processes",
    ),
    "children of one parent": Hostile(
        "import subprocess\nwhile True: subprocess.Popen(['sleep', '60'])",
        CRASHED,
        "",
        "more than 64 processes",
    ),
    "children left behind": Hostile(
        "import subprocess\nsubprocess.Popen(['sleep', '60'])\nprint('done')", OK, "done\n"
    ),
    "daemon left behind": Hostile(
        "import os, time\n"
        "if not os.fork():\n"
        "    os.setsid()\n"
        "    if not os.fork(): time.sleep(60)\n"
        "    os._exit(0)\n"
        "os.wait(); print('done')",
        OK,
        "done\n",
    ),
    "os._exit(0)": Hostile("import os\nprint('a')\nos._exit(0)", OK, "a\n"),
    "os._exit(3)": Hostile(
        "import os\nprint('a')\nos._exit(3)", RAISED, "a\n", "exit status 3", "SystemExit"
    ),
    "sys.exit()": Hostile("import sys\nprint('a')\nsys.exit()", OK, "a\n"),
    "sys.exit(0)": Hostile("import sys\nprint('a')\nsys.exit(0)", OK, "a\n"),
    "sys.exit(3)": Hostile("import sys\nprint('a')\nsys.exit(3)", RAISED, "a\n", "", "SystemExit"),
    "sys.exit(text)": Hostile("import sys\nsys.exit('no')", RAISED, "", "", "SystemExit"),
    "SIGKILL to itself": Hostile(
        "import os\nprint('a')\nos.kill(os.getpid(), 9)", CRASHED, "a\n", "signal SIGKILL"
    ),
    "SIGTERM to itself": Hostile(
        "import os\nos.kill(os.getpid(), 15)", CRASHED, "", "signal SIGTERM"
    ),
    "segmentation fault": Hostile(
        "import ctypes\nprint('a')\nctypes.string_at(0)", CRASHED, "a\n", "signal SIGSEGV"
    ),
    "abort": Hostile("import os\nos.abort()", CRASHED, "", "signal SIGABRT"),
    "closing stdout": Hostile("import sys\nprint('a')\nsys.stdout.close()", OK, "a\n"),
    "closing descriptor 1": Hostile("import os\nprint('a')\nos.close(1)", OK, "a\n"),
    "writing to all descriptors": Hostile(
        "import os\nfor fd in range(3, 64):\n    try: os.write(fd, b'[]\\n' * 9)\n"
        "    except OSError: pass\nprint('a')",
        OK,
        "a\n",
    ),
    "closing all descriptors": Hostile("import os\nprint('a')\nos.closerange(0, 999)", OK, "a\n"),
    "failing with all closed": Hostile(
        "import os\nos.closerange(0, 999)\n1/0", RAISED, "", "exit status 1", "SystemExit"
    ),
    "redirecting stdout": Hostile(
        "import sys, io\nprint('a')\nsys.stdout = io.StringIO()\nprint('b')", OK, "a\n"
    ),
    "stdout is None": Hostile("import sys\nprint('a')\nsys.stdout = None\nprint('b')", OK, "a\n"),
    "dup2 over stdout": Hostile(
        "import os, sys\nprint('a')\nos.dup2(os.open(os.devnull, os.O_WRONLY), 1)\nprint('b')",
        OK,
        "a\n",
    ),
    "invalid UTF-8": Hostile(
        "import sys\nsys.stdout.buffer.write(b'a\\xff\\xc3b\\n')", OK, "a\ufffd\ufffdb\n"
    ),
    "lone surrogate": Hostile("print('\\ud800')", RAISED, "", "", "UnicodeEncodeError"),
    "escaped byte": Hostile("print('a\\udcffb')", OK, "a\ufffdb\n"),
    "NULs": Hostile("print('a\\0b')", OK, "a\0b\n"),
    "carriage returns": Hostile("print('a\\rb')", OK, "a\rb\n"),
    "reading stdin": Hostile("print(input())", RAISED, "", "", "EOFError"),
    "reading all of stdin": Hostile("import sys\nprint(repr(sys.stdin.read()))", OK, "''\n"),
    "deep recursion": Hostile("def f(): return f()\nf()", RAISED, "", "", "RecursionError"),
    "deep recursion in C": Hostile(
        "import sys\nsys.setrecursionlimit(10**9)\ndef f(x): return [f([x])]\n"
        "import functools, operator\nx = ()\nfor _ in range(10**6): x = (x,)\n"
        "f = lambda: repr(x)\nf()",
        CRASHED,
        "",
        "signal SIGSEGV",
    ),
    "threads that outlive it": Hostile(
        "import threading, time\n"
        "threading.Thread(target=lambda: (time.sleep(0.2), print('late'))).start()\nprint('early')",
        OK,
        "early\nlate\n",
    ),
    "daemon thread": Hostile(
        "import threading, time\n"
        "threading.Thread(target=lambda: (time.sleep(9), print('late')), daemon=True).start()\n"
        "print('early')",
        OK,
        "early\n",
    ),
    "thread without end": Hostile(
        "import threading, time\nthreading.Thread(target=lambda: time.sleep(60)).start()\nprint(1)",
        TIMED_OUT,
        "1\n",
        "timed out after 0.7 s",
        limits=_SHORT,
    ),
    "exception in a thread": Hostile(
        "import threading\n"
        "t = threading.Thread(target=lambda: 1/0)\n"
        "t.start(); t.join(); print('a')",
        OK,
        "a\n",
    ),
    "atexit output": Hostile(
        "import atexit\natexit.register(print, 'bye')\nprint('a')", OK, "a\nbye\n"
    ),
    "finalizer output": Hostile(
        "class A:\n    def __del__(self): print('gone')\na = A()\nprint('a')", OK, "a\ngone\n"
    ),
    "signal.alarm": Hostile(
        "import signal\nsignal.alarm(1)\nsignal.pause()", CRASHED, "", "signal SIGALRM"
    ),
    "handling an alarm": Hostile(
        "import signal\nsignal.signal(signal.SIGALRM, lambda *_: print('rang'))\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.1)\nsignal.pause()",
        OK,
        "rang\n",
    ),
    "interrupting itself": Hostile(
        "import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(5)",
        RAISED,
        "",
        "",
        "KeyboardInterrupt",
    ),
    "ignoring signals": Hostile(
        "import signal\n"
        "for number in {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}:\n"
        "    signal.signal(number, signal.SIG_IGN)\n"
        "while True: pass",
        TIMED_OUT,
        "",
        "timed out after 0.7 s",
        limits=_SHORT,
    ),
    "changing directory": Hostile("import os\nos.chdir('/')\nprint(os.getcwd())", OK, "/\n"),
    "changing the environment": Hostile(
        "import os\nos.environ.clear()\nos.environ['PATH'] = '/nowhere'\nprint(len(os.environ))",
        OK,
        "1\n",
    ),
    "deleting its working directory": Hostile(
        "import os, shutil\nshutil.rmtree(os.getcwd())\nprint('gone')", OK, "gone\n"
    ),
    "forbidding its working directory": Hostile(
        "import os\nos.mkdir('a'); open('a/b', 'w').close()\nos.chmod('a', 0); os.chmod('.', 0)",
        OK,
        "",
    ),
    "multiprocessing, fork": Hostile(
        "import multiprocessing as m\n"
        "def square(x): return x * x\n"
        "if __name__ == '__main__':\n"
        "    with m.get_context('fork').Pool(2) as pool: print(pool.map(square, [1, 2, 3]))",
        OK,
        "[1, 4, 9]\n",
    ),
    "multiprocessing, spawn": Hostile(
        "import multiprocessing as m\n"
        "def square(x): return x * x\n"
        "if __name__ == '__main__':\n"
        "    with m.get_context('spawn').Pool(2) as pool: print(pool.map(square, [1, 2, 3]))",
        OK,
        "[1, 4, 9]\n",
    ),
    "process pool": Hostile(
        "from concurrent.futures import ProcessPoolExecutor\n"
        "class Item:\n    value = 2\n"
        "def double(item): return item.value * 2\n"
        "if __name__ == '__main__':\n"
        "    with ProcessPoolExecutor(2) as pool: print(list(pool.map(double, [Item(), Item()])))",
        OK,
        "[4, 4]\n",
    ),
    "forking and running on": Hostile(
        "import os\nprint('a')\nif os.fork(): os.wait()\nprint('b')", OK, "a\nb\nb\n"
    ),
    "a fork that fails": Hostile(
        "import os\nif not os.fork(): 1/0\nprint(os.waitstatus_to_exitcode(os.wait()[1]))",
        OK,
        "1\n",
    ),
    "asyncio": Hostile(
        "import asyncio\nasync def f(): await asyncio.sleep(0); print('a')\nasyncio.run(f())",
        OK,
        "a\n",
    ),
    "patching builtins": Hostile(
        "import builtins\n"
        "for name in ('open', 'repr', 'len', 'exec', 'compile', 'print', 'isinstance', 'id'):\n"
        "    setattr(builtins, name, None)",
        OK,
        "",
    ),
    "deleting builtins": Hostile("import builtins\nvars(builtins).clear()", OK, ""),
    "patching os": Hostile(
        "import os\n"
        "for name in ('write', '_exit', 'dup2', 'getpid', 'close'): setattr(os, name, None)",
        OK,
        "",
    ),
    "clearing sys.modules": Hostile("import sys\nsys.modules.clear()\nprint('a')", OK, "a\n"),
    "patching the runner": Hostile(
        "import sys\n"
        "for name, module in list(sys.modules.items()):\n"
        "    if 'lessons' in name:\n"
        "        for key in list(vars(module)): setattr(module, key, None)\n"
        "print('a')",
        OK,
        "a\n",
    ),
    "sys.stdout.buffer": Hostile(
        "import sys\nprint('a')\nsys.stdout.buffer.write(b'b\\n')\nprint('c')", OK, "a\nb\nc\n"
    ),
    "output of children in order": Hostile(
        "import os, subprocess\nprint('a')\nsubprocess.run(['echo', 'b'])\nos.write(1, b'c\\n')\n"
        "print('d')\nos.system('echo e')",
        OK,
        "a\nb\nc\nd\ne\n",
    ),
    "logging": Hostile("import logging\nlogging.warning('careful')\nprint('a')", OK, "a\n"),
    "warnings": Hostile("import warnings\nwarnings.warn('careful')\nprint('a')", OK, "a\n"),
    "exception hook": Hostile(
        "import sys\nsys.excepthook = lambda kind, *_: print('hook', kind.__name__)\n1/0",
        RAISED,
        "hook ZeroDivisionError\n",
        "",
        "ZeroDivisionError",
    ),
    "an exception that cannot be shown": Hostile(
        "class E(Exception):\n    def __str__(self): raise ValueError\nraise E", RAISED, "", "", "E"
    ),
    "killing its parent": Hostile(
        "import os, time\nos.kill(os.getppid(), 9)\ntime.sleep(0.3)\nprint('alone')", OK, "alone\n"
    ),
    "terminating its parent": Hostile(
        "import os\nfor number in (1, 2, 3, 13, 14, 15): os.kill(os.getppid(), number)\nprint('a')",
        OK,
        "a\n",
    ),
    "stopping its parent": Hostile("import os\nos.kill(os.getppid(), 19)\nprint('a')", OK, "a\n"),
    "killing its parent, left behind": Hostile(
        "import os, subprocess\n"
        "subprocess.Popen(['sleep', '60'])\n"
        "os.kill(os.getppid(), 9)\n"
        "print('a')",
        OK,
        "a\n",
    ),
    "killing its process group": Hostile(
        "import os\nprint('a')\nos.killpg(0, 9)", CRASHED, "a\n", "signal SIGKILL"
    ),
    "stopping itself": Hostile(
        "import os\nos.kill(os.getpid(), 19)", TIMED_OUT, "", "timed out after 0.7 s", limits=_SHORT
    ),
    "a signal without a name": Hostile(
        "import os\nos.kill(os.getpid(), 40)", CRASHED, "", "signal 40"
    ),
    "folders without end": Hostile(
        "import os\nfor _ in range(3000):\n    os.mkdir('d'); os.chdir('d')\nprint('deep')",
        OK,
        "deep\n",
    ),
    "removing the folders around it": Hostile(
        "import shutil\nshutil.rmtree('../..', ignore_errors=True)\nprint('a')", OK, "a\n"
    ),
    "a pipe in place of our file": Hostile(
        "import os\nif os.path.exists('../trace'): os.remove('../trace')\n"
        "os.mkfifo('../trace')\nprint('a')",
        OK,
        "a\n",
    ),
    "a trace function": Hostile(
        "import sys\n"
        "def trace(frame, event, argument):\n"
        "    print(event, frame.f_code.co_name)\n"
        "    return trace\n"
        "def f(): pass\n"
        "sys.settrace(trace)\n"
        "f()",
        OK,
        "call f\nline f\nreturn f\n",
    ),
    "a syntax error that says nonsense": Hostile(
        "raise SyntaxError('bad', (5, 'x', 1, 7))", RAISED, "", "", "SyntaxError"
    ),
    "an exception that fails when it is looked at": Hostile(
        "class E(Exception):\n    __cause__ = property(lambda self: 1 / 0)\nraise E",
        RAISED,
        "",
        "",
        "E",
    ),
    "a class without a name": Hostile(
        "class M(type): __name__ = 5\nclass E(Exception, metaclass=M): pass\nraise E",
        RAISED,
        "",
        "",
        "E",
    ),
    "a file without end": Hostile(
        "with open('big', 'wb') as file:\n"
        "    file.truncate(900_000_000); file.seek(900_000_000)\n"
        "    while True: file.write(b'x' * 10_000_000); file.flush()",
        RAISED,
        "",
        "",
        "OSError",
    ),
    "raising the memory limit": Hostile(
        "import resource\nresource.setrlimit(resource.RLIMIT_CORE, (0, 0))\nprint('a')", OK, "a\n"
    ),
}


@pytest.fixture(scope="module", params=["warm", "fresh"])
def any_engine(request):
    with make_engine(Settings(warm=request.param == "warm")) as engine:
        yield engine


@pytest.mark.parametrize("name", HOSTILE)
def test_each_program_has_its_own_ending(any_engine, name):
    hostile = HOSTILE[name]
    began = time.monotonic()
    (cell,) = any_engine.submit(Script(hostile.code, limits=hostile.limits)).result(60).cells
    assert cell.ending == hostile.ending, cell
    assert (cell.failure and cell.failure.name) == hostile.failure
    assert cell.reason == hostile.reason
    if hostile.stdout is not None:
        assert cell.stdout == hostile.stdout
    assert time.monotonic() - began < 30


def test_nothing_is_left_running(any_engine):
    code = "import subprocess\nsubprocess.Popen(['sleep', '7654.3'])"
    assert any_engine.submit(Script(code)).result(30).cells[0].ending == "ok"
    listing = subprocess.run(["ps", "axo", "args"], capture_output=True, text=True, check=True)
    assert "7654.3" not in listing.stdout


@pytest.mark.parametrize("name", ["a pipe in place of our file", "removing the folders around it"])
def test_the_next_program_is_not_affected(any_engine, name):
    any_engine.submit(Script(HOSTILE[name].code)).result(60)
    (cell,) = any_engine.submit(Script("print('fine')", limits=Limits(timeout=20))).result(60).cells
    assert (cell.ending, cell.stdout) == (OK, "fine\n")


@pytest.mark.parametrize("end", ["os._exit(0)", "os.execvp('true', ['true'])"])
def test_checks_that_were_not_run_are_not_passed(any_engine, end):
    program = Script(f"import os\n{end}", checks="assert False", limits=_USUAL)
    (cell,) = any_engine.submit(program).result(60).cells
    assert (cell.ending, cell.in_checks) == (RAISED, True)
    assert cell.failure.message == "the program ended itself before its checks could run"
    program = Script("import sys\nsys.exit(0)", checks="assert True", limits=_USUAL)
    assert any_engine.submit(program).result(60).cells[0].ending == OK


def test_a_hook_that_fails_is_named(any_engine):
    code = "import sys\ndef hook(*_): raise ValueError\nsys.excepthook = hook\n1/0"
    (cell,) = any_engine.submit(Script(code)).result(60).cells
    assert cell.stderr.startswith("Error in sys.excepthook:\nTraceback")
    assert "sphinx_lessons" not in cell.stderr
    assert cell.failure.name == "ZeroDivisionError"


def find_channel(code: str) -> str:
    """A program that finds the socket to the supervisor among its descriptors."""
    return (
        "import os, stat\n"
        "for fd in range(3, 64):\n"
        "    try: found = stat.S_ISSOCK(os.fstat(fd).st_mode)\n"
        "    except OSError: continue\n"
        f"    if found: {code}\n"
    )


@pytest.mark.parametrize(
    "message",
    [
        "{'rich': 5}",
        "{'rich': {'text/plain': 5}}",
        "{'cell': 'x'}",
        "{'failure': {'name': b'', 'message': {1}, 'frames': [], 'bases': [], 'before': None}}",
    ],
)
def test_nonsense_on_the_channel_stops_nothing_but_the_program(any_engine, message):
    data = message.encode()
    code = find_channel(f"os.write(fd, {len(data).to_bytes(4, 'big') + data!r})")
    any_engine.submit(Script(code, limits=_USUAL)).result(60)
    (cell,) = any_engine.submit(Script("print('fine')", limits=_USUAL)).result(60).cells
    assert (cell.ending, cell.stdout) == (OK, "fine\n")
    any_engine.submit(Session((Cell(code),), limits=Limits(timeout=2))).result(60)
    (cell,) = any_engine.submit(Session((Cell("print('x')"),), limits=_USUAL)).result(60).cells
    assert (cell.ending, cell.stdout) == (OK, "x\n")

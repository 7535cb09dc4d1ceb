"""The engine and kernels without a dialect: IPython's own, as one of another environment."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sphinx_lessons.config import Settings
from sphinx_lessons.model import Cell, Ending, Limits, Script, Session
from sphinx_lessons.running import make_engine
from sphinx_lessons.running.child import tree
from sphinx_lessons.running.kernels import KernelEngine

MAIN = Path(tree.__file__).with_name("__main__.py")


def test_a_kernel_that_is_not_installed_names_those_that_are(kernel_engine):
    result = kernel_engine.submit(Script("1", kernel="nonesuch")).result(30)
    (cell,) = result.cells
    assert cell.ending is Ending.COULD_NOT_RUN
    assert "no kernel named 'nonesuch' (installed: " in cell.reason
    assert "lessons-python" in cell.reason


def test_every_cell_of_a_session_without_a_kernel_says_so(kernel_engine):
    result = kernel_engine.submit(Session((Cell("1"), Cell("2")), kernel="nonesuch")).result(30)
    assert [cell.ending for cell in result.cells] == [Ending.COULD_NOT_RUN] * 2


def test_a_kernel_that_does_not_start_says_why(run_script):
    result = run_script("broken", "1")
    assert result.ending is Ending.COULD_NOT_RUN
    assert "'lessons-broken' did not start: no-such-command-anywhere" in result.reason


def test_a_script_echoes_nothing(run_script):
    result = run_script("py", "print('a')\n1 + 1")
    assert result.ending is Ending.OK
    assert [output.text for output in result.outputs] == ["a\n"]


def test_a_prompt_waits_for_its_channel(run_script):
    result = run_script("late", "print(input())", stdin="one\n", limits=Limits(timeout=6))
    assert (result.stdout, result.ending) == ("one\n", Ending.OK)


def test_input_ends_as_it_does_in_a_pipe(run_script):
    code = "print(input())\ntry:\n    input()\nexcept EOFError:\n    print('end')"
    assert run_script("py", code, stdin="one\n").stdout == "one\nend\n"


def test_failures_have_lines_of_their_part(run_script):
    setup = "\ndef fail():\n    return 1 / 0"
    result = run_script("py", "\n\n\nfail()", setup=setup)
    frames = [(frame.file, frame.line) for frame in result.failure.frames]
    assert result.failure.name == "ZeroDivisionError"
    assert frames == [("<code>", 4), ("<setup>", 3)]


@pytest.mark.parametrize(
    ("code", "ending", "reason"),
    [
        ("import sys; sys.exit(2)", Ending.RAISED, "exit status 2"),
        ("import sys; sys.exit()", Ending.OK, ""),
        ("import os; os._exit(4)", Ending.RAISED, "exit status 4"),
        ("import nonesuch", Ending.COULD_NOT_RUN, "no module named 'nonesuch'"),
        ("import os; os.kill(os.getpid(), 9)", Ending.CRASHED, "signal SIGKILL"),
        ("import os; os.kill(os.getppid(), 9); input()", Ending.CRASHED, "the kernel was killed"),
        ("while True: pass", Ending.TIMED_OUT, "timed out after 3 s"),
        ("while True: print('x' * 99)", Ending.CRASHED, "output above 10 kB"),
    ],
)
def test_whatever_a_program_does_it_has_an_ending(run_script, code, ending, reason):
    result = run_script("py", code, limits=Limits(timeout=3, output=10_000))
    assert (result.ending, result.reason) == (ending, reason)


def test_memory_is_watched(run_script):
    code = "import mmap\nheld = mmap.mmap(-1, 300_000_000)\nheld.write(b'x' * 300_000_000)\ninput()"
    result = run_script("py", code, limits=Limits(timeout=20, memory=200_000_000))
    assert result.ending is not Ending.OK
    assert "memory above 200 MB" in result.reason or result.failure.name == "MemoryError"


def test_a_session_after_a_timeout_names_the_cause(run_cells):
    cells = run_cells("py", Cell("1"), Cell("while True: pass", 2), Cell("3"))
    assert [cell.ending.value for cell in cells] == ["ok", "timed-out", "could-not-run"]
    assert cells[2].reason == "an earlier demo timed out after 2 s"
    assert cells[0].outputs[0].data["text/plain"] == "1"
    assert cells[0].outputs[0].result


def test_displays_are_updated_and_cleared(run_cells):
    show = "from IPython.display import display, clear_output\nhandle = display(1, display_id='a')"
    cells = run_cells("py", f"{show}\nhandle.update(2)", "print('a')\nclear_output()\nprint('b')")
    assert [output.data["text/plain"] for output in cells[0].outputs] == ["2"]
    assert cells[1].stdout == "b\n"


def test_nothing_of_a_program_is_left(run_script, tmp_path):
    code = (
        "import subprocess, sys, os\n"
        "child = subprocess.Popen(['sleep', '300'], start_new_session=True)\n"
        "print(child.pid, os.getcwd())"
    )
    pid, folder = run_script("py", code).stdout.split()
    assert not Path(folder).parent.exists()
    assert int(pid) not in tree.parents()


def test_cancelling_kills_what_runs(tmp_path):
    engine = KernelEngine({"python": "python3"}, jobs=1)
    mark = tmp_path / "started"
    code = f"open({str(mark)!r}, 'w').close()\nwhile True: pass"
    running = engine.submit(Script(code))
    waiting = engine.submit(Script("1"))
    deadline = time.monotonic() + 60
    while not mark.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    began = time.monotonic()
    engine.shutdown(cancel=True)
    assert time.monotonic() - began < 10
    assert running.result(0).cells[0].ending is Ending.CRASHED
    assert waiting.cancelled()


KILLED_BUILD = """
import sys
from sphinx_lessons.model import Script
from sphinx_lessons.running.kernels import KernelEngine
code = "import os\\nopen(sys.argv[1], 'w').write(f'{os.getpid()} {os.getcwd()}')\\nwhile True: pass"
code = code.replace("sys.argv[1]", repr(sys.argv[1]))
KernelEngine({"python": "python3"}).submit(Script(code)).result()
"""


def test_a_build_that_is_killed_leaves_no_kernel(tmp_path):
    mark = tmp_path / "pid"
    with subprocess.Popen([sys.executable, "-c", KILLED_BUILD, str(mark)]) as build:
        deadline = time.monotonic() + 60
        while not (mark.exists() and mark.read_text()) and time.monotonic() < deadline:
            time.sleep(0.05)
        os.kill(build.pid, signal.SIGKILL)
    pid, work = mark.read_text().split()
    folder = Path(work).parent
    deadline = time.monotonic() + 30
    while (int(pid) in tree.parents() or folder.exists()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert int(pid) not in tree.parents()
    assert not folder.exists()


def test_the_projects_engine_sends_a_program_where_its_language_runs(kernel_engine):
    settings = Settings(languages={"python": "", "bash": "lessons-bash"})
    with make_engine(settings, 1) as engine:
        python = engine.submit(Script("print(1)", limits=Limits(timeout=20)))
        bash = engine.submit(Script("echo 2", "bash", limits=Limits(timeout=20)))
        named = engine.submit(Script("print(3)", kernel="nonesuch"))
        assert python.result(60).cells[0].stdout == "1\n"
        assert bash.result(60).cells[0].stdout == "2\n"
        assert "nonesuch" in named.result(60).cells[0].reason


@pytest.mark.parametrize("farewell", [b".", b""])
def test_the_guard_removes_the_folder_unless_the_engine_will(tmp_path, farewell):
    """The engine sends a byte before it hangs up; a build that is killed does not."""
    work = tmp_path / "folder" / "work"
    work.mkdir(parents=True)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        command = [sys.executable, str(MAIN), "guard", str(theirs.fileno()), "1000000000"]
        guard = subprocess.Popen([*command, "sleep", "60"], cwd=work, pass_fds=[theirs.fileno()])
        theirs.close()
        assert ours.recv(100).startswith(b"started ")
        ours.send(farewell)
    assert guard.wait(20) == 0
    assert work.exists() == bool(farewell)

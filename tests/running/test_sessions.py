from __future__ import annotations

import base64

import pytest

from sphinx_lessons.model import Cell, Ending, File, Frame, Limits, Rich, Stream

OUT, ERR = "stdout", "stderr"


def plain(outputs):
    return [
        (o.name, o.text) if isinstance(o, Stream) else ("rich", o.data["text/plain"], o.result)
        for o in outputs
    ]


def test_cells_share_a_namespace_and_show_their_last_value(run_cells):
    first, second, third = run_cells("x = 20\nx + 1", "x += 2\nx", "x;")
    assert plain(first.outputs) == [("rich", "21", True)]
    assert plain(second.outputs) == [("rich", "22", True)]
    assert third.outputs == ()


def test_outputs_come_in_the_order_they_were_made(run_cells):
    (cell,) = run_cells(
        "import os, subprocess, sys\n"
        "print('a', end='')\nprint('b', file=sys.stderr)\nprint('c')\ndisplay(1)\n"
        "os.write(1, b'd\\n')\n"
        "subprocess.run(['sh', '-c', 'echo e; echo f >&2'])\n"
        "print('g'); display(2)\n"
        "3"
    )
    assert plain(cell.outputs) == [
        (OUT, "a"),
        (ERR, "b\n"),
        (OUT, "c\n"),
        ("rich", "1", False),
        (OUT, "d\ne\ng\n"),
        (ERR, "f\n"),
        ("rich", "2", False),
        ("rich", "3", True),
    ]


def test_a_failing_cell_does_not_stop_the_others(run_cells):
    first, second, third = run_cells("x = 1\n\nprint('a'); 1/0", "def f(:", "x")
    assert first.ending == Ending.RAISED
    assert first.stdout == "a\n"
    assert first.failure.frames == (Frame("<cell 0>", 3, "<module>", "print('a'); 1/0"),)
    assert second.failure.name == "SyntaxError"
    assert second.failure.frames == (Frame("<cell 1>", 1, "<module>", "def f(:"),)
    assert third.ending == Ending.OK


def test_frames_of_the_shell_are_left_out(run_cells):
    (cell,) = run_cells("open('none.csv')")
    assert cell.failure.name == "FileNotFoundError"
    assert cell.failure.frames == (Frame("<cell 0>", 1, "<module>", "open('none.csv')"),)


def test_frames_of_other_cells_have_their_own_lines(run_cells):
    _, cell = run_cells("\n\ndef f():\n    raise KeyError('x')", "\nf()")
    assert cell.failure.frames == (
        Frame("<cell 1>", 2, "<module>", "f()"),
        Frame("<cell 0>", 4, "f", "raise KeyError('x')"),
    )


def test_after_a_time_limit_the_rest_could_not_run(run_cells):
    cells = run_cells("1", Cell("print('a')\nwhile True: pass", timeout=0.5), "2", "3")
    assert [cell.ending for cell in cells] == ["ok", "timed-out", "could-not-run", "could-not-run"]
    assert cells[1].stdout == "a\n"
    assert cells[1].reason == "timed out after 0.5 s"
    assert cells[3].reason == "an earlier demo timed out after 0.5 s"


def test_after_a_crash_the_rest_could_not_run(run_cells):
    cells = run_cells("import os\nprint('a')\nos.kill(os.getpid(), 9)", "2")
    assert [cell.ending for cell in cells] == ["crashed", "could-not-run"]
    assert cells[0].stdout == "a\n"
    assert cells[1].reason == "an earlier demo ended the session: signal SIGKILL"
    cells = run_cells("1", "import os\nos._exit(3)", "2")
    assert [cell.ending for cell in cells] == ["ok", "raised", "could-not-run"]
    cells = run_cells("1", "import os\nos._exit(0)", "2")
    assert [cell.ending for cell in cells] == ["ok", "crashed", "could-not-run"]


def test_output_above_the_cap_ends_the_session(run_cells):
    cells = run_cells("print('x' * 600_000)", "print('x' * 600_000)", "1")
    assert [cell.ending for cell in cells] == ["ok", "crashed", "could-not-run"]
    assert cells[1].reason == "output above 1 MB"
    assert len(cells[1].stdout) + len(cells[0].stdout) == 1_000_000


def test_each_cell_has_the_whole_time(run_cells):
    cells = run_cells(*["import time; time.sleep(0.6)"] * 3, limits=Limits(timeout=1.5))
    assert [cell.ending for cell in cells] == ["ok"] * 3


def test_exit_ends_the_cell_only(run_cells):
    cells = run_cells("import sys\nsys.exit()", "sys.exit(3)", "exit", "1")
    assert [cell.ending for cell in cells] == ["ok", "raised", "ok", "ok"]
    assert cells[1].failure.name == "SystemExit"


def test_a_missing_module_is_named_and_the_rest_runs(run_cells):
    first, second = run_cells("import no_such_module", "1")
    assert (first.ending, first.reason) == ("could-not-run", "no module named 'no_such_module'")
    assert first.failure.name == "ModuleNotFoundError"
    assert second.ending == Ending.OK


def test_magics_shell_commands_and_await_work(run_cells):
    cells = run_cells(
        "%who_ls str",
        "!echo hi",
        "import asyncio\nawait asyncio.sleep(0, 'slept')",
        "%%capture out\nprint(1)",
    )
    assert plain(cells[0].outputs) == [("rich", "[]", True)]
    assert cells[1].stdout == "hi\n"
    assert plain(cells[2].outputs) == [("rich", "'slept'", True)]
    assert (cells[3].ending, cells[3].stdout) == ("ok", "")


def test_a_cell_magic_may_follow_blank_lines(run_cells):
    (cell,) = run_cells("\n\n%%capture out\nprint(1)")
    assert (cell.ending, cell.stdout) == ("ok", "")


def test_rich_values_offer_their_forms(run_cells):
    (cell,) = run_cells(
        "class A:\n"
        "    def __repr__(self): return 'plain'\n"
        "    def _repr_html_(self): return '<b>html</b>'\n"
        "    def _repr_latex_(self): return '$x$'\n"
        "    def _repr_png_(self): return b'\\x89PNG'\n"
        "A()"
    )
    (rich,) = cell.outputs
    assert rich == Rich(
        {
            "text/plain": "plain",
            "text/html": "<b>html</b>",
            "text/latex": "$x$",
            "image/png": base64.b64encode(b"\x89PNG").decode(),
        },
        True,
    )


def test_a_representation_that_fails_is_a_failure_of_the_cell(run_cells):
    first, second = run_cells(
        "class A:\n    def __repr__(self): 1/0\nA()",
        "class B:\n    def _repr_html_(self): 1/0\nB()",
    )
    assert first.failure.name == second.failure.name == "ZeroDivisionError"
    assert first.failure.frames == (Frame("<cell 0>", 2, "__repr__", "def __repr__(self): 1/0"),)


def test_updates_and_cleared_outputs(run_cells):
    first, second, third = run_cells(
        "from IPython.display import clear_output, display\n"
        "h = display(1, display_id='x'); print('a'); h.update(2)",
        "print('gone'); clear_output(); print('kept')",
        "print('stays'); clear_output(wait=True)",
    )
    assert plain(first.outputs) == [("rich", "2", False), (OUT, "a\n")]
    assert second.stdout == "kept\n"
    assert third.stdout == "stays\n"


def test_stdin_is_empty(run_cells):
    (cell,) = run_cells("input()")
    assert cell.failure.name in ("EOFError", "StdinNotImplementedError")


def test_files_are_copied_in(run_cells, tmp_path):
    (tmp_path / "a.txt").write_text("1", encoding="utf-8")
    (cell,) = run_cells("open('a.txt').read()", files=(File("a.txt", str(tmp_path / "a.txt")),))
    assert plain(cell.outputs) == [("rich", "'1'", True)]


def test_a_process_that_a_cell_forks_may_run_on(run_cells):
    first, second = run_cells(
        "import os\nif not os.fork(): print('child')\nelse: os.wait(); print('parent')", "1"
    )
    assert first.stdout == "child\nparent\n"
    assert second.ending == Ending.OK


def test_threads_may_print(run_cells):
    (cell,) = run_cells(
        "import sys, threading\n"
        "def work(i):\n"
        "    for _ in range(50): print(i, file=sys.stdout if i % 2 else sys.stderr)\n"
        "threads = [threading.Thread(target=work, args=(i,)) for i in range(6)]\n"
        "for t in threads: t.start()\n"
        "for t in threads: t.join()"
    )
    assert len(cell.stdout.split()) == len(cell.stderr.split()) == 150


def test_deep_recursion_and_patched_builtins_leave_the_session_alive(run_cells):
    cells = run_cells(
        "def f(): f()\nf()", "import builtins\nbuiltins.repr = None", "del builtins.repr", "1"
    )
    assert cells[0].failure.name == "RecursionError"
    assert len(cells) == 4


FIGURE = "import matplotlib.pyplot as plt\n"


@pytest.fixture
def plotting():
    pytest.importorskip("matplotlib")


@pytest.mark.usefixtures("plotting")
def test_open_figures_are_shown_when_the_cell_ends(run_cells):
    first, second = run_cells(
        FIGURE + "plt.plot([1, 2]); plt.figure(); plt.plot([3]);", "plt.get_fignums()"
    )
    assert [set(rich.data) for rich in first.outputs] == [
        {"text/plain", "image/png", "image/svg+xml", "application/pdf"}
    ] * 2
    assert plain(second.outputs) == [("rich", "[]", True)]
    data = first.outputs[0].data
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert base64.b64decode(data["application/pdf"]).startswith(b"%PDF")
    assert "<svg" in data["image/svg+xml"]
    assert first.stderr == ""


@pytest.mark.usefixtures("plotting")
def test_show_shows_figures_where_it_stands(run_cells):
    (cell,) = run_cells(FIGURE + "plt.plot([1]);\nprint('a')\nplt.show()\nprint('b')")
    assert [getattr(output, "text", "figure") for output in cell.outputs] == [
        "a\n",
        "figure",
        "b\n",
    ]
    assert cell.stderr == ""


@pytest.mark.usefixtures("plotting")
def test_a_figure_that_is_the_value_is_shown_once(run_cells):
    (cell,) = run_cells(FIGURE + "fig, ax = plt.subplots(); ax.plot([1]);\nfig")
    assert [output.result for output in cell.outputs] == [True]
    (cell,) = run_cells("%matplotlib inline\n" + FIGURE + "fig, ax = plt.subplots(); display(fig)")
    assert [output.result for output in cell.outputs] == [False]


@pytest.mark.usefixtures("plotting")
def test_figures_are_the_same_on_every_run(run_cells):
    code = FIGURE + "plt.plot([1, 2], label='x'); plt.legend(); plt.fill_between([0, 1], [1, 2]);"
    assert run_cells(code)[0].outputs == run_cells(code)[0].outputs


@pytest.mark.usefixtures("plotting")
def test_a_drawing_too_large_for_a_page_is_an_image_only(run_cells):
    (cell,) = run_cells(FIGURE + "plt.scatter(range(30000), range(30000));")
    assert "image/svg+xml" not in cell.outputs[0].data
    assert "image/png" in cell.outputs[0].data


@pytest.mark.usefixtures("plotting")
def test_a_figure_that_cannot_be_drawn_fails_its_cell(run_cells):
    first, second = run_cells(FIGURE + "plt.title('$\\\\nothing$');", "1")
    assert first.ending == Ending.RAISED
    assert second.ending == Ending.OK


@pytest.mark.usefixtures("plotting")
def test_scripts_do_not_show_figures(run_script):
    cell = run_script(FIGURE + "plt.plot([1])\nplt.savefig('a.png')\nprint('done')")
    assert (cell.ending, cell.stdout) == ("ok", "done\n")


def test_a_cell_may_put_anything_in_place_of_stdout(run_cells):
    (cell,) = run_cells("import sys\nsys.stdout = None\n3")
    assert (cell.ending, plain(cell.outputs)) == (Ending.OK, [("rich", "3", True)])


def test_a_bundle_may_hold_what_is_no_representation(run_cells):
    (cell,) = run_cells(
        "class A:\n"
        "    def _repr_mimebundle_(self, **_):\n"
        "        return {5: 'x', 'text/html': None, 'application/json': {1}, 'text/plain': 'ok'}\n"
        "A()"
    )
    assert (cell.ending, cell.outputs) == (Ending.OK, (Rich({"text/plain": "ok"}, True),))


def test_a_value_that_is_far_too_large_does_not_fill_our_memory(run_cells):
    value = "type('A', (), {'_repr_html_': lambda self: 'x' * 100_000_000})()"
    first, second = run_cells(value, "2")
    assert (first.ending, first.reason) == (Ending.CRASHED, "values and figures above 20 MB")
    assert second.reason == "an earlier demo ended the session: values and figures above 20 MB"


def test_the_later_cells_name_the_exit_status_that_ended_the_session(run_cells):
    _, cell = run_cells("import os\nos._exit(4)", "2")
    assert cell.reason == "an earlier demo ended the session: exit status 4"

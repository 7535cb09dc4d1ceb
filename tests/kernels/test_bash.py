from __future__ import annotations

import time

import pytest

from sphinx_lessons.model import Ending, Limits


def test_a_script_has_streams_and_input_of_its_own(run_script):
    code = "read first\necho got $first\necho aside >&2\n[ -t 1 ] || echo no terminal"
    result = run_script("bash", code, stdin="north\n")
    assert result.ending is Ending.OK
    assert result.stdout == "got north\nno terminal\n"
    assert result.stderr == "aside\n"


def test_scripts_share_nothing_but_the_kernel(run_script):
    assert run_script("bash", "x=1\ncd /\nset -e\nalias ls=echo\nexport y=2").ending is Ending.OK
    result = run_script("bash", "echo ${x:-unset} ${y:-unset} $-\nls")
    assert result.stdout.startswith("unset unset ")
    assert "e" not in result.stdout.split()[2]
    assert len(result.stdout.splitlines()) == 1


def test_the_exit_status_counts(run_script):
    result = run_script("bash", "echo a\n\nnonesuch\nexit 3")
    assert (result.ending, result.reason) == (Ending.RAISED, "exit status 3")
    assert [(frame.file, frame.line) for frame in result.failure.frames] == [("<code>", 3)]
    assert result.stderr == "code: line 3: nonesuch: command not found\n"


def test_checks_run_where_the_program_ran(run_script):
    assert run_script("bash", "x=5", checks="[ $x = 5 ]; echo unseen").stdout == ""
    result = run_script("bash", "x=5", checks="[ $x = 6 ]")
    assert result.ending is Ending.RAISED
    assert result.in_checks
    assert run_script("bash", "exit 0", checks="[ $x = 5 ]").in_checks


def test_what_is_left_in_the_background_does_not_hold_the_script_up(run_script):
    began = time.monotonic()
    result = run_script("bash", "sleep 60 &\necho left", limits=Limits(timeout=50))
    assert result.stdout == "left\n"
    assert time.monotonic() - began < 40


def test_a_killed_shell_is_a_crash_and_the_next_script_runs(run_script):
    result = run_script("bash", "kill -9 $PPID; sleep 5")
    assert result.ending is Ending.CRASHED
    assert "killed" in result.reason
    assert result.stdout == ""
    assert run_script("bash", "echo alive").stdout == "alive\n"


def test_endless_output_ends(run_script):
    limits = Limits(timeout=20, output=1000)
    result = run_script("bash", "while true; do echo yes; done", limits=limits)
    assert (result.ending, result.reason) == (Ending.CRASHED, "output above 1 kB")
    assert result.stdout == ("yes\n" * 250)


def test_too_many_processes_end(run_script):
    code = "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 9 & done; wait"
    result = run_script("bash", code, limits=Limits(timeout=20, processes=8))
    assert (result.ending, result.reason) == (Ending.CRASHED, "more than 8 processes")


def test_a_session_keeps_its_shell(run_cells):
    cells = run_cells("bash", "x=3", "echo $((x + 1))", "false", "echo on")
    assert [cell.ending.value for cell in cells] == ["ok", "ok", "raised", "ok"]
    assert cells[1].stdout.strip() == "4"
    assert cells[2].failure.message == "exit status 1"


def test_options_of_the_shell_work_as_in_a_file(run_script):
    result = run_script("bash", "set -e\necho a\nfalse\necho b")
    assert (result.stdout, result.reason) == ("a\n", "exit status 1")
    result = run_script("bash", "set -e\nif false; then echo a; fi\nfalse || echo b")
    assert (result.ending, result.stdout) == (Ending.OK, "b\n")


def test_a_session_that_loses_its_shell_has_ended(run_cells):
    first, second = run_cells("bash", "echo a; kill -9 $$", "echo b")
    assert (first.ending, first.reason) == (Ending.CRASHED, "its shell has ended")
    assert second.ending is Ending.COULD_NOT_RUN
    assert second.reason == "an earlier demo ended the session: its shell has ended"


def test_a_signal_is_named(run_script):
    result = run_script("bash", "echo a; kill -9 $$")
    assert (result.ending, result.reason) == (Ending.CRASHED, "signal SIGKILL")
    result = run_script("bash", "bash -c 'kill -9 $$'")
    assert (result.ending, result.reason) == (Ending.RAISED, "exit status 137")


@pytest.mark.parametrize(
    ("code", "line", "message"),
    [
        ('echo a\necho "b\necho c', 2, "unexpected EOF while looking for matching `\"'"),
        ("echo a\ncat <<END\nb", 2, "unexpected end of the here-document (wanted `END')"),
        ("if true; then\necho a\n", 2, "unexpected end of file"),
    ],
)
def test_a_demo_that_is_not_finished_has_failed(run_cells, code, line, message):
    first, second = run_cells("bash", code, "echo next")
    assert (first.ending, first.stdout) == (Ending.RAISED, "")
    assert first.failure.message.startswith(message)
    assert [(frame.file, frame.line) for frame in first.failure.frames] == [("<cell 0>", line)]
    assert second.stdout == "next\n"


def test_a_demo_that_only_looks_unfinished_runs(run_cells):
    cells = run_cells(
        "bash",
        "cat <<END\nit's \"one\nEND",
        "alias open='if true; then' close=fi",
        "open\necho two\nclose",
    )
    assert [cell.ending for cell in cells] == [Ending.OK] * 3
    assert (cells[0].stdout, cells[2].stdout) == ("it's \"one\n", "two\n")


def test_a_kernel_that_fails_is_not_waited_for(run_cells):
    code = "alias a=b\necho 'unfinished, but perhaps an alias closes it"
    first, second = run_cells("bash", code, "echo b", limits=Limits(timeout=100))
    assert (first.ending, first.reason) == (Ending.CRASHED, "the kernel failed and gave no answer")
    assert second.ending is Ending.COULD_NOT_RUN


def test_a_script_that_is_not_finished_ends_as_in_a_file(run_script):
    result = run_script("bash", "echo a\necho 'b")
    assert (result.ending, result.stdout) == (Ending.RAISED, "a\n")
    result = run_script("bash", "cat <<END\na")
    assert (result.ending, result.stdout) == (Ending.OK, "a\n")

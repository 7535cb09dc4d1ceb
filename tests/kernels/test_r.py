from __future__ import annotations

import shutil
import subprocess

import pytest

from sphinx_lessons.model import Ending, Limits, Rich

pytestmark = pytest.mark.needs_r

PROGRAM = """\
heights <- c(tern = 38, gull = 55, skua = 60)
heights
mean(heights)
sizes <- data.frame(bird = names(heights), cm = unname(heights))
sizes
invisible("not shown")
for (name in names(heights)) cat(name, "\\n")
factor(c("a", "b", "a"))
summary(heights)
m <- matrix(1:6, 2)
m
"Å ≤ 2"
"""


def test_a_script_prints_what_rscript_prints(run_script, tmp_path):
    (tmp_path / "program.R").write_text(PROGRAM)
    rscript = shutil.which("Rscript")
    assert rscript
    command = [rscript, "--vanilla", "--encoding=UTF-8", "program.R"]
    environment = {"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    real = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True)
    result = run_script("r", PROGRAM)
    assert result.ending is Ending.OK
    assert result.stdout == real.stdout.decode()


def test_values_and_messages_are_apart(run_script):
    result = run_script("r", 'message("to the author")\nwarning("mind")\n1 + 1')
    assert result.stdout == "[1] 2\n"
    assert "to the author" in result.stderr
    assert "mind" in result.stderr


def test_an_error_has_the_lines_of_setup_and_code(run_script):
    setup = 'fail <- function() {\n  cat("in setup\\n")\n  stop("too deep")\n}'
    result = run_script("r", "x <- 1\n\nfail()\n", setup=setup)
    assert result.ending is Ending.RAISED
    assert result.stdout == "in setup\n"
    assert result.failure is not None
    assert (result.failure.name, result.failure.message) == ("Error in fail()", "too deep")
    assert "simpleError" in result.failure.bases
    frames = [(frame.file, frame.line) for frame in result.failure.frames]
    assert frames[0] == ("<code>", 3)
    assert frames[-1] == ("<setup>", 3)


def test_a_syntax_error_names_its_line(run_script):
    result = run_script("r", 'x <- 1\ny <- "a" "b"\n')
    assert result.ending is Ending.RAISED
    assert result.failure is not None
    assert result.failure.message == "unexpected string constant"
    assert [(frame.file, frame.line) for frame in result.failure.frames] == [("<code>", 2)]


def test_own_conditions_can_be_told_apart(run_script):
    code = (
        'stop(structure(class = c("leak", "error", "condition"), list(message = "", call = NULL)))'
    )
    assert "leak" in run_script("r", code).failure.bases


def test_quit_ends_with_its_status(run_script):
    result = run_script("r", 'cat("a\\n")\nquit(status = 3)\ncat("b\\n")')
    assert (result.ending, result.reason) == (Ending.RAISED, "exit status 3")
    assert result.stdout == "a\n"
    assert run_script("r", "quit()").ending is Ending.OK


def test_input_is_read_from_stdin_and_by_readline(run_script):
    result = run_script("r", 'rev(readLines("stdin"))', stdin="one\ntwo\n")
    assert result.stdout == '[1] "two" "one"\n'
    result = run_script("r", 'cat(readline("? "), readline(), readline())', stdin="one\ntwo\n")
    assert result.stdout == "one two "


def test_checks_decide_in_the_namespace_of_the_program(run_script):
    assert run_script("r", "x <- 2", checks="stopifnot(x == 2)\nprint('unseen')").stdout == ""
    result = run_script("r", "x <- 2", checks="\nstopifnot(x == 3)")
    assert result.ending is Ending.RAISED
    assert result.in_checks
    assert [(frame.file, frame.line) for frame in result.failure.frames] == [("<checks>", 2)]


def test_checks_do_not_pass_because_the_program_left(run_script):
    result = run_script("r", "quit()", checks="stopifnot(FALSE)")
    assert result.ending is Ending.RAISED
    assert result.in_checks


def test_a_package_that_is_not_installed_is_named(run_script, run_cells):
    result = run_script("r", "library(nonesuch)")
    assert (result.ending, result.reason) == (Ending.COULD_NOT_RUN, "no package named 'nonesuch'")
    (result,) = run_cells("r", "library(nonesuch)")
    assert (result.ending, result.reason) == (Ending.COULD_NOT_RUN, "no package named 'nonesuch'")


def test_an_endless_loop_ends(run_script):
    result = run_script("r", 'cat("begun\\n")\nrepeat {}', limits=Limits(timeout=2))
    assert (result.ending, result.reason) == (Ending.TIMED_OUT, "timed out after 2 s")
    assert result.stdout == "begun\n"


def test_a_session_shares_its_namespace_and_shows_figures(run_cells):
    cells = run_cells("r", "x <- 1:3", "print(sum(x))", "plot(x)", "\n\nstop('oh')", "sum(x)")
    assert [cell.ending.value for cell in cells] == ["ok", "ok", "ok", "raised", "ok"]
    assert cells[1].stdout == "[1] 6\n"
    assert [type(output) for output in cells[2].outputs] == [Rich]
    assert cells[2].outputs[0].data["image/png"].startswith("iVBOR")
    assert cells[3].failure.message == "oh"
    assert cells[4].outputs[0].data["text/plain"] == "[1] 6"


def test_a_session_knows_the_line_in_a_function(run_cells):
    (cell,) = run_cells("r", 'f <- function() {\n  x <- 1\n  stop("deep")\n}\nf()')
    assert [(frame.file, frame.line) for frame in cell.failure.frames][-1] == ("<cell 0>", 3)


def test_endless_recursion_in_a_demo_is_an_error(run_cells):
    cells = run_cells(
        "r",
        'f <- function(n) 1 + f(n)\ncat("begun\\n")\nf(1)\ncat("not reached\\n")',
        "1 + 1",
        'tryCatch(f(1), error = function(error) "caught")',
        "try(f(1), silent = TRUE)\n3",
    )
    assert [cell.ending.value for cell in cells] == ["raised", "ok", "ok", "ok"]
    assert cells[0].stdout == "begun\n"
    message = cells[0].failure.message
    assert "infinite recursion" in message or "C stack usage" in message
    assert cells[2].outputs[0].data["text/plain"] == '[1] "caught"'


def test_files_lie_in_the_working_directory(run_script, tmp_path):
    from sphinx_lessons.model import File

    (tmp_path / "birds.csv").write_text("bird,cm\ntern,38\n")
    file = File("data/birds.csv", str(tmp_path / "birds.csv"))
    result = run_script("r", 'read.csv("data/birds.csv")$cm', files=(file,))
    assert result.stdout == "[1] 38\n"

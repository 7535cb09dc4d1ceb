"""Demos: what is run, and what is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sphinx_lessons.model import CellResult, Ending, Failure, Session, Word
from sphinx_lessons.problems import Code, Severity

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import CheckText, ScriptedEngine

HEAD = "---\nlesson: true\nid: tides\n---\n# Tides\n\n"


def demo(code: str, flags: str = "", expected: str | None = None) -> str:
    fence = f"```python {flags}".rstrip() + f"\n{code}\n```\n\n"
    return fence + (f"```\n{expected}\n```\n\n" if expected is not None else "")


def test_demos_share_one_session_in_order(check_text: CheckText, engine: ScriptedEngine) -> None:
    report = check_text(HEAD + demo("one") + demo("two", "timeout=3"), timeout=7)
    (session,) = engine.submitted
    assert isinstance(session, Session)
    assert [(cell.code.strip(), cell.timeout) for cell in session.cells] == [
        ("one", None),
        ("two", 3.0),
    ]
    assert session.limits.timeout == 7
    assert [item.verdict.word for item in report.demos] == [Word.UNVERIFIED] * 2
    assert (report.programs, report.run, report.problems) == (1, 1, ())


def test_what_a_demo_prints_is_held_against_the_fence_after_it(
    check_text: CheckText, printed: Callable[..., CellResult]
) -> None:
    text = HEAD + demo("good", expected="1\n2") + demo("bad", expected="1\n2\n3")
    report = check_text(text, {"good": printed("1\n2\n"), "bad": printed("1\nX\n3\n")})
    assert [item.verdict.word for item in report.demos] == [Word.PASSED, Word.MISMATCHED]
    (problem,) = report.problems
    assert problem.code is Code.MISMATCHED
    assert text.splitlines()[problem.line - 1] == "2"
    assert problem.line == 22
    assert "-2\n+X" in problem.detail
    assert problem.message == "the demo prints something other than the expected output"


def test_a_demo_is_said_to_have_neither_files_nor_input(
    check_text: CheckText, raised: Callable[..., CellResult]
) -> None:
    text = HEAD + demo("file") + demo("input")
    answers = {"file": raised("FileNotFoundError", "x"), "input": raised("EOFError", "y")}
    first, second = check_text(text, answers).problems
    assert first.message == "the demo raised FileNotFoundError: x; demos run in an empty folder"
    assert second.message == "the demo raised EOFError: y; demos have no standard input"


def test_terminal_output_is_normalized_before_it_is_compared(
    check_text: CheckText, printed: Callable[..., CellResult]
) -> None:
    report = check_text(
        HEAD + demo("bar", expected="100 %"), {"bar": printed("\x1b[32m 50 %\r100 %\x1b[0m\r\n")}
    )
    assert report.demos[0].verdict.word is Word.PASSED


def test_an_empty_fence_promises_silence(
    check_text: CheckText, printed: Callable[..., CellResult]
) -> None:
    text = HEAD + "```python\nchatty\n```\n\n```\n```\n"
    report = check_text(text, {"chatty": printed("hello")})
    assert report.problems[0].line == 11
    assert check_text(text).demos[0].verdict.word is Word.PASSED


def test_modes_of_comparison(check_text: CheckText, printed: Callable[..., CellResult]) -> None:
    answers = {"pi": printed("3.14159")}
    number = check_text(HEAD + demo("pi", "compare=number", "3.14"), answers)
    assert number.demos[0].verdict.word is Word.PASSED
    anything = check_text(HEAD + demo("pi", "compare=none", "3.14"), answers)
    assert anything.demos[0].verdict.word is Word.UNVERIFIED


def test_a_demo_that_raises_is_an_error_at_its_own_line(
    check_text: CheckText, raised: Callable[..., CellResult]
) -> None:
    frames = ("<cell 1>", 2), ("<cell 0>", 1), ("/lib/json.py", 99)
    error = raised("ValueError", "bad\nvery bad", *frames)
    report = check_text(HEAD + demo("def f(): ...") + demo("x = 1\nf()"), {"x = 1\nf()": error})
    assert [item.verdict.word for item in report.demos] == [Word.UNVERIFIED, Word.RAISED]
    (problem,) = report.problems
    assert (problem.line, problem.code) == (8, Code.RAISED)
    assert problem.message == "the demo raised ValueError: bad"
    assert problem.detail == (
        "Traceback (most recent call last):\n"
        '  File "docs/lesson.md", line 13, in <module>\n    the code\n'
        '  File "docs/lesson.md", line 8, in <module>\n    the code\n'
        '  File "/lib/json.py", line 99, in <module>\n    the code\n'
        "ValueError: bad\nvery bad"
    )


def test_a_demo_may_be_meant_to_raise(
    check_text: CheckText, raised: Callable[..., CellResult], printed: Callable[..., CellResult]
) -> None:
    text = HEAD + demo("boom", "raises-exception", "before")
    report = check_text(text, {"boom": raised("ZeroDivisionError", stdout="before\n")})
    assert (report.demos[0].verdict.word, report.problems) == (Word.PASSED, ())
    report = check_text(text, {"boom": raised("ZeroDivisionError", stdout="other\n")})
    assert report.demos[0].verdict.word is Word.MISMATCHED
    report = check_text(text, {"boom": printed("before")})
    (problem,) = report.problems
    assert report.demos[0].verdict.word is Word.RAISED
    assert (problem.code, problem.line) == (Code.DID_NOT_RAISE, 7)
    assert problem.message == "the demo should raise an exception and does not"


def test_a_missing_module_may_be_what_a_demo_shows(check_text: CheckText) -> None:
    failure = Failure("ModuleNotFoundError", "No module named 'x'", (), ("ModuleNotFoundError",))
    missing = CellResult(Ending.COULD_NOT_RUN, failure=failure, reason="no module named 'x'")
    shown = check_text(HEAD + demo("import x", "raises-exception"), {"import x": missing})
    assert shown.demos[0].verdict.word is Word.PASSED
    report = check_text(HEAD + demo("import x"), {"import x": missing})
    assert report.demos[0].verdict.word is Word.COULD_NOT_RUN
    assert report.problems[0].message == "the demo could not be run: no module named 'x'"


@pytest.mark.parametrize(
    ("ending", "reason", "code", "message"),
    [
        (Ending.TIMED_OUT, "", Code.TIMED_OUT, "the demo was still running after 3 s"),
        (Ending.CRASHED, "signal SIGSEGV", Code.CRASHED, "the demo crashed: signal SIGSEGV"),
        (Ending.RAISED, "exit status 1", Code.RAISED, "the demo failed: exit status 1"),
    ],
)
def test_other_endings(
    check_text: CheckText, ending: Ending, reason: str, code: Code, message: str
) -> None:
    text = HEAD + demo("slow", "timeout=3", "never")
    report = check_text(text, {"slow": CellResult(ending, reason=reason)})
    (problem,) = report.problems
    assert (problem.code, problem.message, problem.line) == (code, message, 7)


@pytest.mark.parametrize("flags", ["skip-execution", "browser-only"])
def test_what_is_skipped_is_no_part_of_the_session(
    check_text: CheckText, engine: ScriptedEngine, flags: str
) -> None:
    report = check_text(HEAD + demo("one", flags, "promise") + demo("two"))
    assert [item.verdict.word for item in report.demos] == [Word.SKIPPED, Word.UNVERIFIED]
    assert report.demos[0].result is None
    (session,) = engine.submitted
    assert isinstance(session, Session)
    assert [cell.code.strip() for cell in session.cells] == ["two"]


def test_a_browser_import_skips_a_demo_without_a_word(check_text: CheckText) -> None:
    report = check_text(HEAD + demo("import micropip"))
    assert (report.demos[0].verdict.word, report.problems) == (Word.SKIPPED, ())


@pytest.mark.parametrize("setting", ["execute: false", "tags: [skip-execution]"])
def test_a_lesson_can_switch_execution_off(
    check_text: CheckText, engine: ScriptedEngine, setting: str
) -> None:
    text = HEAD.replace("lesson: true", f"lesson: true\n{setting}") + demo("one", expected="1")
    report = check_text(text)
    assert report.demos[0].verdict.word is Word.SKIPPED
    assert (report.programs, report.problems, engine.submitted) == (0, (), [])


@pytest.mark.parametrize("flags", ["", "hide-input"])
def test_tags_of_a_lesson_decide_on_each_of_its_demos(
    check_text: CheckText, raised: Callable[..., CellResult], flags: str
) -> None:
    head = HEAD.replace("lesson: true", "lesson: true\ntags: [raises-exception]")
    report = check_text(head + demo("one", flags) + demo("two"), {"one": raised("KeyError")})
    assert [item.verdict.word for item in report.demos] == [Word.PASSED, Word.RAISED]
    assert [problem.code for problem in report.problems] == [Code.DID_NOT_RAISE]


def test_a_lesson_has_a_timeout_and_a_kernel_of_its_own(
    check_text: CheckText, engine: ScriptedEngine
) -> None:
    head = HEAD.replace("lesson: true", "lesson: true\ntimeout: 90\nkernel: xpython")
    check_text(head + demo("one"))
    (session,) = engine.submitted
    assert isinstance(session, Session)
    assert (session.kernel, session.limits.timeout) == ("xpython", 90)


def test_known_failures(
    check_text: CheckText, raised: Callable[..., CellResult], engine: ScriptedEngine
) -> None:
    text = HEAD + demo("boom", '"known-failure=see issue 12"')
    report = check_text(text, {"boom": raised("ValueError", "bad")})
    (problem,) = report.problems
    assert (problem.code, problem.severity) == (Code.RAISED, Severity.WARNING)
    assert problem.message == "the demo raised ValueError: bad (known failure: see issue 12)"
    assert report.demos[0].verdict.word is Word.RAISED
    assert not report.demos[0].verdict.fails

    report = check_text(text)
    (problem,) = report.problems
    assert (problem.code, problem.severity) == (Code.KNOWN_FAILURE_PASSES, Severity.ERROR)
    assert report.demos[0].verdict.fails


def test_stderr_is_shown_with_a_failure(
    check_text: CheckText, printed: Callable[..., CellResult]
) -> None:
    from sphinx_lessons.model import Stream

    errors = "".join(f"warning {number}\x1b\n" for number in range(100))
    result = CellResult(Ending.OK, (Stream("stdout", "2\n"), Stream("stderr", errors)))
    (problem,) = check_text(HEAD + demo("loud", expected="1"), {"loud": result}).problems
    diff, tail = problem.detail.split("\n\n")
    assert diff.endswith("-1\n+2")
    assert tail.splitlines()[:2] == ["stderr:", "  ..."]
    assert tail.splitlines()[-1] == "  warning 99"
    assert len(tail.splitlines()) < 20

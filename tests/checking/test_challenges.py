"""Challenges: what is run, and what is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sphinx_lessons.model import CellResult, ChallengeReport, Ending, Failure, Script, Word
from sphinx_lessons.problems import Code, Severity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import CheckText, ScriptedEngine

    Make = Callable[..., CellResult]

HEAD = "---\nlesson: true\nid: tides\n---\n# Tides\n\n---challenges---\n\n"
TITLES = {
    "starter": "Starter Code",
    "expected": "Expected Output",
    "solution": "Solution",
    "input": "Input",
    "setup": "Setup",
    "checks": "Checks",
}


def challenge(metadata: str = "", number: int = 1, **sections: str) -> str:
    head = f"### Challenge: High Water\n\n- id: tides-c{number}\n- language: python\n"
    head += "".join(f"- {line}\n" for line in metadata.split("; ") if line)
    fences = (f"\n#### {TITLES[name]}\n\n```\n{text}\n```\n" for name, text in sections.items())
    return head + "".join(fences) + "\n"


@pytest.fixture
def judge(check_text: CheckText) -> Callable[..., Any]:
    """The report of one challenge and the problems of its lesson."""

    def judge_it(
        text: str, answers: dict[str, CellResult] | None = None, **settings: Any
    ) -> tuple[ChallengeReport, tuple[Any, ...]]:
        report = check_text(HEAD + text, answers, **settings)
        return report.challenges[0], report.problems

    return judge_it


def test_starter_and_solution_are_programs_of_their_own(
    check_text: CheckText, engine: ScriptedEngine, printed: Make
) -> None:
    text = challenge(
        "timeout: 60", starter="a", expected="1", solution="b", input="in", setup="s", checks="c"
    )
    report = check_text(HEAD + text, {"b": printed("1\n")})
    solution, starter = engine.submitted
    assert isinstance(starter, Script)
    assert isinstance(solution, Script)
    for script in (starter, solution):
        assert (script.stdin, script.setup, script.checks) == ("in\n", "s\n", "c\n")
    assert (starter.code, starter.limits.timeout) == ("a\n", 5)
    assert (solution.code, solution.limits.timeout) == ("b\n", 60)
    (item,) = report.challenges
    assert item.verdict.word is Word.PASSED
    assert item.starter is not None
    assert item.starter.word is Word.MISMATCHED
    assert (report.programs, report.run, report.problems) == (2, 2, ())


def test_limits_come_from_the_settings(check_text: CheckText, engine: ScriptedEngine) -> None:
    text = HEAD + challenge(starter="a", expected="", solution="b")
    check_text(text, timeout=2, output_limit=10, memory_limit=20, process_limit=30)
    for script in engine.submitted:
        limits = script.limits
        assert (limits.timeout, limits.output, limits.memory, limits.processes) == (2, 10, 20, 30)


def test_a_wrong_output_is_an_error_at_the_line_that_differs(judge: Any, printed: Make) -> None:
    text = challenge(expected="1\n2\n3", solution="b")
    item, (problem,) = judge(text, {"b": printed("1\n2\nX\n")})
    assert item.verdict.word is Word.MISMATCHED
    assert (HEAD + text).splitlines()[problem.line - 1] == "3"
    assert (problem.code, problem.path) == (Code.MISMATCHED, "docs/lesson.md")
    assert problem.message == (
        "challenge tides-c1: the solution prints something other than the expected output"
    )
    assert "-3\n+X" in problem.detail


def test_an_exception_is_an_error_at_the_line_that_raised(judge: Any, raised: Make) -> None:
    text = challenge(expected="1", solution="one\ntwo\nthree", setup="s")
    line = (HEAD + text).splitlines().index("two") + 1
    error = raised("NameError", "no x", ("<code>", 2), stdout="1\n")
    item, (problem,) = judge(text, {"one\ntwo\nthree": error})
    assert item.verdict.word is Word.RAISED
    assert problem.line == line
    assert problem.message == "challenge tides-c1: the solution raised NameError: no x"
    assert f'File "docs/lesson.md", line {line}, in <module>' in problem.detail

    error = raised("NameError", "no x", ("<setup>", 1))
    _, (problem,) = judge(text, {"one\ntwo\nthree": error})
    assert problem.line == (HEAD + text).splitlines().index("s") + 1
    assert problem.message == "challenge tides-c1: the solution's setup raised NameError: no x"


@pytest.mark.parametrize(("name", "hint"), [("FileNotFoundError", "files"), ("EOFError", "Input")])
def test_what_would_give_a_program_its_files_and_input_is_named(
    judge: Any, raised: Make, name: str, hint: str
) -> None:
    _, (problem,) = judge(challenge(expected="1", solution="b"), {"b": raised(name, "x")})
    assert f"the solution raised {name}: x; it" in problem.message
    assert f"`{hint}`" in problem.message


def test_nothing_to_compare_with_is_unverified(judge: Any, raised: Make) -> None:
    text = challenge("check: none", solution="b")
    item, problems = judge(text)
    assert (item.verdict.word, problems) == (Word.UNVERIFIED, ())
    item, (problem,) = judge(text, {"b": raised("NameError", "no x")})
    assert (item.verdict.word, problem.code) == (Word.RAISED, Code.RAISED)


class TestRaises:
    text = challenge("raises: LookupError", expected="before", solution="b")

    def test_a_subclass_and_the_output_before_it(self, judge: Any, raised: Make) -> None:
        error = raised("KeyError", "'x'", stdout="before\n")
        other = raised("LookupError", stdout="other\n")
        wrong = raised("NameError", "no x", stdout="before\n")
        from dataclasses import replace

        failure = replace(error.failure, bases=("KeyError", "LookupError", "Exception"))  # type: ignore[type-var]
        item, problems = judge(self.text, {"b": replace(error, failure=failure)})
        assert (item.verdict.word, problems) == (Word.PASSED, ())
        item, _ = judge(self.text, {"b": other})
        assert item.verdict.word is Word.MISMATCHED
        item, (problem,) = judge(self.text, {"b": wrong})
        assert item.verdict.word is Word.RAISED
        assert problem.code is Code.RAISED
        assert problem.message.endswith("raised NameError: no x (and should raise LookupError)")

    def test_not_raising(self, judge: Any, printed: Make) -> None:
        item, (problem,) = judge(self.text, {"b": printed("before\n")})
        assert (item.verdict.word, problem.code) == (Word.RAISED, Code.DID_NOT_RAISE)
        assert problem.message == (
            "challenge tides-c1: the solution should raise LookupError and does not"
        )

    def test_a_crash_is_no_exception(self, judge: Any) -> None:
        item, _ = judge(self.text, {"b": CellResult(Ending.CRASHED, reason="signal SIGKILL")})
        assert item.verdict.word is Word.CRASHED

    def test_without_a_promised_output(self, judge: Any, raised: Make) -> None:
        item, problems = judge(
            challenge("raises: ValueError", solution="b"), {"b": raised("ValueError", stdout="x")}
        )
        assert (item.verdict.word, problems) == (Word.PASSED, ())


class TestChecks:
    def test_they_decide_alone(self, judge: Any, printed: Make, raised: Make) -> None:
        text = challenge(solution="b", checks="assert x\nassert y")
        item, problems = judge(text, {"b": printed("anything")})
        assert (item.verdict.word, problems) == (Word.PASSED, ())

        failed = raised("AssertionError", "y is wrong", ("<checks>", 2), in_checks=True)
        item, (problem,) = judge(text, {"b": failed})
        assert (item.verdict.word, problem.code) == (Word.MISMATCHED, Code.MISMATCHED)
        assert (HEAD + text).splitlines()[problem.line - 1] == "assert y"
        assert problem.message == (
            "challenge tides-c1: the solution fails a check: AssertionError: y is wrong"
        )
        item, (problem,) = judge(text, {"b": raised("NameError", "no y", in_checks=True)})
        assert (item.verdict.word, problem.code) == (Word.RAISED, Code.RAISED)

    def test_they_decide_with_the_output(self, judge: Any, printed: Make, raised: Make) -> None:
        text = challenge(expected="1", solution="b", checks="assert x")
        failed = raised("AssertionError", stdout="1\n", in_checks=True)
        assert judge(text, {"b": printed("1\n")})[0].verdict.word is Word.PASSED
        assert judge(text, {"b": printed("2\n")})[0].verdict.word is Word.MISMATCHED
        assert judge(text, {"b": failed})[0].verdict.word is Word.MISMATCHED

    def test_they_decide_for_the_starter(self, judge: Any, raised: Make) -> None:
        text = challenge(starter="a", solution="b", checks="assert x")
        _, (problem,) = judge(text)
        assert problem.code is Code.STARTER_PASSES
        _, problems = judge(text, {"a": raised("AssertionError", in_checks=True)})
        assert problems == ()


class TestStarters:
    text = challenge(starter="a", expected="1", solution="b")

    def test_one_that_passes_is_a_warning_at_its_fence(self, judge: Any, printed: Make) -> None:
        item, (problem,) = judge(self.text, {"a": printed("1"), "b": printed("1")})
        assert item.starter.word is Word.PASSED
        assert (problem.code, problem.severity) == (Code.STARTER_PASSES, Severity.WARNING)
        assert problem.line == (HEAD + self.text).splitlines().index("a")
        assert problem.message == (
            "challenge tides-c1: the starter already does what the solution should do"
        )

    @pytest.mark.parametrize("ending", [item for item in Ending if item is not Ending.OK])
    def test_one_may_fail_in_any_way(self, judge: Any, printed: Make, ending: Ending) -> None:
        item, problems = judge(self.text, {"a": CellResult(ending), "b": printed("1")})
        assert (item.starter.word.value, problems) == (ending.value, ())

    def test_one_with_nothing_to_meet_cannot_pass(self, judge: Any) -> None:
        item, problems = judge(challenge("check: none", starter="a", solution="b"))
        assert (item.starter.word, problems) == (Word.UNVERIFIED, ())


class TestKnownFailures:
    text = challenge("known-failure: rounding", expected="1", solution="b")

    def test_failing_is_a_warning(self, judge: Any, printed: Make) -> None:
        item, (problem,) = judge(self.text, {"b": printed("2")})
        assert (problem.code, problem.severity) == (Code.MISMATCHED, Severity.WARNING)
        assert problem.message.endswith("expected output (known failure: rounding)")
        assert item.verdict.word is Word.MISMATCHED
        assert not item.verdict.fails

    def test_passing_is_an_error(self, judge: Any, printed: Make) -> None:
        item, (problem,) = judge(self.text, {"b": printed("1")})
        assert (problem.code, problem.severity) == (Code.KNOWN_FAILURE_PASSES, Severity.ERROR)
        assert item.verdict.fails

    def test_what_is_not_run_neither_passes_nor_fails(self, judge: Any) -> None:
        text = challenge("known-failure: x; tags: skip-execution", expected="1", solution="b")
        item, problems = judge(text)
        assert (item.verdict.word, problems) == (Word.SKIPPED, ())


@pytest.mark.parametrize("tag", ["skip-execution", "browser-only"])
def test_tags_that_skip(judge: Any, engine: ScriptedEngine, tag: str) -> None:
    item, problems = judge(challenge(f"tags: {tag}", starter="a", expected="1", solution="b"))
    assert (item.verdict.word, item.starter, problems) == (Word.SKIPPED, None, ())
    assert engine.submitted == []


@pytest.mark.parametrize("tag", ["skip-execution", "browser-only"])
def test_tags_of_the_lesson_that_skip(
    check_text: CheckText, engine: ScriptedEngine, tag: str
) -> None:
    head = HEAD.replace("lesson: true", f"lesson: true\ntags: {tag}")
    report = check_text(head + challenge(starter="a", expected="1", solution="b"))
    assert report.challenges[0].verdict.word is Word.SKIPPED
    assert (report.challenges[0].starter, report.problems, engine.submitted) == (None, (), [])


def test_other_tags_of_the_lesson_are_of_its_demos(check_text: CheckText, printed: Make) -> None:
    head = HEAD.replace("lesson: true", "lesson: true\ntags: raises-exception")
    text = challenge(starter="a", expected="1", solution="b")
    report = check_text(head + text, {"b": printed("1")})
    assert (report.challenges[0].verdict.word, report.problems) == (Word.PASSED, ())


def test_a_language_without_a_kernel_could_not_run(judge: Any, engine: ScriptedEngine) -> None:
    text = challenge(expected="1", solution="b").replace("language: python", "language: perl")
    item, (problem,) = judge(text)
    assert (item.verdict.word, problem.code) == (Word.COULD_NOT_RUN, Code.COULD_NOT_RUN)
    assert problem.message.startswith(
        "challenge tides-c1: no kernel is configured for the language 'perl'"
    )
    item, _ = judge(text, languages={"perl": "iperl"})
    (script,) = engine.submitted
    assert script.kernel == "iperl"
    assert item.verdict.word is Word.MISMATCHED


class TestFiles:
    def check(self, judge: Any, names: str) -> Any:
        return judge(challenge(f"files: {names}", expected="", solution="b"))

    def test_they_are_found_beside_the_lesson(
        self, judge: Any, engine: ScriptedEngine, tmp_path: Path
    ) -> None:
        (tmp_path / "docs" / "data").mkdir(parents=True)
        (tmp_path / "shared.csv").touch()
        (tmp_path / "docs" / "data" / "a.csv").touch()
        (tmp_path / "docs" / "link.csv").symlink_to(tmp_path / "shared.csv")
        _, problems = self.check(judge, "data/a.csv, ../shared.csv, link.csv")
        assert problems == ()
        (script,) = engine.submitted
        assert [(file.target, file.origin) for file in script.files] == [
            ("data/a.csv", str(tmp_path / "docs" / "data" / "a.csv")),
            ("shared.csv", str(tmp_path / "shared.csv")),
            ("link.csv", str(tmp_path / "shared.csv")),
        ]

    @pytest.mark.parametrize(
        ("name", "code"),
        [
            ("none.csv", Code.MISSING_FILE),
            ("folder", Code.MISSING_FILE),
            ("x" * 5000, Code.MISSING_FILE),
            ("loop.csv", Code.MISSING_FILE),
            ("../../outside.csv", Code.FILE_OUTSIDE_SOURCE),
            ("link-outside.csv", Code.FILE_OUTSIDE_SOURCE),
            ("/etc/passwd", Code.FILE_OUTSIDE_SOURCE),
        ],
    )
    def test_one_that_cannot_be_used_is_an_error(
        self, judge: Any, engine: ScriptedEngine, tmp_path: Path, name: str, code: Code
    ) -> None:
        docs = tmp_path / "docs"
        (docs / "folder").mkdir(parents=True)
        (docs / "link-outside.csv").symlink_to("/etc/passwd")
        (docs / "loop.csv").symlink_to(docs / "loop.csv")
        item, (problem,) = self.check(judge, name)
        assert (problem.code, problem.line) == (code, 13)
        assert name in problem.message
        assert (item.verdict.word, item.verdict.code) == (Word.COULD_NOT_RUN, code)
        assert engine.submitted == []

    def test_an_absolute_path_means_one_machine_only(self, judge: Any, tmp_path: Path) -> None:
        (tmp_path / "data.csv").touch()
        _, (problem,) = self.check(judge, str(tmp_path / "data.csv"))
        assert problem.code is Code.FILE_OUTSIDE_SOURCE

    def test_each_is_reported(self, judge: Any) -> None:
        _, problems = self.check(judge, "none.csv, ../../outside.csv")
        assert [item.code for item in problems] == [Code.FILE_OUTSIDE_SOURCE, Code.MISSING_FILE]

    def test_each_is_a_known_failure_where_the_challenge_is_one(self, judge: Any) -> None:
        text = challenge("files: a.csv, b.csv; known-failure: moved", expected="", solution="b")
        _, problems = judge(text)
        assert [(item.code, item.severity) for item in problems] == [
            (Code.MISSING_FILE, Severity.WARNING),
            (Code.MISSING_FILE, Severity.WARNING),
        ]


def test_one_run_for_each_distinct_program(
    check_text: CheckText, engine: ScriptedEngine, printed: Make
) -> None:
    text = challenge(expected="1", solution="b") + challenge(number=2, expected="1", solution="b")
    report = check_text(HEAD + text, {"b": printed("1")})
    assert len(engine.submitted) == 1
    assert (report.programs, report.run) == (1, 1)
    assert [item.verdict.word for item in report.challenges] == [Word.PASSED] * 2


def test_what_came_from_the_store_is_not_counted_as_run(
    check_text: CheckText, engine: ScriptedEngine, printed: Make
) -> None:
    engine.stored = frozenset({"b"})
    report = check_text(HEAD + challenge(expected="1", solution="b"), {"b": printed("1")})
    assert (report.programs, report.run, report.challenges[0].stored) == (1, 0, True)


def test_a_lack_of_memory_names_the_limit(judge: Callable[..., Any]) -> None:
    failure = Failure("MemoryError", "")
    result = CellResult(Ending.RAISED, failure=failure, reason="memory above 1 GB")
    item, _ = judge(challenge(expected="1", solution="b"), {"b": result})
    message = "challenge tides-c1: the solution raised MemoryError (memory above 1 GB)"
    assert (item.verdict.word, item.verdict.message) == (Word.RAISED, message)

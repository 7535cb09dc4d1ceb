"""From results to verdicts, and from verdicts to problems."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sphinx_lessons.checking.failures import find_line, format_failure, format_tail, summarize
from sphinx_lessons.checking.guard import compare_in_time
from sphinx_lessons.judging import normalize_stream
from sphinx_lessons.model import (
    CellResult,
    ChallengeReport,
    DemoReport,
    Ending,
    Problem,
    RunResult,
    Verdict,
    Word,
)
from sphinx_lessons.problems import Code, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sphinx_lessons.checking.plan import ChallengePlan, DemoPlan
    from sphinx_lessons.model import Challenge, Failure, Program, Script, Source


CODES = {
    Word.MISMATCHED: Code.MISMATCHED,
    Word.RAISED: Code.RAISED,
    Word.TIMED_OUT: Code.TIMED_OUT,
    Word.CRASHED: Code.CRASHED,
    Word.COULD_NOT_RUN: Code.COULD_NOT_RUN,
}
"""The problem that each failing verdict amounts to."""
DEMO_HINTS = {
    "FileNotFoundError": "demos run in an empty folder",
    "EOFError": "demos have no standard input",
}
PROGRAM_HINTS = {
    "FileNotFoundError": "it runs in a folder that holds what `files` names",
    "EOFError": "its standard input holds what a section `Input` says",
}
"""What an author may not know who meets such an exception."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What a lesson says of a program, and how to speak of it to the author."""

    subject: str
    """As in ``"challenge tides-c1: the solution"``."""
    fence: int
    """The line of the program's opening fence."""
    timeout: float
    """Seconds that it was given."""
    expected: Source | None
    """``None`` if nothing is promised of what it prints."""
    modes: tuple[str, ...]
    raises: str | None
    checks: bool
    path: str = ""
    """The Markdown file that says it."""
    lines: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    """Where the lesson's own code stands; see :func:`.failures.format_failure`."""
    hints: Mapping[str, str] = field(default_factory=dict)
    """What to add to the message about an exception, by its name."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to verify but that it runs."""
        return self.expected is None and self.raises is None and not self.checks


# --- the parts of a lesson --------------------------------------------------------------------


def judge_demo(plan: DemoPlan, results: Mapping[Program, RunResult], path: str) -> DemoReport:
    """Judge a demo by the result of its session."""
    demo = plan.demo
    if plan.run is None:
        assert plan.verdict is not None
        reason = demo.options.known_failure
        return DemoReport(demo, mark_known(plan.verdict, reason, "the demo", None))
    run = results[plan.run.session]
    result = _cell_of(run, plan.cell)
    cells = {
        f"<cell {index}>": (other.path or path, other.source.first_line)
        for index, other in enumerate(plan.run.demos)
    }
    promise = Promise(
        subject="the demo",
        fence=demo.line,
        timeout=demo.options.timeout or plan.run.session.limits.timeout,
        expected=None if "none" in demo.options.compare else demo.expected,
        modes=demo.options.compare,
        raises="BaseException" if "raises-exception" in demo.options.tags else None,
        checks=False,
        path=demo.path or path,
        lines=cells,
        hints=DEMO_HINTS,
    )
    verdict = judge(result, promise)
    verdict = mark_known(verdict, demo.options.known_failure, promise.subject, result)
    return DemoReport(demo, verdict, result, run.stored)


def _cell_of(run: RunResult, index: int) -> CellResult:
    """Return the result of a cell; a session that ended early may have none for it."""
    if index < len(run.cells):
        return run.cells[index]
    reason = run.cells[-1].reason if run.cells else ""
    return CellResult(Ending.COULD_NOT_RUN, reason=reason or "the session ended before it")


def judge_challenge(
    plan: ChallengePlan, results: Mapping[Program, RunResult], path: str
) -> ChallengeReport:
    """Judge a challenge's solution and its starter by their results.

    A starter without a result is left out.
    """
    challenge = plan.challenge
    scripts = {kind: script for kind, script in plan.scripts.items() if script in results}
    cells = {kind: _cell_of(results[script], 0) for kind, script in scripts.items()}
    verdicts = {
        kind: judge(cell, make_promise(challenge, kind, scripts[kind], path))
        for kind, cell in cells.items()
    }
    solution, starter = plan.verdict or verdicts["solution"], verdicts.get("starter code")
    result, reason = cells.get("solution"), challenge.options.known_failure
    return ChallengeReport(
        challenge=challenge,
        verdict=mark_known(solution, reason, f"challenge {challenge.id}", result),
        starter=_judge_starter(challenge, starter) if starter else None,
        result=result,
        starter_result=cells.get("starter code"),
        stored=bool(scripts) and all(results[script].stored for script in scripts.values()),
    )


def make_promise(challenge: Challenge, kind: str, script: Script, path: str) -> Promise:
    """Return what a challenge promises of its solution; its starter is held against the same."""
    own = {"<code>": kind, "<setup>": "setup", "<checks>": "checks"}
    sources = {name: challenge.source(section) for name, section in own.items()}
    code = sources["<code>"]
    assert code is not None
    return Promise(
        subject=f"challenge {challenge.id}: the {kind.removesuffix(' code')}",
        fence=code.span.start,
        timeout=script.limits.timeout,
        expected=_expected_of(challenge),
        modes=challenge.options.compare,
        raises=script.raises,
        checks=bool(script.checks.strip()),
        path=path,
        lines={name: (path, source.first_line) for name, source in sources.items() if source},
        hints=PROGRAM_HINTS,
    )


def _expected_of(challenge: Challenge) -> Source | None:
    return None if "none" in challenge.options.compare else challenge.source("expected output")


def _judge_starter(challenge: Challenge, verdict: Verdict) -> Verdict:
    """Turn the tables: a starter may fail in any way but must not pass."""
    if verdict.word is not Word.PASSED:
        return Verdict(verdict.word, line=verdict.line)
    message = f"challenge {challenge.id}: the starter already does what the solution should do"
    code = Code.STARTER_PASSES
    return Verdict(verdict.word, message, line=verdict.line, code=code, severity=code.severity)


def mark_known(
    verdict: Verdict, reason: str | None, subject: str, result: CellResult | None
) -> Verdict:
    """Make the failure of what is marked ``known-failure`` a warning, and its success an error."""
    nothing_ran = verdict.word is Word.SKIPPED or result is None
    if reason is None or (nothing_ran and not verdict.word.fails):
        return verdict
    note = f"known failure: {reason}" if reason else "known failure"
    if verdict.word.fails:
        message = f"{verdict.message} ({note})"
        return replace(verdict, message=message, severity=Severity.WARNING)
    message = f"{subject} passes, but is marked as a failure ({note}): take the mark off"
    code = Code.KNOWN_FAILURE_PASSES
    return replace(verdict, message=message, code=code, severity=code.severity)


# --- one program ------------------------------------------------------------------------------


def judge(result: CellResult, promise: Promise) -> Verdict:
    """Hold a result against what was promised."""
    if result.ending is not Ending.OK and not result.in_checks:
        if not _ended_as_promised(result, promise):
            return _judge_ending(result, promise)
    elif promise.raises is not None:
        name = "an exception" if promise.raises == "BaseException" else promise.raises
        message = f"{promise.subject} should raise {name} and does not"
        return _fail(Word.RAISED, message, promise, code=Code.DID_NOT_RAISE)
    if promise.expected is not None:
        comparison = compare_in_time(
            promise.expected.text, normalize_stream(result.stdout), promise.modes
        )
        if not comparison.equal:
            return _judge_difference(comparison.diff, comparison.line, promise)
    if result.in_checks:
        return _judge_checks(result, promise)
    return Verdict(Word.UNVERIFIED if promise.is_empty else Word.PASSED, line=promise.fence)


def _ended_as_promised(result: CellResult, promise: Promise) -> bool:
    """Tell whether it ended with the exception it should; a missing module may be that, too."""
    failure = result.failure
    if promise.raises is None or failure is None:
        return False
    return promise.raises.rpartition(".")[2] in (failure.name, *failure.bases) or (
        promise.raises == "BaseException"
    )


def _judge_ending(result: CellResult, promise: Promise) -> Verdict:
    """Say how a program ended that did not end as it should."""
    match result.ending:
        case Ending.TIMED_OUT:
            message = f"{promise.subject} was still running after {promise.timeout:g} s"
            return _fail(Word.TIMED_OUT, message, promise, result.failure)
        case Ending.CRASHED:
            message = f"{promise.subject} crashed: {result.reason}"
            return _fail(Word.CRASHED, message, promise, result.failure)
        case Ending.COULD_NOT_RUN:
            message = f"{promise.subject} could not be run: {result.reason}"
            return _fail(Word.COULD_NOT_RUN, message, promise, result.failure, result.code)
    failure = result.failure
    if failure is None:
        return _fail(Word.RAISED, f"{promise.subject} failed: {result.reason}", promise)
    wanted = f" (and should raise {promise.raises})" if promise.raises else ""
    limit = f" ({result.reason})" if failure.name == "MemoryError" and result.reason else ""
    message = f"{_subject_of(failure, promise)} raised {summarize(failure)}{limit}{wanted}"
    if failure.name in promise.hints:
        message += f"; {promise.hints[failure.name]}"
    return _fail(Word.RAISED, message, promise, failure)


def _judge_checks(result: CellResult, promise: Promise) -> Verdict:
    """Say what the checks found."""
    failure = result.failure
    subject = promise.subject
    if failure is None:
        return _fail(Word.RAISED, f"{subject}: the checks failed: {result.reason}", promise)
    if "AssertionError" in (failure.name, *failure.bases):
        message = f"{subject} fails a check: {summarize(failure)}"
        return _fail(Word.MISMATCHED, message, promise, failure)
    return _fail(Word.RAISED, f"{subject} fails a check: {summarize(failure)}", promise, failure)


def _subject_of(failure: Failure, promise: Promise) -> str:
    in_setup = failure.frames and failure.frames[0].file == "<setup>"
    return f"{promise.subject}'s setup" if in_setup else promise.subject


def _judge_difference(diff: str, line: int, promise: Promise) -> Verdict:
    expected = promise.expected
    assert expected is not None
    at = expected.first_line + line if expected.text else expected.span.start
    message = f"{promise.subject} prints something other than the expected output"
    code = Code.MISMATCHED
    return Verdict(Word.MISMATCHED, message, diff, at, code, code.severity)


def _fail(
    word: Word,
    message: str,
    promise: Promise,
    failure: Failure | None = None,
    code: Code | None = None,
) -> Verdict:
    code = code or CODES[word]
    own = {name: place for name, place in promise.lines.items() if place[0] == promise.path}
    line = find_line(failure, own) if failure else None
    detail = format_failure(failure, promise.lines) if failure else ""
    return Verdict(word, message, detail, line or promise.fence, code, code.severity)


# --- problems ---------------------------------------------------------------------------------


def list_demo_problems(report: DemoReport, path: str) -> Iterator[Problem]:
    """List the problems that the verdict on a demo amounts to."""
    yield from _list_problems(report.verdict, report.result, report.demo.path or path)


def list_challenge_problems(report: ChallengeReport, path: str) -> Iterator[Problem]:
    """List the problems that the verdicts on a challenge amount to."""
    yield from _list_problems(report.verdict, report.result, path)
    if report.starter:
        yield from _list_problems(report.starter, None, path)


def _list_problems(verdict: Verdict, result: CellResult | None, path: str) -> Iterator[Problem]:
    if verdict.code is None or verdict.severity is None:
        return
    detail = verdict.detail
    if result is not None and verdict.word.fails:
        tail = format_tail("stderr", result.stderr)
        detail = "\n\n".join(filter(None, [detail, tail]))
    yield Problem(verdict.code, verdict.message, path, verdict.line, verdict.severity, detail)

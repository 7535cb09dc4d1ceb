"""The formats that machines read."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from sphinx_lessons.model import (
    Challenge,
    ChallengeReport,
    Demo,
    DemoReport,
    Lesson,
    LessonReport,
    Meta,
    Options,
    Problem,
    Report,
    Source,
    Span,
    Verdict,
    Word,
)
from sphinx_lessons.problems import Code, Severity
from sphinx_lessons.reports import FORMATS

MESSAGE = "the demo prints 100 %, something\x1b else"
DIFF = "-a\n+b"


def problem(
    code: Code, line: int, message: str, detail: str = "", path: str = "a b,c:.md"
) -> Problem:
    return Problem(code, message, path, line, code.severity, detail)


@pytest.fixture
def report() -> Report:
    mismatch = Verdict(Word.MISMATCHED, MESSAGE, DIFF, 12, Code.MISMATCHED, Severity.ERROR)
    known = Verdict(Word.RAISED, "known", "", 30, Code.RAISED, Severity.WARNING)
    source = Source("1\n", Span(7, 9), 8, "python")
    lesson = Lesson("a b,c:.md", "tides", "Tides", Meta(), None, 40)
    challenges = [
        Challenge(f"tides-c{number}", "X", Span(20, 30), "python", "", Options(), None, ())
        for number in (1, 2)
    ]
    reports = (
        ChallengeReport(challenges[0], known),
        ChallengeReport(challenges[1], Verdict(Word.SKIPPED, "tagged skip-execution", line=20)),
    )
    problems = (
        problem(Code.MISMATCHED, 12, MESSAGE, DIFF),
        problem(Code.FOREIGN_ID, 21, "foreign"),
    )
    demos = (
        DemoReport(Demo(source, Options()), mismatch),
        DemoReport(Demo(source, Options()), Verdict(Word.UNVERIFIED, line=7)),
    )
    checked = LessonReport(lesson, problems, demos, reports, 3, 3)
    return Report((checked,), (problem(Code.DUPLICATE_ID, 2, "taken"),))


def test_github(report: Report) -> None:
    assert FORMATS["github"](report).splitlines() == [
        "::error file=a b%2Cc%3A.md,line=2,title=lessons.duplicate-id::taken",
        (
            "::error file=a b%2Cc%3A.md,line=12,title=lessons.mismatched::"
            "the demo prints 100 %25, something␛ else%0A-a%0A+b"
        ),
        "::warning file=a b%2Cc%3A.md,line=21,title=lessons.foreign-id::foreign",
        "lessons: 1 lessons, 3 programs (3 run, 0 stored), 1 failed",
    ]


def test_junit(report: Report) -> None:
    root = ET.fromstring(FORMATS["junit"](report))
    assert root.attrib == {"name": "sphinx-lessons", "tests": "5", "failures": "2", "skipped": "2"}
    (suite,) = root
    assert suite.attrib["name"] == "a b,c:.md"
    found = [(case.get("name"), [child.tag for child in case]) for case in suite]
    assert found == [
        ("demo, line 7", ["failure"]),
        ("demo, line 7", []),
        ("challenge tides-c1", ["skipped"]),
        ("challenge tides-c2", ["skipped"]),
        ("lesson", ["failure"]),
    ]
    failure = suite[0][0]
    assert failure.get("type") == "mismatched"
    assert failure.get("message") == MESSAGE.replace("\x1b", "␛")
    assert failure.text == "a b,c:.md:12\n-a\n+b"
    assert suite[4][0].text == "a b,c:.md:2: taken [duplicate-id]"


def test_junit_holds_only_what_xml_can_hold(report: Report) -> None:
    problems = (problem(Code.DUPLICATE_ID, 2, "\x00\x0b\ud800\uffff\ufffe <&>"),)
    text = FORMATS["junit"](Report(report.lessons, problems))
    assert ET.fromstring(text)[0][4][0].get("message") == "␀␋\ufffd\ufffd\ufffd <&>"
    text.encode()


def test_sarif(report: Report) -> None:
    whole = json.loads(FORMATS["sarif"](report))
    assert whole["version"] == "2.1.0"
    (run,) = whole["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "sphinx-lessons"
    rules = {rule["id"]: rule for rule in driver["rules"]}
    assert set(rules) == {"lessons.duplicate-id", "lessons.mismatched", "lessons.foreign-id"}
    assert rules["lessons.foreign-id"]["defaultConfiguration"] == {"level": "warning"}
    assert rules["lessons.mismatched"]["help"]["text"].startswith("Read the difference")
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    place: dict[str, Any] = run["results"][1]["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "a%20b%2Cc%3A.md"},
        "region": {"startLine": 12},
    }
    assert run["results"][1]["message"]["text"].endswith("\n-a\n+b")


def test_sarif_of_an_absolute_path(report: Report) -> None:
    other = (problem(Code.UNREADABLE, 1, "unreadable", path="/x y/z.md"),)
    (run,) = json.loads(FORMATS["sarif"](Report((), other)))["runs"]
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "file:///x%20y/z.md"


def test_json_has_files_that_are_no_lessons(report: Report) -> None:
    other = (problem(Code.UNREADABLE, 1, "unreadable", path="x.md"),)
    (item,) = json.loads(FORMATS["json"](Report((), other)))["lessons"]
    assert (item["path"], item["id"], item["problems"][0]["code"]) == ("x.md", None, "unreadable")


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_an_empty_report(form: str) -> None:
    assert FORMATS[form](Report(())).endswith("\n")

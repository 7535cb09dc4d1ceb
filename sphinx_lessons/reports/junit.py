"""JUnit's XML, which every CI service shows as a list of tests.

One test suite for each lesson; its test cases are the lesson as a file, its demos and its
challenges. The attributes are those that Jenkins, GitLab and pytest agree on.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from sphinx_lessons.judging import make_visible
from sphinx_lessons.model import Word
from sphinx_lessons.problems import Severity
from sphinx_lessons.reports.summary import group_problems

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx_lessons.model import CellResult, LessonReport, Problem, Report, Verdict

_NOT_XML = re.compile("[\ufffe\uffff]")


def format_junit(report: Report) -> str:
    """Format the report; problems that belong to no demo and no challenge fail the file's case."""
    root = ET.Element("testsuites", name="sphinx-lessons")
    for path, lesson, problems in group_problems(report):
        _add_suite(root, path, lesson, problems)
    for name in ("tests", "failures", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, "unicode") + "\n"


def _add_suite(
    root: ET.Element, path: str, lesson: LessonReport | None, problems: Iterable[Problem]
) -> None:
    suite = ET.SubElement(root, "testsuite", name=_clean(path))
    verdicts = set()
    for report in lesson.demos if lesson else ():
        _add_case(suite, path, f"demo, line {report.demo.line}", report.verdict, report.result)
        verdicts.add(_key(report.verdict))
    for item in lesson.challenges if lesson else ():
        _add_case(suite, path, f"challenge {item.challenge.id}", item.verdict, item.result)
        verdicts.add(_key(item.verdict))
    left = [
        problem
        for problem in problems
        if problem.severity is Severity.ERROR
        and (problem.code, problem.line, problem.message) not in verdicts
    ]
    case = ET.SubElement(suite, "testcase", classname=_clean(path), name="lesson", time="0.000")
    if left:
        _add_failure(case, left[0].code.value, left[0].message, "\n".join(map(_describe, left)))
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("skipped", str(len(suite.findall("testcase/skipped"))))


def _key(verdict: Verdict) -> tuple[object, int, str]:
    return verdict.code, verdict.line, verdict.message


def _add_case(
    suite: ET.Element, path: str, name: str, verdict: Verdict, result: CellResult | None
) -> None:
    seconds = f"{result.seconds if result else 0.0:.3f}"
    case = ET.SubElement(suite, "testcase", classname=_clean(path), name=_clean(name), time=seconds)
    if verdict.fails:
        text = f"{path}:{verdict.line}\n{verdict.detail}"
        _add_failure(case, verdict.word.value, verdict.message, text)
    elif verdict.word is Word.SKIPPED or verdict.word.fails:
        ET.SubElement(case, "skipped", message=_clean(verdict.message))


def _add_failure(case: ET.Element, kind: str, message: str, text: str) -> None:
    failure = ET.SubElement(case, "failure", type=kind, message=_clean(message))
    failure.text = _clean(text)


def _describe(problem: Problem) -> str:
    return f"{problem.path}:{problem.line}: {problem.message} [{problem.code.value}]"


def _clean(text: str) -> str:
    """Return what XML can hold of a text."""
    return _NOT_XML.sub("\ufffd", make_visible(text))

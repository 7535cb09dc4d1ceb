"""SARIF 2.1.0, the exchange format of code scanners (OASIS Standard, 27 March 2020)."""

from __future__ import annotations

import json
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sphinx_lessons import __version__
from sphinx_lessons.problems import Code
from sphinx_lessons.reports.summary import list_problems

if TYPE_CHECKING:
    from sphinx_lessons.model import Problem, Report

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def format_sarif(report: Report) -> str:
    """Format the problems as the results of one run, with the problem codes as its rules."""
    problems = list_problems(report)
    codes = [code for code in Code if any(problem.code is code for problem in problems)]
    driver = {
        "name": "sphinx-lessons",
        "version": __version__,
        "rules": list(map(_describe_rule, codes)),
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_describe_result(problem, codes) for problem in problems],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _describe_rule(code: Code) -> dict[str, Any]:
    meaning, _, remedy = code.documentation.partition("\n\n")
    return {
        "id": f"lessons.{code.value}",
        "shortDescription": {"text": " ".join(meaning.split())},
        "help": {"text": " ".join(remedy.split())},
        "defaultConfiguration": {"level": code.severity.value},
    }


def _describe_result(problem: Problem, codes: list[Code]) -> dict[str, Any]:
    place = {
        "artifactLocation": {"uri": _to_uri(problem.path)},
        "region": {"startLine": problem.line},
    }
    return {
        "ruleId": f"lessons.{problem.code.value}",
        "ruleIndex": codes.index(problem.code),
        "level": problem.severity.value,
        "message": {"text": "\n".join(filter(None, [problem.message, problem.detail]))},
        "locations": [{"physicalLocation": place}],
    }


def _to_uri(path: str) -> str:
    """Return a URI for an absolute path, a relative reference for others."""
    pure = PurePath(path)
    if pure.is_absolute():
        return Path(path).as_uri()
    return quote(pure.as_posix(), errors="surrogatepass")

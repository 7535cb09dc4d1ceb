"""Comparisons that end in time, whatever the lesson's author wrote.

Most comparisons take time linear in the size of the texts and are done at once. One that may take
for ever (a regular expression that backtracks without end cannot be interrupted in a thread) is
done by a process of its own, which is killed when its time is up.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import sphinx_lessons.judging
from sphinx_lessons.judging import Comparison, compare

if TYPE_CHECKING:
    from collections.abc import Sequence

SECONDS = 5.0
STEPS = 4_000_000
"""Steps of a comparison that are taken to be quick."""

_FOLDER = Path(sphinx_lessons.judging.__file__).parent
_PROGRAM = (
    "import runpy, sys; sys.path.append(sys.argv[1]); "
    "runpy.run_module(sys.argv[2], run_name='__main__')"
)
_QUANTIFIED_GROUP = re.compile(r"\)[*+?{]")
_CHOICE = re.compile(r"[*+?{|]")


def compare_in_time(
    expected: str, actual: str, modes: Sequence[str], seconds: float = SECONDS
) -> Comparison:
    """Compare as :func:`sphinx_lessons.judging.compare`, for at most that many seconds.

    A comparison that did not end counts as a difference and says so.
    """
    if is_quick(expected, actual, modes):
        return compare(expected, actual, modes)
    command = [sys.executable, "-ISc", _PROGRAM, str(_FOLDER.parent), _FOLDER.name]
    given = json.dumps([expected, actual, list(modes)])
    try:
        done = subprocess.run(
            command, input=given, capture_output=True, text=True, timeout=seconds, check=True
        )
        equal, diff, line = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        text = f"the comparison ({', '.join(modes)}) did not end within {seconds:g} s"
        return Comparison(False, f"\\ {text}: make the expected output simpler")
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        return Comparison(False, f"\\ the comparison could not be made: {error}")
    return Comparison(equal, diff, line)


def is_quick(expected: str, actual: str, modes: Sequence[str]) -> bool:
    """Tell whether a comparison is sure to end in a moment.

    A pattern without quantified groups has at most size to the power of its quantifiers and
    alternatives ways to match.
    """
    if "regex" in modes:
        choices = len(_CHOICE.findall(expected))
        return (
            not _QUANTIFIED_GROUP.search(expected)
            and choices < 20
            and (len(actual) + 2) ** choices <= STEPS
        )
    lenient = {"unordered-lines", "ellipsis", "number"}.intersection(modes)
    return len(lenient) < 2 or (len(expected) + 1) * (len(actual) + 1) <= STEPS

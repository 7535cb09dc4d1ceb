"""Flags of fences and options of challenges."""

from __future__ import annotations

import difflib
import math
import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from sphinx_lessons.judging import check_modes
from sphinx_lessons.model import KNOWN_TAGS, Options
from sphinx_lessons.problems import Code

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

DEMO_OPTIONS = frozenset({"compare", "timeout", "known-failure", "tags"})
CHALLENGE_OPTIONS = DEMO_OPTIONS | {"raises", "files", "check"}

_LONGEST_FLAG = 60
"""Longer words are no slips of the pen."""
_LONGEST_QUOTED = 2000
"""Longer info strings are split at blanks only: shlex is slow."""


Complaint = tuple[Code, str]
"""What is wrong with a flag: a problem's code and message."""


def split_flags(text: str) -> list[str]:
    """The words of an info string; quotes hold a word together, as in a shell."""
    if len(text) <= _LONGEST_QUOTED and ('"' in text or "'" in text):
        try:
            return shlex.split(text)
        except ValueError:
            pass
    return text.split()


def read_options(
    flags: Sequence[str], known: Collection[str] = DEMO_OPTIONS
) -> tuple[Options, tuple[Complaint, ...]]:
    """Options from words such as ``skip-execution`` and ``compare=number,ellipsis``.

    ``known`` are the names that take a value here. Words that neither are flags nor look like
    misspelled ones are none of our business: other tools use info strings too.
    """
    options = Options()
    complaints: list[Complaint] = []
    for flag in flags:
        options, complaint = add_flag(options, flag, known)
        if complaint:
            complaints.append(complaint)
    return options, tuple(complaints)


def add_flag(
    options: Options, flag: str, known: Collection[str] = DEMO_OPTIONS
) -> tuple[Options, Complaint | None]:
    """Options with one more flag, and what is wrong with that; see :func:`read_options`."""
    name, equals, value = flag.partition("=")
    if not equals and name in KNOWN_TAGS:
        return replace(options, tags=options.tags | {name}), None
    if name in known:
        return _read_value(options, name, value.strip())
    if name in CHALLENGE_OPTIONS:
        return options, (Code.UNKNOWN_FLAG, _misplaced(name))
    wish = nearest(name, KNOWN_TAGS | set(known)) if len(name) <= _LONGEST_FLAG else ""
    if wish:
        return options, (Code.UNKNOWN_FLAG, f"unknown flag `{flag}`; did you mean `{wish}`?")
    return options, None


def nearest(name: str, known: Collection[str]) -> str:
    """The known name that looks most like ``name``, ``""`` if none does."""
    plain = name.casefold().replace("_", "-").replace(" ", "-")
    return next(iter(difflib.get_close_matches(plain, sorted(known), n=1, cutoff=0.75)), "")


def split_values(text: str) -> tuple[str, ...]:
    """The values of a list that is written with commas, also as YAML writes one in a line."""
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1]
    return tuple(part for item in text.split(",") if (part := _unquote(item.strip())))


def _unquote(text: str) -> str:
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
    return text[1:-1] if quoted else text


def _misplaced(name: str) -> str:
    hint = "; a demo that is meant to fail has the flag `raises-exception`"
    return f"`{name}` has no effect on a demo" + (hint if name == "raises" else "")


def _read_value(options: Options, name: str, value: str) -> tuple[Options, Complaint | None]:
    """Options with one more of them, and what is wrong with its value."""
    match name:
        case "compare":
            return _read_compare(options, value)
        case "check":
            return _read_check(options, value)
        case "timeout":
            return _read_timeout(options, value)
        case "known-failure":
            return _read_known_failure(options, value)
        case "raises":
            return _read_raises(options, value)
        case "files":
            return replace(options, files=options.files + split_values(value)), None
    return _read_tags(options, value)


def _read_check(options: Options, value: str) -> tuple[Options, Complaint | None]:
    if value == "none":
        return replace(options, compare=("none",)), None
    return options, _invalid("check", value, "must be `none`")


def _read_known_failure(options: Options, value: str) -> tuple[Options, Complaint | None]:
    wrong = None if value else _invalid("known-failure", value, "needs a reason")
    return replace(options, known_failure=value), wrong


def _read_raises(options: Options, value: str) -> tuple[Options, Complaint | None]:
    if all(part.isidentifier() for part in value.split(".")):
        return replace(options, raises=value), None
    return options, _invalid("raises", value, "must be the name of an exception")


def _invalid(name: str, value: str, rule: str) -> Complaint:
    return Code.INVALID_OPTION, f"`{name}` {rule}" + (f", not {value!r}" if value else "")


def _read_compare(options: Options, value: str) -> tuple[Options, Complaint | None]:
    modes = split_values(value)
    wrong = check_modes(modes)
    if wrong:
        return options, (Code.INVALID_OPTION, f"`compare={value}`: {wrong}")
    return replace(options, compare=modes), None


def _read_timeout(options: Options, value: str) -> tuple[Options, Complaint | None]:
    try:
        seconds = float(value)
    except ValueError:
        seconds = 0.0
    if math.isfinite(seconds) and seconds > 0:
        return replace(options, timeout=seconds), None
    return options, _invalid("timeout", value, "must be a number of seconds above 0")


def _read_tags(options: Options, value: str) -> tuple[Options, Complaint | None]:
    tags = split_values(value)
    wrong = next(filter(None, map(check_tag, tags)), None)
    return replace(options, tags=options.tags | set(tags)), wrong


def check_tag(tag: str) -> Complaint | None:
    """What is wrong with a tag that looks like a known one; others are other tools' business."""
    wish = "" if tag in KNOWN_TAGS else nearest(tag, KNOWN_TAGS)
    if not wish:
        return None
    return Code.UNKNOWN_FLAG, f"unknown tag `{tag}`; did you mean `{wish}`?"

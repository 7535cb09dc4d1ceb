"""Entries of the lock file as plain values that TOML can hold, and back.

Text is a list of its lines, so that a change of output is a change of a few lines of the file.
Images are the names of files.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sphinx_lessons.locking.keys import digest
from sphinx_lessons.model import CellResult, Ending, Failure, Frame, Output, Rich, RunResult, Stream

if TYPE_CHECKING:
    from collections.abc import Callable

Plain = dict[str, Any]

IMAGES = {
    "image/svg+xml": ".svg",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "application/pdf": ".pdf",
}
"""What is kept in files of its own, with the ending of their names."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The result of one program."""

    key: str
    used_by: tuple[str, ...]
    """Where the lessons use it, e.g. ``"tides.md: demos"``; sorted."""
    versions: tuple[str, ...]
    """What it was run with, e.g. ``"python 3.13.1"``; sorted."""
    reads: tuple[tuple[str, str], ...]
    """Files that it read, relative to the source folder, with the digests of their contents."""
    result: RunResult
    line: int = 0
    """Where it stands in the lock file."""


class Figures(dict[str, bytes]):
    """Contents of image files by name."""

    def add(self, mime: str, text: str) -> str | None:
        """Take in an image in a notebook's form; its file's name, ``None`` if it is no image."""
        try:
            content = text.encode() if mime == "image/svg+xml" else base64.b64decode(text)
        except (binascii.Error, ValueError):
            return None
        name = digest(content) + IMAGES[mime]
        self[name] = content
        return name


# --- to plain values --------------------------------------------------------------------------


def encode_entry(entry: Entry, figures: Figures) -> Plain:
    """The plain form of an entry; images go to ``figures``."""
    plain: Plain = {"used-by": list(entry.used_by), "versions": list(entry.versions)}
    if entry.reads:
        plain["reads"] = [f"{digest} {path}" for path, digest in entry.reads]
    plain["cell"] = [_encode_cell(cell, figures) for cell in entry.result.cells]
    return plain


def _encode_cell(cell: CellResult, figures: Figures) -> Plain:
    plain: Plain = {"ending": cell.ending.value}
    if cell.reason:
        plain["reason"] = cell.reason
    if cell.in_checks:
        plain["in-checks"] = True
    if cell.failure is not None:
        plain["failure"] = _encode_failure(cell.failure)
    if cell.outputs:
        plain["outputs"] = [_encode_output(output, figures) for output in cell.outputs]
    return plain


def _encode_output(output: Output, figures: Figures) -> Plain:
    if isinstance(output, Stream):
        return {output.name: _lines(output.text)}
    data: Plain = {}
    for mime, text in sorted(output.data.items()):
        name = figures.add(mime, text) if mime in IMAGES else None
        data[mime] = name or _lines(text)
    return {"result" if output.result else "display": data}


def _encode_failure(failure: Failure) -> Plain:
    plain: Plain = {
        "name": failure.name,
        "message": failure.message,
        "bases": list(failure.bases),
        # Paths of installed packages differ between machines; only the lesson's own lines are kept.
        "frames": [
            [frame.file, frame.line, frame.function, frame.text]
            for frame in failure.frames
            if frame.file.startswith("<")
        ],
    }
    if failure.before is not None:
        plain["before"] = _encode_failure(failure.before)
    return plain


def _lines(text: str) -> list[str]:
    """Lines with their ends; nothing but a newline ends one."""
    *lines, last = text.split("\n")
    return [f"{line}\n" for line in lines] + ([last] if last else [])


# --- from plain values ------------------------------------------------------------------------


def decode_entry(key: str, plain: Plain, line: int, load: Callable[[str], bytes]) -> Entry:
    """The inverse of :func:`encode_entry`.

    :param load: gives the content of an image file.

    Raises ``KeyError``, ``TypeError``, ``ValueError``, ``AttributeError`` or what ``load`` raises
    if it is no such thing.
    """
    reads = (text.partition(" ") for text in _strings(plain.get("reads", [])))
    return Entry(
        key,
        _strings(plain["used-by"]),
        _strings(plain["versions"]),
        tuple((path, digest) for digest, _, path in reads),
        RunResult(tuple(_decode_cell(cell, load) for cell in plain["cell"]), stored=True),
        line,
    )


def _decode_cell(plain: Plain, load: Callable[[str], bytes]) -> CellResult:
    failure = plain.get("failure")
    return CellResult(
        Ending(plain["ending"]),
        tuple(_decode_output(output, load) for output in plain.get("outputs", [])),
        None if failure is None else _decode_failure(failure),
        _string(plain.get("reason", "")),
        in_checks=bool(plain.get("in-checks")),
    )


def _decode_output(plain: Plain, load: Callable[[str], bytes]) -> Output:
    ((kind, value),) = plain.items()
    if kind in ("stdout", "stderr"):
        return Stream("stdout" if kind == "stdout" else "stderr", "".join(_strings(value)))
    if kind not in ("result", "display"):
        raise ValueError(f"unknown output {kind!r}")
    data = {mime: _decode_form(mime, form, load) for mime, form in value.items()}
    return Rich(data, kind == "result")


def _decode_form(mime: str, form: object, load: Callable[[str], bytes]) -> str:
    if not isinstance(form, str):
        return "".join(_strings(form))
    content = load(form)
    return content.decode() if mime == "image/svg+xml" else base64.b64encode(content).decode()


def _decode_failure(plain: Plain) -> Failure:
    before = plain.get("before")
    return Failure(
        _string(plain["name"]),
        _string(plain["message"]),
        tuple(
            Frame(file, int(line), function, text) for file, line, function, text in plain["frames"]
        ),
        _strings(plain["bases"]),
        None if before is None else _decode_failure(before),
    )


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no string")
    return value


def _strings(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is no list")
    return tuple(map(_string, value))

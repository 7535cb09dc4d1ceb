"""Failures of programs in the lines of the Markdown file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx_lessons.judging import normalize_stream

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sphinx_lessons.model import Failure, Frame

MOST_FRAMES = 20
MESSAGE_LINES = 20
LINE_WIDTH = 300
TAIL_LINES = 15


def format_failure(failure: Failure, lines: Mapping[str, tuple[str, int]]) -> str:
    """Format a failure as Python formats a traceback, in lines of the Markdown file.

    ``lines`` has, for each name that frames have for the lesson's own code, the path of the
    Markdown file and the line in it at which the code begins. Long ones are cut.
    """
    chain = [failure]
    while chain[-1].before is not None:
        chain.append(chain[-1].before)
    parts = ["\n".join(_format_one(item, lines)) for item in reversed(chain)]
    return "\n\nAfter that exception came another:\n\n".join(parts)


def _format_one(failure: Failure, lines: Mapping[str, tuple[str, int]]) -> Iterator[str]:
    if failure.frames:
        yield "Traceback (most recent call last):"
        yield from _format_frames(failure.frames, lines)
    head, *more = _clean_lines(failure.message)
    yield f"{failure.name}: {head}" if head else failure.name
    yield from more[:MESSAGE_LINES]
    if len(more) > MESSAGE_LINES:
        yield "..."


def _format_frames(frames: Sequence[Frame], lines: Mapping[str, tuple[str, int]]) -> Iterator[str]:
    left_out = len(frames) - MOST_FRAMES
    half = MOST_FRAMES // 2
    for index, frame in enumerate(frames):
        if left_out > 0 and half <= index < half + left_out:
            if index == half:
                yield f"  [{left_out} more calls]"
            continue
        path, first = lines.get(frame.file, (frame.file, 1))
        yield f'  File "{path}", line {first + frame.line - 1}, in {frame.function}'
        if frame.text:
            yield f"    {_clean_lines(frame.text)[0]}"


def summarize(failure: Failure) -> str:
    """Say in one line what went wrong, as in ``"ValueError: bad value"``."""
    head = _clean_lines(failure.message.strip())[0]
    return f"{failure.name}: {head}" if head else failure.name


def find_line(failure: Failure, lines: Mapping[str, tuple[str, int]]) -> int | None:
    """Return the line of the deepest frame that is the lesson's own."""
    for frame in reversed(failure.frames):
        if frame.file in lines:
            return lines[frame.file][1] + frame.line - 1
    return None


def format_tail(name: str, text: str) -> str:
    """Show the last lines of a stream under its name; ``""`` if there is nothing in it."""
    rows = [row for row in _clean_lines(text.strip("\n")) if row.strip()]
    if not rows:
        return ""
    shown = ["...", *rows[-TAIL_LINES:]] if len(rows) > TAIL_LINES else rows
    return "\n".join([f"{name}:", *(f"  {row}" for row in shown)])


def _clean_lines(text: str) -> list[str]:
    """Return the lines of a text that a program made, safe to show, none too long."""
    rows = normalize_stream(text).split("\n")
    return [row if len(row) <= LINE_WIDTH else row[:LINE_WIDTH] + "…" for row in rows]

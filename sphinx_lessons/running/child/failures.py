"""An exception as plain data, seen from the lesson: the runner's own frames are left out."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType

Locate = Callable[[str, int], "tuple[str, int, str] | None"]
"""File name and line of compiled code -> the lesson's name for it, the line in it and its text;
``None`` for code that is not the lesson's."""

_DEEPEST_CHAIN = 10
_MOST_FRAMES = 60
_LONGEST = 10_000
_SHELL = os.path.join("IPython", "core", "interactiveshell.py")
"""Where IPython wraps ``open``, and calls magics."""


def describe(error: BaseException, locate: Locate, depth: int = 0) -> dict[str, Any]:
    """What ``model.Failure`` holds, as a dictionary; ``before`` follows the chain."""
    try:
        frames, earlier = _frames(error, locate), _before(error)
    except Exception:  # noqa: BLE001 - a lesson's class may have attributes of its own
        frames, earlier = [], None
    return {
        "name": _name_of(type(error)),
        "message": _message(error),
        "frames": frames,
        "bases": [_name_of(kind) for kind in type.mro(type(error))],
        "before": describe(earlier, locate, depth + 1)
        if earlier is not None and depth < _DEEPEST_CHAIN
        else None,
    }


def _name_of(kind: type) -> str:
    """A class's own name, whatever its metaclass says."""
    return plain(vars(type)["__name__"].__get__(kind))


def plain(text: str) -> str:
    """The same text as an exact ``str``, whatever subclass it is of, and not too long."""
    exact = "".join((text[:_LONGEST], ""))
    return exact.encode("utf-8", "replace").decode()


def _message(error: BaseException) -> str:
    try:
        if isinstance(error, SystemExit):
            return exit_message(error.code)
        text = error.msg if isinstance(error, SyntaxError) and error.msg else str(error)
        notes = getattr(error, "__notes__", ())
        return plain("\n".join([text, *(str(note) for note in notes)]))
    except BaseException:  # noqa: BLE001 - a lesson's __str__ may do anything
        return "<the exception's __str__ failed>"


def exit_message(code: object) -> str:
    """What an exit with that code says: ``exit status 3``, or the text given in its place."""
    return (
        f"exit status {exit_status(code)}"
        if code is None or isinstance(code, int)
        else plain(str(code))
    )


def exit_status(code: object) -> int:
    """The exit status that ``sys.exit(code)`` leads to."""
    if code is None:
        return 0
    return int(code) & 0xFF if isinstance(code, int) else 1


def _before(error: BaseException) -> BaseException | None:
    if error.__cause__ is not None:
        return error.__cause__
    return None if error.__suppress_context__ else error.__context__


def _frames(error: BaseException, locate: Locate) -> list[tuple[str, int, str, str]]:
    frames = _walk(error.__traceback__, locate)
    if isinstance(error, SyntaxError) and _says_where(error):
        own = locate(error.filename or "", error.lineno or 0)
        name, line, text = own or (error.filename or "", error.lineno or 0, "")
        if isinstance(error.text, str) and error.text:
            text = error.text
        frames.append((plain(name), line, "<module>", plain(text.strip())))
    if len(frames) > _MOST_FRAMES:
        frames = frames[: _MOST_FRAMES // 2] + frames[-_MOST_FRAMES // 2 :]
    return frames


def _says_where(error: SyntaxError) -> bool:
    """Whether it has a file and a line; a program that raises one may have said anything."""
    known = isinstance(error.filename, str) and isinstance(error.lineno, int)
    return known and bool(error.filename and error.lineno)


def _walk(traceback: TracebackType | None, locate: Locate) -> list[tuple[str, int, str, str]]:
    """The frames from the first that is the lesson's; without those of what runs or imports it."""
    frames: list[tuple[str, int, str, str]] = []
    while traceback is not None:
        code, line = traceback.tb_frame.f_code, traceback.tb_lineno or 0
        own = locate(code.co_filename, line)
        if own is not None:
            frames.append((own[0], own[1], plain(code.co_name), plain(own[2])))
        elif frames and not _is_machinery(code.co_filename):
            text = _source_line(code.co_filename, line)
            frames.append((plain(code.co_filename), line, plain(code.co_name), text))
        traceback = traceback.tb_next
    return frames


def own_traceback(error: BaseException, locate: Locate) -> TracebackType | None:
    """The traceback from the first frame that is the lesson's."""
    traceback = error.__traceback__
    while traceback is not None:
        if locate(traceback.tb_frame.f_code.co_filename, traceback.tb_lineno or 0) is not None:
            break
        traceback = traceback.tb_next
    return traceback


def _is_machinery(filename: str) -> bool:
    here = os.path.dirname(os.path.abspath(__file__))
    return filename.startswith(("<frozen importlib", here)) or filename.endswith(_SHELL)


def _source_line(filename: str, line: int) -> str:
    try:
        import linecache

        return plain(linecache.getline(filename, line).strip())
    except Exception:  # noqa: BLE001 - a lesson may have patched it
        return ""


def missing_module(error: BaseException, work: str) -> str | None:
    """The third-party module whose absence is all that is wrong; ``None`` for anything else."""
    name = getattr(error, "name", None) if isinstance(error, ModuleNotFoundError) else None
    if not isinstance(name, str) or not name or "." in name:
        return None
    own = os.path.exists(os.path.join(work, name + ".py")) or os.path.isdir(
        os.path.join(work, name)
    )
    return None if own else plain(name)

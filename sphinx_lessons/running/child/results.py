"""From a program's bytes and messages to its result, in the shape of ``wire.py``."""

from __future__ import annotations

import signal
from typing import Any

Result = dict[str, Any]
_FAILURE_KEYS = {"name", "message", "frames", "bases", "before"}


class Cell:
    """What is known of one cell so far (a script has one)."""

    def __init__(self) -> None:
        self.outputs: list[list[Any]] = []
        self.failure: dict[str, Any] | None = None
        self.missing: str | None = None
        self.in_checks = False
        self.checked = False
        self.began = 0.0
        self.ended = 0.0
        self.clearing = False
        self._displays: dict[str, list[Any]] = {}

    def write(self, name: str, data: bytes) -> None:
        """Add what came from a stream; neighboring writes to one stream are joined later."""
        if data:
            self._clear_if_asked()
            self.outputs.append([name, data])

    def show(self, message: dict[str, Any]) -> None:
        """Add, or replace, a value that was shown."""
        self._clear_if_asked()
        display = message.get("display", "")
        output = ["rich", message["rich"], bool(message.get("result"))]
        shown = self._displays.get(display) if display else None
        if shown is not None and message.get("update"):
            shown[:] = output
            return
        self.outputs.append(output)
        if display:
            self._displays[display] = output

    def clear(self, wait: bool) -> None:
        """Take all outputs back, at once or when the next one comes."""
        self.clearing = True
        if not wait:
            self._clear_if_asked()

    def _clear_if_asked(self) -> None:
        if self.clearing:
            self.outputs.clear()
            self._displays.clear()
            self.clearing = False

    def report(self, message: dict[str, Any]) -> None:
        """Take over how the cell failed, if it did."""
        failure = message.get("failure")
        self.failure = failure if is_failure(failure) else None
        missing = message.get("missing")
        self.missing = missing if isinstance(missing, str) else None
        self.in_checks = bool(message.get("in_checks"))
        self.checked = bool(message.get("checked"))

    def result(self, ending: str, reason: str) -> Result:
        """The finished result."""
        return {
            "ending": ending,
            "outputs": _join(self.outputs),
            "failure": self.failure,
            "reason": reason,
            "seconds": round(max(0.0, self.ended - self.began), 4),
            "in_checks": self.in_checks,
        }


def _join(outputs: list[list[Any]]) -> list[list[Any]]:
    joined: list[list[Any]] = []
    for output in outputs:
        if output[0] != "rich" and joined and joined[-1][0] == output[0]:
            joined[-1][1] += output[1]
        else:
            joined.append(list(output))
    for output in joined:
        if output[0] != "rich":
            output[1] = output[1].decode("utf-8", "replace")
    return joined


def is_failure(value: object) -> bool:
    """Whether it is what ``failures.describe`` makes."""
    if not isinstance(value, dict) or set(value) != _FAILURE_KEYS:
        return False
    texts = [value["name"], value["message"], *value["bases"]]
    for name, line, function, text in value["frames"]:
        texts += [name, function, text]
        if not isinstance(line, int):
            return False
    before = value["before"]
    return all(isinstance(text, str) for text in texts) and (before is None or is_failure(before))


LEFT_EARLY = "the program ended itself before its checks could run"


def exit_failure(message: str) -> dict[str, Any]:
    """The failure of a process that has ended and said nothing of it itself."""
    return {
        "name": "SystemExit",
        "message": message,
        "frames": [],
        "bases": ["SystemExit", "BaseException", "object"],
        "before": None,
    }


def signal_name(number: int) -> str:
    """``SIGKILL`` for 9; the real-time signals between the first and the last have no names."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def could_not_run(reason: str, cells: int = 1) -> Result:
    """The result of a program that was not started."""
    cell: Result = {"ending": "could-not-run", "outputs": [], "failure": None, "reason": reason}
    return {
        "cells": [dict(cell, seconds=0.0, in_checks=False)] * cells,
        "seconds": 0.0,
        "reads": [],
    }


def size(count: int, unit: str = "B") -> str:
    """``1000000`` is ``1 MB``."""
    for prefix in ("", "k", "M", "G", "T"):
        if count < 1000 or prefix == "T":
            return f"{count:g} {prefix}{unit}"
        count = count / 1000  # type: ignore[assignment]
    raise AssertionError

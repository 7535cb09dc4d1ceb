"""Run the demos of a lesson in one IPython shell, cell by cell.

The process writes to its own stdout and stderr, which are pipes to the supervisor. At every point
where order matters (a cell begins or ends, a value is shown, output changes between stdout and
stderr) the channel asks the supervisor to read what has been written so far.
"""

from __future__ import annotations

import io
import os
import sys
import threading
from typing import TYPE_CHECKING, Any, NoReturn

from . import failures, setting
from .figures import Figures
from .shell import Shell, make_shell

if TYPE_CHECKING:
    from .channel import Channel


class Order:
    """Keeps writes to two streams in the order in which they were made."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._last: Text | None = None
        self._lock = threading.RLock()

    def enter(self, stream: Text) -> None:
        """A stream is about to be written to."""
        if stream is self._last or not self._channel.mine:
            return
        with self._lock:
            last, self._last = self._last, stream
            if last is not None and not last.closed:
                last.flush()
                self._channel.ask({"sync": True})

    def ask(self, message: dict[str, Any]) -> None:
        """Send a message that comes after all that was written before."""
        if not self._channel.mine:
            return
        with self._lock:
            _flush(sys.stdout)
            _flush(sys.stderr)
            self._last = None
            self._channel.ask(message)


def _flush(stream: Any) -> None:
    """Flush what stands as a stream: a lesson may have put anything there."""
    try:
        if not stream.closed:
            stream.flush()
    except (AttributeError, TypeError, ValueError):
        return


class Text(io.TextIOWrapper):
    """``sys.stdout`` or ``sys.stderr`` of a session."""

    order: Order | None = None

    def write(self, text: str) -> int:
        """Write, after what was written to the other stream."""
        if self.order is not None:
            self.order.enter(self)
        return super().write(text)


def run(job: dict[str, Any], channel: Channel) -> NoReturn:
    """Run the job in this process, which ends with it."""
    status = 1
    try:
        session = Session(job, channel)
        for index, code in enumerate(job["cells"]):
            session.run_cell(index, code)
        status = 0
    except BaseException:  # noqa: BLE001 - an error of ours, or a shell that a lesson broke
        sys.__excepthook__(*sys.exc_info())
    finally:
        channel.exit(status)


class Session:
    """The shell and the connections it needs."""

    def __init__(self, job: dict[str, Any], channel: Channel) -> None:
        self._work: str = job["work"]
        self._channel = channel
        self._order = Order(channel)
        setting.prepare(job, Text)
        for stream in (sys.stdout, sys.stderr):
            stream.order = self._order  # type: ignore[union-attr]
        self._shell = warm_shell() or make_shell(job["ipython"])
        self._shell.connect(self._order.ask)
        self._figures = Figures(self._shell.show)
        self._figures.register(self._shell.formatters)
        self._figures.prepare("\n".join(job["cells"]))
        self._sources = setting.Sources()

    def run_cell(self, index: int, code: str) -> None:
        """Run a cell and report how it ended."""
        self._order.ask({"cell": index})
        name = f"<cell {index}>"
        self._sources.add(name, code)
        error = self._run(name, code) or self._flush_figures()
        if not self._channel.mine:
            self._leave_fork(error)
        report: dict[str, Any] = {"end": index}
        if error is not None:
            report["failure"] = failures.describe(error, self._locate)
            report["missing"] = failures.missing_module(error, self._work)
        self._order.ask(report)

    def _run(self, name: str, code: str) -> BaseException | None:
        try:
            error = self._shell.run_as(name, code)
        except BaseException as broken:  # noqa: BLE001 - a cell may break the shell itself
            return broken
        if isinstance(error, SystemExit) and not failures.exit_status(error.code):
            return None
        return error

    def _flush_figures(self) -> BaseException | None:
        try:
            self._figures.flush()
        except Exception as error:  # noqa: BLE001 - drawing runs the lesson's own objects
            return error
        return self._shell.unnoticed

    def _leave_fork(self, error: BaseException | None) -> NoReturn:
        """End a process that the cell forked and that ran on to the cell's end."""
        if error is not None:
            sys.excepthook(type(error), error, failures.own_traceback(error, self._locate))
        _flush(sys.stdout)
        _flush(sys.stderr)
        os._exit(1 if error is not None else 0)

    def _locate(self, name: str, line: int) -> tuple[str, int, str] | None:
        text = self._sources.line(name, line)
        return None if text is None else (name, line, text)


_warm: Shell | None = None


def warm_shell() -> Shell | None:
    """The shell that was made before this process was forked, if there is one."""
    return _warm


def warm_up(folder: str) -> None:
    """Make the shell, and run a cell in it, before processes are forked."""
    global _warm
    _warm = make_shell(folder)
    _warm.run_as("<cell 0>", "")
    _warm.rehearse()

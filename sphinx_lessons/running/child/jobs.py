"""One program that is running: its directory, its pipes, its limits, and what came of it."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import time
from typing import TYPE_CHECKING, Any

from . import results
from .channel import Inbox
from .tickets import Tickets

if TYPE_CHECKING:
    from collections.abc import Callable

    from .folders import Folder, Folders

_READ = 65536
_START_PATIENCE = 60.0
"""Seconds that a session may take before its first cell begins."""
_LONGEST_ESCAPE = 4
_LARGEST_FAILURE = 1 << 24
_RICH_FACTOR = 20
"""Values and figures may take that many times the bytes that output may take."""


class Job:
    """A program between its submission and its result.

    ``self.stopped`` is the ending and its reason, once the program was stopped by us.
    """

    def __init__(
        self,
        number: int,
        program: dict[str, Any],
        key: str,
        folders: Folders,
        forget: Callable[[int], None],
    ) -> None:
        self.number = number
        self.key = key
        self._forget = forget
        self.program = program
        self.stopped: tuple[str, str] | None = None
        self.status: int | None = None
        self.began = 0.0
        self.began_at = time.time()
        self.deadline = 0.0
        self.pid = 0
        self._folders = folders
        self._folder: Folder | None = None
        self.session = "cells" in program
        self.begun = not self.session
        self.has_children = False
        self._limits: dict[str, Any] = program["limits"]
        self._cells = (
            [results.Cell() for _ in program["cells"]] if self.session else [results.Cell()]
        )
        self._current = 0
        self._finished = 0
        self._written = {"stdout": 0, "stderr": 0, "rich": 0}
        self._pending: dict[str, bytearray] = {"stdout": bytearray(), "stderr": bytearray()}
        rich = self._limits["output"] * _RICH_FACTOR * _LONGEST_ESCAPE
        self._inbox = Inbox(max(rich, _LARGEST_FAILURE))
        self.readers: dict[int, str] = {}
        self.theirs: tuple[int, ...] = ()
        self._tickets: Tickets | None = None
        self._channel: socket.socket | None = None

    # --- the beginning ------------------------------------------------------------------------

    def prepare(self) -> None:
        """Make the directory and the pipes. Raises ``OSError`` if that cannot be done."""
        self._folder = self._folders.take()
        for target, origin in self.program["files"]:
            place = os.path.join(self._folder.work, target)
            os.makedirs(os.path.dirname(place), exist_ok=True)
            shutil.copyfile(origin, place)
        stdout, stdout_theirs = os.pipe()
        stderr, stderr_theirs = os.pipe()
        self._channel, channel_theirs = socket.socketpair()
        self.readers = {stdout: "stdout", stderr: "stderr", self._channel.fileno(): "channel"}
        for descriptor in self.readers:
            os.set_blocking(descriptor, False)
        self._tickets = Tickets()
        self.theirs = (
            self._open_stdin(),
            stdout_theirs,
            stderr_theirs,
            channel_theirs.detach(),
            self._tickets.theirs,
        )

    def _open_stdin(self) -> int:
        text = self.program.get("stdin")
        if not text:
            return os.open(os.devnull, os.O_RDONLY)
        path = self.place("stdin")
        with open(path, "wb") as file:
            file.write(text.encode("utf-8", "replace"))
        return os.open(path, os.O_RDONLY)

    def place(self, name: str) -> str:
        """The path of a file of ours that goes with this job."""
        assert self._folder is not None
        return os.path.join(self._folder.path, name)

    def told(self) -> dict[str, Any]:
        """What the program's process is told."""
        program = self.program
        told: dict[str, Any] = {
            "work": self.place("work"),
            "trace": self.place("trace"),
            "ipython": self.place("ipython"),
            "memory": self._limits["memory"],
        }
        if self.session:
            told["cells"] = [code for code, _ in program["cells"]]
        else:
            told.update(setup=program["setup"], code=program["code"], checks=program["checks"])
        return told

    def start(self) -> None:
        """The program's process is being started: close its ends of the pipes, start the clock."""
        self._close_theirs()
        self.began = time.monotonic()
        self._cells[0].began = self.began
        self.deadline = self.began + (_START_PATIENCE if self.session else self._limits["timeout"])

    def _close_theirs(self) -> None:
        for descriptor in self.theirs:
            os.close(descriptor)
        self.theirs = ()

    @property
    def starts(self) -> int:
        """How many processes it has begun to start since :meth:`allow_starts`."""
        taken = self._tickets.taken() if self._tickets is not None else 0
        self.has_children = self.has_children or taken > 0
        return taken

    def allow_starts(self) -> None:
        """Let it start further processes."""
        if self._tickets is not None:
            self._tickets.refill()

    @property
    def processes(self) -> int:
        """How many processes it may have."""
        return int(self._limits["processes"])

    @property
    def memory(self) -> int:
        """How many bytes it may use."""
        return int(self._limits["memory"])

    # --- while it runs ------------------------------------------------------------------------

    def read(self, descriptor: int) -> str | None:
        """Take in what can be read there; why the program must be stopped for it, if it must."""
        name = self.readers[descriptor]
        try:
            data = os.read(descriptor, _READ)
        except BlockingIOError:
            return None
        except OSError:
            data = b""
        if not data:
            self.close(descriptor)
            return None
        return self._handle(data) if name == "channel" else self._take(name, data)

    def _take(self, name: str, data: bytes) -> str | None:
        limit = self._limits["output"]
        room = limit - self._written["stdout"] - self._written["stderr"]
        self._written[name] += len(data)
        self._pending[name] += data[: max(0, room)]
        return None if len(data) <= room else f"output above {results.size(limit)}"

    def _handle(self, data: bytes) -> str | None:
        try:
            messages = self._inbox.add(data)
        except OverflowError:  # a script has nothing to show: it wrote to whatever is open
            return self._too_rich if self.session else None
        for message in messages:
            problem = self.drain() or self._answer(message)
            if problem:
                return problem
            if self.session and self._channel is not None:
                with contextlib.suppress(OSError):
                    self._channel.send(b".")
        return None

    def _answer(self, message: dict[str, Any]) -> str | None:
        try:
            return self._obey(message)
        except (LookupError, TypeError, ValueError, AttributeError):
            return "it wrote to the connection of the process that runs it"

    def _obey(self, message: dict[str, Any]) -> str | None:
        cell = self._cells[self._current]
        if "cell" in message:
            self._begin_cell(message["cell"])
        elif "rich" in message:
            return self._show(cell, message)
        elif "clear" in message:
            cell.clear(bool(message["clear"]))
        elif "sync" not in message:
            cell.report(message)
            cell.ended = time.monotonic()
            self._finished += 1
        return None

    def _show(self, cell: results.Cell, message: dict[str, Any]) -> str | None:
        bundle: dict[str, str] = message["rich"]
        if not all(isinstance(text, str) for item in bundle.items() for text in item):
            raise TypeError
        self._written["rich"] += sum(map(len, bundle.values()))
        if self._written["rich"] > self._limits["output"] * _RICH_FACTOR:
            return self._too_rich
        cell.show(message)
        return None

    @property
    def _too_rich(self) -> str:
        limit = self._limits["output"] * _RICH_FACTOR
        return f"values and figures above {results.size(limit)}"

    def _begin_cell(self, index: int) -> None:
        if not 0 <= index < len(self._cells):
            return
        self._current = index
        self.begun = True
        own = self.program["cells"][index][1]
        self._cells[index].began = time.monotonic()
        self.deadline = time.monotonic() + (self._limits["timeout"] if own is None else own)

    def drain(self) -> str | None:
        """Give the current cell what has been written so far; the streams' order is fixed here."""
        problem = None
        for descriptor, name in list(self.readers.items()):
            while name != "channel" and descriptor in self.readers:
                before = self._written[name]
                problem = self.read(descriptor) or problem
                if problem or self._written[name] == before:
                    break
        for name, data in self._pending.items():
            self._cells[self._current].write(name, bytes(data))
            data.clear()
        return problem

    @property
    def timeout_reason(self) -> str:
        """What to say when the deadline has passed."""
        if not self.begun:
            return "the session did not start"
        own = self.program["cells"][self._current][1] if self.session else None
        return f"timed out after {self._limits['timeout'] if own is None else own:g} s"

    # --- the end ------------------------------------------------------------------------------

    def close(self, descriptor: int) -> None:
        """Close one of our ends, after telling the loop to forget it."""
        self._forget(descriptor)
        name = self.readers.pop(descriptor)
        if name == "channel" and self._channel is not None:
            self._channel.close()
            self._channel = None
        else:
            os.close(descriptor)

    def finish(self) -> results.Result:
        """Read the rest, clean up, and say what came of it."""
        for descriptor in list(self.readers):
            if self.readers.get(descriptor) == "channel":
                self.read(descriptor)
        problem = self.drain()
        if problem and self.stopped is None:
            self.stopped = ("crashed", problem)
        now = time.monotonic()
        cells = [self._cell_result(index, now) for index in range(len(self._cells))]
        reads = self._folder.take_reads() if self._folder is not None else []
        self.dispose()
        return {"cells": cells, "seconds": round(now - self.began, 4), "reads": reads}

    def _cell_result(self, index: int, now: float) -> results.Result:
        cell = self._cells[index]
        if self.session and index > self._finished:
            return results.Cell().result("could-not-run", f"an earlier demo {self._cause()}")
        if not self.session or index == self._finished:
            cell.ended = now
            ending, reason = self._ending(cell)
        else:
            ending, reason = self._reported(cell)
        return cell.result(ending, reason)

    def _ending(self, cell: results.Cell) -> tuple[str, str]:
        """How the process ended, and with it this cell."""
        status = self.status or 0
        if self.stopped is not None:
            return self.stopped
        if os.WIFSIGNALED(status):
            return "crashed", f"signal {results.signal_name(os.WTERMSIG(status))}"
        if cell.failure is not None or cell.missing is not None:
            return self._reported(cell)
        code = os.waitstatus_to_exitcode(status)
        if code:
            cell.failure = results.exit_failure(f"exit status {code}")
            return "raised", f"exit status {code}"
        if self.session:
            return "crashed", "the session was ended by exit status 0"
        if self.program["checks"] and not cell.checked:
            cell.in_checks = True
            cell.failure = results.exit_failure(results.LEFT_EARLY)
            return "raised", results.LEFT_EARLY
        return "ok", ""

    def _reported(self, cell: results.Cell) -> tuple[str, str]:
        failure = cell.failure
        expected = self.program.get("raises")
        if cell.missing is not None and not (failure and expected in failure["bases"]):
            return "could-not-run", f"no module named {cell.missing!r}"
        if failure is None:
            return "ok", ""
        memory = failure["name"] == "MemoryError"
        return "raised", f"memory above {results.size(self.memory)}" if memory else ""

    def _cause(self) -> str:
        cell = self._cells[min(self._finished, len(self._cells) - 1)]
        ending, reason = self._ending(cell)
        if ending == "timed-out":
            return reason
        return f"ended the session: {reason or (cell.failure or {}).get('message', '')}"

    def dispose(self) -> None:
        """Close and remove everything."""
        for descriptor in list(self.readers):
            self.close(descriptor)
        self._close_theirs()
        if self._tickets is not None:
            self._tickets.close()
            self._tickets = None
        folder, self._folder = self._folder, None
        if folder is not None:
            self._folders.give_back(folder)

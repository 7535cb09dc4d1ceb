"""The supervisor's side of warm running: the zygotes, and keepers that wait for jobs.

There are two zygotes; the second, with an IPython shell, is forked from the first when a session is
to run. Keepers are forked from them and serve one program after the other. When programs turn up
that import something new, the zygotes import it as well, and new keepers replace the old.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sys
import time
from typing import TYPE_CHECKING, Any, Protocol

from . import imports, zygote
from .slots import FRESH, SCRIPT, SESSION, Slot, spawn

if TYPE_CHECKING:
    from collections.abc import Callable

    from .jobs import Job

_MOST_LOSSES = 3
"""So many zygotes of a kind may die; then programs are started fresh."""
_IMPORT_PATIENCE = 60.0
"""Seconds that imports may take in a zygote."""
_SETTLE = 0.1
"""Seconds without news of distributions' modules, before a shell is made that is to have them."""


class Loop(Protocol):
    """What the supervisor's loop offers."""

    def watch(self, connection: socket.socket, call: Callable[[], None]) -> None:
        """Call when the socket can be read, until it is forgotten."""

    def forget(self, descriptor: int) -> None:
        """End that."""

    def hear(self, slot: Slot) -> None:
        """A keeper has reported."""


class Zygote:
    """The connection to a zygote and the names of what it is importing."""

    def __init__(self, connection: socket.socket, pid: int = 0) -> None:
        self.connection = connection
        self.pid = pid
        self.importing: list[list[str]] = []
        self.deadline = float("inf")
        self._heard = b""

    def order(self, word: str, names: list[str], descriptors: tuple[int, ...] = ()) -> None:
        """Give an order; a zygote that has gone is noticed when it is listened to."""
        with contextlib.suppress(OSError):
            zygote.send(self.connection, (word, names), descriptors)

    def load(self, names: set[str]) -> None:
        """Let it import."""
        if names:
            self.importing.append(sorted(names))
            self.deadline = time.monotonic() + _IMPORT_PATIENCE
            self.order("import", self.importing[-1])

    def answers(self) -> list[dict[str, Any]]:
        """What it has answered. Raises ``EOFError`` when it has gone."""
        try:
            data = self.connection.recv(65536)
        except OSError:
            data = b""
        if not data:
            raise EOFError
        *lines, self._heard = (self._heard + data).split(b"\n")
        return [json.loads(line) for line in lines]


class Warm:
    """Keepers for scripts and sessions."""

    def __init__(self, python: str, folder: str, fresh: set[str], loop: Loop) -> None:
        self._python, self._folder, self._loop = python, folder, loop
        self._fresh = zygote.QUIRKS | fresh
        self._lines: set[str] = set()
        self._names: set[str] = set()
        self._new: set[str] = set()
        self._loaded: set[str] = set(sys.stdlib_module_names)
        self._reads: dict[str, list[str]] = {}
        self._zygotes: dict[str, Zygote] = {}
        self._slots: dict[str, list[Slot]] = {SCRIPT: [], SESSION: []}
        self._losses = {SCRIPT: 0, SESSION: 0}
        self._generation = 0
        self._settled = 0.0

    # --- what programs import -----------------------------------------------------------------

    def note(self, program: dict[str, Any]) -> None:
        """Take note of what a program imports."""
        new = imports.lines(program) - self._lines
        if new:
            self._lines |= new
            self._new |= imports.modules(program) - self._names

    def kind(self, program: dict[str, Any]) -> str:
        """Which keepers can run a program; ``FRESH`` if it needs an interpreter of its own."""
        kind = SESSION if "cells" in program else SCRIPT
        own = {target.partition("/")[0].partition(".")[0] for target, _ in program["files"]}
        bad = self._fresh & _tops(program) or self._loaded & own
        return FRESH if bad or self._losses[kind] >= _MOST_LOSSES else kind

    def reads(self, program: dict[str, Any]) -> set[str]:
        """Files that were read when the modules that a program imports were."""
        if not self._reads:
            return set()
        return {path for top in _tops(program) for path in self._reads.get(top, ())}

    # --- keepers ------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Begin to start the zygotes, which take longest, before there is a program."""
        self._zygote(SESSION)

    def take(self, kind: str, most: int) -> Slot | None:
        """A keeper that waits; ``None`` if there is none yet, then one is on its way.

        :param most: how many keepers of a kind there may be.
        """
        self._renew()
        slots = self._slots[kind]
        for slot in slots:
            if slot.idle:
                return slot
        parent = self._zygote(kind)
        if parent is not None and len(slots) < most:
            self._order_keeper(kind, parent)
        return None

    def _order_keeper(self, kind: str, parent: Zygote) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            parent.order("keeper", [], (theirs.fileno(),))
        slot = Slot(ours, kind=kind, generation=self._generation)
        self._slots[kind].append(slot)
        self._loop.watch(ours, lambda: self._loop.hear(slot))

    def start(self, slot: Slot, job: Job) -> None:
        """Let a keeper run a job. Raises ``OSError`` if the keeper has gone."""
        slot.control.setblocking(True)
        try:
            zygote.send(slot.control, job.told(), job.theirs)
        finally:
            slot.control.setblocking(False)
        slot.take(job)

    def give_back(self, slot: Slot) -> None:
        """A keeper has no job any more, or has gone: keep it or let it go."""
        if not slot.alive or slot.generation != self._generation:
            self._discard(slot)

    def _discard(self, slot: Slot) -> None:
        self._slots[slot.kind].remove(slot)
        self._loop.forget(slot.control.fileno())
        slot.control.close()

    def pids(self) -> set[int]:
        """The processes that belong to warm running itself."""
        keepers = {slot.keeper for slots in self._slots.values() for slot in slots if slot.alive}
        return (keepers | {parent.pid for parent in self._zygotes.values()}) - {0}

    # --- zygotes ------------------------------------------------------------------------------

    def _renew(self) -> None:
        """Have what is newly imported imported in advance."""
        new, self._new = {name for name in self._new if not self._is_fresh(name)}, set()
        if not new:
            return
        self._names |= new
        self._generation += 1
        for slot in [slot for slots in self._slots.values() for slot in slots if slot.idle]:
            self._discard(slot)
        if any(name.partition(".")[0] not in sys.stdlib_module_names for name in new):
            self._settled = time.monotonic() + _SETTLE
            self._drop(SESSION)
        for parent in self._zygotes.values():
            parent.load(new)

    def _is_fresh(self, name: str) -> bool:
        return name.partition(".")[0] in self._fresh

    def _zygote(self, kind: str) -> Zygote | None:
        """The zygote for a kind, started if need be; ``None`` if it has to wait."""
        if kind in self._zygotes:
            return self._zygotes[kind]
        if kind == SESSION and time.monotonic() < self._settled:
            return None
        parent = None if kind == SCRIPT else self._zygote(SCRIPT)
        if kind == SESSION and parent is None:
            return None
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                made = Zygote(ours, 0 if parent is not None else self._spawn(theirs))
            except OSError:  # no interpreter: fresh programs will tell
                ours.close()
                self._losses = dict.fromkeys(self._losses, _MOST_LOSSES)
                return None
            if parent is not None:
                parent.order("shell", [], (theirs.fileno(),))
            else:
                made.load(self._names)
        self._zygotes[kind] = made
        self._loop.watch(ours, lambda: self._listen(kind, made))
        return made

    def _spawn(self, theirs: socket.socket) -> int:
        null = os.open(os.devnull, os.O_RDWR)
        try:
            sources = (null, null, null, theirs.fileno())
            return spawn(self._python, ["zygote", "3", self._folder], sources)
        finally:
            os.close(null)

    def _listen(self, kind: str, parent: Zygote) -> None:
        try:
            for answer in parent.answers():
                self._take_answer(parent, answer)
        except EOFError:
            self._losses[kind] += 1
            self._drop(kind)

    def _take_answer(self, parent: Zygote, answer: dict[str, Any]) -> None:
        if "pid" in answer:
            parent.pid = answer["pid"]
            return
        parent.importing.pop(0)
        if not parent.importing:
            parent.deadline = float("inf")
        self._loaded.update(answer["loaded"])
        for top, paths in answer["reads"].items():
            self._reads.setdefault(top, []).extend(paths)
        if answer["fresh"]:
            self._exclude(set(answer["fresh"]))

    def _exclude(self, tops: set[str]) -> None:
        """Modules that must not be imported in advance: begin anew without them."""
        self._fresh |= tops
        self._names = {name for name in self._names if not self._is_fresh(name)}
        self._drop(SESSION)
        self._drop(SCRIPT)
        self._generation += 1

    def _drop(self, kind: str) -> None:
        """End a zygote; keepers that it has not forked yet will be found dead."""
        parent = self._zygotes.pop(kind, None)
        if parent is not None:
            self._loop.forget(parent.connection.fileno())
            parent.connection.close()

    def check(self) -> None:
        """End a zygote in which an import does not end."""
        for kind, parent in list(self._zygotes.items()):
            if time.monotonic() > parent.deadline:
                tops = {name.partition(".")[0] for names in parent.importing for name in names}
                with contextlib.suppress(OSError):
                    os.kill(parent.pid, signal.SIGKILL)
                self._drop(kind)
                self._exclude(tops)

    @property
    def waiting(self) -> bool:
        """Whether something is to be done that no event will announce."""
        busy = any(parent.importing for parent in self._zygotes.values())
        return busy or time.monotonic() < self._settled


def _tops(program: dict[str, Any]) -> set[str]:
    return imports.tops(imports.lines(program))

"""The supervisor: starts the programs, watches them, and ends those that break a limit.

It is a process of its own because the building process is busy: every wake-up there would wait for
the interpreter lock. Programs come in, results go out, as lines of JSON on one socket; when that
socket is closed, everything that still runs is killed.
"""

from __future__ import annotations

import contextlib
import heapq
import os
import selectors
import shutil
import signal
import socket
import tempfile
import time
from typing import Any, NoReturn

from . import keeper, results, tree
from .jobs import Job
from .link import Link
from .slots import Slot, reserve_low_descriptors, start_fresh

_TICK = 0.01
"""Seconds between looks at the number of processes while something runs."""
_SCAN = 0.1
"""Seconds between looks at what the running programs' trees use."""
_BURST = 24
"""So many new processes on the machine since the last look call for an early one."""
_NICE = -10
_PATIENCE = 2.0
"""Seconds that a keeper gets to report after its program was killed."""


class Supervisor:
    """The loop and all that it knows."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._selector = selectors.DefaultSelector()
        self._selector.register(link, selectors.EVENT_READ)
        self._base = tempfile.mkdtemp(prefix="sphinx-lessons-")
        self._queue: list[tuple[float, int, dict[str, Any]]] = []
        self._slots: dict[int, Slot] = {}
        self._leaving: set[int] = set()
        self._jobs = 1
        self._python = ""
        self._scanned = 0.0
        self._newest = tree.last_pid()

    def run(self) -> None:
        """Serve until the link is closed."""
        try:
            while True:
                self._start_waiting()
                self._link.send(urgent=not self._queue)
                for key, _ in self._selector.select(self._pause()):
                    if key.fileobj is self._link:
                        self._obey()
                    elif key.fd in self._selector.get_map():
                        key.data(key.fd)
                self._watch()
                self._reap()
        except EOFError:
            return
        finally:
            self._end_all()

    def _pause(self) -> float | None:
        return _TICK if self._slots or self._leaving else None

    def _obey(self) -> None:
        for order in self._link.receive():
            if "program" in order:
                heapq.heappush(self._queue, (-order["expected"], order["id"], order["program"]))
            else:
                self._python, self._jobs = order["python"], order["jobs"]

    # --- starting -----------------------------------------------------------------------------

    def _start_waiting(self) -> None:
        while self._queue and len(self._slots) < self._jobs:
            _, number, program = heapq.heappop(self._queue)
            self._start(Job(number, program, self._base, self._forget))

    def _start(self, job: Job) -> None:
        try:
            job.prepare()
            slot = start_fresh(self._python, job)
        except OSError as error:
            job.dispose()
            cells = len(job.program.get("cells", "1"))
            self._report(job, results.could_not_run(str(error), cells))
            return
        job.start()
        self._slots[job.number] = slot
        self._link.tell({"id": job.number, "started": True})
        self._selector.register(slot.control, selectors.EVENT_READ, lambda _: self._hear(slot))
        for descriptor in job.readers:
            self._selector.register(
                descriptor, selectors.EVENT_READ, lambda fd: self._read(slot, fd)
            )

    def _forget(self, descriptor: int) -> None:
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(descriptor)

    def _report(self, job: Job, result: results.Result) -> None:
        self._link.tell({"id": job.number, "result": result})

    # --- watching -----------------------------------------------------------------------------

    def _read(self, slot: Slot, descriptor: int) -> None:
        problem = slot.job.read(descriptor)
        if problem:
            self._stop(slot, "crashed", problem)

    def _hear(self, slot: Slot) -> None:
        slot.hear()
        if slot.job.status is not None:
            self._finish(slot)
        elif not slot.alive:
            self._forget(slot.control.fileno())

    def _watch(self) -> None:
        if not self._slots:
            return
        now = time.monotonic()
        for slot in list(self._slots.values()):
            if now > slot.job.deadline:
                self._pass_deadline(slot)
            elif not slot.alive:
                self._wait_for_orphan(slot)
        self._count_processes(now)

    def _pass_deadline(self, slot: Slot) -> None:
        if slot.job.stopped is None:
            ending = "timed-out" if slot.job.begun else "could-not-run"
            self._stop(slot, ending, slot.job.timeout_reason)
            return
        # It was killed, and still its keeper does not report.
        for pid in (slot.keeper, slot.pid):
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        slot.job.status = signal.SIGKILL
        self._finish(slot)

    def _wait_for_orphan(self, slot: Slot) -> None:
        """Its keeper was killed: the program is now this process's own child."""
        try:
            pid, status = os.waitpid(slot.pid, os.WNOHANG) if slot.pid else (-1, signal.SIGKILL)
        except ChildProcessError:
            pid, status = slot.pid, 0
        if pid:
            slot.job.status = status
            self._leaving |= tree.kill(self._strays)
            self._finish(slot)

    def _strays(self, table: dict[int, int]) -> set[int]:
        """Processes that were adopted from keepers that were killed."""
        kept = {slot.keeper for slot in self._slots.values() if slot.alive}
        kept = kept.union(*(tree.descendants(pid, table) for pid in kept))
        return tree.descendants(os.getpid(), table) - kept

    def _members(self, slot: Slot, table: dict[int, int]) -> set[int]:
        root = slot.keeper if slot.alive else slot.pid
        found = tree.descendants(root, table)
        return found if slot.alive else found | {slot.pid}

    def _count_processes(self, now: float) -> None:
        newest = tree.last_pid()
        calm = now - self._scanned < _SCAN and abs(newest - self._newest) < _BURST
        if calm and not any(slot.job.starts for slot in self._slots.values()):
            return
        self._scanned, self._newest = now, newest
        table = tree.parents()
        for slot in list(self._slots.values()):
            members = self._members(slot, table)
            self._wake_keeper(slot)
            if slot.job.stopped is not None:
                continue
            if len(members) > slot.job.processes:
                self._stop(slot, "crashed", f"more than {slot.job.processes} processes")
            elif tree.memory(members, slot.job.memory) > slot.job.memory:
                self._stop(slot, "crashed", f"memory above {results.size(slot.job.memory)}")
            else:
                slot.job.allow_starts()

    def _wake_keeper(self, slot: Slot) -> None:
        """A program may have stopped its parent, which could not report then."""
        if slot.alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(slot.keeper, signal.SIGCONT)

    # --- ending -------------------------------------------------------------------------------

    def _stop(self, slot: Slot, ending: str, reason: str) -> None:
        if slot.job.stopped is None:
            slot.job.stopped = (ending, reason)
            slot.job.deadline = time.monotonic() + _PATIENCE
            self._kill(slot)

    def _kill(self, slot: Slot) -> None:
        tree.kill(lambda table: self._members(slot, table))

    def _finish(self, slot: Slot) -> None:
        self._slots.pop(slot.job.number, None)
        self._forget(slot.control.fileno())
        slot.control.close()
        self._report(slot.job, slot.job.finish())
        self._leaving.add(slot.keeper)

    def _reap(self) -> None:
        """Let finished keepers and killed strays, which are children of this process, go."""
        for pid in list(self._leaving):
            try:
                gone, _ = os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                gone = pid
            if gone:
                self._leaving.discard(pid)

    def _end_all(self) -> None:
        for slot in self._slots.values():
            self._kill(slot)
        tree.kill_descendants(os.getpid())
        shutil.rmtree(self._base, ignore_errors=True)


def main(descriptor: str) -> NoReturn:
    """The role: ``supervisor DESCRIPTOR``, the descriptor being the socket to the engine."""
    reserve_low_descriptors()
    with contextlib.suppress(OSError):
        os.nice(_NICE)  # against a crowd of busy processes; only root may
    keeper.adopt_orphans()
    link = Link(socket.socket(fileno=int(descriptor)))
    Supervisor(link).run()
    os._exit(0)

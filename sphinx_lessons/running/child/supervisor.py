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
import time
import traceback
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

from . import keeper, results, tree
from .folders import Folders, make_base
from .jobs import Job
from .keeping import Keeping
from .link import Link
from .slots import FRESH, SCRIPT, SESSION, Slot, reserve_low_descriptors, start_fresh
from .warm import Warm

if TYPE_CHECKING:
    from collections.abc import Callable

_TICK = 0.01
"""Seconds between looks at the clock, and at the processes that programs start."""
_SCAN = 0.1
"""Seconds between looks at what the running programs use."""
_YOUNG = 0.02
"""Seconds for which a program that starts no processes is not looked at."""
_SCAN_ALL = 1.0
"""Seconds between such looks for processes that were started behind Python's back."""
_BURST = 24
"""So many new processes on the machine since the last look call for an early one."""
_NICE = -10
_FIRST = float("-inf")
"""The place in the queue of programs that somebody waits for."""
_PATIENCE = 2.0
"""Seconds that a keeper gets to report after its program was killed."""


Entry = tuple[float, bool, int, dict[str, Any]]
"""What a queue is sorted by (longest first, then those that are not for later, then as they came),
and the order to run a program."""


class Supervisor:
    """The loop and all that it knows."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._selector = selectors.DefaultSelector()
        self._selector.register(link, selectors.EVENT_READ, self._obey)
        self._folders = Folders(make_base())
        self._queues: dict[str, list[Entry]] = {SCRIPT: [], SESSION: [], FRESH: []}
        self._slots: dict[int, Slot] = {}
        self._leaving: set[int] = set()
        self._jobs = 1
        self._batch = False
        self._python = ""
        self._warm: Warm | None = None
        self._keeping: Keeping | None = None
        self._scanned = self._scanned_all = 0.0
        self._newest = tree.last_pid()

    def run(self) -> None:
        """Serve until the link is closed."""
        try:
            while True:
                self._start_waiting()
                self._link.send(urgent=not (self._batch and any(self._queues.values())))
                for key, _ in self._selector.select(self._pause()):
                    if key.fd in self._selector.get_map():
                        key.data()
                self._watch_programs()
                self._reap()
        except EOFError:
            return
        finally:
            self._end_all()

    def _pause(self) -> float | None:
        busy = self._slots or self._leaving or (self._warm and self._warm.waiting)
        return _TICK if busy else None

    def _obey(self) -> None:
        for order in self._link.receive():
            if "program" in order:
                self._enqueue((-order["expected"], order["later"], order["id"], order))
            elif "prepare" in order:
                if self._warm is not None:
                    self._warm.prepare()
            elif "first" in order:
                self._prefer(frozenset(order["first"]))
            else:
                self._jobs, self._batch = order["jobs"], order["batch"]
                if "python" in order:
                    self._configure(order)

    def _configure(self, order: dict[str, Any]) -> None:
        """Take note of what does not change any more."""
        self._python = order["python"]
        if order["store"] is not None:
            self._keeping = Keeping(order["store"], order["folders"])
        if order["warm"]:
            self._warm = Warm(self._python, self._folders.base, set(order["fresh"]), self)

    # --- starting -----------------------------------------------------------------------------

    def _enqueue(self, entry: Entry) -> None:
        program = entry[-1]["program"]
        if self._warm is not None:
            self._warm.note(program)
        heapq.heappush(self._queues[self._kind(program)], entry)

    def _prefer(self, numbers: frozenset[int]) -> None:
        """Let these programs, if they wait, be the next to be started."""
        for queue in self._queues.values():
            for index, (_, _, number, order) in enumerate(queue):
                if number in numbers:
                    queue[index] = _FIRST, False, number, order
            heapq.heapify(queue)

    def _kind(self, program: dict[str, Any]) -> str:
        return self._warm.kind(program) if self._warm is not None else FRESH

    def _start_waiting(self) -> None:
        while len(self._slots) < self._jobs and any(map(self._start_first, self._by_priority())):
            pass

    def _by_priority(self) -> list[str]:
        return sorted(
            filter(self._queues.get, self._queues), key=lambda kind: self._queues[kind][0]
        )

    def _start_first(self, kind: str) -> bool:
        """Start the first program that waits for a kind of keeper, if there is a keeper for it."""
        queue = self._queues[kind]
        if kind == FRESH or self._warm is None:
            self._start(heapq.heappop(queue), None)
            return True
        slot = self._warm.take(kind, self._jobs)
        if self._kind(queue[0][-1]["program"]) == FRESH:  # known only since it was queued
            heapq.heappush(self._queues[FRESH], heapq.heappop(queue))
            return True
        if slot is not None:
            self._start(heapq.heappop(queue), slot)
        return slot is not None

    def _start(self, entry: Entry, slot: Slot | None) -> None:
        _, _, number, order = entry
        program = order["program"]
        job = Job(number, program, order["key"], self._folders, self.forget)
        try:
            job.prepare()
            if slot is None:
                slot = start_fresh(self._python, job)
                self.watch(slot.control, partial(self.hear, slot))
            elif not self._start_warm(slot, job):
                job.dispose()
                heapq.heappush(self._queues[slot.kind], entry)
                return
        except OSError as error:
            job.dispose()
            cells = len(program.get("cells", "1"))
            self._report(job, results.could_not_run(str(error), cells))
            return
        job.start()
        self._slots[number] = slot
        self._link.tell({"id": number, "started": True})
        for descriptor in job.readers:
            self.watch(descriptor, partial(self._read, slot, descriptor))

    def _start_warm(self, slot: Slot, job: Job) -> bool:
        assert self._warm is not None
        try:
            self._warm.start(slot, job)
        except OSError:
            slot.alive = False
            self._warm.give_back(slot)
            return False
        return True

    def watch(self, source: socket.socket | int, call: Callable[[], None]) -> None:
        """Have a function called whenever something can be read there."""
        self._selector.register(source, selectors.EVENT_READ, call)

    def forget(self, descriptor: int) -> None:
        """Do not watch a descriptor any more; it is about to be closed."""
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(descriptor)

    def _report(self, job: Job, result: results.Result) -> None:
        self._link.tell({"id": job.number, "result": result})

    # --- watching -----------------------------------------------------------------------------

    def _read(self, slot: Slot, descriptor: int) -> None:
        problem = slot.job.read(descriptor)
        if problem:
            self._stop(slot, "crashed", problem)

    def hear(self, slot: Slot) -> None:
        """A keeper has reported, or has died."""
        slot.hear()
        if slot.busy and slot.job.status is not None:
            self._finish(slot)
        elif not slot.alive:
            self.forget(slot.control.fileno())
            if not slot.busy and self._warm is not None:
                self._warm.give_back(slot)

    def _watch_programs(self) -> None:
        if self._warm is not None:
            self._warm.check()
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
        slot.alive = False
        for pid in (slot.keeper, slot.pid):
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        slot.job.status = signal.SIGKILL
        self._finish(slot)

    def _wait_for_orphan(self, slot: Slot) -> None:
        """Its keeper was killed: the program is now this process's own child, or soon will be."""
        try:
            pid, status = os.waitpid(slot.pid, os.WNOHANG) if slot.pid else (-1, signal.SIGKILL)
        except ChildProcessError:
            pid, status = (0, 0) if tree.is_alive(slot.pid) else (slot.pid, 0)
        if pid:
            slot.job.status = status
            self._leaving |= tree.kill(self._strays)
            self._finish(slot)

    def _strays(self, table: dict[int, int]) -> set[int]:
        """Processes that were adopted from keepers that were killed."""
        kept = {slot.keeper for slot in self._slots.values() if slot.alive}
        kept |= self._warm.pids() if self._warm is not None else set()
        kept = kept.union(*(tree.descendants(pid, table) for pid in kept))
        return tree.descendants(os.getpid(), table) - kept

    def _members(self, slot: Slot, table: dict[int, int]) -> set[int]:
        root = slot.keeper if slot.alive else slot.pid
        found = tree.descendants(root, table)
        return found if slot.alive else found | {slot.pid}

    def _count_processes(self, now: float) -> None:
        """Look at what programs use: all processes if one has started some, else only their own."""
        slots = [slot for slot in self._slots.values() if self._may_be_large(slot, now)]
        if not slots or not (now - self._scanned > _SCAN or self._crowd_is_growing(slots)):
            return
        self._scanned = now
        table = None
        if now - self._scanned_all > _SCAN_ALL or any(slot.job.has_children for slot in slots):
            self._scanned_all, table = now, tree.parents()
        for slot in slots:
            self._wake_keeper(slot)
            self._hold_to_limits(slot, {slot.pid} if table is None else self._members(slot, table))

    def _crowd_is_growing(self, slots: list[Slot]) -> bool:
        parents = [slot for slot in slots if slot.job.has_children]
        if not parents:
            return False
        before, self._newest = self._newest, tree.last_pid()
        return abs(self._newest - before) > _BURST or any(slot.job.starts for slot in parents)

    def _hold_to_limits(self, slot: Slot, members: set[int]) -> None:
        job = slot.job
        if len(members) > job.processes:
            self._stop(slot, "crashed", f"more than {job.processes} processes")
        elif tree.memory(members, job.memory) > job.memory:
            self._stop(slot, "crashed", f"memory above {results.size(job.memory)}")
        else:
            job.allow_starts()

    def _may_be_large(self, slot: Slot, now: float) -> bool:
        """Most programs have ended before it would make sense to look at them."""
        young = slot.job.starts == 0 and now - slot.job.began < _YOUNG
        return not young and slot.job.stopped is None

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
        job = slot.job
        self._slots.pop(job.number, None)
        result = job.finish()
        slot.release()
        if self._warm is not None and slot.kind != FRESH:
            result["reads"] = sorted({*result["reads"], *self._warm.reads(job.program)})
            self._warm.give_back(slot)
        else:
            self.forget(slot.control.fileno())
            slot.control.close()
            self._leaving.add(slot.keeper)
        self._report(job, result)
        if self._keeping is not None and job.key:
            self._keeping.keep(job.key, job.program, result, job.began_at)

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
        shutil.rmtree(self._folders.base, ignore_errors=True)


def main(descriptor: str) -> NoReturn:
    """The role: ``supervisor DESCRIPTOR``, the descriptor being the socket to the engine."""
    reserve_low_descriptors()
    with contextlib.suppress(OSError):
        os.nice(_NICE)  # against a crowd of busy processes; only root may
    keeper.adopt_orphans()
    os.set_inheritable(int(descriptor), False)  # a program that has it could write its own result
    link = Link(socket.socket(fileno=int(descriptor)))
    try:
        Supervisor(link).run()
    except Exception:  # noqa: BLE001 - an error of ours; there is nobody else to tell
        link.tell({"broken": traceback.format_exc()})
        with contextlib.suppress(EOFError):
            link.send(urgent=True)
    os._exit(0)

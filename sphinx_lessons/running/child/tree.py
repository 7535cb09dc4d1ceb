"""The processes of a program: who descends from whom, how much memory they use, killing them all.

Read from ``/proc``, elsewhere from ``ps``. A tree is killed by stopping its members first, so that
none can start new ones while the others die.
"""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

PROC = os.path.isdir("/proc/self/task")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_PATIENCE = 1000
"""How often a tree is looked at again while its members are being stopped."""
_QUIET = 3
"""How many looks that find nothing new say that all are stopped."""
_FEW = 4000
"""More new processes than that are found by looking at all."""


def parents() -> dict[int, int]:
    """The parent of every process that is alive (zombies are not)."""
    return _parents_from_proc() if PROC else _parents_from_ps()


def _parents_from_proc() -> dict[int, int]:
    table = {}
    for name in os.listdir("/proc"):
        parent = _parent(int(name)) if name.isdigit() else 0
        if parent:
            table[int(name)] = parent
    return table


def _parent(pid: int) -> int:
    """The parent of a living process; 0 for others, threads included."""
    fields = _read(f"/proc/{pid}/stat").rpartition(b")")[2].split(None, 2)
    return int(fields[1]) if len(fields) == 3 and fields[0] not in b"ZX" else 0


def _parents_from_ps() -> dict[int, int]:
    import subprocess

    listing = subprocess.run(
        ["ps", "-axo", "pid=,ppid=,stat="], capture_output=True, text=True, check=False
    )
    rows = (line.split() for line in listing.stdout.splitlines())
    return {int(row[0]): int(row[1]) for row in rows if len(row) > 2 and row[2][0] != "Z"}


def is_alive(pid: int) -> bool:
    """Whether there is such a process, a zombie included."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def descendants(root: int, table: dict[int, int] | None = None) -> set[int]:
    """All living processes that descend from one, itself left out."""
    children: dict[int, list[int]] = {}
    for pid, parent in (parents() if table is None else table).items():
        children.setdefault(parent, []).append(pid)
    found: set[int] = set()
    pending = [root]
    while pending:
        for pid in children.get(pending.pop(), ()):
            if pid not in found:
                found.add(pid)
                pending.append(pid)
    return found


def kill(members: Callable[[dict[int, int]], set[int]]) -> set[int]:
    """Kill all processes that ``members`` picks from a table of parents; returns who they were.

    They are stopped first. While some are being stopped, others start new ones; looking at the new
    processes only is what lets this come to an end against a fork bomb.
    """
    stopped: set[int] = set()
    newest, table = last_pid(), parents()
    quiet = 0
    for _ in range(_PATIENCE):
        new = members(table) - stopped
        for pid in new:
            _signal(pid, signal.SIGSTOP)
        stopped |= new
        quiet = 0 if new else quiet + 1
        if quiet == _QUIET:
            break
        newest = _refresh(table, newest)
    for pid in stopped:
        _signal(pid, signal.SIGKILL)
    return stopped


def _refresh(table: dict[int, int], seen: int) -> int:
    """Add the processes that are newer than ``seen``; returns the newest."""
    newest = last_pid()
    if newest and 0 <= newest - seen < _FEW:
        for pid in range(seen + 1, newest + 1):
            parent = _parent(pid)
            if parent:
                table[pid] = parent
    else:
        table.clear()
        table.update(parents())
    return newest


def kill_descendants(root: int) -> set[int]:
    """Kill everything that descends from a process, itself left out; returns what was."""
    return kill(lambda table: descendants(root, table))


def last_pid() -> int:
    """The number that the newest process got; 0 where that cannot be known cheaply."""
    fields = _read("/proc/loadavg").split() if PROC else []
    return int(fields[-1]) if fields else 0


def memory(pids: Iterable[int], limit: int) -> int:
    """Bytes that processes use together; exact only if that is more than ``limit``.

    Pages that forked processes share are first counted for each of them, which is cheap, and
    then, if that seems to be too much, by share.
    """
    members = list(pids)
    roughly = sum(_resident(pid) for pid in members)
    return roughly if roughly <= limit else sum(_proportional(pid) for pid in members)


def _resident(pid: int) -> int:
    fields = _read(f"/proc/{pid}/statm").split()
    return (int(fields[1]) * _PAGE) if len(fields) > 2 else 0


def _proportional(pid: int) -> int:
    for line in _read(f"/proc/{pid}/smaps_rollup").splitlines():
        if line.startswith(b"Pss:"):
            return int(line.split()[1]) * 1024
    return _resident(pid)


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _read(path: str) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return b""
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""
    finally:
        os.close(descriptor)

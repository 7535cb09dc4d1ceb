"""The processes of a program: who descends from whom, how much memory they use, killing them all.

Read from ``/proc``, elsewhere from ``ps``. A tree is killed by stopping its members first, so that
none can start new ones while the others die.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable

PROC = os.path.isdir("/proc/self/task")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_PATIENCE = 200
"""How often a tree is looked at again while its members are being stopped."""


def parents() -> dict[int, int]:
    """The parent of every process that is alive (zombies are not)."""
    return _parents_from_proc() if PROC else _parents_from_ps()


def _parents_from_proc() -> dict[int, int]:
    table = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            fields = _read(f"/proc/{name}/stat").rpartition(b")")[2].split(None, 2)
            if len(fields) == 3 and fields[0] not in b"ZX":
                table[int(name)] = int(fields[1])
    return table


def _parents_from_ps() -> dict[int, int]:
    import subprocess

    listing = subprocess.run(
        ["ps", "-axo", "pid=,ppid=,stat="], capture_output=True, text=True, check=False
    )
    rows = (line.split() for line in listing.stdout.splitlines())
    return {int(row[0]): int(row[1]) for row in rows if len(row) > 2 and row[2][0] != "Z"}


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


def kill(find: Callable[[], Iterable[int]]) -> None:
    """Kill all processes that ``find`` finds, and those that they start meanwhile."""
    stopped: set[int] = set()
    for _ in range(_PATIENCE):
        new = set(find()) - stopped
        if not new:
            break
        for pid in new:
            _signal(pid, signal.SIGSTOP)
        stopped |= new
    for pid in stopped:
        _signal(pid, signal.SIGKILL)


def kill_descendants(root: int) -> None:
    """Kill everything that descends from a process, itself left out."""
    kill(lambda: descendants(root))


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

"""Limits that the operating system enforces on a program's process."""

from __future__ import annotations

import os

_ROOM = 512_000_000
_ROOM_PER_CORE = 64_000_000
"""Address space that thread pools reserve without using it (stacks, OpenBLAS buffers)."""


def apply(memory: int) -> None:
    """Limit the memory that this process can allocate and the files that it writes.

    The limit leaves room above ``memory``: it stops a large allocation at once, as a
    ``MemoryError``; what is really used is watched by the supervisor. (``RLIMIT_DATA`` and not
    ``RLIMIT_AS``, which counts reserved address space and breaks many libraries.) One file may have
    as many bytes, so that a loop that writes does not fill the disk; core files are not written.
    """
    try:
        import resource
    except ImportError:
        return
    bytes_ = memory + _ROOM + _ROOM_PER_CORE * (os.cpu_count() or 1)
    for kind, wanted in (
        (resource.RLIMIT_DATA, bytes_),
        (resource.RLIMIT_FSIZE, memory),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        try:
            resource.setrlimit(kind, (limit, limit))
        except (ValueError, OSError):
            continue

"""The lock file: results of programs, committed beside the lessons, to build without running any.

``lessons.lock`` holds one entry a program; figures lie beside it in ``lessons.lock.d``.
"""

from __future__ import annotations

from sphinx_lessons.locking.engine import LockedEngine, RecordingEngine, choose_engine
from sphinx_lessons.locking.entries import Entry
from sphinx_lessons.locking.lockfile import LOCK_NAME, Lock, read_lock, write_lock
from sphinx_lessons.locking.upkeep import compare_lock, make_lock

__all__ = [
    "LOCK_NAME",
    "Entry",
    "Lock",
    "LockedEngine",
    "RecordingEngine",
    "choose_engine",
    "compare_lock",
    "make_lock",
    "read_lock",
    "write_lock",
]

"""Threads of ours and forks of the process that they are in.

Sphinx forks processes to read pages while programs run. A child has the memory of all threads but
none of them runs there: a lock that one held at that moment would be held forever. Threads of ours
therefore hold one lock of the whole process while they do anything but wait, and a fork waits until
that lock is free.
"""

from __future__ import annotations

import os
import threading

LOCK = threading.RLock()
"""Held by a thread of ours while it does anything but wait for a socket or a future."""

if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=LOCK.acquire, after_in_parent=LOCK.release, after_in_child=LOCK.release
    )

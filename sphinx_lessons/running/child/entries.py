"""Entries of the result store: one file each, written atomically, believed only if intact.

An entry is a line with the digest of the rest, and the rest, JSON: the result, and what it depends
on besides its key: the content of the files that were read (``reads``: path -> digest) and the
versions of distributions (``distributions``: name -> version).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from typing import Any

Entry = dict[str, Any]
_TEMPORARY = ".new"
_MOST_READS = 10_000
"""Results that depend on more files than that are not kept: looking would take too long."""
_OUTSIDE = frozenset(
    {"FileNotFoundError", "FileExistsError", "IsADirectoryError", "NotADirectoryError"}
)


def place(folder: str, key: str) -> str:
    """The file of an entry."""
    return os.path.join(folder, key[:2], key)


def read(path: str) -> Entry | None:
    """An entry; ``None`` if there is none, or none that is whole."""
    try:
        with open(path, "rb") as file:
            digest, _, body = file.read().partition(b"\n")
    except OSError:
        return None
    if hashlib.sha256(body).hexdigest().encode() != digest:
        return None
    entry = json.loads(body)
    return entry if isinstance(entry, dict) else None


def write(path: str, entry: Entry) -> bool:
    """Write an entry, all or nothing; whether that could be done (a full disk is no failure)."""
    body = json.dumps(entry, separators=(",", ":")).encode()
    temporary = f"{path}.{os.getpid()}.{time.monotonic_ns()}{_TEMPORARY}"
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(temporary, "xb") as file:
            file.write(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
        os.replace(temporary, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        return False
    return True


def fingerprint(path: str) -> str:
    """The digest of a file's content, of a folder's list of names; ``""`` if there is nothing."""
    try:
        with open(path, "rb", opener=_open_at_once) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except IsADirectoryError:
        with contextlib.suppress(OSError):
            return hashlib.sha256("\0".join(sorted(os.listdir(path))).encode()).hexdigest()
    except OSError:
        pass
    return ""


def _open_at_once(path: str, flags: int) -> int:
    """Open without waiting for somebody to write to a pipe of that name."""
    return os.open(path, flags | os.O_NONBLOCK)


def lasts(result: dict[str, Any]) -> bool:
    """Whether running the program again would give the same result.

    A time limit, a crash, a missing module, a lack of memory, a network that fails may not come
    again.
    """
    return all(_cell_lasts(cell) for cell in result["cells"])


def _cell_lasts(cell: dict[str, Any]) -> bool:
    failure = cell["failure"] or {"name": "", "bases": []}
    outside = "OSError" in failure["bases"] and not _OUTSIDE.intersection(failure["bases"])
    return cell["ending"] in ("ok", "raised") and not outside and failure["name"] != "MemoryError"


def make(result: dict[str, Any], began: float, distributions: dict[str, str]) -> Entry | None:
    """The entry for a result; ``None`` if it cannot be relied on.

    :param began: when the program was started, in seconds since the epoch. A file that has changed
        since then may not be what the program read.
    """
    if len(result["reads"]) > _MOST_READS or not lasts(result):
        return None
    if any(_changed_at(path) >= began for path in result["reads"]):
        return None
    reads = {path: fingerprint(path) for path in result["reads"]}
    return {"result": result, "reads": reads, "distributions": distributions}


def _changed_at(path: str) -> float:
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0

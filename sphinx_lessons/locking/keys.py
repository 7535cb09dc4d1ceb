"""What identifies a program in the lock file, on every machine.

The key holds all that the lessons say: code, input, declared files, language and kernel. It holds
nothing of the machine (versions, interpreter): a build that renders from the lock may have none of
the packages that the lessons import.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx_lessons.running.wire import encode_program

if TYPE_CHECKING:
    from sphinx_lessons.model import Program

_LENGTH = 24
"""Hexadecimal digits of a key: 96 bits."""


def program_key(program: Program) -> str:
    """The key of a program: 24 hexadecimal digits."""
    plain = {name: value for name, value in encode_program(program).items() if name != "limits"}
    if "cells" in plain:
        plain["cells"] = [code for code, _timeout in plain["cells"]]
    plain["files"] = sorted(
        [target, file_digest(Path(origin))] for target, origin in plain["files"]
    )
    text = json.dumps(plain, sort_keys=True, ensure_ascii=True)
    return digest(text.encode())


def file_digest(path: Path) -> str:
    """The digest of a file's content; ``"missing"`` if it cannot be read."""
    try:
        return digest(path.read_bytes())
    except OSError:
        return "missing"


def digest(data: bytes) -> str:
    """24 hexadecimal digits of SHA-256."""
    return hashlib.sha256(data).hexdigest()[:_LENGTH]

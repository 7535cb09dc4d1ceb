"""What a result depends on that is known before the program runs: the key of the store."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sphinx_lessons import __version__
from sphinx_lessons.running.child import entries

if TYPE_CHECKING:
    from collections.abc import Mapping

_FORMAT = 1
_VARIABLES = ("PYTHON", "LC_", "LANG", "TZ", "MPL", "COLUMNS")
"""Beginnings of the names of environment variables that results may depend on."""
_ASK = (
    "import json, platform, sys; "
    "identity = platform.python_implementation(), sys.version, platform.machine(); "
    "print(json.dumps([*identity, sys.path]))"
)


@dataclass(frozen=True, slots=True)
class Interpreter:
    """An interpreter, as far as results depend on it."""

    identity: tuple[str, ...]
    """Implementation, version, machine; all empty if it cannot be started."""
    folders: tuple[str, ...]
    """Where its distributions are."""


@functools.cache
def interpreter(python: str) -> Interpreter:
    """What an interpreter is; another one than this has to be asked, once."""
    if python == sys.executable:
        identity = (platform.python_implementation(), sys.version, platform.machine())
        return Interpreter(identity, _site_folders(sys.path))
    try:
        asked = subprocess.run(
            [python, "-c", _ASK], capture_output=True, text=True, timeout=30, check=True
        )
        *identity_, path = json.loads(asked.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return Interpreter((), ())
    return Interpreter(tuple(identity_), _site_folders(path))


def _site_folders(path: list[str]) -> tuple[str, ...]:
    return tuple(f for f in path if f.endswith(("site-packages", "dist-packages")))


def digest_environment(environment: Mapping[str, str]) -> str:
    """A digest of the variables that results may depend on."""
    chosen = {name: value for name, value in environment.items() if name.startswith(_VARIABLES)}
    return _digest(chosen)


def program_key(plain: Mapping[str, Any], python: Interpreter, environment: str) -> str:
    """The key of a program, as a hexadecimal digest.

    :param plain: the program as ``wire.encode_program`` gives it.
    :param environment: see :func:`digest_environment`.
    """
    files = [[target, entries.fingerprint(origin)] for target, origin in plain["files"]]
    return _digest([_FORMAT, __version__, python.identity, environment, {**plain, "files": files}])


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def default_store() -> str:
    """The user's folder for results, for doors that have no better place."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "sphinx-lessons")

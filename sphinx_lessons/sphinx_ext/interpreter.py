"""Pages are read again when what their programs run with is another: a new Python, an upgrade.

Reading a page is cheap where results still hold: the store knows for each program which
distributions it imports.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx_lessons.sphinx_ext.configuration import read_settings
from sphinx_lessons.sphinx_ext.store import records_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

ATTRIBUTE = "lessons_interpreter"


def find_outdated(app: Sphinx, env: BuildEnvironment, *_: object) -> list[str]:
    """The pages with programs, if the interpreter has changed (``env-get-outdated``)."""
    digest = digest_interpreter(read_settings(app.config).python)
    if getattr(env, ATTRIBUTE, digest) == digest:
        outdated = []
    else:
        outdated = [record.docname for record in records_of(env) if record.programs]
    setattr(env, ATTRIBUTE, digest)
    return outdated


def digest_interpreter(python: str) -> str:
    """A digest of an interpreter and of the versions of all that is installed for it.

    :param python: its path; empty for this one, which need not be asked.
    """
    identity: Iterable[str] = (sys.version,)
    folders: Iterable[str] = [
        folder for folder in sys.path if folder.endswith(("site-packages", "dist-packages"))
    ]
    if python and python != sys.executable:
        from sphinx_lessons.running.keys import interpreter

        other = interpreter(python)
        identity, folders = other.identity, other.folders
    names = [name for folder in folders for name in _distributions(folder)]
    return hashlib.sha256("\0".join([*identity, *sorted(names)]).encode()).hexdigest()


def _distributions(folder: str) -> list[str]:
    """The names of their metadata, which hold their versions."""
    try:
        names = [path.name for path in Path(folder).iterdir()]
    except OSError:
        return []
    return [name for name in names if name.endswith((".dist-info", ".egg-info"))]


def setup_interpreter(app: Sphinx) -> None:
    """Connect the look at the interpreter."""
    app.connect("env-get-outdated", find_outdated)

"""What a page depends on besides its own text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx.environment import BuildEnvironment


def note_reads(env: BuildEnvironment, reads: Iterable[str], docname: str | None = None) -> None:
    """Have a page, by default the current one, read again when one of these files changes.

    :param reads: absolute paths of what the page's programs have read.
    """
    for path in reads:
        # Of one that is not there, Sphinx would say with every build that it has changed.
        if Path(path).is_file():
            env.note_dependency(path, docname=docname)

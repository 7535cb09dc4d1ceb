"""``sphinx-lessons tex-log``: what TeX's log says about lessons."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from sphinx_lessons.cli.common import UsageError, write

if TYPE_CHECKING:
    import argparse
    from pathlib import Path


def run_tex_log(options: argparse.Namespace) -> int:
    """Read a log and print what was found; returns the exit status.

    Raises :class:`UsageError` if the log cannot be read.
    """
    from sphinx_lessons.tex_log import read_log

    path: Path = options.log
    try:
        entries = read_log(path)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error
    for entry in entries:
        where = f"page {entry.page}" if entry.page else "before page 1"
        write(sys.stdout, f"{path}: {where}: {entry.message} [{entry.kind}]\n")
    return 1 if entries else 0

"""The command line: ``sphinx-lessons check``, ``merge`` and ``tex-log``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from sphinx_lessons.cli.common import INTERRUPTED, UNUSABLE, UsageError, write
from sphinx_lessons.cli.parser import make_parser

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    try:
        options = make_parser().parse_args(argv)
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else UNUSABLE
    try:
        return _run(options)
    except UsageError as error:
        for line in error.args:
            write(sys.stderr, f"sphinx-lessons: error: {line}\n")
        return UNUSABLE
    except KeyboardInterrupt:
        write(sys.stderr, "sphinx-lessons: interrupted\n")
        return INTERRUPTED


def _run(options: argparse.Namespace) -> int:
    if options.command == "merge":
        from sphinx_lessons.cli.merge import run_merge

        return run_merge(options)
    if options.command == "tex-log":
        from sphinx_lessons.cli.tex_log import run_tex_log

        return run_tex_log(options)
    from sphinx_lessons.cli.check import run_check

    return run_check(options)

"""The command line: ``sphinx-lessons check`` and ``sphinx-lessons merge``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx_lessons import __version__
from sphinx_lessons.cli.common import INTERRUPTED, UNUSABLE, UsageError, write
from sphinx_lessons.cli.tex_log import add_tex_log, run_tex_log

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMATS = ("text", "json", "junit", "github", "sarif")
"""The names in :data:`sphinx_lessons.reports.FORMATS`, which ``--help`` need not import."""


def make_parser() -> argparse.ArgumentParser:
    """Make the parser of the command line."""
    parser = argparse.ArgumentParser("sphinx-lessons", description="Work with programming lessons.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    check = commands.add_parser(
        "check",
        help="check lessons without Sphinx",
        description="Runs the code of lessons and compares what it prints with what they say.",
    )
    check.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="Lessons, or folders to be searched for `*.md` files that are lessons; by default the "
        "current folder. Hidden folders, virtual environments and build output (`_build`, what "
        "Sphinx wrote) are not searched. Prerequisites that do not exist are looked for only when "
        "a folder is given: a few files are not the whole course.",
    )
    check.add_argument(
        "--format", choices=FORMATS, default="text", help="How to report; `text` by default."
    )
    check.add_argument(
        "-j",
        "--jobs",
        type=_positive_integer,
        metavar="N",
        help="How many programs run at the same time; by default one for each processor.",
    )
    check.add_argument(
        "--no-store",
        action="store_true",
        help="Run every program, and keep no result for the next time.",
    )
    check.add_argument(
        "--shard",
        type=_shard,
        metavar="K/N",
        help="Check the K-th of N parts of the lessons, so that N machines share the work. "
        "`sphinx-lessons merge` puts their reports together.",
    )
    check.add_argument(
        "--executor",
        metavar="URL",
        help="Run the programs on a Dask cluster, `dask://HOST:PORT` (needs the extra "
        "`sphinx-lessons[dask]`).",
    )
    lock = check.add_mutually_exclusive_group()
    lock.add_argument(
        "--lock",
        action="store_true",
        help="Write the results to the lock file, `lessons.lock` in the source folder, so that "
        'builds with `execute = "locked"` need not run anything.',
    )
    lock.add_argument(
        "--frozen",
        action="store_true",
        help="Run nothing: take the results from the lock file, and fail if it is not current.",
    )
    check.add_argument(
        "--strict", action="store_true", help="Exit with status 1 for warnings, too."
    )
    _add_merge(commands)
    add_tex_log(commands)
    return parser


def _add_merge(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    merge = commands.add_parser(
        "merge",
        help="merge the reports of shards",
        description="Puts reports of `check --shard --format json` together into one.",
    )
    merge.add_argument("reports", nargs="+", type=Path, metavar="REPORT", help="JSON reports.")
    merge.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="How to report; `text` by default.",
    )
    merge.add_argument(
        "--strict", action="store_true", help="Exit with status 1 for warnings, too."
    )


def _positive_integer(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number above 0, not {text!r}")
    return int(text)


def _shard(text: str) -> tuple[int, int]:
    part, slash, parts = text.partition("/")
    if not slash or not all(number.isascii() and number.isdigit() for number in (part, parts)):
        raise argparse.ArgumentTypeError(f"must be like 2/5, not {text!r}")
    if not 1 <= int(part) <= int(parts):
        raise argparse.ArgumentTypeError(f"must be between 1/{parts} and {parts}/{parts}")
    return int(part), int(parts)


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
        return run_tex_log(options)
    from sphinx_lessons.cli.check import run_check

    return run_check(options)

"""The arguments of every command. Nothing of a command itself is imported to parse them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx_lessons import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    # argparse has no public name for it.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001

FORMATS = ("text", "json", "junit", "github", "sarif")
"""The names in :data:`sphinx_lessons.reports.FORMATS`, which ``--help`` need not import."""

MERGED_FORMATS = ("text", "json")
"""Those of merged reports."""


def make_parser() -> argparse.ArgumentParser:
    """Make the parser of the command line."""
    parser = argparse.ArgumentParser("sphinx-lessons", description="Work with programming lessons.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_check(commands)
    _add_merge(commands)
    _add_tex_log(commands)
    return parser


def _add_check(commands: Commands) -> None:
    check = commands.add_parser(
        "check",
        help="check lessons without Sphinx",
        description="Runs the code of lessons and compares what it prints with what they say.",
    )
    _add_choice_of_lessons(check)
    _add_way_to_run(check)
    _add_use_of_lock_file(check)
    _add_report(check, FORMATS)


def _add_merge(commands: Commands) -> None:
    merge = commands.add_parser(
        "merge",
        help="merge the reports of shards",
        description="Puts reports of `check --shard --format json` together into one.",
    )
    merge.add_argument("reports", nargs="+", type=Path, metavar="REPORT", help="JSON reports.")
    _add_report(merge, MERGED_FORMATS)


def _add_tex_log(commands: Commands) -> None:
    tex_log = commands.add_parser(
        "tex-log",
        help="look for lost characters in a log of TeX",
        description="Lists the characters that TeX left out because a font has no sign for them, "
        "and lessons' boxes that are more than 20 pt too wide. Exits with status 1 if there are "
        "any.",
    )
    tex_log.add_argument("log", type=Path, metavar="FILE", help="The `.log` file beside the PDF.")


def _add_choice_of_lessons(check: argparse.ArgumentParser) -> None:
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
        "--shard",
        type=_shard,
        metavar="K/N",
        help="Check the K-th of N parts of the lessons, so that N machines share the work. "
        "`sphinx-lessons merge` puts their reports together.",
    )


def _add_way_to_run(check: argparse.ArgumentParser) -> None:
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
        "--executor",
        metavar="URL",
        help="Run the programs on a Dask cluster, `dask://HOST:PORT` (needs the extra "
        "`sphinx-lessons[dask]`).",
    )


def _add_use_of_lock_file(check: argparse.ArgumentParser) -> None:
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


def _add_report(command: argparse.ArgumentParser, formats: Sequence[str]) -> None:
    command.add_argument(
        "--format", choices=formats, default="text", help="How to report; `text` by default."
    )
    command.add_argument(
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

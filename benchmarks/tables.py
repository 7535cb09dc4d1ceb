"""Measurements as the text of a page."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from benchmarks.measuring import machine

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from benchmarks.builds import Row
    from benchmarks.phases import Times

TARGETS = {
    ("cold", 1): 1.10,
    ("cold", 2): 1.25,
    ("unchanged", 1): 1.1,
    ("unchanged", 2): 1.1,
    ("prose edited", 1): 1.1,
    ("prose edited", 2): 1.1,
    ("code edited", 1): 1.15,
    ("code edited", 2): 1.15,
}
"""The most that this project may take, in times of plain Sphinx."""

PACKAGES = ("sphinx", "myst-parser", "docutils", "jupyter-sphinx", "myst-nb", "ipykernel")
BEGIN, END = "<!-- measured -->\n", "<!-- end -->\n"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; all columns but the first three are numbers."""
    marks = [":--" if index < 3 else "--:" for index in range(len(header))]
    lines = [header, marks, *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def build_table(rows: Sequence[Row], floor: str, ours: str) -> str:
    """All builds, each as a ratio to plain Sphinx in the same scenario."""
    base = {(row.lessons, row.scenario, row.jobs): row for row in rows if row.contender == floor}
    body = []
    for row in sorted(rows, key=lambda row: (row.lessons, row.jobs)):
        plain = base[row.lessons, row.scenario, row.jobs]
        target = TARGETS.get((row.scenario, row.jobs)) if row.contender == ours else None
        body.append(
            (
                str(row.lessons),
                row.contender,
                row.scenario,
                str(row.jobs),
                "failed" if row.failed else f"{row.median:.2f}",
                "" if row.failed else f"{row.median / plain.median:.2f}",
                f"{target:.2f}" if target else "",
                f"{row.peak / 1e6:.0f}" if row.peak else "",
                f"{row.peak / plain.peak:.2f}" if row.peak and plain.peak else "",
            )
        )
    header = ("Lessons", "Built by", "Build", "`-j`", "Seconds", "× plain", "Target")
    return table((*header, "Peak MB", "× plain"), body)


def scale_table(rows: Sequence[Row], floor: str, ours: str) -> str:
    """What a lesson costs in courses of different sizes, beside plain Sphinx."""
    by_key = {(row.contender, row.lessons, row.jobs): row for row in rows}
    body = []
    for contender, lessons, jobs in by_key:
        if contender == ours:
            plain, own = by_key[floor, lessons, jobs].median, by_key[ours, lessons, jobs]
            peak = f"{own.peak / 1e6:.0f}" if own.peak else ""
            cells = (f"{plain:.2f}", f"{own.median:.2f}", f"{own.median / lessons * 1000:.0f}")
            ratio = f"{own.median / plain:.2f}"
            body.append((str(lessons), str(jobs), *cells, ratio, peak))
    header = ("Lessons", "`-j`", "Plain, s", "This project, s", "ms a lesson", "× plain")
    return table((*header, "Peak MB"), body)


def phase_table(plain: Times, ours: Times) -> str:
    """The phases of a cold build, side by side."""
    body = []
    for phase, (seconds, processor) in ours.items():
        floor = plain[phase][0]
        cells = (floor, seconds, processor, processor - plain[phase][1], seconds - processor)
        body.append((phase, *(f"{value:.2f}" for value in cells)))
    header = ("Phase", "Plain, s", "This project, s", "of it computing", "more than plain")
    return table((*header, "waiting"), body)


def import_table(title: str, total: float, most: Sequence[tuple[str, float]]) -> str:
    """A profile of imports."""
    parts = ", ".join(
        f"`{name}` {milliseconds:.0f} ms" for name, milliseconds in most if milliseconds >= 1
    )
    return f"- {title}: {total:.0f} ms of imports: {parts}.\n"


def describe_setting(runs: int) -> str:
    """Where and with what all this was measured."""
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"Measured on {machine()}, with {versions}. Seconds are medians of {runs} runs; 1000 "
        "lessons, and other extensions on 200, were built once.\n"
    )


def write_page(page: Path, text: str) -> None:
    """Put the text between the marks of a page."""
    before, begin, rest = page.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} has no marks {BEGIN.strip()} and {END.strip()}")
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}")

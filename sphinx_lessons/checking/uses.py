"""Where lessons use their programs, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx_lessons.checking.plan import plan_lesson

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sphinx_lessons.config import Settings
    from sphinx_lessons.model import Program
    from sphinx_lessons.reading import Reading


def list_uses(
    readings: Iterable[Reading], settings: Settings, root: Path
) -> dict[Program, list[str]]:
    """List the programs of lessons, each with the places that use it.

    A place is like ``"tides.md: demos"`` or ``"tides.md: tides-c1, solution"``; paths are relative
    to ``root``, the source folder.
    """
    uses: dict[Program, list[str]] = {}
    for reading in readings:
        if reading.lesson is None:
            continue
        path = _show_path(reading, root)
        plan = plan_lesson(reading, settings, root)
        for demo in plan.demos:
            if demo.run is not None:
                _add(uses, demo.run.session, f"{path}: demos")
        for item in plan.challenges:
            for kind, script in item.scripts.items():
                kind = kind.removesuffix(" code")
                _add(uses, script, f"{path}: {item.challenge.id}, {kind}")
    return uses


def _show_path(reading: Reading, root: Path) -> str:
    origin = reading.origin
    if origin is not None and origin.is_relative_to(root):
        return origin.relative_to(root).as_posix()
    assert reading.lesson is not None
    return reading.lesson.path


def _add(uses: dict[Program, list[str]], program: Program, place: str) -> None:
    places = uses.setdefault(program, [])
    if place not in places:
        places.append(place)

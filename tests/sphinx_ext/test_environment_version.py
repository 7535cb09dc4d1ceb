"""Environments of other versions are not used: their objects would have values in wrong fields."""

from __future__ import annotations

import dataclasses
import pickle
from typing import TYPE_CHECKING

from sphinx_lessons.sphinx_ext import environment_version as versions
from sphinx_lessons.sphinx_ext.environment_version import PICKLED, environment_version

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from sphinx_projects import Project


def find_classes(path: Path) -> set[type]:
    """The dataclasses of ours that a pickle holds."""
    found: set[type] = set()

    class Finder(pickle.Unpickler):
        def find_class(self, module: str, name: str) -> type:
            cls = super().find_class(module, name)
            if module.startswith("sphinx_lessons.") and dataclasses.is_dataclass(cls):
                found.add(cls)
            return cls

    with path.open("rb") as file:
        Finder(file).load()
    return found


def test_the_version_covers_what_is_pickled(tides: Project, lesson: str) -> None:
    tides.write("broken.md", lesson.replace("tides-01", "broken").replace("2.5", "3.5"))
    tides.write("list.md", "# List\n\n```{lesson-list}\n```\n\n```{course-map}\n```\n")
    tides.build()
    doctrees = tides.folder / "out" / "doctrees"
    assert find_classes(doctrees / "environment.pickle") == set(PICKLED)
    for path in doctrees.glob("*.doctree"):
        assert find_classes(path) == set(), "nodes hold nothing of ours but themselves"


def test_the_order_of_fields_counts() -> None:
    one = dataclasses.make_dataclass("Record", ["problems", "failed"])
    other = dataclasses.make_dataclass("Record", ["failed", "problems"])
    assert environment_version([one]) == environment_version([one])
    assert environment_version([one]) != environment_version([other])


def test_a_new_release_reads_all_pages(tides: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    tides.build()
    assert "0 added, 0 changed" in tides.build().info
    monkeypatch.setattr(versions, "__version__", "99.0")
    assert "2 added, 0 changed" in tides.build().info
    assert "0 added, 0 changed" in tides.build().info

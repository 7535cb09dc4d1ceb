"""The sample lessons, built: what the first issue promises of them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sample_lessons import NAMES

from sphinx_lessons.reading import read_file

if TYPE_CHECKING:
    from sphinx_projects import Project


@pytest.fixture
def samples(project: Project, shared_lessons: Path) -> Project:
    for name in NAMES:
        shutil.copy(shared_lessons / f"{name}.md", project.source)
        (project.source / f"{name}.md").chmod(0o644)
    return project


def test_the_reference_lesson_builds_unchanged(project: Project, shared_lessons: Path) -> None:
    shutil.copy(shared_lessons / "llm-03.md", project.source)
    result = project.build()
    assert result.status == 0
    assert result.errors == []
    page = result.page("llm-03")
    (demo,) = page.select(".lesson-demo")
    shown = demo.select_one(".lesson-stdout").text
    assert [line[:6] for line in shown.split("\n") if line] == ["Step 1", "Step 2", "Step 3"]
    assert len(page.select("section.lesson-challenge .lesson-verified")) == 3


def expected_characters(path: Path) -> list[tuple[int, int, int]]:
    """Challenge, line and column of one character in every line of every expected output."""
    lesson = read_file(path).lesson
    assert lesson is not None
    found = []
    for index, challenge in enumerate(lesson.challenges):
        source = challenge.source("expected output")
        assert source is not None
        lines = source.text.splitlines()
        found += [(index, source.first_line + k, len(line) // 2) for k, line in enumerate(lines)]
    return found


def test_any_changed_character_fails_at_its_line_until_it_is_mended(
    project: Project, shared_lessons: Path
) -> None:
    original = (shared_lessons / "llm-03.md").read_text(encoding="utf-8")
    path = project.write("llm-03.md", original)
    places = expected_characters(path)
    assert len(places) == 5 + 4 + 2
    for _index, line, column in places[::4]:
        lines = original.split("\n")
        text = lines[line - 1]
        lines[line - 1] = text[:column] + ("x" if text[column] != "x" else "y") + text[column + 1 :]
        path.write_text("\n".join(lines), encoding="utf-8")
        first = project.build()
        assert first.status == 1
        assert f"llm-03.md:{line}: ERROR" in first.errors[0]
        assert "\n-" in first.log
        again = project.build()
        assert (again.status, again.errors) == (1, first.errors)
    path.write_text(original, encoding="utf-8")
    assert project.build().status == 0


def test_all_samples_fail_where_they_are_wrong_and_nowhere_else(samples: Project) -> None:
    result = samples.build(parallel=2)
    assert result.status == 1
    failures = {
        (Path(line.partition(":")[0]).name, line.rpartition("[")[2].rstrip("]"))
        for line in result.errors
    }
    assert failures == {
        ("data-viz-06.md", "lessons.raised"),
        ("data-viz-06.md", "lessons.mismatched"),
        ("oral-history-03.md", "lessons.mismatched"),
        ("orientation-01.md", "lessons.mismatched"),
        ("rel-mod-03.md", "lessons.mismatched"),
    }
    assert "data-viz-06.md:65: ERROR: the demo raised NameError" in result.log
    assert "7 lessons" in result.info
    for name in NAMES:
        assert (result.outdir / f"{name}.html").exists()

"""Problems of one format, which show only when a page is written, stand until they are mended."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sphinx_projects import Project

LESSON = """\
---
id: table
difficulty: beginner
---

# A table

```python
class Table:
    def _repr_html_(self):
        return "<b>1</b>"

    def __repr__(self):
        return "<__main__.Table object at 0x7f>"

Table()
```
"""


@pytest.fixture
def table(project: Project) -> Project:
    """A lesson with a value that only a web page can show."""
    project.write("table.md", LESSON)
    return project


@pytest.mark.parametrize("parallel", [1, 2])
def test_they_are_repeated_by_a_build_that_writes_nothing(table: Project, parallel: int) -> None:
    for _build in range(3):
        result = table.build("text", strict=True, parallel=parallel)
        assert result.status == 1
        (line,) = result.lines_with("html-only-value")
        assert "table.md:8: WARNING" in line
    table.write("table.md", LESSON.replace('"<__main__.Table object at 0x7f>"', '"Table(1)"'))
    for _build in range(2):
        result = table.build("text", strict=True, parallel=parallel)
        assert result.lines_with("html-only-value") == []
        assert result.status == 0


def test_they_are_of_one_format(table: Project) -> None:
    assert table.build("text").lines_with("html-only-value")
    for _build in range(2):
        assert table.build("html", strict=True).status == 0
    assert len(table.build("text").lines_with("html-only-value")) == 1


def test_they_are_repeated_with_those_of_pages_that_are_written(table: Project) -> None:
    table.write("more.md", LESSON.replace("id: table", "id: more"))
    table.build("text")
    table.write("more.md", LESSON.replace("id: table", "id: more") + "\nMore.\n")
    lines = table.build("text").lines_with("html-only-value")
    assert sorted(line.rpartition("/")[2].partition(":")[0] for line in lines) == [
        "more.md",
        "table.md",
    ]


def test_those_of_a_page_that_is_gone_are_gone(table: Project) -> None:
    table.build("text")
    (table.source / "table.md").unlink()
    assert table.build("text").lines_with("html-only-value") == []


@pytest.mark.parametrize("note", ["", "[]", "{", json.dumps({"table": [{"code": "unheard-of"}]})])
def test_a_note_that_cannot_be_used_is_forgotten(table: Project, note: str) -> None:
    table.build("text")
    (path,) = (table.folder / "out" / "doctrees").rglob("problems.json")
    path.write_text(note, encoding="utf-8")
    assert table.build("text", strict=True).status == 0

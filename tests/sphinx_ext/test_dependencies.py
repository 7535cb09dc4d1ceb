"""Files besides its own that a page depends on: when one changes, the page is read again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sphinx_projects import Project

LESSON = """\
---
id: {name}
lesson: true
---
# {name}

```python
import sys
sys.path.insert(0, {folder!r})
import buoys
print(buoys.count())
```

```
3
```
"""


@pytest.fixture
def buoys(project: Project) -> Project:
    """Two lessons that import a module of the project."""
    project.write("buoys.py", "def count():\n    return 3\n")
    for name in ("one", "two"):
        project.write(f"{name}.md", LESSON.format(name=name, folder=str(project.source)))
    return project


@pytest.mark.parametrize("parallel", [1, 2])
def test_a_module_that_lessons_import(buoys: Project, parallel: int) -> None:
    assert buoys.build(parallel=parallel, strict=True).status == 0
    assert "no targets are out of date" in buoys.build(parallel=parallel).info
    buoys.write("buoys.py", "def count():\n    return 4000\n")
    result = buoys.build(parallel=parallel)
    assert result.status == 1
    assert "0 added, 2 changed, 0 removed" in result.info
    assert len(result.lines_with("mismatched")) == 2
    buoys.write("buoys.py", "def count():\n    return 3\n")
    assert buoys.build(parallel=parallel, strict=True).status == 0


def test_a_file_that_a_page_without_lesson_reads(project: Project) -> None:
    data = project.write("parts/log.txt", "calm")
    project.write("page.rst", f"Page\n====\n\n.. demo::\n\n   print(open({str(data)!r}).read())\n")
    assert "calm" in project.build(strict=True).page("page").text
    data.write_text("storm and rain")
    assert "storm and rain" in project.build(strict=True).page("page").text


def test_a_file_that_is_looked_for_and_is_not_there(project: Project) -> None:
    path = str(project.source / "none.txt")
    text = f"# A\n\n```{{demo}}\n:raises-exception:\n\nopen({path!r})\n```\n"
    project.write("page.md", text)
    project.build(strict=True)
    assert "no targets are out of date" in project.build(strict=True).info

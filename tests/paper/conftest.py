"""Courses that are built for paper, and what reads the result."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from sphinx_projects import Project

if TYPE_CHECKING:
    from pathlib import Path

    from sphinx_projects import Result

LESSON = """\
---
id: {id}
title: {title}
learningObjectives:
  - Read a table
---

# {title}

:::definition
**{title} term**: a word of this lesson.
:::

```python
print("demo of {id}")
```

---challenges---

### Challenge: First of {id}

- id: {id}-c1
- language: python
- difficulty: beginner

Say the word.

#### Starter Code

```python
word = ...
```

#### Expected Output

```
word of {id}
```

#### Hints

1. Hint text of {id}.

#### Solution

```python
print("word of", "{id}")  # secret of {id}
```
"""


class Course(Project):
    """A project of lessons that all look alike."""

    def build(self, builder: str = "latex", **options: Any) -> Result:
        return super().build(builder, **options)

    def write_lesson(self, name: str, title: str) -> None:
        self.write(f"{name}.md", LESSON.format(id=name, title=title))

    def typeset(self, **config: Any) -> Pdf:
        """Build the project's PDF; TeX must not stop at anything."""
        result = self.build("latex", **config)
        assert result.status == 0, result.log
        tex = result.outdir / "course.tex"
        done = subprocess.run(
            ["make", "LATEXMKOPTS=-interaction=nonstopmode -halt-on-error"],
            cwd=result.outdir,
            capture_output=True,
            text=True,
            timeout=300,
            errors="replace",
        )
        assert done.returncode == 0, done.stdout[-4000:]
        return Pdf(tex.with_suffix(".pdf"))


class Pdf:
    """A PDF and TeX's log of it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.log = path.with_suffix(".log")
        text = self._run("pdftotext", "-layout", str(path), "-")
        self.pages = text.split("\f")[:-1]

    @property
    def text(self) -> str:
        return "\n".join(self.pages)

    @property
    def words(self) -> str:
        """The text with single blanks between its words."""
        return " ".join(self.text.split())

    def numbers(self) -> list[str]:
        """The number that stands at the foot of each page, ``""`` where there is none."""
        feet = [page.rstrip().rpartition("\n")[2] for page in self.pages]
        found = [
            re.search(r"(?:^|\s)(\d+|[ivx]+)\s*$", foot) or re.search(r"^\s*(\d+)\s", foot)
            for foot in feet
        ]
        return [match[1] if match else "" for match in found]

    def fonts(self) -> list[str]:
        """The lines of ``pdffonts``, without its head."""
        return self._run("pdffonts", str(self.path)).splitlines()[2:]

    @staticmethod
    def _run(*command: str) -> str:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def project(tmp_path: Path) -> Course:
    """An empty course."""
    return Course(tmp_path)


@pytest.fixture
def course(project: Course) -> Course:
    """A project with two lessons."""
    project.write_lesson("tides", "Tides")
    project.write_lesson("winds", "Winds")
    return project


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory, shared_lessons: Path) -> Course:
    """A project with the reference lesson."""
    project = Course(tmp_path_factory.mktemp("reference"))
    shutil.copy(shared_lessons / "llm-03.md", project.source)
    return project

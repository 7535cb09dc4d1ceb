"""Small projects that are built for paper, and what reads the result."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from sphinx.application import Sphinx
from sphinx.util.console import strip_colors
from sphinx.util.docutils import docutils_namespace, patch_docutils

if TYPE_CHECKING:
    from pathlib import Path

CONF = """\
extensions = ["sphinx_lessons"]
project = "Course"
# What needs the fonts says so with a marker.
suppress_warnings = ["lessons.unchecked-characters"]
"""

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


@dataclass
class Result:
    """What a build left behind."""

    status: int
    log: str
    """Warnings and errors, without colors."""
    outdir: Path

    def text(self, name: str) -> str:
        return (self.outdir / name).read_text(encoding="utf-8")

    def lines_with(self, code: str) -> list[str]:
        return [line for line in self.log.splitlines() if f"[lessons.{code}]" in line]


class Project:
    """A Sphinx project in a temporary folder."""

    def __init__(self, folder: Path) -> None:
        self.source = folder / "source"
        self.folder = folder
        self.source.mkdir()
        self.write("conf.py", CONF)
        self.write("index.md", "# Course\n\n```{toctree}\n:glob:\n\n*\n```\n")

    def write(self, name: str, text: str) -> Path:
        path = self.source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    def write_lesson(self, name: str, title: str) -> None:
        self.write(f"{name}.md", LESSON.format(id=name, title=title))

    def build(self, builder: str = "latex", *, out: str = "out", **config: Any) -> Result:
        warning = io.StringIO()
        base = self.folder / out
        with patch_docutils(self.source), docutils_namespace():
            app = Sphinx(
                self.source,
                self.source,
                base / builder,
                base / "doctrees",
                builder,
                confoverrides=config,
                status=io.StringIO(),
                warning=warning,
            )
            app.build()
        return Result(app.statuscode, strip_colors(warning.getvalue()), base / builder)

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
def project(tmp_path: Path) -> Project:
    """An empty project that has our extension and nothing else."""
    return Project(tmp_path)


@pytest.fixture
def course(project: Project) -> Project:
    """A project with two lessons."""
    project.write_lesson("tides", "Tides")
    project.write_lesson("winds", "Winds")
    return project


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory, shared_lessons: Path) -> Project:
    """A project with the reference lesson."""
    project = Project(tmp_path_factory.mktemp("reference"))
    shutil.copy(shared_lessons / "llm-03.md", project.source)
    return project

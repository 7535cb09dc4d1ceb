"""Small Sphinx projects, written and built by the tests."""

from __future__ import annotations

import io
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from bs4 import BeautifulSoup
from sphinx.application import Sphinx
from sphinx.util.console import strip_colors
from sphinx.util.docutils import docutils_namespace, patch_docutils

if TYPE_CHECKING:
    from pathlib import Path

    from docutils import nodes

CONF = 'extensions = ["sphinx_lessons"]\nhtml_theme = "basic"\nexclude_patterns = ["parts"]\n'
# These tests do without the fonts of a PDF.
CONF += 'suppress_warnings = ["lessons.unchecked-characters"]\n'


@dataclass
class Result:
    """What a build left behind."""

    status: int
    log: str
    """Warnings and errors, without colors."""
    info: str
    outdir: Path
    app: Sphinx | None
    """``None`` if it ran in another process."""

    def text(self, name: str) -> str:
        return (self.outdir / name).read_text(encoding="utf-8")

    def page(self, name: str = "lesson") -> BeautifulSoup:
        return BeautifulSoup(self.text(f"{name}.html"), "html.parser")

    def doctree(self, name: str = "lesson") -> nodes.document:
        return self.app.env.get_doctree(name)

    @property
    def errors(self) -> list[str]:
        return [line for line in self.log.splitlines() if "ERROR" in line]

    @property
    def warnings(self) -> list[str]:
        return [line for line in self.log.splitlines() if "WARNING" in line]


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

    def build_apart(self, builder: str = "html") -> Result:
        """Build in a process of its own, for extensions that change Sphinx's globals."""
        outdir = self.folder / "out" / builder
        command = [sys.executable, "-m", "sphinx", "-b", builder, str(self.source), str(outdir)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        return Result(done.returncode, done.stderr, done.stdout, outdir, None)

    def build(
        self,
        builder: str = "html",
        *,
        parallel: int = 1,
        strict: bool = False,
        out: str = "out",
        **config: Any,
    ) -> Result:
        """Build what is out of date, as a new process of ``sphinx-build`` would."""
        status, warning = io.StringIO(), io.StringIO()
        base = self.folder / out
        with patch_docutils(self.source), docutils_namespace():
            app = Sphinx(
                self.source,
                self.source,
                base / builder,
                base / "doctrees",
                builder,
                confoverrides=config,
                status=status,
                warning=warning,
                parallel=parallel,
                warningiserror=strict,
            )
            app.build()
        log = strip_colors(warning.getvalue())
        return Result(app.statuscode, log, strip_colors(status.getvalue()), base / builder, app)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project that has our extension and nothing else."""
    return Project(tmp_path)


LESSON = """\
---
id: tides-01
title: Reading a tide table
moduleId: tides
estimatedTimeMinutes: 12.5
difficulty: beginner
learningObjectives:
  - Add up a list with `sum`
  - Print a **rounded** mean
---

# Reading a tide table

:::definition
**Tidal range**: the difference between high and low water.
:::

```python
heights = [4.1, 0.9, 3.8]
print("range", round(max(heights) - min(heights), 1))
```

```
range 3.2
```

A {term}`tidal range` above four meters is large.

```python
len(heights)
```

:::try-it
Add a height of `5.0` and run it again.
:::

:::challenge
Now you.
:::

---challenges---

### Challenge: The *mean* height

- id: tides-01-c1
- language: python
- difficulty: beginner

Print the mean of the heights.

#### Starter Code

```python
heights = [4.0, 1.0]
print(...)
```

#### Expected Output

```
2.5
```

#### Hints

1. `sum` adds them up.
2. `len` counts them.

#### Solution

```python
heights = [4.0, 1.0]
print(sum(heights) / len(heights))
```
"""


@pytest.fixture
def lesson() -> str:
    """A lesson in which everything is right."""
    return LESSON


@pytest.fixture
def tides(project: Project) -> Project:
    """A project with that lesson as ``lesson.md``."""
    project.write("lesson.md", LESSON)
    return project

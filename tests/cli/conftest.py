"""A folder with lessons, and the command line called in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from sphinx_lessons.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LESSON = """\
---
id: {id}
difficulty: beginner
---
# Tides

```python
print(1.8)
```

```
{demo}
```

---challenges---

### Challenge: High Water

- id: {id}-c1
- language: python

#### Starter Code

```python
level = ...
```

#### Expected Output

```
12
```

#### Solution

```python
{solution}
```
"""


@dataclass
class Folder:
    """The current folder of a test."""

    path: Path

    def write(self, name: str, text: str | bytes) -> Path:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    def write_lesson(
        self,
        name: str = "tides.md",
        *,
        lesson_id: str = "tides",
        demo: str = "1.8",
        solution: str = "",
    ) -> Path:
        text = LESSON.format(id=lesson_id, demo=demo, solution=solution or "print(12)")
        return self.write(name, text)


@pytest.fixture
def folder(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Folder:
    # The user's store would answer for what an earlier test ran.
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.chdir(tmp_path)
    return Folder(tmp_path)


@dataclass
class Outcome:
    """What a call of the command line did."""

    status: int
    out: str
    err: str


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    def call_it(*arguments: str) -> Outcome:
        status = main(["check", *arguments])
        return Outcome(status, *capsys.readouterr())

    return call_it

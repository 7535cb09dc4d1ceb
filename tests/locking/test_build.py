"""Sphinx builds from the lock file."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

LESSON = """\
---
id: terns
lesson: true
---
# Terns

```python
import matplotlib.pyplot as plt

print("kree")
_ = plt.plot([1, 3, 2])
```

```python
{"terns": 3}
```

```python raises-exception
1 / 0
```

---challenges---

### Challenge: Count

- id: terns-c1

#### Starter Code

```python
print("?")
```

#### Expected Output

```
3
```

#### Solution

```python
print(1 + 2)
```
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "conf.py").write_text(
        'extensions = ["sphinx_lessons"]\nhtml_theme = "basic"\nhtml_copy_source = False\n'
    )
    (folder / "index.md").write_text(LESSON)
    return folder


def build(source: Path, out: str, *settings: str) -> subprocess.CompletedProcess[str]:
    options = [part for setting in settings for part in ("-D", setting)]
    command = [sys.executable, "-m", "sphinx", "-b", "html", *options, str(source), out]
    return subprocess.run(command, cwd=source.parent, capture_output=True, text=True, check=False)


def pages(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.suffix in (".html", ".png", ".svg")
    }


def lock(source: Path) -> None:
    command = [sys.executable, "-m", "sphinx_lessons.cli", "check", str(source), "--lock"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_locked_build_renders_what_a_running_one_renders(source):
    ran = build(source, "ran")
    assert ran.returncode == 0, ran.stderr
    lock(source)
    # Nothing could run with this interpreter.
    locked = build(source, "locked", "lessons_execute=locked", "lessons_python=/no/such/python")
    assert locked.returncode == 0, locked.stderr
    assert "(0 run, 3 stored), 0 failed" in locked.stdout
    made = pages(source.parent / "locked")
    assert made == pages(source.parent / "ran")
    assert any("_images" in name for name in made)


def test_a_locked_build_fails_for_what_changed(source):
    lock(source)
    path = source / "index.md"
    path.write_text(path.read_text().replace("print(1 + 2)", "print(3)"))
    done = build(source, "out", "lessons_execute=locked")
    assert done.returncode == 1
    assert "index.md:42: ERROR: " in done.stderr
    assert "[lessons.not-locked]" in done.stderr
    again = build(source, "out", "lessons_execute=locked")
    assert again.returncode == 1
    assert "[lessons.not-locked]" in again.stderr


def test_a_broken_lock_fails_the_build_with_its_line(source):
    lock(source)
    path = source / "lessons.lock"
    path.write_text(path.read_text() + "<<<<<<< HEAD\n")
    done = build(source, "out", "lessons_execute=locked")
    assert done.returncode == 1
    lines = path.read_text().count("\n")
    assert f"lessons.lock:{lines}: " in done.stderr
    assert "Traceback" not in done.stderr

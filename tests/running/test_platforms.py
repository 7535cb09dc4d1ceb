"""Systems without what running programs needs: nothing breaks, and every program says so."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LESSON = """\
---
lesson: true
---
# Gulls

```python
print(1)
```

```python
print(2)
```
"""

# What Windows does not have is taken away after the standard library was imported.
WINDOWS = """\
import asyncio, concurrent.futures, os, pathlib, subprocess, sys, tempfile
for name in ("fcntl", "resource", "pwd", "grp", "termios"):
    sys.modules[name] = None
for name in ("fork", "killpg", "register_at_fork", "setsid", "sysconf"):
    delattr(os, name)
sys.platform = "win32"
from sphinx_lessons.cli import main
sys.exit(main(["check", "."]))
"""


def test_on_windows_each_program_could_not_be_run(tmp_path: Path) -> None:
    (tmp_path / "gulls.md").write_text(LESSON)
    done = subprocess.run(
        [sys.executable, "-c", WINDOWS], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    for line in (6, 10):
        assert f"gulls.md:{line}: error: the demo could not be run: programs of less" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr

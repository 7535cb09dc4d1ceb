"""Sphinx builds from the lock file."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from sphinx_projects import CONF, Project

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeLesson

DEMOS = """\
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
"""


@pytest.fixture
def project(tmp_path: Path, make_lesson: MakeLesson) -> Project:
    project = Project(tmp_path)
    # Copies of the sources differ from nothing that is run or shown.
    project.write("conf.py", f"{CONF}html_copy_source = False\n")
    project.write("lesson.md", make_lesson("terns", DEMOS))
    return project


def pages(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.suffix in (".html", ".png", ".svg")
    }


def lock(project: Project) -> None:
    command = [sys.executable, "-m", "sphinx_lessons.cli", "check", str(project.source), "--lock"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_locked_build_renders_what_a_running_one_renders(project):
    ran = project.build_apart(out="ran")
    assert ran.status == 0, ran.log
    lock(project)
    # Nothing could run with this interpreter.
    locked = project.build_apart(
        out="locked", lessons_execute="locked", lessons_python="/no/such/python"
    )
    assert locked.status == 0, locked.log
    assert "(0 run, 3 stored), 0 failed" in locked.info
    made = pages(locked.outdir)
    assert made == pages(ran.outdir)
    assert any("_images" in name for name in made)


def test_a_locked_build_fails_for_what_changed(project):
    lock(project)
    path = project.source / "lesson.md"
    path.write_text(path.read_text().replace("print(1 + 2)", "print(3)"))
    done = project.build_apart(lessons_execute="locked")
    assert done.status == 1
    # A list counts from 0: the line of the fence above.
    fence = path.read_text().split("\n").index("print(3)")
    assert f"lesson.md:{fence}: ERROR: " in done.log
    assert "[lessons.not-locked]" in done.log
    again = project.build_apart(lessons_execute="locked")
    assert again.status == 1
    assert "[lessons.not-locked]" in again.log


def test_a_locked_build_follows_the_files_that_were_read(project):
    birds = project.write("birds.py", "NAME = 'tern'\n")
    demo = f"import sys\nsys.path.append({str(project.source)!r})\nimport birds\nbirds.NAME"
    project.write("lesson.md", f"---\nlesson: true\n---\n# A\n\n```python\n{demo}\n```\n")
    lock(project)
    assert project.build_apart(lessons_execute="locked").status == 0
    birds.write_text("NAME = 'albatross'\n")
    done = project.build_apart(lessons_execute="locked")
    assert done.status == 1
    assert "[lessons.stale-lock]" in done.log
    birds.write_text("NAME = 'tern'\n")
    assert project.build_apart(lessons_execute="locked").status == 0


def test_a_broken_lock_fails_the_build_with_its_line(project):
    lock(project)
    path = project.source / "lessons.lock"
    path.write_text(path.read_text() + "<<<<<<< HEAD\n")
    done = project.build_apart(lessons_execute="locked")
    assert done.status == 1
    lines = path.read_text().count("\n")
    assert f"lessons.lock:{lines}: " in done.log
    assert "Traceback" not in done.log


def test_a_demo_on_an_ordinary_page_is_not_advised_to_be_locked(project):
    project.write("page.rst", "Page\n====\n\n.. demo:: python\n\n   print(1)\n")
    lock(project)
    for _build in range(2):
        done = project.build(lessons_execute="locked")
        assert done.status == 1
        (line,) = done.lines_with("not-locked")
        assert "page.rst:4: ERROR" in line
        assert "put the demo into a lesson, or mark it `skip-execution`" in line
        assert "--lock" not in line
    assert "into a lesson" in done.page("page").select_one(".lesson-failure").text
    project.write(
        "page.rst", "Page\n====\n\n.. demo:: python\n   :skip-execution:\n\n   print(1)\n"
    )
    assert project.build(lessons_execute="locked").status == 0


def test_an_ordinary_page_is_read_again_with_a_new_lock_file(project):
    project.write("page.rst", "Page\n====\n\n.. demo:: python\n\n   print(1)\n")
    lock(project)
    path = project.source / "lessons.lock"
    good = path.read_text()
    path.write_text("<<<<<<<\n")
    assert project.build(lessons_execute="locked").lines_with("bad-lock")
    path.write_text(good)
    done = project.build(lessons_execute="locked")
    assert not done.lines_with("bad-lock")
    assert done.lines_with("not-locked")

"""The pytest plugin, in a pytest of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from sphinx_lessons.cli import main

if TYPE_CHECKING:
    from conftest import Folder


def run_pytest(folder: Folder, *arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "pytest", "-p", "sphinx_lessons.pytest_plugin"]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", "-rA", "--color=no", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder.path,
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )
    return done.returncode, done.stdout + done.stderr


def test_nothing_is_collected_unless_asked_for(folder: Folder) -> None:
    folder.write_lesson(demo="wrong")
    status, out = run_pytest(folder)
    assert status == 5
    assert "tides.md" not in out


def test_one_test_for_each_demo_and_challenge(folder: Folder) -> None:
    folder.write_lesson("docs/tides.md", demo="1.9")
    folder.write("docs/page.md", "# No lesson\n")
    status, out = run_pytest(folder, "--lessons")
    assert status == 1
    assert "PASSED docs/tides.md::tides-c1" in out
    assert "FAILED docs/tides.md::demo-line-7" in out
    assert "docs/tides.md:12: error: the demo prints something other than" in out
    assert "    -1.9\n    +1.8\n" in out
    assert "1 failed, 1 passed" in out
    assert "Error" not in out


def test_tests_are_selected_as_ever(folder: Folder) -> None:
    folder.write_lesson(demo="1.9")
    assert run_pytest(folder, "--lessons", "tides.md::tides-c1")[0] == 0
    assert run_pytest(folder, "--lessons", "-k", "demo")[0] == 1
    status, out = run_pytest(folder, "--lessons", "--collect-only", "-q")
    assert status == 0
    assert "tides.md::tides-c1" in out


def test_skipped_and_known_failures_and_errors_of_reading(folder: Folder) -> None:
    text = folder.write_lesson(demo="1.9").read_text()
    text = text.replace("```python\nprint(1.8)", '```python "known-failure=see #1"\nprint(1.8)')
    text = text.replace("- id: tides-c1\n", "- tags: skip-execution\n")
    folder.write("tides.md", text)
    status, out = run_pytest(folder, "--lessons")
    assert status == 1
    assert "1 failed, 1 skipped, 1 xfailed" in out
    assert "FAILED tides.md::file" in out
    assert "tides.md:17: error: " in out
    assert "[missing-id]" in out


def test_errors_between_lessons_fail_as_on_the_command_line(folder: Folder) -> None:
    folder.write_lesson("docs/a.md", lesson_id="tides")
    text = folder.write_lesson("docs/b.md", lesson_id="moon").read_text()
    folder.write("docs/b.md", text.replace("- id: moon-c1", "- id: tides-c1"))
    status, out = run_pytest(folder, "--lessons")
    assert status == 1
    assert "FAILED docs/b.md::course" in out
    assert "the id 'tides-c1' is taken already (docs/a.md:19) [duplicate-id]" in out
    assert "1 failed, 4 passed" in out
    assert run_pytest(folder, "--lessons", "docs/b.md")[0] == 0


def test_a_lesson_without_code_may_be_at_odds_with_others(folder: Folder) -> None:
    folder.write("a.md", "---\nlesson: true\nid: tides\n---\n# A\n")
    folder.write("b.md", "---\nlesson: true\nid: tides\n---\n# B\n")
    status, out = run_pytest(folder, "--lessons")
    assert status == 1
    assert "b.md:3: error: the id 'tides' is taken already (a.md:3) [duplicate-id]" in out


def test_a_description_of_modules_that_cannot_be_used(folder: Folder) -> None:
    folder.write("docs/conf.py", "")
    folder.write("docs/modules.yml", "- id: [\n")
    folder.write_lesson("docs/tides.md")
    status, out = run_pytest(folder, "--lessons", "docs")
    assert status == 1
    assert "FAILED docs/modules.yml::course" in out
    assert "[modules-invalid]" in out
    assert run_pytest(folder, "--lessons", "docs/tides.md")[0] == 0


def test_every_file_that_cannot_be_used_is_shown(folder: Folder) -> None:
    text = folder.write_lesson().read_text()
    folder.write("tides.md", text.replace("- language: python", "- files: no.csv, ../up.csv"))
    status, out = run_pytest(folder, "--lessons")
    assert status == 1
    assert "tides.md:20: error: challenge tides-c1: the file 'no.csv' does not exist" in out
    assert "tides.md:20: error: the file '../up.csv' is no relative path" in out


def lock_two_courses(folder: Folder) -> None:
    for name in ("moon", "tides"):
        folder.write(f"{name}/conf.py", "")
        folder.write_lesson(f"{name}/{name}.md", lesson_id=name, solution=f"{name} = print(12)")
        assert main(["check", name, "--lock"]) == 0
    folder.write("pyproject.toml", '[tool.sphinx-lessons]\nexecute = "locked"\n')


def test_each_course_has_a_lock_file_of_its_own(folder: Folder) -> None:
    lock_two_courses(folder)
    status, out = run_pytest(folder, "--lessons", "--rootdir=.")
    assert status == 0, out
    assert "4 passed" in out
    (folder.path / "tides" / "lessons.lock").unlink()
    status, out = run_pytest(folder, "--lessons", "--rootdir=.")
    assert "2 failed, 2 passed" in out
    assert "tides/lessons.lock" in out


@pytest.mark.parametrize("workers", [1, 2])
def test_each_program_is_run_once_among_workers(folder: Folder, workers: int) -> None:
    # Outside of the folder that the program runs in.
    log = folder.path / "runs.txt"
    names = ["birds", "moon", "tides"]
    for name in names:
        text = folder.write_lesson(f"{name}.md", lesson_id=name).read_text()
        note = f"print('{name}', file=open({str(log)!r}, 'a'))"
        folder.write(f"{name}.md", text.replace("print(1.8)", f"{note}; print(1.8)"))
    options = ["-p", "xdist", "-n", str(workers), "--dist", "loadfile"]
    status, out = run_pytest(folder, "--lessons", *options)
    assert "6 passed" in out
    assert status == 0
    assert sorted(log.read_text().split()) == names


def test_settings_that_cannot_be_used(folder: Folder) -> None:
    folder.write("pyproject.toml", "[tool.sphinx-lessons]\ntimeout = 0\n")
    status, out = run_pytest(folder, "--lessons")
    assert status == 4
    assert "timeout must be a number above 0, not 0" in out

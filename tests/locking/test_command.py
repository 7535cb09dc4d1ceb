from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sphinx_lessons.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeLesson

DEMO = """\
```python
import matplotlib.pyplot as plt

print("{id}")
plt.plot([1, 2])
```
"""


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_lesson: MakeLesson) -> Path:
    (tmp_path / "conf.py").write_text("")
    for name in ("gulls", "terns"):
        (tmp_path / f"{name}.md").write_text(make_lesson(name, DEMO.format(id=name)))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(
    capsys: pytest.CaptureFixture[str], *options: str
) -> tuple[int, list[tuple[str, str, int]], dict]:
    status = main(["check", ".", "--format", "json", *options])
    report = json.loads(capsys.readouterr().out)
    problems = [
        (problem["code"], file["path"], problem["line"])
        for file in report["lessons"]
        for problem in file["problems"]
    ]
    return status, problems, report["summary"]


def test_a_lock_is_written_and_current(course, capsys):
    assert check(capsys, "--lock")[0] == 0
    text = (course / "lessons.lock").read_text()
    assert '"gulls.md: demos"' in text
    assert '"gulls.md: gulls-c1, solution"' in text
    assert '"gulls.md: gulls-c1, starter"' in text
    assert text.count("matplotlib ") == 2
    assert len(list((course / "lessons.lock.d").iterdir())) >= 1
    status, problems, summary = check(capsys, "--frozen")
    assert (status, problems, summary["run"]) == (0, [], 0)
    assert main(["check", ".", "--lock"]) == 0
    assert "nothing changed" in capsys.readouterr().err
    assert (course / "lessons.lock").read_text() == text


def test_frozen_fails_where_the_lesson_changed(course, capsys):
    check(capsys, "--lock")
    path = course / "terns.md"
    path.write_text(path.read_text().replace("print(1 + 2)", "print(3)"))
    status, problems, _ = check(capsys, "--frozen")
    assert status == 1
    # The old solution is shared with the other lesson, so that it is not left over.
    # A list counts from 0: the line of the fence above.
    fence = path.read_text().split("\n").index("print(3)")
    assert problems == [("not-locked", "terns.md", fence)]


def test_frozen_fails_for_what_is_left_over(course, capsys):
    check(capsys, "--lock")
    (course / "terns.md").unlink()
    status, problems, _ = check(capsys, "--frozen")
    assert status == 1
    assert [(code, path.rpartition("/")[2]) for code, path, _ in problems] == [
        ("stale-lock", "lessons.lock")
    ]


def test_frozen_without_a_lock_fails(course, capsys):
    status, problems, _ = check(capsys, "--frozen")
    assert status == 1
    assert {code for code, _, _ in problems} == {"not-locked"}


def test_a_merge_conflict_is_named_by_line(course, capsys):
    check(capsys, "--lock")
    path = course / "lessons.lock"
    lines = path.read_text().split("\n")
    lines.insert(6, "<<<<<<< HEAD")
    path.write_text("\n".join(lines))
    status, problems, _ = check(capsys, "--frozen")
    assert status == 1
    assert ("bad-lock", str(path), 7) in problems


def test_the_setting_locks_as_well(course, capsys):
    check(capsys, "--lock")
    (course / "pyproject.toml").write_text('[tool.sphinx-lessons]\nexecute = "locked"\n')
    assert check(capsys)[0] == 0
    assert check(capsys)[2]["run"] == 0
    path = course / "terns.md"
    path.write_text(path.read_text().replace("print(1 + 2)", "print(3)"))
    assert check(capsys)[0] == 1
    assert check(capsys, "--lock")[0] == 0
    assert check(capsys)[0] == 0


@pytest.mark.parametrize("options", [["--lock"], ["--frozen"]])
def test_a_lock_is_of_a_whole_course(course, capsys, options):
    assert main(["check", "terns.md", *options]) == 2
    assert "name one folder" in capsys.readouterr().err
    assert main(["check", ".", "--shard", "1/2", *options]) == 2
    assert "does not go with --shard" in capsys.readouterr().err
    assert main(["check", ".", "--lock", "--frozen"]) == 2


@pytest.fixture
def courses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_lesson: MakeLesson
) -> tuple[Path, Path]:
    """Two courses, each with a source folder of its own."""
    for name in ("gulls", "terns"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "conf.py").write_text("")
        text = make_lesson(name, f'```python\nprint("{name}")\n```\n')
        (tmp_path / name / f"{name}.md").write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "gulls", tmp_path / "terns"


def test_each_course_has_a_lock_file_of_its_own(courses, capsys):
    assert check(capsys, "--lock")[0] == 0
    texts = [(folder / "lessons.lock").read_text() for folder in courses]
    assert ["terns.md" in text for text in texts] == [False, True]
    assert check(capsys, "--frozen")[:2] == (0, [])
    (courses[1] / "lessons.lock").unlink()
    status, problems, _ = check(capsys, "--frozen")
    assert status == 1
    assert {(code, path) for code, path, _ in problems} == {("not-locked", "terns/terns.md")}


def test_several_locked_courses_are_checked_at_once(courses, capsys):
    for folder in courses:
        assert main(["check", folder.name, "--lock"]) == 0
    (courses[0].parent / "pyproject.toml").write_text('[tool.sphinx-lessons]\nexecute = "locked"\n')
    assert main(["check", "gulls", "terns"]) == 0
    capsys.readouterr()
    assert check(capsys)[:2] == (0, [])

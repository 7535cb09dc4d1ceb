from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sphinx_lessons.cli import main

if TYPE_CHECKING:
    from pathlib import Path

LESSON = """\
---
id: {id}
lesson: true
prerequisites: [{needs}]
---
# {id}

```python
print("{id}")
```

```
{says}
```
"""


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    names = "abcdefg"
    for name in names:
        says = "wrong" if name == "d" else name
        needs = {"a": "", "f": "nonesuch"}.get(name, "a")
        text = LESSON.format(id=name, needs=needs, says=says)
        (tmp_path / f"{name}.md").write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, dict]:
    status = main(["check", ".", "--format", "json", *options])
    return status, json.loads(capsys.readouterr().out)


def merge(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    status = main(["merge", *map(str, arguments)])
    return status, capsys.readouterr().out


def timeless(report: dict) -> dict:
    for file in report["lessons"]:
        for item in file["demos"]:
            item["seconds"] = 0
    return report


def test_merged_shards_are_the_whole(course, capsys):
    status, whole = check(capsys, "--no-store")
    assert status == 1
    statuses = []
    for part in ("1", "2", "3"):
        status, report = check(capsys, "--no-store", "--shard", f"{part}/3")
        statuses.append(status)
        (course / f"{part}.json").write_text(json.dumps(report))
    assert sorted(statuses) == [0, 0, 1]
    reports = [course / f"{part}.json" for part in ("3", "1", "2")]
    status, text = merge(capsys, *reports, "--format", "json")
    assert status == 1
    assert timeless(json.loads(text)) == timeless(whole)
    status, text = merge(capsys, *reports)
    assert status == 1
    assert "d.md:13: error: " in text
    assert "[unknown-prerequisite]" in text
    assert text.endswith("lessons: 7 lessons, 7 programs (7 run, 0 stored), 1 failed\n")


def test_more_shards_than_lessons_is_no_error(course, capsys):
    status, report = check(capsys, "--shard", "9/9")
    assert (status, report["summary"]["lessons"]) == (0, 0)


def test_warnings_count_only_when_strict(course, capsys):
    (course / "d.md").unlink()
    for part in ("1", "2"):
        (course / f"{part}.json").write_text(json.dumps(check(capsys, "--shard", f"{part}/2")[1]))
    assert merge(capsys, course / "1.json", course / "2.json")[0] == 0
    assert merge(capsys, course / "1.json", course / "2.json", "--strict")[0] == 1


@pytest.mark.parametrize("value", ["0/2", "3/2", "1", "a/b", "1/", "-1/2", "1/2/3"])
def test_a_shard_is_one_of_so_many(capsys, value):
    assert main(["check", f"--shard={value}"]) == 2
    assert "--shard" in capsys.readouterr().err


def test_the_same_report_twice_is_refused(course, capsys):
    path = course / "1.json"
    path.write_text(json.dumps(check(capsys)[1]))
    assert main(["merge", str(path), str(path)]) == 2
    assert "a.md is in two reports" in capsys.readouterr().err


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"\xff",
        b"[]",
        b'{"version": 2}',
        b'{"version": 1}',
        b'{"version": 1, "summary": {"lessons": 1}, "lessons": []}',
        (
            b'{"version": 1, "summary": {"lessons": "1", "programs": 0, "run": 0, "stored": 0,'
            b' "failed": 0}, "lessons": []}'
        ),
        (
            b'{"version": 1, "summary": {"lessons": 1, "programs": 0, "run": 0, "stored": 0,'
            b' "failed": 0}, "lessons": [{}]}'
        ),
    ],
)
def test_what_is_no_report_is_named(tmp_path, capsys, content):
    path = tmp_path / "report.json"
    if content is not None:
        path.write_bytes(content)
    assert main(["merge", str(path)]) == 2
    assert str(path) in capsys.readouterr().err

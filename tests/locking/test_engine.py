from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from sphinx_lessons.checking import check
from sphinx_lessons.config import Settings
from sphinx_lessons.locking import (
    LockedEngine,
    RecordingEngine,
    choose_engine,
    compare_lock,
    make_lock,
    write_lock,
)
from sphinx_lessons.model import Cell, File, Limits, Script, Session, Word
from sphinx_lessons.problems import Code
from sphinx_lessons.reading import read_file
from sphinx_lessons.running import make_engine

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeLesson

    from sphinx_lessons.model import Program, RunResult

DEMO = """\
```python
print("kree")
```
"""


@pytest.fixture
def root(tmp_path: Path, make_lesson: MakeLesson) -> Path:
    (tmp_path / "conf.py").write_text("")
    (tmp_path / "terns.md").write_text(make_lesson("terns", DEMO))
    return tmp_path


def run(*programs: Program) -> dict[Program, RunResult]:
    with make_engine(Settings(), 2) as engine:
        recording = RecordingEngine(engine)
        for future in [recording.submit(program) for program in programs]:
            future.result(60)
        return recording.results


def lock(root: Path, *programs: Program) -> LockedEngine:
    results = run(*programs)
    uses = {program: ["here.md: demos"] for program in programs}
    write_lock(root / "lessons.lock", make_lock(results, uses, root))
    return LockedEngine(root / "lessons.lock", root)


def ending_of(engine: LockedEngine, program: Program) -> tuple[str, Code | None]:
    cell = engine.submit(program).result(0).cells[0]
    return cell.ending.value, cell.code


def test_locked_results_are_those_of_the_run(root):
    programs = (
        Session((Cell("print('a')\n1 + 1"), Cell("1 / 0"))),
        Script("print(input())", stdin="north\n"),
        Script("raise KeyError('x')"),
    )
    results = run(*programs)
    engine = lock(root, *programs)
    for program, result in results.items():
        locked = engine.submit(program).result(0)
        assert locked.stored
        for cell, ran in zip(locked.cells, result.cells, strict=True):
            assert replace(cell, seconds=ran.seconds) == ran


@pytest.mark.parametrize(
    "change",
    [
        {"code": "print(2)"},
        {"stdin": "x"},
        {"setup": "x = 1"},
        {"checks": "assert True"},
        {"kernel": "ir"},
        {"language": "r"},
    ],
)
def test_whatever_changes_the_program_is_not_locked(root, change):
    program = Script("print(1)")
    engine = lock(root, program)
    assert ending_of(engine, program) == ("ok", None)
    assert ending_of(engine, replace(program, **change)) == ("could-not-run", Code.NOT_LOCKED)


def test_limits_are_no_part_of_the_key(root):
    engine = lock(root, Script("print(1)"))
    assert ending_of(engine, Script("print(1)", limits=Limits(timeout=2))) == ("ok", None)


def test_a_declared_file_that_changed_is_not_locked(root):
    data = root / "birds.csv"
    data.write_text("tern")
    program = Script("print(open('birds.csv').read())", files=(File("birds.csv", str(data)),))
    assert ending_of(lock(root, program), program) == ("ok", None)
    data.write_text("gull")
    engine = LockedEngine(root / "lessons.lock", root)
    assert ending_of(engine, program) == ("could-not-run", Code.NOT_LOCKED)


def test_a_file_that_was_read_and_changed_makes_the_lock_stale(root):
    data = root / "birds.txt"
    data.write_text("tern")
    program = Script(f"print(open({str(data)!r}).read())")
    assert ending_of(lock(root, program), program) == ("ok", None)
    data.write_text("gull")
    engine = LockedEngine(root / "lessons.lock", root)
    assert ending_of(engine, program) == ("could-not-run", Code.STALE_LOCK)
    assert "birds.txt changed" in engine.submit(program).result(0).cells[0].reason


def test_what_could_not_be_run_is_not_locked(root):
    program = Script("import nonesuch")
    engine = lock(root, program)
    assert ending_of(engine, program) == ("could-not-run", Code.NOT_LOCKED)


def test_without_a_lock_file_nothing_is_locked(root):
    engine = LockedEngine(root / "lessons.lock", root)
    cell = engine.submit(Script("1")).result(0).cells[0]
    assert cell.code is Code.NOT_LOCKED
    assert "there is no" in cell.reason
    assert "sphinx-lessons check --lock" in cell.reason


def test_a_broken_lock_names_its_line(root):
    program = Script("print(1)")
    lock(root, program)
    path = root / "lessons.lock"
    path.write_text(path.read_text().replace('"ok"', '"fine"'))
    engine = LockedEngine(path, root)
    cell = engine.submit(program).result(0).cells[0]
    assert cell.code is Code.BAD_LOCK
    assert f"{path}:5: " in cell.reason
    assert ending_of(engine, Script("print(2)")) == ("could-not-run", Code.NOT_LOCKED)


def test_an_entry_with_too_few_cells_is_refused(root):
    session = Session((Cell("1"), Cell("2")))
    lock(root, session)
    path = root / "lessons.lock"
    head, _, _ = path.read_text().rpartition("\n[[program")
    path.write_text(head)
    assert ending_of(LockedEngine(path, root), session) == ("could-not-run", Code.BAD_LOCK)


def test_versions_name_what_is_imported(root):
    program = Script("import yaml\nprint(1)")
    (entry,) = make_lock(run(program), {program: ["a.md: demos"]}, root)
    names = [text.split()[0] for text in entry.versions]
    assert names == ["python", "pyyaml"]


def test_other_versions_are_a_warning_and_leftovers_an_error(root):
    program, gone = Script("import yaml\nprint(1)"), Script("print('gone')")
    lock(root, program, gone)
    path = root / "lessons.lock"
    text = path.read_text()
    line = next(line for line in text.split("\n") if "pyyaml" in line)
    path.write_text(text.replace(line, '  "pyyaml 0.0.1",'))
    engine = LockedEngine(path, root)
    engine.submit(program)
    problems = compare_lock(engine, [program])
    assert sorted(problem.code.value for problem in problems) == ["lock-versions", "stale-lock"]
    lines = path.read_text().split("\n")
    assert all(lines[problem.line - 1].startswith("[program.") for problem in problems)


def test_a_locked_check_says_what_a_running_one_says(root):
    readings = [read_file(root / "terns.md")]
    settings = Settings()
    with make_engine(settings, 2) as engine:
        recording = RecordingEngine(engine)
        ran = check(readings, settings, recording, root)
        results = recording.results
    uses = {program: ["terns.md: all"] for program in results}
    write_lock(root / "lessons.lock", make_lock(results, uses, root))
    locked = check(readings, settings, LockedEngine(root / "lessons.lock", root), root)
    for old, new in zip(ran.lessons, locked.lessons, strict=True):
        assert new.run == 0
        assert [demo.verdict for demo in new.demos] == [demo.verdict for demo in old.demos]
        assert [item.verdict for item in new.challenges] == [
            item.verdict for item in old.challenges
        ]


def test_a_changed_lesson_is_a_problem_at_its_line(root):
    lock(root, Script("print(1)"))
    path = root / "terns.md"
    report = check([read_file(path)], Settings(), LockedEngine(root / "lessons.lock", root), root)
    (lesson,) = report.lessons
    # A list counts from 0: the lines of the fences above.
    lines = path.read_text().split("\n")
    fences = [lines.index(code) for code in ('print("kree")', "print(1 + 2)")]
    expected = [(Code.NOT_LOCKED, fence) for fence in fences]
    assert [(problem.code, problem.line) for problem in lesson.problems] == expected


def test_never_runs_nothing_and_is_no_problem(root):
    settings = Settings(execute="never")
    report = check([read_file(root / "terns.md")], settings, LockedEngine(root / "no", root), root)
    (lesson,) = report.lessons
    assert lesson.problems == ()
    assert [demo.verdict.word for demo in lesson.demos] == [Word.SKIPPED]
    assert [item.verdict.word for item in lesson.challenges] == [Word.SKIPPED]


def test_the_setting_chooses_the_engine(root):
    made = object()
    assert choose_engine(Settings(), root, lambda: made) is made
    assert isinstance(choose_engine(Settings(execute="locked"), root, lambda: made), LockedEngine)

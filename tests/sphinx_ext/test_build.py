"""The contract of the build: what fails, what is repeated, what is left alone."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from sphinx_projects import Project

WRONG = ("```\n2.5\n```", "```\n2.6\n```")
WRONG_LINE = 61


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_a_true_lesson_builds_without_a_word(tides: Project) -> None:
    result = tides.build(strict=True)
    assert result.status == 0
    assert result.log == ""
    assert "lessons: 1 lessons, 3 programs (3 run, 0 stored), 0 failed" in result.info


def test_what_lessons_share_is_run_and_not_stored(project: Project) -> None:
    for name in ("one", "two"):
        project.write(
            f"{name}.md", f"---\nid: {name}\nlesson: true\n---\n# A\n\n```python\n1\n```\n"
        )
    assert "2 programs (2 run, 0 stored)" in project.build().info
    assert "2 programs (0 run, 2 stored)" in project.build().info


def test_a_wrong_output_fails_the_build_at_its_line(tides: Project, lesson: str) -> None:
    tides.write("lesson.md", lesson.replace(*WRONG))
    result = tides.build()
    assert result.status == 1
    (error,) = result.errors
    assert f"lesson.md:{WRONG_LINE}: ERROR" in error
    assert error.endswith("[lessons.mismatched]")
    assert "-2.6" in result.log
    assert "+2.5" in result.log
    assert ", 1 failed" in result.info


def test_it_still_fails_when_nothing_is_read_again(tides: Project, lesson: str) -> None:
    tides.write("lesson.md", lesson.replace(*WRONG))
    first = tides.build()
    second = tides.build()
    assert "0 added, 0 changed" in second.info
    assert second.status == 1
    assert second.errors == first.errors
    assert "(0 run, 3 stored), 1 failed" in second.info


def test_it_passes_again_when_it_is_mended(tides: Project, lesson: str) -> None:
    tides.write("lesson.md", lesson.replace(*WRONG))
    tides.build()
    tides.write("lesson.md", lesson)
    result = tides.build(strict=True)
    assert (result.status, result.log) == (0, "")


def test_every_failure_is_shown(tides: Project, lesson: str) -> None:
    broken = lesson.replace(*WRONG).replace("range 3.2", "range 3.3")
    tides.write("lesson.md", broken.replace("len(heights)\n", "len(height)\n"))
    result = tides.build()
    assert [error.rpartition(" ")[2] for error in result.errors] == [
        "[lessons.mismatched]",
        "[lessons.raised]",
        "[lessons.mismatched]",
    ]
    assert 'lesson.md", line 30' in result.log
    assert "NameError" in result.log


def test_drafts_show_the_difference_and_succeed(tides: Project, lesson: str) -> None:
    tides.write("lesson.md", lesson.replace(*WRONG))
    result = tides.build(lessons_on_failure="warn")
    assert result.status == 0
    assert result.errors == []
    assert "lesson.md:61: WARNING" in result.warnings[0]
    assert "[lessons.mismatched]" in result.log
    failure = result.page().select_one("#tides-01-c1 .lesson-failure")
    assert failure is not None
    assert "-2.6" in failure.text


def test_suppressing_warnings_hides_no_error(tides: Project, lesson: str) -> None:
    text = lesson.replace(*WRONG).replace("difficulty: beginner", "difficulty: hard")
    tides.write("lesson.md", text)
    result = tides.build(suppress_warnings=["lessons"])
    assert result.warnings == []
    assert len(result.errors) == 1
    assert result.status == 1


def test_warnings_fail_only_when_asked(tides: Project, lesson: str) -> None:
    tides.write("lesson.md", lesson.replace("difficulty: beginner", "difficulty: hard", 1))
    assert tides.build().status == 0
    # Also when nothing is read again.
    strict = tides.build(strict=True)
    assert strict.status == 1
    assert "[lessons.unknown-difficulty]" in strict.warnings[0]


def write_course(project: Project, lesson: str, count: int) -> None:
    for number in range(count):
        text = lesson.replace("tides-01", f"tides-{number:02}").replace(
            "idal range", f"erm {number}"
        )
        project.write(f"lesson{number:02}.md", text)


def test_parallel_builds_are_identical_to_serial_ones(project: Project, lesson: str) -> None:
    write_course(project, lesson, 8)
    serial = project.build(out="serial", html_last_updated_fmt=None)
    parallel = project.build(out="parallel", parallel=2, html_last_updated_fmt=None)
    assert parallel.log == serial.log
    assert digests(parallel.outdir) == digests(serial.outdir)
    assert "(24 run, 0 stored), 0 failed" in parallel.info or "8 lessons" in parallel.info


def test_parallel_builds_fail_and_repeat_too(project: Project, lesson: str) -> None:
    write_course(project, lesson, 8)
    text = (project.source / "lesson03.md").read_text(encoding="utf-8")
    project.write("lesson03.md", text.replace(*WRONG))
    first = project.build(parallel=2)
    assert first.status == 1
    assert "lesson03.md:61: ERROR" in first.log
    second = project.build(parallel=2)
    assert (second.status, second.errors) == (1, first.errors)


def test_nothing_is_written_below_the_source_folder(tides: Project) -> None:
    before = digests(tides.source)
    tides.build()
    tides.build("latex")
    assert digests(tides.source) == before


def test_a_removed_lesson_is_forgotten(tides: Project, lesson: str) -> None:
    tides.write("lesson.md", lesson.replace(*WRONG))
    assert tides.build().status == 1
    (tides.source / "lesson.md").unlink()
    result = tides.build()
    assert result.status == 0
    assert "lessons: 0 lessons" in result.info


def test_a_changed_data_file_runs_its_lesson_again(tides: Project, lesson: str) -> None:
    code = "heights = [4.0, 1.0]\nprint(sum(heights) / len(heights))"
    reading = 'print(open("heights.txt").read())'
    text = lesson.replace(code, reading).replace("- language", "- files: heights.txt\n- language")
    tides.write("lesson.md", text)
    tides.write("heights.txt", "2.5\n")
    assert tides.build().errors == []
    tides.write("heights.txt", "2.7\n")
    assert tides.build().status == 1


def test_settings_come_from_pyproject_and_conf_wins(tides: Project, lesson: str) -> None:
    tides.write("lesson.md", lesson.replace(*WRONG))
    (tides.folder / "pyproject.toml").write_text(
        '[tool.sphinx-lessons]\non-failure = "warn"\n', encoding="utf-8"
    )
    assert tides.build().status == 0
    assert tides.build(lessons_on_failure="error").status == 1


def test_a_setting_that_cannot_be_used_is_a_clear_error(tides: Project) -> None:
    from sphinx.errors import ConfigError

    with pytest.raises(ConfigError, match="timeout must be a number above 0, not -1"):
        tides.build(lessons_timeout=-1)


def test_a_file_that_is_not_utf8_is_reported_and_shown(tides: Project, lesson: str) -> None:
    path = tides.source / "lesson.md"
    path.write_bytes(lesson.replace("above four", "above §").encode("latin-1"))
    result = tides.build()
    assert result.status == 1
    assert "lesson.md:27: ERROR" in result.log
    assert "[lessons.not-utf8]" in result.log
    assert "�" in result.page().text


def test_an_empty_file_is_no_lesson(tides: Project) -> None:
    tides.write("empty.md", "")
    assert tides.build().status == 0


def test_code_of_ordinary_pages_is_not_run(tides: Project) -> None:
    tides.write("page.md", '# Page\n\n```python\nraise SystemExit("run!")\n```\n')
    result = tides.build(strict=True)
    assert result.status == 0
    assert result.page("page").select(".lesson-demo") == []


def test_results_are_stored_beside_the_doctrees(tides: Project, lesson: str) -> None:
    tides.build()
    tides.write("lesson.md", lesson.replace("Now you.", "Now it is your turn."))
    result = tides.build()
    assert "(0 run, 3 stored), 0 failed" in result.info
    tides.write("lesson.md", lesson.replace("print(sum(heights)", "print(sum(heights + [])"))
    assert "(1 run, 2 stored), 0 failed" in tides.build().info


def test_the_store_may_have_a_place_of_its_own(tides: Project) -> None:
    place = str(tides.folder / "kept")
    tides.build(lessons_store=place)
    again = tides.build(lessons_store=place, out="elsewhere")
    assert "(0 run, 3 stored)" in again.info


def test_always_runs_everything(tides: Project, lesson: str) -> None:
    tides.build(lessons_execute="always")
    tides.write("lesson.md", lesson + "\n")
    assert "(3 run, 0 stored)" in tides.build(lessons_execute="always").info


def test_never_runs_nothing_and_says_so(tides: Project, lesson: str) -> None:
    tides.write("lesson.md", lesson.replace(*WRONG))
    result = tides.build(lessons_execute="never")
    assert result.status == 0
    assert "0 programs (0 run, 0 stored)" in result.info
    page = result.page()
    assert page.select(".lesson-verified") == []
    assert "Not run in this build" in page.select_one(".lesson-demo .lesson-output").text


def test_locked_builds_fail_for_what_is_not_locked(tides: Project) -> None:
    result = tides.build(lessons_execute="locked")
    assert result.status == 1
    assert "[lessons.not-locked]" in result.log


def test_an_unchanged_configuration_is_seen_as_unchanged(tides: Project) -> None:
    tides.build()
    assert "configuration has changed" not in tides.build().info


def test_settings_may_be_given_on_the_command_line(tides: Project, lesson: str) -> None:
    import subprocess
    import sys

    tides.write("lesson.md", lesson.replace("len(heights)\n", "while True: pass\n"))
    command = [sys.executable, "-m", "sphinx", "-q", "-D", "lessons_timeout=1"]
    command += ["-D", "lessons_trust_html=1", str(tides.source), str(tides.folder / "out")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert "still running after 1 s" in done.stderr
    wrong = [*command[:5], "lessons_timeout=soon", *command[6:]]
    done = subprocess.run(wrong, capture_output=True, text=True, timeout=120, check=False)
    assert "timeout must be a number above 0, not 'soon'" in done.stderr

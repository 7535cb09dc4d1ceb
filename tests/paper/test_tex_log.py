"""Reading TeX's log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx_lessons.cli import main
from sphinx_lessons.tex_log import Entry, find_our_lines, join_lines, read_log

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

LOST = "Missing character: There is no − (U+2212) in font [lmroman10-regular]:mapping=tex-text;!\n"
WIDE = "Overfull \\hbox (32.5pt too wide) in paragraph at lines 3--3\n []|\n"

TEX = """\\begin{document}
\\begin{lessonexercise}{Exercise}{One}{}
inside
\\end{lessonexercise}
outside
"""


def write_log(folder: Path, text: str, tex: str | None = TEX) -> Path:
    log = folder / "course.log"
    log.write_text(text, "utf-8")
    if tex is not None:
        log.with_suffix(".tex").write_text(tex, "utf-8")
    return log


def test_a_lost_character_is_found_with_its_page(tmp_path: Path) -> None:
    (entry,) = read_log(write_log(tmp_path, "[1] [2]\n" + LOST))
    assert entry == Entry(
        "lost-character",
        "no sign for − (U+2212) in font [lmroman10-regular]:mapping=tex-text;",
        3,
    )


def test_entries_are_read_across_line_breaks(tmp_path: Path) -> None:
    data = LOST.rstrip("\n").encode()
    (tmp_path / "course.log").write_bytes(data[:79] + b"\n" + data[79:] + b"\n")
    (entry,) = read_log(tmp_path / "course.log")
    assert "lmroman10-regular" in entry.message


def test_only_full_lines_are_joined() -> None:
    assert join_lines(b"a" * 79 + b"\nb\nc") == "a" * 79 + "b\nc\n"


def test_wide_boxes_count_inside_of_lessons(tmp_path: Path) -> None:
    outside = WIDE.replace("3--3", "5--5")
    narrow = WIDE.replace("32.5", "12.5")
    (entry,) = read_log(write_log(tmp_path, WIDE + outside + narrow))
    assert entry == Entry("overfull-box", "32.5 pt too wide, line 3 of the TeX file", 0)


def test_wide_boxes_all_count_without_the_tex_file(tmp_path: Path) -> None:
    text = WIDE + WIDE.replace("3--3", "5--5")
    assert len(read_log(write_log(tmp_path, text, tex=None))) == 2


def test_boxes_of_the_output_routine_are_not_ours(tmp_path: Path) -> None:
    text = "Overfull \\hbox (99.0pt too wide) has occurred while \\output is active\n"
    assert read_log(write_log(tmp_path, text)) == []


def test_environments_may_be_nested() -> None:
    source = "a\n\\begin{lessonexercise}\n\\begin{lessonoutput}\nb\n\\end{lessonoutput}\nc\n"
    assert find_our_lines(source + "\\end{lessonexercise}\nd\n") == {2, 3, 4, 5, 6, 7}


def test_the_command_lists_entries(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = write_log(tmp_path, LOST)
    assert main(["tex-log", str(log)]) == 1
    assert capsys.readouterr().out.startswith(f"{log}: before page 1: no sign for −")


def test_the_command_is_silent_about_a_good_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tex-log", str(write_log(tmp_path, "all is well\n"))]) == 0
    assert capsys.readouterr().out == ""


def test_a_missing_log_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tex-log", str(tmp_path / "none.log")]) == 2
    assert "No such file" in capsys.readouterr().err

"""Characters that a PDF would lose; fonts are needed, TeX is not run."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from sphinx_lessons.sphinx_ext.paper import characters, fonts, latex, pdftex

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Course

pytestmark = pytest.mark.needs_tex

EMOJI = "\N{PARTY POPPER}"


def page(body: str) -> str:
    return f"---\nid: signs\nlesson: true\n---\n\n# Signs\n\n{body}\n"


def test_a_lost_character_is_an_error_at_its_line(project: Course) -> None:
    project.write("signs.md", page(f"First line,\nsecond {EMOJI} line."))
    result = project.build()
    assert result.status == 1
    (line,) = result.lines_with("lost-character")
    assert line.startswith(f"{project.source / 'signs.md'}:9: ERROR: ")
    assert "U+1F389 PARTY POPPER" in line


def test_every_build_says_so(project: Course) -> None:
    project.write("signs.md", page(EMOJI))
    first, second = project.build(), project.build()
    assert first.status == second.status == 1
    assert first.lines_with("lost-character") == second.lines_with("lost-character")


def test_code_and_output_are_looked_up_too(project: Course) -> None:
    project.write("signs.md", page(f'```python\nx = 1\nprint("{EMOJI}")\n```'))
    lines = project.build().lines_with("lost-character")
    places = {line.split(": ERROR")[0].rpartition(":")[2] for line in lines}
    # The code's own line, and for what it prints the demo's.
    assert places == {"8", "10"}


def test_expected_outputs_too(project: Course) -> None:
    fence = f"```\n1\n{EMOJI}\n```"
    body = (
        f"---challenges---\n\n### Challenge: A\n\n- id: signs-c1\n\n#### Expected Output\n\n{fence}"
    )
    project.write("signs.md", page(body))
    (line,) = project.build().lines_with("lost-character")
    assert line.startswith(f"{project.source / 'signs.md'}:18: ERROR: ")


@pytest.mark.parametrize("place", ["inline", "appendix"])
def test_an_included_lesson_has_its_own_file_and_lines(project: Course, place: str) -> None:
    solution = f"#### Solution\n\n```python\n# {EMOJI}\n```"
    challenge = f"### Challenge: {EMOJI}\n\n- id: signs-c1\n\n{EMOJI}\n\n{solution}"
    project.write("parts/signs.md", page(f"{EMOJI}\n\n---challenges---\n\n{challenge}"))
    project.write("host.md", "# Host\n\n```{include} parts/signs.md\n```\n")
    lines = project.build(lessons_solutions=place).lines_with("lost-character")
    places = {line.split(": ERROR")[0].removeprefix(f"{project.source}/") for line in lines}
    assert places == {f"parts/signs.md:{number}" for number in (8, 12, 16, 21)}


def test_drafting_makes_a_warning_of_it(project: Course) -> None:
    project.write("signs.md", page(EMOJI))
    result = project.build(lessons_on_failure="warn")
    assert result.status == 0
    assert result.lines_with("lost-character")


def test_other_builders_lose_nothing(project: Course) -> None:
    project.write("signs.md", page(EMOJI))
    assert project.build("text").log == ""


def test_usual_signs_need_no_help(project: Course) -> None:
    project.write("signs.md", page("(−1, 1) · ≈ — × ± ≤ äöü éè Ж α"))
    result = project.build()
    assert result.log == ""
    assert not (result.outdir / characters.DECLARATIONS).exists()


def test_signs_that_one_font_lacks_come_from_another(project: Course) -> None:
    project.write("signs.md", page("✓ ✗ שלום ┌"))
    result = project.build()
    assert result.log == ""
    declared = result.text(characters.DECLARATIONS)
    for character in "✓✗ש┌":
        assert f"{{{ord(character):04X}}}" in declared


def test_declarations_of_an_earlier_build_are_forgotten(project: Course) -> None:
    project.write("signs.md", page("✓"))
    project.build()
    project.write("signs.md", page("plain"))
    assert not (project.build().outdir / characters.DECLARATIONS).exists()


def test_missing_fonts_are_named_and_nothing_is_claimed(project: Course) -> None:
    project.write("signs.md", page(EMOJI))
    elements = {"fontpkg": r"\setmainfont{NoSuchFont.otf}"}
    result = project.build(latex_elements=elements, suppress_warnings=[])
    (line,) = result.lines_with("unchecked-characters")
    assert "NoSuchFont.otf" in line
    assert not result.lines_with("lost-character")
    assert result.status == 0


def test_fonts_of_the_project_are_the_ones_looked_up(project: Course) -> None:
    project.write("signs.md", page("plain"))
    elements = {"fontpkg": r"\setmainfont{DejaVu Sans}" "\n" r"\setmonofont{DejaVu Sans Mono}"}
    result = project.build(latex_elements=elements)
    assert result.log == ""
    assert "FreeSerif" not in result.text("course.tex")


def test_the_engine_of_the_project_stays(project: Course) -> None:
    project.write("signs.md", page("plain"))
    assert "fontspec" not in project.build(latex_engine="pdflatex").text("course.tex")


def test_pdflatex_gets_declarations_or_an_error(project: Course) -> None:
    project.write("signs.md", page("(−1, 1) ≈ ✓ α é\n\nשלום"))
    result = project.build(latex_engine="pdflatex")
    declared = result.text(characters.DECLARATIONS)
    assert r"\DeclareUnicodeCharacter{2212}{\ensuremath{-}}" in declared
    assert r"\DeclareUnicodeCharacter{03B1}{\ensuremath{\alpha}}" in declared
    assert "00E9" not in declared
    assert result.status == 1
    assert all(":10: ERROR" in line for line in result.lines_with("lost-character"))
    assert len(result.lines_with("lost-character")) == 4


def test_pdflatex_without_its_tables_is_unchecked(
    project: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdftex, "known_characters", frozenset)
    project.write("signs.md", page("plain"))
    result = project.build(latex_engine="pdflatex", suppress_warnings=[])
    assert result.lines_with("unchecked-characters")


def test_font_options_name_the_files() -> None:
    found = fonts.find_fonts(latex.FONT_SETUP)
    assert set(found.roles) == {"main", "sans", "mono"}
    assert not found.missing
    assert ord("−") in found.everywhere


def test_no_font_has_what_is_no_font(tmp_path: Path) -> None:
    broken = tmp_path / "broken.otf"
    broken.write_bytes(b"not a font")
    assert fonts.read_coverage(broken) == frozenset()


def test_tex_and_fontconfig_may_be_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    fonts.find_font.cache_clear()
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    try:
        assert fonts.find_font("FreeSerif.otf") is None
    finally:
        fonts.find_font.cache_clear()

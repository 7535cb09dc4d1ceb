"""Where hints and solutions stand, by builder; no TeX is needed."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from sphinx_lessons.config import Settings, SettingsError, solutions_for

if TYPE_CHECKING:
    from conftest import Course


@pytest.mark.parametrize(
    ("value", "builder", "kind", "expected"),
    [
        ("appendix", "latex", "latex", "appendix"),
        ("omit", "text", "text", "omit"),
        ("omit", "html", "html", "inline"),
        ({"html": "omit"}, "dirhtml", "html", "omit"),
        ({"html": "omit"}, "epub", "html", "appendix"),
        ({"epub": "inline"}, "epub", "html", "inline"),
        ({"dirhtml": "appendix", "html": "omit"}, "dirhtml", "html", "appendix"),
        ({"default": "omit"}, "man", "man", "omit"),
        ({"default": "omit", "latex": "inline"}, "latex", "latex", "inline"),
        ({}, "html", "html", "inline"),
        ({}, "texinfo", "texinfo", "appendix"),
    ],
)
def test_the_place_by_builder(value: object, builder: str, kind: str, expected: str) -> None:
    settings = Settings(solutions=value)  # type: ignore[arg-type]
    assert solutions_for(settings, builder, kind) == expected


@pytest.mark.parametrize("value", ["back", {"latex": "back"}, 3, None, {"latex": None}])
def test_other_words_are_refused(value: object) -> None:
    with pytest.raises(SettingsError, match="solutions must be one of"):
        Settings(solutions=value)  # type: ignore[arg-type]


def test_appendix_is_the_last_chapter(course: Course) -> None:
    result = course.build()
    assert result.log == ""
    text = result.text("course.tex")
    appendix = text.index(r"\chapter{Hints and solutions}")
    assert appendix > text.index(r"\chapter{Winds}")
    for word in ("secret of tides", "Hint text of winds"):
        assert text.count(word) == 1
        assert text.index(word) > appendix


def test_answers_are_grouped_by_lesson(course: Course) -> None:
    text = course.build().text("course.tex")
    back = text[text.index(r"\chapter{Hints and solutions}") :]
    places = [
        back.index(part)
        for part in (r"\section{Tides}", "First of tides", r"\section{Winds}", "First of winds")
    ]
    assert places == sorted(places)


def test_both_ends_are_linked(course: Course) -> None:
    text = course.build().text("course.tex")
    for node_id in ("tides-c1", "tides-c1-answer"):
        label = rf"\detokenize{{tides:{node_id}}}"
        assert text.count(rf"\label{{{label}}}") == 1
        assert rf"\hyperref[{label}]" in text
        assert rf"\lessonpage{{{label}}}" in text


def test_inline_is_under_the_exercise(course: Course) -> None:
    text = course.build(lessons_solutions="inline").text("course.tex")
    assert "Hints and solutions" not in text
    assert text.index("secret of tides") < text.index(r"\chapter{Winds}")


def test_omitted_is_nowhere(course: Course) -> None:
    text = course.build(lessons_solutions="omit").text("course.tex")
    assert "secret" not in text
    assert "Hint" not in text
    assert "First of tides" in text


SOLUTION_WORDS = re.compile(
    "Hint|olution|secret|answer|Output|PYG|Tides|Winds|Exercise|sphinxVerbatim|lessonoutput|word of"
)


def test_the_three_differ_in_solutions_only(course: Course) -> None:
    """Besides hints, solutions and what leads to them, the lines are the same."""
    omitted, inline, appendix = (
        course.build(out=place, lessons_solutions=place).text("course.tex").splitlines()
        for place in ("omit", "inline", "appendix")
    )
    for lines in (inline, appendix):
        more = Counter(lines) - Counter(omitted)
        assert not Counter(omitted) - Counter(lines)
        strange = [line for line in more if line and not SOLUTION_WORDS.search(line)]
        allowed = (
            r"\sphinxAtStartPar",
            r"\sphinxstepscope",
            "}",
            r"\label{\detokenize{index:lesson-solutions}}",
        )
        assert [line for line in strange if line not in allowed] == []


def test_the_directive_names_the_place(course: Course) -> None:
    course.write("zz.md", "# Answers\n\n```{solutions}\n```\n\nAfter them.\n")
    text = course.build().text("course.tex")
    assert r"\chapter{Hints and solutions}" not in text
    assert text.index(r"\chapter{Answers}") < text.index("secret of tides")
    assert text.index("secret of winds") < text.index("After them.")


@pytest.mark.parametrize("place", ["inline", "omit"])
def test_the_directive_is_empty_elsewhere(course: Course, place: str) -> None:
    course.write("zz.md", "# Answers\n\n```{solutions}\n```\n\nAfter them.\n")
    result = course.build(lessons_solutions=place)
    assert result.log == ""
    assert "After them." in result.text("course.tex")


def test_web_pages_keep_them_folded_under_the_exercise(course: Course) -> None:
    text = course.build("html").text("tides.html")
    assert "lesson-fold-solution" in text
    assert "Hints and solutions" not in text


def test_plain_text_has_them_at_the_end_of_the_page(course: Course) -> None:
    text = course.build("text").text("tides.txt")
    assert text.index("Hints and solutions") < text.index("secret of tides")
    assert text.index("Expected output") < text.index("Hints and solutions")


def test_web_pages_can_have_them_at_the_end(course: Course) -> None:
    text = course.build("html", lessons_solutions={"html": "appendix"}).text("tides.html")
    assert 'href="#tides-c1-answer"' in text
    assert 'id="tides-c1-answer"' in text
    assert text.index("Hints and solutions") < text.index("secret of tides")
    assert "secret of winds" not in text


@pytest.mark.parametrize("builder", ["latex", "epub"])
def test_a_failing_lesson_fails_the_build(course: Course, builder: str) -> None:
    page = course.source / "tides.md"
    page.write_text(page.read_text("utf-8").replace('"word of", ', '"another of", '), "utf-8")
    result = course.build(builder, epub_copyright="us", version="1")
    assert result.status == 1
    assert "[lessons.mismatched]" in result.log

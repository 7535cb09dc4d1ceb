"""Languages: our words from catalogs, the authors' words from theirs."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import sphinx.locale
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from bs4 import BeautifulSoup

import sphinx_lessons.sphinx_ext
from sphinx_lessons.sphinx_ext.words import CATALOG, CATALOGS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from babel.messages.catalog import Catalog
    from sphinx_projects import Project

LANGUAGES = ("de", "es", "fr")
WIDELY_UNDERSTOOD = {
    "de": {"Definition"},
    "es": {"%s h", "%s min", "%(hours)s h %(minutes)s min"},
    "fr": {"%s h", "%s min", "%(hours)s h %(minutes)s min", "Solution", "module"},
}
"""Words that are the same as in English."""


@pytest.fixture(autouse=True)
def fresh_translators() -> Iterator[None]:
    """Sphinx keeps the catalogs of a process; each test loads its own."""
    sphinx.locale.translators.clear()
    yield
    sphinx.locale.translators.clear()


def read_catalog(language: str) -> Catalog:
    path = CATALOGS / language / "LC_MESSAGES" / f"{CATALOG}.po"
    return read_po(io.BytesIO(path.read_bytes()))


def messages(catalog: Catalog) -> dict[str, str]:
    return {str(m.id): str(m.string) for m in catalog if m.id}


@pytest.fixture(scope="module")
def words() -> set[str]:
    """All words in the source."""
    folder = sphinx_lessons.sphinx_ext.__path__[0]
    return {str(message) for _f, _l, message, _c, _x in extract_from_dir(folder)}


def test_the_template_is_up_to_date(words: set[str]) -> None:
    template = read_po(io.BytesIO((CATALOGS / f"{CATALOG}.pot").read_bytes()))
    assert set(messages(template)) == words


@pytest.mark.parametrize("language", LANGUAGES)
class TestCatalogs:
    def test_complete_and_nothing_else(self, language: str, words: set[str]) -> None:
        catalog = read_catalog(language)
        assert set(messages(catalog)) == words
        assert not catalog.obsolete
        assert [m.id for m in catalog if m.id and (m.fuzzy or not m.string)] == []

    def test_really_translated(self, language: str) -> None:
        same = {key for key, text in messages(read_catalog(language)).items() if key == text}
        assert same <= WIDELY_UNDERSTOOD[language]

    def test_placeholders_agree(self, language: str) -> None:
        for key, text in messages(read_catalog(language)).items():
            placeholders = r"%(?:\(\w+\))?[sd]"
            assert sorted(re.findall(placeholders, text)) == sorted(re.findall(placeholders, key))

    def test_compiled_from_what_is_written(self, language: str) -> None:
        # Not byte by byte: the head of the file holds the version of Babel.
        path = CATALOGS / language / "LC_MESSAGES" / f"{CATALOG}.mo"
        compiled = read_mo(io.BytesIO(path.read_bytes()))
        assert messages(compiled) == messages(read_catalog(language))

    def test_pages_speak_it(self, language: str, tides: Project) -> None:
        result = tides.build(strict=True, language=language)
        catalog = messages(read_catalog(language))
        text = result.page().text
        for word in ("Solution", "Starter code", "Expected output", "verified", "Builds on:"):
            assert (catalog[word] in text) == (word != "Builds on:")
        assert catalog["Index of challenges"] in result.text("lesson-challenge-index.html")


GERMAN = {
    "Reading a tide table": "Eine Gezeitentafel lesen",
    "Print the mean of the heights.": "Gib den Mittelwert der Höhen aus.",
    "`sum` adds them up.": "`sum` zählt sie zusammen.",
    "Add up a list with `sum`": "Eine Liste mit `sum` addieren",
    "The *mean* height": "Die *mittlere* Höhe",
    "**Tidal range**: the difference between high and low water.": (
        "**Tidal range**: der Unterschied zwischen Hoch- und Niedrigwasser."
    ),
}


def write_po(project: Project) -> None:
    entries = "".join(f'msgid "{key}"\nmsgstr "{text}"\n\n' for key, text in GERMAN.items())
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    project.write("locale/de/LC_MESSAGES/lesson.po", head + entries)


def test_a_translated_build_still_verifies(tides: Project) -> None:
    write_po(tides)
    tides.write("page.md", "# Page\n\n{challenge}`tides-01-c1`\n\n```{objectives}\n```\n")
    result = tides.build(strict=True, language="de", locale_dirs=["locale"])
    page = result.page()
    for text in ("Gezeitentafel lesen", "Gib den Mittelwert", "zählt sie zusammen", "mittlere"):
        assert text in page.text
    assert "programs (3 run, 0 stored), 0 failed" in result.info
    assert page.select_one("#tides-01-c1 .lesson-verified") is not None
    listing = result.page("page").text
    assert "Die mittlere Höhe" in listing
    assert "Eine Liste mit sum addieren" in listing
    assert "Eine Gezeitentafel lesen" in result.text("lessons.json")


def test_a_translated_build_still_fails(tides: Project, lesson: str) -> None:
    write_po(tides)
    tides.write("lesson.md", lesson.replace("```\n2.5\n```", "```\n2.6\n```"))
    result = tides.build(language="de", locale_dirs=["locale"])
    assert result.status == 1
    assert "lesson.md:61: ERROR" in result.log


def test_messages_are_the_authors_words_only(tides: Project, words: set[str]) -> None:
    result = tides.build("gettext", strict=True)
    template = read_po(io.BytesIO((result.outdir / "lesson.pot").read_bytes()))
    found = set(messages(template))
    assert set(GERMAN) <= found
    assert not found & words
    for text in found:
        assert "tides-01" not in text
        assert "2.5" not in text
        assert "heights = " not in text
        assert text not in ("python", "beginner", "range 3.2")


def english_left(page: Path, words: dict[str, str]) -> set[str]:
    """Our English words that stand alone somewhere on a page."""
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    for element in soup.select("pre, code, script"):
        element.decompose()
    texts = {" ".join(text.split()) for text in soup.stripped_strings}
    return {key for key, text in words.items() if key != text and key in texts}


@pytest.mark.parametrize("section", ["course"])
def test_a_german_build_of_our_course_has_no_english_word_of_ours(
    section: str, repository: Path, tmp_path: Path
) -> None:
    # A module's catalogs are a process's: this build has one to itself.
    source = repository / "docs" / section
    (tmp_path / "conf.py").write_text('extensions = ["sphinx_lessons"]\nlanguage = "de"\n')
    command = [sys.executable, "-m", "sphinx", "-q", "-c", str(tmp_path)]
    subprocess.run([*command, str(source), str(tmp_path / "html")], check=True, timeout=300)
    catalog = messages(read_catalog("de"))
    pages = list((tmp_path / "html").glob("*.html"))
    assert len(pages) > 8
    # "challenge" and the like are words of the lessons as well; "Challenge" alone is not.
    assert {page.name: left for page in pages if (left := english_left(page, catalog))} == {}
    shown = "".join(page.read_text(encoding="utf-8") for page in pages)
    assert catalog["What you will learn"] in shown


def test_nothing_of_ours_depends_on_the_direction_of_the_text(repository: Path) -> None:
    css = repository / "sphinx_lessons/sphinx_ext/web/static/sphinx-lessons.css"
    text = re.sub(r"/\*.*?\*/", "", css.read_text(encoding="utf-8"), flags=re.DOTALL)
    physical = r"(?:margin|padding|border)-(?:left|right)|(?:text-align|float):\s*(?:left|right)"
    assert re.findall(physical + r"|(?<![\w-])(?:left|right):", text) == []


def test_a_right_to_left_page_keeps_its_code_left_to_right(tides: Project) -> None:
    result = tides.build(strict=True, language="ar")
    page = result.page()
    assert page.select_one("#tides-01-c1 pre") is not None
    tides.write("page.md", "# Page\n\n```{course-map}\n```\n")
    svg = tides.build(strict=True, language="ar").page("page").select_one("svg")
    assert svg is not None
    assert svg["direction"] == "ltr"

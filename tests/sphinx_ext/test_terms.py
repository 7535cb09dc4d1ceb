"""Terms that several pages define: links go to the first definition, however pages were read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sphinx.util.inventory import InventoryFile

if TYPE_CHECKING:
    from sphinx_projects import Project, Result

NAMES = "abcdef"


def term_lesson(name: str, text: str) -> str:
    return f"---\nid: {name}\ndifficulty: beginner\n---\n\n# Lesson {name}\n\n{text}\n"


def define(term: str) -> str:
    return f":::definition\n**{term}**: it goes up and down.\n:::\n"


@pytest.fixture
def waves(project: Project) -> Project:
    """Six lessons that define the same term, and a page that uses it."""
    for name in NAMES:
        project.write(f"{name}.md", term_lesson(name, define("Wave")))
    project.write("use.md", "# Use\n\n{term}`Wave` and {term}`wave`\n")
    return project


def links(result: Result, page: str = "use") -> list[str]:
    return [a["href"] for a in result.page(page).select("p a.reference")]


@pytest.mark.parametrize("parallel", [1, 2])
def test_links_go_to_the_first_definition(waves: Project, parallel: int) -> None:
    result = waves.build(parallel=parallel)
    assert links(result) == ["a.html#term-Wave", "a.html#term-Wave"]
    assert len(result.warnings) == len(NAMES) - 1, "each other definition is reported"
    inventory = InventoryFile.loads((result.outdir / "objects.inv").read_bytes(), uri="")
    assert {name: item.uri for name, item in inventory.data["std:term"].items()} == {
        "Wave": "a.html#term-Wave"
    }


def test_first_is_what_the_toctrees_have_first(waves: Project) -> None:
    waves.write("index.md", "# Course\n\n```{toctree}\nuse\nd\na\nb\nc\ne\nf\n```\n")
    result = waves.build()
    assert links(result) == ["d.html#term-Wave", "d.html#term-Wave"]
    assert not any("d.md:8: WARNING" in line for line in result.lines_with("duplicate-term"))
    waves.write("index.md", "# Course\n\n```{toctree}\nuse\ne\nd\na\nb\nc\nf\n```\n")
    assert links(waves.build()) == ["e.html#term-Wave", "e.html#term-Wave"]


def test_the_next_definition_takes_over(waves: Project) -> None:
    waves.build()
    waves.write("a.md", term_lesson("a", "No more."))
    result = waves.build()
    assert "not in glossary" not in result.log
    assert links(result) == ["b.html#term-Wave", "b.html#term-Wave"]
    (waves.source / "b.md").unlink()
    assert links(waves.build()) == ["c.html#term-Wave", "c.html#term-Wave"]
    waves.write("a.md", term_lesson("a", define("Wave")))
    assert links(waves.build()) == ["a.html#term-Wave", "a.html#term-Wave"]


@pytest.mark.parametrize("parallel", [1, 2])
def test_spellings_are_one_term(project: Project, parallel: int) -> None:
    for name, term in zip("abc", ["Straße", "straße", "STRASSE"], strict=True):
        project.write(f"{name}.md", term_lesson(name, define(term)))
    project.write("use.md", "# Use\n\n{term}`Straße`, {term}`straße`, {term}`STRASSE`\n")
    result = project.build(parallel=parallel)
    assert len(set(links(result))) == 1
    assert all(link.startswith("a.html#") for link in links(result))
    assert len(links(result)) == 3


@pytest.mark.parametrize("later", [False, True])
@pytest.mark.parametrize("parallel", [1, 2])
def test_a_glossary_stands_above_definitions(waves: Project, parallel: int, *, later: bool) -> None:
    text = "Words\n=====\n\n.. glossary::\n\n   Wave\n      What the sea does.\n"
    if later:
        waves.build(parallel=parallel)
    waves.write("words.rst", text)
    result = waves.build(parallel=parallel)
    assert links(result) == ["words.html#term-Wave", "words.html#term-Wave"]
    assert "duplicate term description" not in result.log
    (waves.source / "words.rst").unlink()
    assert links(waves.build(parallel=parallel)) == ["a.html#term-Wave", "a.html#term-Wave"]


def test_a_term_that_a_page_defines_twice_has_two_anchors(project: Project) -> None:
    project.write("a.md", term_lesson("a", define("Wave") + "\n" + define("wave")))
    project.write("use.md", "# Use\n\n{term}`Wave` and {term}`wave`\n")
    result = project.build()
    assert links(result) == ["a.html#term-Wave", "a.html#term-Wave"]
    ids = [callout["id"] for callout in result.page("a").select(".lesson-callout-definition")]
    assert len(set(ids)) == 2

"""The domain ``lesson``: links within a project and across projects, numbers, inventory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sphinx.util.inventory import InventoryFile

if TYPE_CHECKING:
    from pathlib import Path

    from sphinx_projects import Project, Result

ROLES = ("lesson", "challenge", "module", "challenge-number")


def links(result: Result, page: str = "page") -> dict[str, str]:
    return {a["href"]: a.text for a in result.page(page).select("p a.reference")}


@pytest.fixture
def linked(tides: Project) -> Project:
    tides.write(
        "page.md",
        "# Page\n\n{lesson}`tides-01` and {lesson:challenge}`tides-01-c1`,\n"
        "{lesson}`the first <tides-01>`; {module}`tides`\n",
    )
    return tides


def test_links_have_the_titles_of_what_they_lead_to(linked: Project) -> None:
    result = linked.build(strict=True, nitpicky=True)
    assert links(result)["lesson.html#tides-01-c1"] == "The mean height"
    texts = [a.text for a in result.page("page").select("p a[href='lesson.html#tides-01']")]
    assert texts == ["Reading a tide table", "the first", "tides"]


@pytest.mark.parametrize("builder", ["latex", "text"])
def test_links_in_other_builders(linked: Project, builder: str) -> None:
    result = linked.build(builder, strict=True)
    (page,) = [p for p in result.outdir.iterdir() if p.name in ("page.txt", "course.tex")]
    assert "The mean height" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("prefix", ["", "lesson:"])
def test_unknown_ids_are_warnings_at_their_lines(tides: Project, prefix: str) -> None:
    body = "".join(f"Text\n{{{prefix}{role}}}`zzz`\n\n" for role in ROLES)
    tides.write("page.md", f"# Page\n\n{body}")
    rest = "".join(f"Text\n:{prefix}{role}:`zzz`\n\n" for role in ROLES)
    tides.write("page2.rst", f"Page\n====\n\n{rest}")
    warnings = tides.build().warnings
    assert [line.rpartition("/")[2] for line in warnings] == [
        f"{page}:{line}: WARNING: unknown {kind}: 'zzz' [ref.{role}]"
        for page, first in (("page.md", 4), ("page2.rst", 5))
        for line, kind, role in zip(
            range(first, first + 12, 3),
            ("lesson", "challenge", "module", "challenge"),
            ROLES,
            strict=True,
        )
    ]


def test_a_lesson_without_heading_and_title_can_be_linked(linked: Project, lesson: str) -> None:
    _, front, body = lesson.split("---\n", 2)
    front = front.replace("title: Reading a tide table\n", "")
    body = body.replace("# Reading a tide table", "").partition("---challenges---")[0]
    linked.write("lesson.md", f"---\n{front}---\n{body}")
    linked.write("page.md", "# Page\n\n{lesson}`tides-01`\n")
    result = linked.build(strict=True)
    assert result.page().select_one("#tides-01") is not None
    assert links(result) == {"lesson.html#tides-01": "tides-01"}
    tex = next(linked.build("latex", strict=True).outdir.glob("*.tex")).read_text("utf-8")
    assert r"\label{\detokenize{lesson:tides-01}}" in tex


def test_an_unknown_id_inside_a_challenge_has_its_line(tides: Project, lesson: str) -> None:
    hint = "1. `sum` adds them up."
    tides.write("lesson.md", lesson.replace(hint, hint + "\n   See {lesson}`zzz`."))
    line = lesson.splitlines().index(hint) + 2
    (warning,) = tides.build().warnings
    assert f"lesson.md:{line}: WARNING: unknown lesson" in warning


def test_a_renamed_file_keeps_its_links(linked: Project) -> None:
    linked.build(strict=True)
    (linked.source / "lesson.md").rename(linked.source / "moved.md")
    linked.write("page.md", (linked.source / "page.md").read_text(encoding="utf-8") + "\n")
    assert links(linked.build(strict=True))["moved.html#tides-01-c1"] == "The mean height"


def test_challenges_are_numbered_by_the_order_of_the_toctrees(tides: Project, lesson: str) -> None:
    second = lesson.replace("tides-01", "tides-02").replace("Tidal range", "Range of tides")
    tides.write("another.md", second.replace("{term}`tidal range`", "A range"))
    tides.write("index.md", "# Course\n\n```{toctree}\nlesson\nanother\npage\n```\n")
    tides.write(
        "page.md",
        "# Page\n\n{challenge-number}`tides-02-c1`, {challenge-number}`No. %s <tides-01-c1>`,\n"
        "{challenge}`{number}: {name} <tides-02-c1>`, {challenge}`100%s <tides-01-c1>`\n",
    )
    result = tides.build(strict=True, nitpicky=True)
    texts = [a.text for a in result.page("page").select("p a.reference")]
    assert texts == ["Challenge 2.1", "No. 1.1", "2.1: The mean height", "100%s"]


def test_any_finds_lessons_and_challenges(tides: Project) -> None:
    tides.write("page.md", "# Page\n\n{any}`tides-01-c1`\n")
    assert links(tides.build(strict=True)) == {"lesson.html#tides-01-c1": "The mean height"}


def test_the_inventory_holds_objects_and_no_pieces(linked: Project) -> None:
    result = linked.build(strict=True)
    inventory = InventoryFile.loads((result.outdir / "objects.inv").read_bytes(), uri="")
    found = {
        f"{kind} {name}": item.uri
        for kind, names in inventory.data.items()
        for name, item in names.items()
        if kind != "std:doc"
    }
    assert found == {
        "lesson:lesson tides-01": "lesson.html#tides-01",
        "lesson:challenge tides-01-c1": "lesson.html#tides-01-c1",
        "lesson:module tides": "lesson.html#tides-01",
        "std:term Tidal range": "lesson.html#term-Tidal-range",
        "std:label lesson-challenge-index": "lesson-challenge-index.html",
        "std:label lesson-definition-index": "lesson-definition-index.html",
    } | {key: uri for key, uri in found.items() if key.startswith("std:label ") and uri in SPHINX}


SPHINX = {"genindex.html", "py-modindex.html", "search.html"}


def test_links_across_projects(linked: Project, tmp_path: Path) -> None:
    theirs = linked.build(strict=True).outdir
    folder = tmp_path / "second"
    folder.mkdir()
    ours = type(linked)(folder)
    ours.write("conf.py", 'extensions = ["sphinx_lessons", "sphinx.ext.intersphinx"]\n')
    ours.write(
        "page.md",
        "# Page\n\n{lesson}`tides-01`, {challenge}`tides-01-c1`, {module}`tides`,\n"
        "{term}`Tidal range`, {challenge-number}`tides-01-c1`\n",
    )
    ours.write("page2.rst", "Page\n====\n\n:lesson:`the first <tides-01>`, :lesson:`zzz`\n")
    mapping = {"tides": ("https://tides.example/", str(theirs / "objects.inv"))}
    result = ours.build(nitpicky=True, intersphinx_mapping=mapping)
    (warning,) = result.warnings
    assert "page2.rst:4: WARNING: unknown lesson: 'zzz'" in warning
    found = [(a["href"], a.text) for a in result.page("page").select("p a.reference")]
    base = "https://tides.example/lesson.html"
    assert found == [
        (f"{base}#tides-01", "Reading a tide table"),
        (f"{base}#tides-01-c1", "The mean height"),
        (f"{base}#tides-01", "tides"),
        (f"{base}#term-Tidal-range", "Tidal range"),
        (f"{base}#tides-01-c1", "The mean height"),
    ]
    assert links(result, "page2") == {f"{base}#tides-01": "the first"}


def test_the_order_of_the_toctree_is_held_against_prerequisites_and_terms(
    tides: Project, lesson: str
) -> None:
    front = "---\nid: early\ndifficulty: beginner\nprerequisites:\n  - tides-01\n---\n"
    tides.write("early.md", front + "# Early\n\nThe\n{term}`tidal range`.\n")
    tides.write("index.md", "# Course\n\n```{toctree}\nearly\nlesson\n```\n")
    first = tides.build()
    late, undefined = first.warnings
    assert "early.md:5: WARNING: the prerequisite 'tides-01' comes later in the table" in late
    assert late.endswith("[lessons.prerequisite-after]")
    assert "early.md:10: WARNING: the term 'tidal range' is defined only in a later" in undefined
    assert undefined.endswith("lesson.md:14) [lessons.term-before-definition]")
    assert tides.build().warnings == first.warnings
    tides.write("index.md", "# Course\n\n```{toctree}\nlesson\nearly\n```\n")
    assert tides.build(strict=True).log == ""


def test_modules_in_the_configuration_are_reported_at_its_line(tides: Project) -> None:
    conf = (tides.source / "conf.py").read_text(encoding="utf-8")
    tides.write("conf.py", conf + '\nlessons_modules = [{"id": "tides", "lessons": ["x"]}]\n')
    (warning,) = tides.build().warnings
    line = conf.count("\n") + 2
    assert f"conf.py:{line}: WARNING: the module 'tides' names an unknown lesson" in warning


def test_a_modules_file_that_is_not_there_is_an_error(tides: Project) -> None:
    result = tides.build(lessons_modules="course.yml")
    assert result.status == 1
    assert "course.yml:1: ERROR" in result.log

"""Pages that present the course: lists, the map, objectives, glossary, indices."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from sphinx.environment import BuildEnvironment

from sphinx_lessons.sphinx_ext.course.directives import LISTINGS
from sphinx_lessons.sphinx_ext.course.map import (
    MapLesson,
    MapModule,
    draw_map,
    find_direct,
    find_layers,
    shorten,
)

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx_projects import Project, Result


def make_lesson(
    name: str,
    *prerequisites: str,
    module: str = "",
    title: str = "",
    minutes: int = 10,
    difficulty: str = "beginner",
    body: str = "",
    challenge: str = "",
) -> str:
    front = [f"id: {name}", f"estimatedTimeMinutes: {minutes}", f"difficulty: {difficulty}"]
    front += [f"moduleId: {module}"] if module else []
    front += [f"prerequisites: [{', '.join(prerequisites)}]"] if prerequisites else []
    front += [f"keywords: [{name}, Shared]", f"learningObjectives:\n  - Do *{name}* well"]
    text = "---\n" + "\n".join(front) + f"\n---\n# {title or name}\n\n{body}\n"
    if challenge:
        text += f"---challenges---\n### Challenge: {challenge}\n- id: {name}-c1\n"
        text += "- difficulty: advanced\n\n#### Expected Output\n```\n1\n```\n"
        text += "#### Solution\n```python\nprint(1)\n```\n"
    return text


@pytest.fixture
def course(project: Project) -> Project:
    project.write("index.md", "# Course\n\n```{toctree}\nwaves\nboats\nharbor\npage\n```\n")
    project.write("waves.md", make_lesson("w1", module="sea", title="All *about* waves"))
    definition = ":::definition\n**Hull**: the *body* of a boat.\n\nIt floats.\n:::\n"
    boats = make_lesson(
        "b1", "w1", module="sea", minutes=50, body=definition, challenge="Count the boats"
    )
    project.write("boats.md", boats)
    project.write("harbor.md", make_lesson("h1", "sea", module="land", difficulty="advanced"))
    project.write("modules.yml", "- id: sea\n  title: The sea\n- id: land\n  title: The land\n")
    return project


def lines(result: Result, selector: str, page: str = "page") -> list[str]:
    return [" ".join(item.text.split()) for item in result.page(page).select(selector)]


class TestLessonList:
    def test_all_lessons_in_the_order_of_the_course(self, course: Project) -> None:
        course.write("page.md", "# Page\n\n```{lesson-list}\n```\n")
        result = course.build(strict=True)
        assert lines(result, ".lesson-lesson-list li") == [
            "All about waves · Beginner · 10 min",
            "b1 · Beginner · 50 min",
            "h1 · Advanced · 10 min",
        ]
        assert lines(result, ".lesson-listing-totals") == ["Lessons: 3 · Time in all: 1 h 10 min"]
        link = result.page("page").select_one(".lesson-lesson-list li a")
        assert link is not None
        assert link["href"] == "waves.html#w1"

    @pytest.mark.parametrize(
        ("option", "expected"),
        [
            (":module: land", ["h1"]),
            (":module: land, sea\n:keyword: B1, H1", ["h1", "b1"]),
            (":difficulty: advanced", ["h1"]),
            (":keyword: shared\n:difficulty: beginner", ["w1", "b1"]),
        ],
    )
    def test_filters(self, course: Project, option: str, expected: list[str]) -> None:
        course.write("page.md", f"# Page\n\n```{{lesson-list}}\n{option}\n```\n")
        result = course.build(strict=True)
        links = result.page("page").select(".lesson-lesson-list li a")
        assert [link["href"].partition("#")[2] for link in links] == expected

    def test_nothing_found_says_so(self, course: Project) -> None:
        course.write("page.md", "# Page\n\n```{lesson-list}\n:keyword: zzz\n```\n")
        result = course.build(strict=True)
        assert lines(result, ".lesson-lesson-list") == ["Nothing here yet."]

    def test_an_unknown_module_is_a_warning_at_its_line(self, course: Project) -> None:
        course.write("page.md", "# Page\n\n```{lesson-list}\n:module: see\n```\n")
        (warning,) = course.build().warnings
        assert "page.md:3: WARNING: the course has no module 'see'; did you mean 'sea'?" in warning
        assert "[lessons.unknown-module]" in warning

    def test_an_empty_filter_is_an_error_at_its_line(self, course: Project) -> None:
        course.write("page.rst", "Page\n====\n\n.. lesson-list::\n   :module:\n")
        assert "page.rst:4: ERROR" in course.build().log


def test_the_list_of_a_module_is_where_links_to_it_lead(course: Project) -> None:
    course.write(
        "page.md", "# Page\n\n```{lesson-list}\n:module: sea\n```\n\n{module}`sea` {module}`land`\n"
    )
    result = course.build(strict=True, nitpicky=True)
    links = [(a["href"], a.text) for a in result.page("page").select("p > a.reference")]
    assert ("#module-sea", "The sea") in links
    assert ("harbor.html#h1", "The land") in links
    assert result.page("page").select_one("#module-sea") is not None


def test_challenges_have_the_numbers_of_their_lessons(course: Project) -> None:
    course.write("page.md", "# Page\n\n```{challenge-list}\n:difficulty: advanced\n```\n")
    result = course.build(strict=True)
    assert lines(result, ".lesson-challenge-list li") == ["2.1 Count the boats · Advanced"]
    assert lines(result, ".lesson-listing-totals") == [
        "Challenges: 1 · Time of their lessons: 50 min"
    ]


def test_objectives_are_formatted_as_on_their_pages(course: Project) -> None:
    course.write("page.md", "# Page\n\n```{objectives}\n:module: sea\n```\n")
    result = course.build(strict=True)
    assert lines(result, ".lesson-objectives dt") == ["All about waves", "b1"]
    assert lines(result, ".lesson-objectives dd em") == ["w1", "b1"]


def test_the_glossary_has_the_words_of_the_definitions(course: Project) -> None:
    course.write("page.rst", "Page\n====\n\n.. glossary-of-definitions::\n")
    result = course.build(strict=True)
    assert lines(result, "dl.glossary dt") == ["Hull"]
    assert lines(result, "dl.glossary dd p") == ["the body of a boat.", "It floats."]
    link = result.page("page").select_one("dl.glossary dt a")
    assert link is not None
    assert link["href"] == "boats.html#term-Hull"


def test_a_page_about_the_course_loads_no_other_page(
    course: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    course.write("boat.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    body = ":::definition\n**Keel**: see {lesson}`b1`.\n\n![a boat](boat.svg)\n:::\n"
    course.write("harbor.md", make_lesson("h1", "sea", module="land", body=body))
    listings = [f"```{{{name}}}\n```\n" for name in LISTINGS]
    course.write("page.md", "# Page\n\n" + "\n".join(listings))
    course.build(strict=True)
    loaded: list[str] = []
    load = BuildEnvironment.get_doctree

    def get_doctree(env: BuildEnvironment, docname: str) -> nodes.document:
        loaded.append(docname)
        return load(env, docname)

    monkeypatch.setattr(BuildEnvironment, "get_doctree", get_doctree)
    course.write("page.md", "# Changed\n\n" + "\n".join(listings))
    result = course.build(strict=True)
    assert "Changed" in result.page("page").text
    assert not {"waves", "boats", "harbor"} & set(loaded)
    assert lines(result, ".lesson-objectives dd em") == ["w1", "b1", "h1"]
    glossary = result.page("page").select_one("dl.glossary")
    assert [image["src"] for image in glossary.select("img")] == ["_images/boat.svg"]
    assert [link["href"] for link in glossary.select("dd a")] == ["boats.html#b1"]


class TestMap:
    def test_the_map_is_a_drawing_with_links_and_a_list(self, course: Project) -> None:
        course.write("page.md", "# Page\n\n```{course-map}\n```\n")
        result = course.build(strict=True)
        page = result.page("page")
        links = [(a["href"], a.text) for a in page.select("svg a")]
        assert ("waves.html#w1", "All about waves") in links
        assert len(page.select("svg rect")) == 2
        assert page.select("svg script, svg image") == []
        assert lines(result, "details.lesson-fold li")[-2:] == [
            "The land (Builds on: The sea) h1 (Builds on: All about waves, b1)",
            "h1 (Builds on: All about waves, b1)",
        ]

    def test_other_builders_get_the_list(self, course: Project) -> None:
        course.write("page.md", "# Page\n\n```{course-map}\n```\n")
        text = course.build("text").text("page.txt")
        assert "* b1 (Builds on: All about waves)" in text
        assert "svg" not in text
        course.build("latex")

    def test_titles_are_text(self) -> None:
        lesson = MapLesson("a", "<script>&\"'\x07", 'a.html?x=1&y="2"')
        svg = draw_map([MapModule("m", "</svg>", "", (lesson,))], "Map", "map")
        root = ET.fromstring(svg)
        texts = [node.text for node in root.iter("{http://www.w3.org/2000/svg}text")]
        assert texts == ["</svg>", "<script>&\"'"]

    def test_layers_follow_prerequisites_and_survive_circles(self) -> None:
        def module(name: str, *requires: str) -> MapModule:
            return MapModule(name, name, "", (), frozenset(requires))

        layers = find_layers(
            [module("c", "b", "a"), module("b", "a"), module("a"), module("d", "x")]
        )
        assert layers == {"a": 0, "b": 1, "c": 2, "d": 0}
        assert set(find_layers([module("a", "b"), module("b", "a"), module("e", "e")])) == {
            "a",
            "b",
            "e",
        }
        chain = [module(f"m{i}", f"m{i + 1}") for i in range(3000)]
        assert find_layers(chain)["m0"] == 2999

    def test_no_arrow_for_what_follows_from_others(self) -> None:
        def module(name: str, *requires: str) -> MapModule:
            return MapModule(name, name, "", (), frozenset(requires))

        modules = [
            module("a"),
            module("b", "a"),
            module("c", "b", "a", "x"),
            module("d", "a"),
            module("e", "c", "d", "a", "e"),
        ]
        direct = {"a": [], "b": ["a"], "c": ["b"], "d": ["a"], "e": ["c", "d"]}
        assert find_direct(modules) == direct
        drawn = ET.fromstring(draw_map(modules, "Map", "map"))
        marked = [path for path in drawn.iter() if "marker-end" in path.attrib]
        assert len(marked) == sum(map(len, direct.values()))
        circle = find_direct([module("a", "b"), module("b", "a"), module("c", "a", "b")])
        assert circle["a"] == ["b"]
        assert circle["b"] == ["a"]

    def test_long_titles_are_cut_and_whole_in_the_tooltip(self) -> None:
        assert shorten("a" * 30, 10) == "a" * 9 + "…"
        assert shorten("潮" * 6, 10) == "潮" * 4 + "…"
        assert shorten("short", 10) == "short"
        svg = draw_map([MapModule("m", "m" * 80, "", ())], "Map", "map")
        assert f"<title>{'m' * 80}</title>" in svg

    def test_a_thousand_lessons_do_not_overlap(self) -> None:
        modules = [
            MapModule(
                f"m{m}",
                f"Module {m}",
                "",
                tuple(
                    MapLesson(f"{m}-{n}", "t", "x", frozenset({f"{m}-{n - 1}"})) for n in range(20)
                ),
                frozenset({f"m{m - 1}", f"m{m // 2}"}),
            )
            for m in range(50)
        ]
        root = ET.fromstring(draw_map(modules, "Map", "map"))
        space = "{http://www.w3.org/2000/svg}"
        boxes = [
            tuple(int(rect.attrib[key]) for key in ("x", "y", "width", "height"))
            for rect in root.iter(f"{space}rect")
        ]
        assert len(boxes) == 50
        for i, (x, y, width, height) in enumerate(boxes):
            for other_x, other_y, *_size in boxes[i + 1 :]:
                assert other_x >= x + width or other_y >= y + height or other_x + width <= x
        places = [(t.attrib["x"], t.attrib["y"]) for t in root.iter(f"{space}text")]
        assert len(places) == len(set(places)) == 1050


def test_generated_indices(course: Project) -> None:
    course.write("page.md", "# Page\n\n{ref}`lesson-challenge-index`\n")
    result = course.build(strict=True)
    assert "Count the boats" in result.page("lesson-challenge-index").text
    assert "Hull" in result.page("lesson-definition-index").text
    anchors = [a["href"] for a in result.page("lesson-definition-index").select("td a")]
    assert "boats.html#term-Hull" in anchors


def test_lists_follow_a_change_on_another_page(course: Project) -> None:
    course.write(
        "page.md", "# Page\n\n```{lesson-list}\n```\n\n```{glossary-of-definitions}\n```\n"
    )
    course.build(strict=True)
    course.write("waves.md", make_lesson("w1", module="sea", title="Renamed", minutes=20))
    result = course.build(strict=True)
    assert lines(result, ".lesson-lesson-list li")[0] == "Renamed · Beginner · 20 min"
    course.write("modules.yml", "- id: sea\n  title: S\n  lessons: [b1]\n- id: land\n  title: L\n")
    course.write("page.md", "# Page\n\n```{course-map}\n```\n")
    course.build(strict=True)
    course.write("modules.yml", "- id: sea\n  title: Ocean\n- id: land\n  title: L\n")
    result = course.build(strict=True)
    assert "Ocean" in lines(result, "svg")[0]
    assert "updating environment: 0 added, 0 changed, 0 removed" in result.info
    again = course.build(strict=True)
    assert "no targets are out of date" in again.info


def test_links_follow_what_they_lead_to(course: Project) -> None:
    course.write("page.md", "# Page\n\n{challenge-number}`b1-c1` {lesson}`w1` {term}`hull`\n")
    course.build(strict=True)
    (course.source / "waves.md").unlink()
    course.write("swell.md", make_lesson("w1", module="sea", title="Swell"))
    (course.source / "boats.md").rename(course.source / "ships.md")
    course.write("index.md", "# Course\n\n```{toctree}\nharbor\nswell\nships\npage\n```\n")
    text = (course.source / "harbor.md").read_text().replace("prerequisites: [sea]\n", "")
    course.write("harbor.md", text)
    result = course.build(strict=True)
    assert "updating environment: 2 added, 2 changed, 2 removed" in result.info
    links = [(link.text, link["href"]) for link in result.page("page").select("p > a.reference")]
    assert links == [
        ("Challenge 3.1", "ships.html#b1-c1"),
        ("Swell", "swell.html#w1"),
        ("hull", "ships.html#term-Hull"),
    ]
    assert "no targets are out of date" in course.build(strict=True).info


def test_the_head_of_a_lesson_follows_its_prerequisites_and_its_module(course: Project) -> None:
    course.write("page.md", "# Page\n")
    course.build(strict=True)
    course.write("waves.md", make_lesson("w1", module="sea", title="Swell"))
    course.write("modules.yml", "- id: sea\n  title: The ocean\n- id: land\n  title: The land\n")
    result = course.build(strict=True)
    assert "updating environment: 0 added, 1 changed, 0 removed" in result.info
    assert lines(result, ".lesson-fact-module", "boats") == ["Module: The ocean"]
    assert lines(result, ".lesson-fact-prerequisites", "boats") == ["Builds on: Swell"]
    data = result.page("boats").select_one('script[type="application/ld+json"]').text
    assert '"competencyRequired": ["Swell"]' in data
    assert '"name": "The ocean"' in data


def test_pages_that_show_nothing_of_a_changed_one_are_left(course: Project) -> None:
    course.write("page.md", "# Page\n\n{lesson}`b1`\n")
    course.build(strict=True)
    course.write("harbor.md", make_lesson("h1", "sea", module="land", title="Piers"))
    result = course.build(strict=True)
    written = re.findall(r"writing output... \[[ \d]+%\] (\w+)", result.info)
    assert "harbor" in written
    assert not {"page", "boats", "waves"} & {*written}


def test_parallel_reading_gives_the_same_page(course: Project) -> None:
    text = "# Page\n\n```{course-map}\n```\n```{lesson-list}\n:module: sea\n```\n"
    course.write("page.md", text + "```{glossary-of-definitions}\n```\n{module}`sea`\n")
    for number in range(8):
        course.write(f"more{number}.md", f"---\norphan: true\n---\n# More {number}\n")
    serial = course.build(strict=True, out="serial")
    parallel = course.build(strict=True, out="parallel", parallel=2)
    assert serial.text("page.html") == parallel.text("page.html")

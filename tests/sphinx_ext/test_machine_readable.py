"""What programs read: JSON-LD, metas, lessons.json, notebooks and scripts."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import nbclient
import nbformat
import pytest

from sphinx_lessons.notebook_files import write_notebook, write_script
from sphinx_lessons.reading import read_text
from sphinx_lessons.sphinx_ext.exports.notebooks import make_cells, make_notebook
from sphinx_lessons.sphinx_ext.exports.structured_data import escape_json, format_duration

if TYPE_CHECKING:
    from pathlib import Path

    from sphinx_projects import Project, Result


def json_ld(result: Result, page: str = "lesson") -> dict[str, Any]:
    (script,) = result.page(page).select('head script[type="application/ld+json"]')
    data: dict[str, Any] = json.loads(script.text)
    return data


def metas(result: Result, page: str = "lesson") -> dict[str, str]:
    return {m["name"]: m["content"] for m in result.page(page).select("meta[name]")}


class TestStructuredData:
    def test_a_learning_resource(self, tides: Project) -> None:
        tides.write("modules.yml", "- id: tides\n  title: The tides\n  description: In and out.\n")
        result = tides.build(strict=True, html_baseurl="https://tides.example/course/")
        assert json_ld(result) == {
            "@context": "https://schema.org",
            "@type": "LearningResource",
            "identifier": "tides-01",
            "name": "Reading a tide table",
            "description": "A tidal range above four meters is large.",
            "url": "https://tides.example/course/lesson.html",
            "inLanguage": "en",
            "learningResourceType": "lesson",
            "teaches": ["Add up a list with sum", "Print a rounded mean"],
            "timeRequired": "PT12M30S",
            "educationalLevel": "beginner",
            "isPartOf": {
                "@type": "Course",
                "identifier": "tides",
                "name": "The tides",
                "description": "In and out.",
            },
        }

    def test_a_lesson_without_text_is_described_by_its_objectives(self, tides: Project) -> None:
        front = "id: b\ndifficulty: beginner\nlearningObjectives: [Count]\n"
        region = "---challenges---\n### Challenge: C\n- id: b-c1\n- difficulty: advanced\n\nTask.\n"
        region += "#### Expected Output\n```\n1\n```\n#### Solution\n```python\nprint(1)\n```\n"
        tides.write("b.md", f"---\n{front}---\n# B\n\n{region}")
        assert metas(tides.build(strict=True), "b")["description"] == "Count"

    def test_prerequisites_and_keywords(self, tides: Project) -> None:
        front = 'id: b\ndifficulty: beginner\nprerequisites: [tides]\nkeywords: [sea, "a<b"]\n'
        tides.write("b.md", f"---\n{front}---\n# B\n\nText.\n")
        result = tides.build()
        data = json_ld(result, "b")
        assert data["competencyRequired"] == ["Reading a tide table"]
        assert data["keywords"] == ["sea", "a<b"]
        assert metas(result, "b")["keywords"] == "sea, a<b"
        assert metas(result, "b")["description"] == "Text."

    def test_nothing_in_it_ends_the_script_element(self, project: Project) -> None:
        title = "End </script><script>alert(1)</script> & <!--"
        front = '---\nid: a\ndifficulty: beginner\nlearningObjectives:\n  - "`</script>`"\n---\n'
        project.write("a.md", f"{front}# `{title}`\n\nA `</script>` in text.\n")
        result = project.build(strict=True)
        assert json_ld(result, "a")["name"] == title
        assert json_ld(result, "a")["teaches"] == ["</script>"]
        head = result.text("a.html").partition("</head>")[0]
        assert "alert" not in re.sub(r"<title>.*?</title>|<script[^>]*json.*?</script>", "", head)

    def test_json_is_escaped(self) -> None:
        text = escape_json({"a": "</script>&\u2028é"})
        assert text == '{"a": "\\u003c/script\\u003e\\u0026\\u2028é"}'
        assert json.loads(text) == {"a": "</script>&\u2028é"}

    @pytest.mark.parametrize(
        ("minutes", "duration"),
        [(None, ""), (0, ""), (5, "PT5M"), (60, "PT1H"), (72.5, "PT1H12M30S")],
    )
    def test_durations(self, minutes: float | None, duration: str) -> None:
        assert format_duration(minutes) == duration

    def test_the_authors_own_metas_win(self, tides: Project, lesson: str) -> None:
        own = 'myst:\n  html_meta:\n    "description": Mine\nlearningObjectives:'
        tides.write("lesson.md", lesson.replace("learningObjectives:", own))
        assert metas(tides.build(strict=True))["description"] == "Mine"

    def test_ordinary_pages_and_those_who_do_not_want_it(self, tides: Project) -> None:
        tides.write("page.md", "# Page\n")
        result = tides.build(strict=True)
        assert "ld+json" not in result.text("page.html")
        result = tides.build(lessons_structured_data=False)
        assert "ld+json" not in result.text("lesson.html")


class TestCourseFile:
    def read(self, result: Result) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(result.text("lessons.json"))
        return data

    def test_the_whole_course(self, tides: Project) -> None:
        course = self.read(tides.build(strict=True))
        assert course["version"] == 1
        (module,) = course["modules"]
        assert module["lessons"] == ["tides-01"]
        (lesson,) = course["lessons"]
        (challenge,) = lesson.pop("challenges")
        assert lesson == {
            "id": "tides-01",
            "title": "Reading a tide table",
            "url": "lesson.html#tides-01",
            "module": "tides",
            "prerequisites": [],
            "minutes": 12.5,
            "difficulty": "beginner",
            "objectives": ["Add up a list with sum", "Print a rounded mean"],
            "keywords": [],
            "terms": ["Tidal range"],
            "downloads": [
                "_downloads/lessons/tides-01.ipynb",
                "_downloads/lessons/tides-01.py",
            ],
        }
        assert challenge["verdict"] == "passed"
        assert challenge["number"] == "1.1"
        assert challenge["url"] == "lesson.html#tides-01-c1"
        assert re.fullmatch("[0-9a-f]{64}", challenge["hash"])

    def test_every_download_exists(self, tides: Project) -> None:
        result = tides.build(strict=True)
        (lesson,) = self.read(result)["lessons"]
        assert all((result.outdir / name).is_file() for name in lesson["downloads"])

    def test_a_hash_changes_with_the_challenge_and_only_with_it(
        self, tides: Project, lesson: str
    ) -> None:
        def build(text: str) -> str:
            tides.write("lesson.md", text)
            course = self.read(tides.build())
            digest: str = course["lessons"][0]["challenges"][0]["hash"]
            return digest

        first = build(lesson)
        assert build(lesson.replace("A {term}", "\nA {term}")) == first
        assert build(lesson.replace("`len` counts", "`len()` counts")) != first

    def test_serial_parallel_and_repeated_builds_agree(self, tides: Project) -> None:
        for number in range(8):
            tides.write(f"more{number}.md", f"# More {number}\n")
        serial = tides.build(strict=True, out="serial").text("lessons.json")
        assert tides.build(strict=True, out="serial").text("lessons.json") == serial
        assert tides.build(strict=True, out="two", parallel=2).text("lessons.json") == serial

    def test_a_project_without_lessons_has_none(self, project: Project) -> None:
        assert not (project.build(strict=True).outdir / "lessons.json").exists()

    @pytest.mark.parametrize("builder", ["text", "singlehtml", "epub"])
    def test_books_have_none(self, tides: Project, builder: str) -> None:
        result = tides.build(builder, version="1", copyright="2026")
        assert result.errors == []
        assert not (result.outdir / "lessons.json").exists()
        assert not (result.outdir / "_downloads").exists()


class TestDownloads:
    def test_they_are_linked_from_the_page(self, tides: Project) -> None:
        result = tides.build(strict=True)
        links = [(a["href"], a.text) for a in result.page().select("a.download")]
        assert links == [
            ("_downloads/lessons/tides-01.ipynb", "Jupyter notebook"),
            ("_downloads/lessons/tides-01.py", "Python script"),
        ]

    def test_links_from_folders(self, tides: Project) -> None:
        result = tides.build("dirhtml", strict=True)
        link = result.page("lesson/index").select_one("a.download")
        assert link is not None
        assert link["href"] == "../_downloads/lessons/tides-01.ipynb"

    def test_a_notebook_holds_demos_and_starters(self, tides: Project) -> None:
        result = tides.build(strict=True)
        notebook = nbformat.read(result.outdir / "_downloads/lessons/tides-01.ipynb", 4)
        nbformat.validate(notebook)
        code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
        assert code == [
            'heights = [4.1, 0.9, 3.8]\nprint("range", round(max(heights) - min(heights), 1))',
            "len(heights)",
            "heights = [4.0, 1.0]\nprint(...)",
        ]
        text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
        assert "A tidal range above" in text
        assert ":::" not in text
        assert "{term}" not in text
        assert "---challenges---" not in text
        assert "**Definition**" in text
        assert "sum(heights) / len(heights)" not in text

    def test_solutions_are_a_choice(self, tides: Project) -> None:
        result = tides.build(strict=True)
        result = tides.build(strict=True, lessons_download_solutions=True)
        notebook = nbformat.read(result.outdir / "_downloads/lessons/tides-01.ipynb", 4)
        assert "sum(heights) / len(heights)" in notebook.cells[-1].source
        assert "sum(heights) / len(heights)" in result.text("_downloads/lessons/tides-01.py")

    def test_they_can_be_switched_off(self, tides: Project) -> None:
        result = tides.build(strict=True, lessons_downloads=False)
        assert not (result.outdir / "_downloads").exists()
        assert result.page().select("a.download") == []

    def test_the_script_compiles_and_runs(self, tides: Project, tmp_path: Path) -> None:
        text = tides.build(strict=True).text("_downloads/lessons/tides-01.py")
        code = compile(text, "tides-01.py", "exec")
        exec(code, {})
        assert "# %% [markdown]\n# # Reading a tide table" in text

    def test_what_does_not_compile_is_a_comment(self) -> None:
        text = (
            "---\nid: a\nlesson: true\n---\n# A\n\n```python\nx = (\n```\n\n```python\ny = 1\n```\n"
        )
        reading = read_text(text, "a.md")
        assert reading.lesson is not None
        script = write_script(make_cells(reading.text, reading.lesson, solutions=False))
        assert "# x = (" in script
        assert "\ny = 1" in script
        compile(script, "a.py", "exec")

    def test_tags_of_demos(self) -> None:
        text = (
            "---\nid: a\nlesson: true\n---\n# A\n\n```python raises-exception\n1 / 0\n```\n\n"
            "```python browser-only\nimport js\n```\n\n```python known-failure=later\n1/0\n```\n"
        )
        reading = read_text(text, "a.md")
        assert reading.lesson is not None
        cells = make_cells(reading.text, reading.lesson, solutions=False)
        tags = [cell.tags for cell in cells if cell.kind == "code"]
        assert tags[0] == ("raises-exception",)
        assert "skip-execution" in tags[1]
        assert tags[2] == ("raises-exception",)
        made = make_notebook(reading.text, reading.lesson, {}, solutions=False)
        notebook = nbformat.reads(write_notebook(made), 4)
        nbclient.NotebookClient(notebook, timeout=60).execute()

    def test_expected_outputs_with_fences_stay_whole(self) -> None:
        text = (
            "---\nid: a\nlesson: true\n---\n---challenges---\n### Challenge: X\n- id: a-c1\n\n"
            "#### Expected Output\n\n````\n```\nx\n```\n````\n"
        )
        reading = read_text(text, "a.md")
        assert reading.lesson is not None
        last = make_cells(reading.text, reading.lesson, solutions=False)[-1]
        assert last.text.endswith("````\n```\nx\n```\n````")


FIGURE_LESSON = "docs/course/tide.md"


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_the_notebook_of_our_figure_lesson_runs_top_to_bottom(
    repository: Path, tmp_path: Path
) -> None:
    text = (repository / FIGURE_LESSON).read_text(encoding="utf-8")
    reading = read_text(text, FIGURE_LESSON)
    assert reading.lesson is not None
    made = make_notebook(reading.text, reading.lesson, {"python": ""}, solutions=True)
    notebook = nbformat.reads(write_notebook(made), 4)
    done = nbclient.NotebookClient(
        notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    outputs = [output for cell in done.cells for output in cell.get("outputs", [])]
    assert sum("image/png" in output.get("data", {}) for output in outputs) >= 2
    failed = [
        cell.source
        for cell in done.cells
        for o in cell.get("outputs", [])
        if o.output_type == "error"
    ]
    assert failed == []


def test_two_challenges_of_one_id_are_two(tides: Project, lesson: str) -> None:
    second = lesson[lesson.index("### Challenge") :].replace("The *mean* height", "Another")
    second = second.replace("```\n2.5\n```", "```\n2.6\n```")
    tides.write("lesson.md", f"{lesson}\n{second}")
    tides.write("page.md", "# Page\n\n{challenge-number}`tides-01-c1`\n")
    result = tides.build(lessons_on_failure="warn")
    assert "Challenge 1.1" in result.page("page").text
    course = json.loads(result.text("lessons.json"))
    first, other = course["lessons"][0]["challenges"]
    assert (first["number"], first["title"], first["verdict"]) == (
        "1.1",
        "The mean height",
        "passed",
    )
    assert (other["number"], other["title"], other["verdict"]) == ("1.2", "Another", "mismatched")
    assert first["hash"] != other["hash"]
    ids = [tag["id"] for tag in result.page().select("[id]")]
    assert len(ids) == len(set(ids))
    assert "tides-01-c1" in ids

"""What stands on the page of a lesson."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from docutils import nodes

if TYPE_CHECKING:
    from sphinx_projects import Project


def test_magics_are_no_fault_of_highlighting(project: Project) -> None:
    demo = "```python\n!echo hi\nnames = !ls\n```\n\n```\nhi\n```\n"
    project.write("lesson.md", f"---\nlesson: true\n---\n# A\n\n{demo}")
    assert project.build(strict=True).log == ""


def test_demos_in_blocks_that_begin_with_blocks(project: Project) -> None:
    inner = "```python\nprint(1)\n```\n\n```\n1\n```\n\n" * 2
    blocks = f":::::note\n::::tip\n:::warning\n{inner}:::\n::::\n:::::\n"
    project.write("lesson.md", f"---\nlesson: true\n---\n# A\n\n{blocks}")
    result = project.build(strict=True)
    assert result.status == 0
    assert len(result.page().select(".tip .lesson-demo .lesson-verified")) == 2


def test_demos_carry_their_outputs(tides: Project) -> None:
    page = tides.build().page()
    first, second = page.select(".lesson-demo")
    assert first.select_one(".lesson-output .lesson-stdout pre").text == "range 3.2\n"
    assert first.select_one(".lesson-verified") is not None
    assert second.select_one(".lesson-output").text.strip() == "3"
    # The expected output and the output are one block.
    assert page.text.count("range 3.2") == 1


def test_the_header_says_what_the_front_matter_says(tides: Project) -> None:
    header = tides.build().page().select_one(".lesson-header")
    facts = [(name.text, name.find_next("dd").text) for name in header.select("dl dt")]
    assert facts[:3] == [("Module:", "tides"), ("Time:", "12.5 min"), ("Difficulty:", "Beginner")]
    assert [item.text.strip() for item in header.select("li")] == [
        "Add up a list with sum",
        "Print a rounded mean",
    ]
    assert header.select_one("li code") is not None
    assert header.find_previous("h1").text.startswith("Reading a tide table")


def test_a_challenge_is_a_section_with_all_its_parts(tides: Project) -> None:
    challenge = tides.build().page().select_one("section#tides-01-c1")
    assert challenge.select_one("h3 em").text == "mean"
    assert "Print the mean of the heights." in challenge.text
    folds = challenge.select("details")
    assert [fold.summary.text for fold in folds] == ["Hint 1 of 2", "Hint 2 of 2", "Solution"]
    assert not any(fold.has_attr("open") for fold in folds)
    assert folds[2].select_one(".lesson-output .lesson-stdout pre").text == "2.5\n"
    assert folds[2].select_one(".lesson-verified") is not None
    assert "challenges" not in challenge.find_parent("section").find_parent("section").get("id")


def test_challenges_stand_at_the_end_one_level_below_the_title(tides: Project) -> None:
    doctree = tides.build().doctree()
    top = doctree.next_node(nodes.section)
    assert top.children[-1]["ids"] == ["tides-01-challenges"]


def test_a_term_is_a_link_to_its_definition(tides: Project) -> None:
    page = tides.build(strict=True).page()
    link = page.select_one("a[href='#term-Tidal-range']")
    assert link is not None
    assert "tidal range" in link.text
    target = page.find(id="term-Tidal-range")
    assert "lesson-callout-definition" in target["class"]


def test_a_definition_is_in_the_index(tides: Project) -> None:
    assert "Tidal range" in tides.build().text("genindex.html")


def test_the_page_links_no_other_host_and_no_script_of_ours(tides: Project) -> None:
    result = tides.build()
    for name in ("lesson", "index"):
        page = result.page(name)
        sources = [tag.get("src") or tag.get("href") for tag in page.select("script, link")]
        assert not [source for source in sources if source and "//" in source]
        assert not [source for source in sources if source and "thebe" in source]
    assert result.page("index").select("link[href*='sphinx-lessons.css']") == []
    assert len(result.page().select("link[href*='sphinx-lessons.css']")) == 1
    assert (result.outdir / "_static" / "sphinx-lessons.css").exists()


def test_flags_decide_what_is_shown(project: Project) -> None:
    project.write(
        "lesson.md",
        """\
        ---
        id: flags
        lesson: true
        ---
        # Flags

        ```python hide-input
        print("alpha")
        ```

        ```python hide-output
        print("beta")
        ```

        ```python remove-input
        print("gamma")
        ```

        ```python remove-output
        print("delta")
        ```

        ```python skip-execution
        print("epsilon")
        ```

        ```python raises-exception
        1 / 0
        ```
        """,
    )
    page = project.build(strict=True).page()
    alpha, beta, gamma, delta, epsilon, zeta = page.select(".lesson-demo")
    assert alpha.details["class"] == ["lesson-fold", "lesson-fold-code"]
    assert alpha.select_one(".lesson-output").text.strip() == "alpha"
    assert beta.details["class"] == ["lesson-fold", "lesson-fold-output"]
    assert "beta" in beta.details.text
    assert gamma.text.strip() == "gamma"
    assert delta.select(".lesson-output") == []
    assert epsilon.select(".lesson-output") == []
    assert "ZeroDivisionError: division by zero" in zeta.select_one(".lesson-output").text


def test_blocks_in_every_spelling(project: Project) -> None:
    project.write(
        "lesson.md",
        """\
        ---
        id: blocks
        lesson: true
        ---
        # Blocks

        :::tip Mind the *gap*
        One
        :::

        ::: note
        Two
        :::

        :::{warning}
        Three
        :::

        ```{try-it}
        Four
        ```

        :::challenge
        :::tip
        Five
        :::
        :::
        """,
    )
    page = project.build(strict=True).page()
    tip = page.select_one(".admonition.tip")
    assert tip.select_one(".admonition-title").text == "Mind the gap"
    assert tip.select_one(".admonition-title em").text == "gap"
    assert "Two" in page.select_one(".admonition.note").text
    assert "Three" in page.select_one(".admonition.warning").text
    assert "Four" in page.select_one(".lesson-callout-try-it").text
    assert "Five" in page.select_one(".lesson-callout-challenge-intro .admonition.tip").text


def test_figures_and_rich_values_are_shown(project: Project) -> None:
    project.write(
        "lesson.md",
        """\
        ---
        id: rich
        lesson: true
        ---
        # Rich

        ```python
        import matplotlib.pyplot as plt
        plt.plot([1, 2, 3])
        plt.show()
        ```

        ```python
        class Table:
            def _repr_html_(self):
                return "<table><tr><td>cell</td></tr></table>"
            def __repr__(self):
                return "plain table"
        Table()
        ```
        """,
    )
    result = project.build(strict=True)
    figure, table = result.page().select(".lesson-demo .lesson-output")
    source = figure.img["src"]
    assert source.endswith(".svg")
    assert (result.outdir / source).exists()
    assert table.select_one("td").text == "cell"
    assert "plain table" not in table.text
    text = project.build("text", strict=True).text("lesson.txt")
    assert "plain table" in text
    latex = project.build("latex", strict=True)
    tex = next(latex.outdir.glob("*.tex")).read_text(encoding="utf-8")
    assert ".svg" not in tex
    assert "includegraphics" in tex


BARE_CHALLENGE = """\
### Challenge: Sum
- id: bare-01-c1
- check: none
#### Solution
```python
```
"""


@pytest.mark.parametrize("opening", ["Look at this.\n", ""])
def test_a_page_without_headings_keeps_its_header_and_its_challenges(
    project: Project, opening: str
) -> None:
    front_matter = "---\nid: bare-01\ndifficulty: beginner\n---\n"
    project.write("lesson.md", f"{front_matter}{opening}\n---challenges---\n{BARE_CHALLENGE}")
    page = project.build().page()
    assert len(page.select("section#bare-01-c1")) == 1
    header = page.select_one(".lesson-header")
    assert header.find_parent("section") is None
    assert not page.select(".docinfo, .field-list")


@pytest.mark.parametrize(
    "lead", ["**Spring tide:** the", "**Spring\ntide**: the", "**Spring tide**"]
)
def test_a_term_is_found_however_its_lead_is_written(project: Project, lead: str) -> None:
    front_matter = "---\nlesson: true\n---\n# Tides\n"
    project.write(
        "lesson.md", f"{front_matter}\n:::definition\n{lead} high\n:::\n\n{{term}}`spring tide`\n"
    )
    page = project.build(strict=True).page()
    assert page.select_one("a[href='#term-Spring-tide']") is not None
    assert page.find(id="term-Spring-tide").strong.text in lead


def test_tags_of_the_lesson_are_tags_of_its_demos(tides: Project, lesson: str) -> None:
    tides.write("lesson.md", lesson.replace("moduleId: tides", "tags: [hide-input]"))
    page = tides.build().page()
    assert len(page.select(".lesson-demo details.lesson-fold-code")) == 2


@pytest.mark.parametrize("name", ["try-it", "challenge", "warning", "{tip}", "definition"])
def test_a_callout_may_be_a_title_alone(project: Project, name: str) -> None:
    project.write("lesson.md", f"---\nlesson: true\n---\n# Tides\n\n:::{name} Mind the ebb\n:::\n")
    result = project.build()
    assert "docutils" not in result.log
    assert "Mind the ebb" in result.page().text


def test_blocks_in_the_prose_of_a_challenge(tides: Project, lesson: str) -> None:
    task = "Print the mean of the heights."
    tides.write("lesson.md", lesson.replace(task, f"{task}\n\n:::tip Mind\nThe *gap*.\n:::"))
    page = tides.build(strict=True).page()
    assert page.select_one("#tides-01-c1 .admonition.tip em").text == "gap"


@pytest.mark.parametrize("body", ["Look at this.\n", "Look at this.\n\n## Low water\n\nText.\n"])
def test_the_front_matter_gives_a_title_to_a_page_that_has_none(
    project: Project, body: str
) -> None:
    front_matter = "---\nid: bare-01\ntitle: Tides & time\ndifficulty: beginner\n---\n"
    project.write("lesson.md", f"{front_matter}{body}\n---challenges---\n{BARE_CHALLENGE}")
    page = project.build().page()
    assert page.title.text.startswith("Tides & time")
    (section,) = page.select("section#bare-01, section:has(> span#bare-01)")
    assert section.h1.text.startswith("Tides & time")
    assert section.select_one("section#bare-01-c1") is not None
    assert "Look at this." in section.text
    assert not page.select(".docinfo, .field-list")


def test_a_stored_doctree_holds_nothing_of_the_environment(tides: Project) -> None:
    import pickletools

    app = tides.build().app
    assert app is not None
    data = (app.doctreedir / "lesson.doctree").read_bytes()
    names = {argument for _, argument, _ in pickletools.genops(data) if isinstance(argument, str)}
    assert "BuildEnvironment" not in names
    assert "sphinx.environment" not in names


def without_solution(lesson: str) -> str:
    start = lesson.index("#### Solution")
    explained = "#### Explanation\n\nThe sum of the **heights** over their number.\n"
    return lesson[:start] + explained


def test_an_explanation_needs_no_solution(tides: Project, lesson: str) -> None:
    tides.write("lesson.md", without_solution(lesson))
    fold = tides.build().page().select_one("details#tides-01-c1-explanation")
    assert fold.select_one("summary").text.strip() == "Explanation"
    assert fold.select_one("strong").text == "heights"
    # Neither found by a search nor printed: it gives the answer away.
    assert {"no-search", "lesson-screen-only"} <= set(fold["class"])


@pytest.mark.parametrize(("place", "count"), [("omit", 0), ("appendix", 1)])
def test_an_explanation_stands_where_solutions_stand(
    tides: Project, lesson: str, place: str, count: int
) -> None:
    tides.write("lesson.md", without_solution(lesson))
    result = tides.build("latex", lessons_solutions=place)
    tex = next(result.outdir.glob("*.tex")).read_text(encoding="utf-8")
    assert tex.count("over their number") == count

"""Beside other extensions, in other files, on other pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sphinx_projects import Project, Result


def set_extensions(project: Project, *names: str) -> None:
    conf = (project.source / "conf.py").read_text(encoding="utf-8").splitlines()
    project.write("conf.py", "\n".join([f"extensions = {list(names)!r}", *conf[1:]]) + "\n")


@pytest.mark.parametrize(
    "names",
    [
        ("sphinx_lessons",),
        ("myst_parser", "sphinx_lessons"),
        ("sphinx_lessons", "myst_parser"),
        ("sphinx_lessons", "sphinx_design", "sphinx_copybutton"),
        ("jupyter_sphinx", "sphinx_lessons"),
        ("sphinx_lessons", "jupyter_sphinx"),
    ],
)
def test_beside_other_extensions(tides: Project, names: tuple[str, ...]) -> None:
    set_extensions(tides, *names)
    result = tides.build(strict=True)
    assert (result.status, result.log) == (0, "")
    assert len(result.page().select(".lesson-demo .lesson-output")) == 2


@pytest.mark.parametrize("names", [("myst_nb", "sphinx_lessons"), ("sphinx_lessons", "myst_nb")])
def test_with_myst_nb_instead_of_myst_parser(tides: Project, names: tuple[str, ...]) -> None:
    set_extensions(tides, *names)
    result = tides.build_apart()
    assert (result.status, result.errors) == (0, [])
    assert len(result.page().select(".lesson-demo .lesson-output")) == 2
    assert result.page().select_one("#tides-01-c1 .lesson-verified") is not None


def test_the_directives_of_jupyter_sphinx_still_work(tides: Project) -> None:
    set_extensions(tides, "jupyter_sphinx", "sphinx_lessons")
    tides.write("cells.rst", "Cells\n=====\n\n.. jupyter-execute::\n\n   print(6 * 7)\n")
    result = tides.build()
    assert "42" in result.page("cells").text
    # Its assets are for the pages that need them.
    assert "thebelab.css" not in result.text("lesson.html")
    assert "require" not in result.text("lesson.html")
    assert "require" in result.text("cells.html")


def test_an_included_lesson_is_run_and_judged_at_its_own_lines(
    project: Project, lesson: str
) -> None:
    project.write("parts/tides.md", lesson.replace("```\n2.5\n```", "```\n2.6\n```"))
    project.write("host.md", "# Host\n\nBefore.\n\n```{include} parts/tides.md\n```\n\nAfter.\n")
    result = project.build()
    assert result.status == 1
    assert "parts/tides.md:61: ERROR" in result.log
    page = result.page("host")
    assert len(page.select(".lesson-demo .lesson-output")) == 2
    assert page.select_one("#tides-01-c1 details") is not None
    assert "After." in page.text
    assert "moduleId" not in page.text


@pytest.mark.parametrize("option", [":literal:", ":code: markdown"])
def test_a_lesson_that_is_quoted_is_not_run(project: Project, lesson: str, option: str) -> None:
    project.write("parts/tides.md", lesson.replace("```\n2.5\n```", "```\n2.6\n```"))
    project.write("host.md", f"# Host\n\n```{{include}} parts/tides.md\n{option}\n```\n")
    result = project.build(strict=True)
    assert (result.status, result.log) == (0, "")
    page = result.page("host")
    assert "---challenges---" in page.select_one("pre").text
    assert ":::definition" in page.select_one("pre").text
    assert page.select(".lesson-demo, .lesson-challenge") == []
    assert "lessons: 0 lessons" in result.info


def test_restructuredtext_that_a_page_includes_is_no_lesson(project: Project) -> None:
    project.write("parts/words.rst", "Some words.\n\n---challenges---\n\nMore words.\n")
    project.write("host.rst", "Host\n====\n\n.. include:: parts/words.rst\n")
    result = project.build()
    assert "More words." in result.page("host").text
    assert "lessons: 0 lessons" in result.info


def test_directives_on_a_restructuredtext_page(project: Project) -> None:
    project.write(
        "page.rst",
        """\
        Page
        ====

        .. definition::

           **Ebb**: the tide going out.

        .. demo:: python

           hours = 6
           print(hours + 0.2)

        .. code-block:: output

           6.2

        .. try-it:: Change it

           Set ``hours`` to 7. See :term:`ebb`.

        .. demo::
           :raises-exception:

           hours / 0
        """,
    )
    result = project.build(strict=True)
    page = result.page("page")
    first, second = page.select(".lesson-demo")
    assert first.select_one(".lesson-stdout pre").text == "6.2\n"
    assert page.text.count("6.2") == 1
    assert "ZeroDivisionError" in second.text
    assert page.select_one("a[href='#term-Ebb']") is not None


def test_failures_on_a_restructuredtext_page_have_true_lines(project: Project) -> None:
    project.write(
        "page.rst",
        "Page\n====\n\n.. demo::\n   :hide-input:\n\n   x = 1\n   x / 0\n\n"
        ".. demo::\n\n   print(x)\n\n.. code-block:: output\n\n   2\n",
    )
    result = project.build()
    assert result.status == 1
    assert "page.rst:8: ERROR" in result.log
    assert 'page.rst", line 8' in result.log
    assert "page.rst:16: ERROR" in result.log


def test_directives_on_an_ordinary_markdown_page(project: Project) -> None:
    project.write(
        "page.md",
        "# Page\n\n:::{definition}\n**Flow**: the tide coming in.\n:::\n\n"
        "```{demo} python\nprint(1 + 1)\n```\n\n```output\n3\n```\n",
    )
    result = project.build()
    assert "page.md:12: ERROR" in result.log
    assert result.page("page").select_one(".lesson-definition") is not None


def test_links_to_lessons_and_challenges(tides: Project) -> None:
    tides.write("links.md", "# Links\n\n{lesson}`tides-01` and {challenge}`tides-01-c1`\n")
    tides.write("links2.rst", "Links\n=====\n\n:lesson:`the first <tides-01>`\n")
    result = tides.build(strict=True)
    links = [(a["href"], a.text) for a in result.page("links").select("p a.reference")]
    assert ("lesson.html#tides-01", "Reading a tide table") in links
    assert ("lesson.html#tides-01-c1", "The mean height") in links
    assert "the first" in result.page("links2").select_one("p a").text


def locate_errors(result: Result, project: Project) -> list[str]:
    places = [line.partition(": ERROR")[0] for line in result.errors]
    return [place.removeprefix(f"{project.source}/") for place in places]


PART = """\
Some text.

```{demo} python
:compare: nonsense

count = 1

def fail():
    return 1 / 0
```

```{demo} python
print(count)
```
```output
2
```
"""


def test_demos_that_a_markdown_page_includes_have_their_own_lines(project: Project) -> None:
    project.write("parts/part.md", PART)
    included = "```{include} parts/part.md\n```\n\n"
    project.write("host.md", f"# Host\n\n{included}```{{demo}} python\nfail() or count\n```\n")
    result = project.build()
    # One session: the last demo knows what the first defined, and its error is its own.
    assert locate_errors(result, project) == ["parts/part.md:3", "host.md:7", "parts/part.md:16"]
    assert 'File "' + str(project.source / "parts/part.md") + '", line 9, in fail' in result.log
    assert str(project.source) not in result.text("host.html")


def test_demos_that_a_restructuredtext_page_includes_have_their_own_lines(
    project: Project,
) -> None:
    demo = ".. demo:: python\n\n   count = 1\n   1 / 0\n\n"
    expected = ".. demo:: python\n\n   print(1)\n\n.. code-block:: output\n\n   2\n\n"
    project.write("parts/part.rst", f"Some text.\n\n{demo}{expected}")
    project.write("host.rst", f"Host\n====\n\n.. include:: parts/part.rst\n\n{demo}")
    result = project.build()
    assert locate_errors(result, project) == ["parts/part.rst:6", "host.rst:9", "parts/part.rst:14"]


def test_demos_in_docstrings_have_the_lines_of_the_docstring(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "Say something.\n\n    .. demo:: python\n\n       x = 1\n       1 / 0\n"
    output = "\n    .. demo:: python\n\n       print(1)\n\n    .. code-block:: output\n\n       2\n"
    module = project.write("documented_mod.py", f'def f():\n    """{text}{output}    """\n')
    monkeypatch.syspath_prepend(str(project.source))
    set_extensions(project, "sphinx.ext.autodoc", "sphinx_lessons")
    project.write("api.rst", "API\n===\n\n.. autofunction:: documented_mod.f\n")
    result = project.build()
    name = f"{module.name}:docstring of documented_mod.f"
    assert locate_errors(result, project) == [f"{name}:6", f"{name}:14"]


def test_findings_in_included_demos_are_not_lost(project: Project) -> None:
    code = "from IPython.display import HTML\nHTML('<b>x</b><script>y</script>')"
    project.write("parts/part.md", f"```{{demo}} python\n{code}\n```\n")
    project.write("host.md", "# Host\n\n```{include} parts/part.md\n```\n")
    (line,) = project.build().lines_with("unsafe-output")
    assert line.startswith(str(project.source / "parts/part.md:1: WARNING"))


def test_problems_of_a_lesson_that_is_included_twice_are_told_once(
    project: Project, lesson: str
) -> None:
    project.write("parts/tides.md", lesson.replace("```\n2.5\n```", "```\n2.6\n```"))
    include = "```{include} parts/tides.md\n```\n"
    project.write("host.md", f"# Host\n\n{include}\n{include}")
    result = project.build()
    assert len(result.errors) == 1
    assert "lessons: 1 lessons" in result.info
    assert len(result.page("host").select(".lesson-challenge")) == 2

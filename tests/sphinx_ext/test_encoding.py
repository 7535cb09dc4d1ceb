"""Files that are not UTF-8: every one of them is reported, on every build, and shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sphinx_projects import Project


def write_latin(project: Project, name: str, text: str) -> None:
    path = project.source / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode("latin-1"))


def reported(log: str) -> list[str]:
    lines = [line for line in log.splitlines() if "[lessons.not-utf8]" in line]
    return [line.rpartition("/source/")[2].partition(" ")[0] for line in lines]


@pytest.mark.parametrize("parallel", [1, 2])
def test_an_ordinary_page_is_reported_on_every_build(project: Project, parallel: int) -> None:
    write_latin(project, "page.md", "# Page\n\nA café.\n")
    for _build in range(2):
        result = project.build(parallel=parallel)
        assert result.status == 1
        assert reported(result.log) == ["page.md:3:"]
        assert "0 lessons, 0 programs" in result.info
        assert "A caf�." in result.page("page").text
    project.write("page.md", "# Page\n\nA café.\n")
    assert project.build(parallel=parallel).status == 0


def test_what_is_read_beside_such_a_page_is_looked_at_as_well(tides: Project, lesson: str) -> None:
    write_latin(tides, "lesson.md", lesson.replace("above four", "above §"))
    write_latin(tides, "page.rst", "Page\n====\n\nA café.\n\n.. include:: parts/part.rst\n")
    write_latin(tides, "parts/part.rst", "One\n\nA résumé.\n")
    write_latin(tides, "parts/part.md", "A cliché.\n")
    tides.write("other.md", "# Other\n\n```{include} parts/part.md\n```\n")
    tides.write("sign.md", "# Sign\n\nThis is meant: �.\n")
    result = tides.build()
    assert sorted(reported(result.log)) == [
        "lesson.md:27:",
        "page.rst:4:",
        "parts/part.md:1:",
        "parts/part.rst:3:",
    ]


def test_a_page_with_demos_of_its_own_tells_each_problem_once(project: Project) -> None:
    code = "from IPython.display import HTML\nHTML('<script>1</script><b>x</b>')"
    demo = f"```{{demo}} python\n{code}\n```"
    write_latin(project, "page.md", f"# Page\n\nA café.\n\n{demo}\n")
    result = project.build()
    assert reported(result.log) == ["page.md:3:"]
    assert result.log.count("lessons.unsafe-output") == 1


def test_without_a_page_of_markdown_sphinx_decides(project: Project) -> None:
    write_latin(project, "page.rst", "Page\n====\n\nA café.\n")
    with pytest.raises(UnicodeDecodeError):
        project.build()

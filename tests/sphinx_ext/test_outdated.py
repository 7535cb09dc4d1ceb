"""Pages that show something of others are up to date in every folder of output."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sphinx_projects import Project

PAGES = ("html", "text")


@pytest.fixture
def course(tides: Project) -> Project:
    """A lesson, a page that lists it, and one that links to it."""
    tides.write("list.md", "# List\n\n```{lesson-list}\n```\n")
    tides.write("link.md", "# Link\n\nSee {lesson}`tides-01`.\n")
    return tides


def shown(project: Project, builder: str, page: str) -> str:
    suffix = {"html": "html", "text": "txt"}[builder]
    path = project.folder / "out" / builder / f"{page}.{suffix}"
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["list", "link"])
@pytest.mark.parametrize(("first", "second"), [PAGES, PAGES[::-1]])
def test_builders_that_share_an_environment_write_what_changed(
    course: Project, lesson: str, first: str, second: str, page: str
) -> None:
    for builder in PAGES:
        course.build(builder)
    course.write("lesson.md", lesson.replace("# Reading a tide table", "# Tables of tides"))
    course.build(first)
    assert "Tables of tides" in shown(course, first, page)
    course.build(second)
    assert "Tables of tides" in shown(course, second, page)


def test_a_page_that_was_not_written_is_written_by_the_next_build(
    course: Project, lesson: str
) -> None:
    course.build()
    course.write("lesson.md", lesson.replace("# Reading a tide table", "# Tables of tides"))
    conf = (course.source / "conf.py").read_text(encoding="utf-8")
    failing = "def setup(app):\n    app.connect('html-page-context', lambda *_: 1 / 0)\n"
    course.write("conf.py", conf + failing)
    with pytest.raises(Exception, match="division by zero"):
        course.build()
    course.write("conf.py", conf)
    course.build()
    assert "Tables of tides" in shown(course, "html", "list")


def test_nothing_is_written_when_nothing_has_changed(course: Project) -> None:
    for _build in range(2):
        for builder in PAGES:
            course.build(builder)
    for builder in PAGES:
        result = course.build(builder)
        assert "writing output... [" not in result.info, builder

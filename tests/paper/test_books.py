"""EPUB, manual pages, Texinfo and plain text."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sphinx_lessons.sphinx_ext.paper.shape import CONTINUED, cut_text, wrap_text

if TYPE_CHECKING:
    from conftest import Course
    from sphinx_projects import Result

FIGURE = """\
---
id: figure
lesson: true
---
# A figure

```python hide-input
import matplotlib.pyplot as plt
plt.plot([1, 2])
plt.show()
```

```python
class Markup:
    def _repr_html_(self):
        return "<b>bold</b>"
Markup()
```
"""


def find_epubcheck() -> list[str]:
    """The command: Debian's is a Java archive, which not every kernel starts by itself."""
    path = shutil.which("epubcheck") or ""
    archive = Path(path).read_bytes()[:2] == b"PK"
    return ["java", "-jar", str(Path(path).resolve())] if archive else [path]


def build_book(project: Course, **config: object) -> Result:
    result = project.build("epub", epub_copyright="us", version="1", author="A", **config)
    assert result.log == ""
    return result


@pytest.mark.needs_epubcheck
@pytest.mark.parametrize("place", ["inline", "appendix", "omit"])
def test_epubcheck_finds_nothing(course: Course, place: str) -> None:
    course.write("figure.md", FIGURE)
    result = build_book(course, lessons_solutions=place)
    book = result.outdir / "Course.epub"
    command = [*find_epubcheck(), str(book)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No errors or warnings detected" in done.stdout


def test_nothing_is_folded_in_a_book(course: Course) -> None:
    course.write("figure.md", FIGURE)
    result = build_book(course)
    with zipfile.ZipFile(result.outdir / "Course.epub") as book:
        pages = "".join(book.read(name).decode() for name in book.namelist() if "xhtml" in name)
    assert "<details" not in pages
    assert "secret of tides" in pages
    assert "Show the code" not in pages


@pytest.mark.parametrize("builder", ["latex", "man", "texinfo"])
def test_a_value_that_has_only_html_is_named(project: Course, builder: str) -> None:
    project.write("figure.md", FIGURE)
    config = {
        "man_pages": [("index", "course", "Course", [], 1)],
        "texinfo_documents": [("index", "course", "Course", "A", "course", "", "")],
    }
    result = project.build(builder, **config)
    (line,) = result.lines_with("html-only-value")
    assert line.startswith(f"{project.source / 'figure.md'}:13: WARNING: ")


def test_web_pages_and_books_show_it(project: Course) -> None:
    project.write("figure.md", FIGURE)
    assert build_book(project).lines_with("html-only-value") == []


def test_figures_are_no_svg_in_tex(project: Course) -> None:
    project.write("figure.md", FIGURE)
    result = project.build("latex")
    assert r"\sphinxincludegraphics" in result.text("course.tex")
    assert not list(result.outdir.glob("*.svg"))


@pytest.mark.parametrize(
    ("text", "limit", "kept", "rest"),
    [
        ("a\nb\nc", 3, "a\nb\nc", ""),
        ("a\nb\nc", 2, "a\nb", "c"),
        ("a\n" + "x" * 161, 3, "a", "x" * 161),
        ("x" * 200, 2, "x" * 160, "x" * 40),
        ("a\n" + "x" * 400 + "\nb", 3, "a\n" + "x" * 160, "x" * 240 + "\nb"),
    ],
)
def test_texts_are_cut_by_printed_lines(text: str, limit: int, kept: str, rest: str) -> None:
    assert cut_text(text, limit) == (kept, rest)


ROWS = """\
---
id: rows
lesson: true
---
# Rows

```python
for number in range(300):
    print("row", number)
```
"""


def test_outputs_are_cut_only_in_pdfs_and_only_if_wanted(project: Course) -> None:
    project.write("rows.md", ROWS)
    cut = project.build(lessons_paper_output_lines=10).text("course.tex")
    assert "(cut here: 290 more lines)" in cut
    assert "row 299" in project.build(lessons_paper_output_lines=0).text("course.tex")
    assert "row 299" in project.build("text").text("rows.txt")


def test_long_lines_are_wrapped_with_a_mark() -> None:
    assert wrap_text("abcdef\ngh\n", 4) == f"abcd\n{CONTINUED}ef\ngh\n"
    assert wrap_text("", 4) == ""

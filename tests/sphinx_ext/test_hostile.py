"""Programs and pages that mean no good: nothing of theirs acts on a page or breaks a build."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

if TYPE_CHECKING:
    from sphinx_projects import Project

PAGE = """\
---
id: hostile
lesson: true
---
# Hostile

```python
{code}
```
"""


def build_demo(project: Project, code: str, builder: str = "html", **config: object):
    project.write("lesson.md", PAGE.format(code=code))
    return project.build(builder, **config)


def test_printed_markup_is_text(project: Project) -> None:
    result = build_demo(project, 'print("<script>alert(1)</script>")')
    assert result.status == 0
    page = result.page()
    assert "<script>alert(1)</script>" in page.select_one(".lesson-stdout").text
    assert not [tag for tag in page.select("script") if "alert" in tag.text]


def test_printed_latex_is_text(project: Project) -> None:
    code = r'print(r"\end{sphinxVerbatim}\input{/etc/passwd} % ^^M $x$")'
    result = build_demo(project, code, "latex")
    tex = next(result.outdir.glob("*.tex")).read_text(encoding="utf-8")
    assert r"\input{/etc/passwd}" not in tex
    assert "passwd" in tex


def test_scripts_in_html_values_are_taken_out_and_reported(project: Project) -> None:
    code = """\
from IPython.display import HTML
HTML('<p onclick="a()">hi</p><script>alert(1)</script><img src=x onerror=b()>')
"""
    result = build_demo(project, code)
    output = result.page().select_one(".lesson-output")
    assert output.select_one("p").attrs == {}
    assert output.select("script") == []
    assert "onerror" not in str(output)
    assert "lesson.md:7: WARNING" in result.log
    assert "[lessons.unsafe-output]" in result.log


def test_scripts_stay_where_the_project_trusts_them(project: Project) -> None:
    code = "from IPython.display import HTML\nHTML('<script>var kept</script>')"
    project.write("lesson.md", PAGE.format(code=code))
    result = project.build(lessons_trust_html=True)
    assert "var kept" in str(result.page().select_one(".lesson-output"))
    assert result.log == ""


def test_a_broken_image_is_shown_in_words_and_reported(project: Project) -> None:
    code = """\
class Figure:
    def _repr_png_(self): return b"\\x89PNG\\r\\n\\x1a\\nbroken"
    def __repr__(self): return "a figure in words"
Figure()
"""
    result = build_demo(project, code)
    output = result.page().select_one(".lesson-output")
    assert output.text.strip() == "a figure in words"
    assert output.select("img") == []
    assert "lesson.md:7: WARNING: a value of this demo is no valid image/png" in result.log


@pytest.mark.parametrize("formula", [r"$\\frac{1}{$", r"$a \\) </div><script>b</script>$"])
def test_a_formula_that_mathjax_cannot_read_is_text(project: Project, formula: str) -> None:
    code = f"""\
class Formula:
    def _repr_latex_(self): return "{formula}"
    def __repr__(self): return "a formula in words"
Formula()
"""
    result = build_demo(project, code)
    output = result.page().select_one(".lesson-output")
    assert output.text.strip() == "a formula in words"
    assert "lesson.md:7: WARNING: the LaTeX of a value of this demo cannot be shown" in result.log


def test_javascript_values_are_not_shown(project: Project) -> None:
    code = "from IPython.display import Javascript\nJavascript('alert(1)')"
    page = build_demo(project, code).page()
    assert not [tag for tag in page.select("script") if "alert" in tag.text]
    assert "alert" not in page.select_one(".lesson-output").text


def test_formulas_do_not_act(project: Project) -> None:
    code = """\
from IPython.display import Latex, Math
display(Math(r"x \\href {javascript:a()}{y}"), Math(r"\\href{https://example.org}{z}"))
display({"text/latex": r"$\\style{position: fixed}{w}$"}, raw=True)
"""
    result = build_demo(project, code)
    output = result.page().select_one(".lesson-output")
    assert [formula.text.strip() for formula in output.select("div.math")] == [
        r"\[\displaystyle \href{https://example.org}{z}\]"
    ]
    assert "position: fixed" in output.select(".lesson-value")[-1].text
    assert "lesson.md:7: WARNING: this demo's LaTeX has commands that act" in result.log
    trusted = build_demo(project, code + "1\n", lessons_trust_html=True)
    assert len(trusted.page().select(".lesson-output div.math")) == 3


def test_images_do_not_act_when_they_are_opened(project: Project) -> None:
    code = """\
from IPython.display import SVG
SVG('<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'viewBox="0 0 1 1" onload="a()"><script>b()</script><a xlink:href=" JavaScript:c()">'
    '<use xlink:href="#x" onclick="d()"/></a><path id="x" d="M0 0"/></svg>')
"""
    result = build_demo(project, code)
    image = result.page().select_one(".lesson-output img")["src"]
    svg = result.text(image)
    assert ET.fromstring(svg).get("viewBox") == "0 0 1 1"
    assert '<use xlink:href="#x"' in svg
    for active in ("onload", "script", "onclick"):
        assert active not in svg.lower()
    assert "taken out of this demo's SVG image [lessons.unsafe-output]" in result.log


def test_html_values_stay_in_their_place(project: Project) -> None:
    code = """\
from IPython.display import HTML
HTML('<p class="math dataframe" style="margin: 1em -900px; color: red">x</p>')
"""
    paragraph = build_demo(project, code).page().select_one(".lesson-output p")
    assert paragraph["class"] == ["dataframe"]
    assert "margin" not in paragraph["style"]
    assert "color" in paragraph["style"]


def test_terminal_codes_are_rendered_as_what_they_leave_to_see(project: Project) -> None:
    code = r'print("10%\r\x1b[31m100%\x1b[0m")'
    shown = build_demo(project, code).page().select_one(".lesson-stdout pre").text
    assert shown == "100%\n"


def test_a_lone_surrogate_does_not_break_the_page(project: Project) -> None:
    code = r'import sys; sys.stdout.buffer.write(b"a\xff\xed\xa0\x80b\n")'
    result = build_demo(project, code)
    assert "a\ufffd" in result.page().select_one(".lesson-stdout").text


@pytest.mark.parametrize("node_id", ["a b", '<img src=x onerror="alert(1)">', "ä/../b"])
def test_ids_cannot_carry_markup(project: Project, lesson: str, node_id: str) -> None:
    project.write("lesson.md", lesson.replace("- id: tides-01-c1", f"- id: {node_id}"))
    result = project.build()
    assert result.status == 1
    assert "[lessons.invalid-id]" in result.log
    assert "onerror=" not in result.text("lesson.html")


def test_200_megabytes_of_output_are_stopped_and_named(project: Project) -> None:
    result = build_demo(project, 'for _ in range(2000): print("x" * 100_000)')
    assert result.status == 1
    assert "[lessons.crashed]" in result.log
    assert "output" in result.errors[0]
    assert (result.outdir / "lesson.html").stat().st_size < 3_000_000


def test_a_program_that_ends_the_process_ends_only_its_own(project: Project) -> None:
    result = build_demo(project, "import os; os._exit(3)")
    assert result.status == 1
    assert "lesson.md:7: ERROR" in result.log


def test_an_unclosed_block_loses_nothing(project: Project, lesson: str) -> None:
    project.write("lesson.md", lesson.replace("run it again.\n:::", "run it again."))
    result = project.build()
    assert result.status == 1
    assert "lesson.md:33: ERROR" in result.log
    assert "run it again" in result.page().text
    assert result.page().select_one("#tides-01-c1 details") is not None


def test_front_matter_that_is_a_list_is_reported(project: Project) -> None:
    project.write("lesson.md", "---\n- a\n- b\n---\n# T\n\n---challenges---\n")
    result = project.build()
    assert result.status == 1
    assert "[lessons.front-matter-invalid]" in result.log


LYING = """\
class Liar:
    def _repr_mimebundle_(self, **_):
        return {{"{mime}": {data!r}, "text/plain": "plain"}}
Liar()
"""


@pytest.mark.parametrize("builder", ["html", "latex"])
@pytest.mark.parametrize(
    ("mime", "data"),
    [
        ("image/png", "no base64!"),
        ("image/png", "bm8gUE5H"),
        ("image/jpeg", b"no JPEG"),
        ("application/pdf", "%"),
        ("image/svg+xml", "no SVG"),
    ],
)
def test_an_image_that_is_none_is_left_out(project: Project, builder: str, mime: str, data) -> None:
    result = build_demo(project, LYING.format(mime=mime, data=data), builder)
    assert (result.status, result.errors) == (0, [])
    names = [path.name for path in result.outdir.rglob("lesson-*") if path.suffix != ".js"]
    assert not [name for name in names if name.endswith((".png", ".jpg", ".pdf", ".svg"))]
    page = next(iter(result.outdir.glob("lesson.html" if builder == "html" else "*.tex")))
    assert "plain" in page.read_text(encoding="utf-8")


def test_markdown_values_are_shown(project: Project) -> None:
    code = "from IPython.display import Markdown\nMarkdown('**bold** <script>x</script>')"
    page = build_demo(project, code).page()
    assert page.select_one(".lesson-output strong").text == "bold"
    assert not page.select_one(".lesson-output script")
    tex = next(build_demo(project, code, "latex").outdir.glob("*.tex")).read_text(encoding="utf-8")
    assert "**bold**" in tex
    assert "IPython.core" not in tex


def test_pages_do_not_say_where_the_project_lies(project: Project) -> None:
    project.write("lesson.md", PAGE.format(code="1/0").replace("python", "python known-failure=x"))
    result = project.build()
    assert 'File "lesson.md", line 8' in result.page().select_one(".lesson-failure").text
    assert str(project.source) not in result.text("lesson.html")


def test_a_demo_directive_may_have_tags(project: Project) -> None:
    text = PAGE.format(code=":tags: raises-exception, hide-output\n\n1/0")
    project.write("lesson.md", text.replace("python", "{demo} python"))
    result = project.build(strict=True)
    assert (result.status, result.log) == (0, "")


def test_html_values_do_not_break_a_book(project: Project) -> None:
    html = "<td>a&nbsp;b<br>c\x0b\x1b[0m</td><img src='data:image/png;base64,AA' alt='>'><hr>"
    build_demo(project, f"from IPython.display import HTML\nHTML({html!r})", "epub")
    page = ET.parse(project.folder / "out" / "epub" / "lesson.xhtml")
    text = "".join(page.getroot().itertext())
    assert "a\xa0b" in text
    assert page.find(".//{*}img[@alt='>']") is not None


def test_json_values_are_shown(project: Project) -> None:
    page = build_demo(project, "from IPython.display import JSON\nJSON({'a': [1]})").page()
    assert page.select_one(".lesson-value").text.strip() == '{"a": [1]}'


def test_no_control_character_reaches_the_log(project: Project) -> None:
    project.write("lesson.md", PAGE.format(code="1").replace("python", "python compare=\x1b[5mx"))
    result = project.build()
    assert "`compare=␛[5mx`" in result.log
    assert "\x1b" not in result.log


OFFER = """\
class Offer:
    def _repr_html_(self):
        return {html!r}
    def __repr__(self):
        return "in words"
Offer()
"""


def test_drawings_in_html_are_shown(project: Project) -> None:
    html = "<svg viewBox='0 0 9 9'><path d='M0 0L9 9' stroke='red'/></svg>"
    result = build_demo(project, OFFER.format(html=html))
    assert result.log == ""
    assert result.page().select_one(".lesson-output svg path")["d"] == "M0 0L9 9"


@pytest.mark.parametrize("html", ["<script>x()</script>", "<canvas></canvas>", "<div></div>"])
def test_html_of_which_nothing_is_left_gives_way_to_another_form(
    project: Project, html: str
) -> None:
    page = build_demo(project, OFFER.format(html=html)).page()
    assert page.select_one(".lesson-value").text.strip() == "in words"


def test_html_that_shows_nothing_is_not_shown_by_the_name_of_its_class(project: Project) -> None:
    code = "from IPython.display import HTML\nHTML('<style>td { color: red }</style>')"
    result = build_demo(project, code)
    assert result.log == ""
    assert "IPython" not in result.page().select_one(".lesson-demo").text.replace(code, "")
    assert result.page().select(".lesson-output") == []


def test_what_was_taken_out_is_named(project: Project) -> None:
    html = "<base href='x'><p onclick='x()'>hi</p><a href=' DATA:text/html,x'>y</a>"
    (line,) = build_demo(project, OFFER.format(html=html)).lines_with("unsafe-output")
    assert line.partition("something: ")[2].startswith("<base>, onclick, href")


@pytest.mark.parametrize("tag", ["svg", "math"])
def test_a_book_shows_another_form_than_markup_that_it_would_have_to_list(
    project: Project, tag: str
) -> None:
    html = f"<{tag}><g><path d='M0 0'/></g><mi>x</mi></{tag}>"
    result = build_demo(project, OFFER.format(html=html), "epub")
    text = (result.outdir / "lesson.xhtml").read_text(encoding="utf-8")
    assert f"<{tag}" not in text
    assert "in words" in text
    assert result.lines_with("html-only-value") == []


def test_a_book_without_another_form_is_reported(project: Project) -> None:
    code = "from IPython.display import HTML\nHTML('<svg><path d=\"M0 0\"/></svg>')"
    result = build_demo(project, code, "epub")
    assert len(result.lines_with("html-only-value")) == 1


def test_values_of_an_included_lesson_are_reported_in_its_file(project: Project) -> None:
    code = "from IPython.display import HTML\nHTML('<b>only here</b>')"
    project.write("parts/lesson.md", PAGE.format(code=code))
    project.write("host.md", "# Host\n\n```{include} parts/lesson.md\n```\n")
    (line,) = project.build("text").lines_with("html-only-value")
    assert line.startswith(str(project.source / "parts/lesson.md:7: "))

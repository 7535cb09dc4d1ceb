"""Real PDFs, made by TeX and read again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from sphinx_lessons.tex_log import read_log

if TYPE_CHECKING:
    from conftest import Course, Pdf

pytestmark = pytest.mark.needs_tex


@pytest.fixture(scope="session")
def pdf(reference: Course) -> Pdf:
    """The PDF of the reference lesson."""
    return reference.typeset()


def find_page(pdf: Pdf, text: str, start: int = 0) -> int:
    """The index of the first page from ``start`` that holds a text."""
    return next(i for i, page in enumerate(pdf.pages) if i >= start and text in page)


def test_every_sign_of_the_reference_lesson_is_there(pdf: Pdf) -> None:
    assert "(−1, 1)" in pdf.words
    assert "tanh(0.5) ≈ 0.4621" in pdf.words
    assert "W_h · h_{t-1}" in pdf.words


def test_outputs_and_exercises_are_there(pdf: Pdf) -> None:
    for step in ("Step 1: h = [", "Step 2: h = [", "Step 3: h = ["):
        assert step in pdf.words
    for number, title in enumerate(
        ("The Memory Loop (Toy RNN)", "The Sustainable Memory", "Complete the RNN Step"), start=1
    ):
        assert f"Exercise 1.{number} {title}" in pdf.words
    assert "Initial Hidden State: 0.0" in pdf.words


def test_no_solution_stands_before_the_appendix(pdf: Pdf) -> None:
    appendix = find_page(pdf, "HINTS AND SOLUTIONS", start=4)
    before = "".join(pdf.pages[:appendix])
    for secret in ("Update the hidden_state by adding", "Calculate weighted parts", "Hint 1 of 3"):
        assert secret not in before
        assert secret in "".join(pdf.pages[appendix:])


def test_exercises_and_solutions_name_the_page_of_each_other(pdf: Pdf) -> None:
    numbers = pdf.numbers()
    appendix = find_page(pdf, "HINTS AND SOLUTIONS", start=4)
    for exercise in ("Exercise 1.1", "Exercise 1.2", "Exercise 1.3"):
        front = find_page(pdf, exercise)
        back = find_page(pdf, exercise, start=appendix)
        after = pdf.pages[back].split(exercise, 1)[1]
        named = re.search(r"Exercise: page\s+(\d+)", after)
        assert named
        assert named[1] == numbers[front]
    named = re.findall(r"Hints and solution: page\s+(\d+)", pdf.text)
    backs = [find_page(pdf, f"Exercise 1.{number}", start=appendix) for number in (1, 2, 3)]
    assert named == [numbers[back] for back in backs]


def test_tex_lost_nothing_and_boxes_fit(pdf: Pdf) -> None:
    assert read_log(pdf.log) == []
    log = pdf.log.read_text("utf-8", "replace")
    assert "Missing character" not in log
    assert "There were undefined references" not in log
    assert "multiply defined" not in log


def test_fonts_are_embedded(pdf: Pdf) -> None:
    fonts = pdf.fonts()
    assert fonts
    for font in fonts:
        assert re.search(r"\byes yes yes\b|\byes yes no\b", font), font


HOSTILE = r"""
---
id: hostile
lesson: true
---
# Hostile ✓

```python
print(r"\end{sphinxVerbatim} \undefined \input{nothing} % gone? ^^M ^^41 {} ~ & # $ _")
print("\x00 \x07 \x7f")
print("שלום مرحبا ┌──┐")
```

```python
print("x" * 10_000 + "END")
```

```python
for number in range(50_000):
    print("row", number)
```

```python
import matplotlib.pyplot as plt
plt.plot([1, 2, 3])
plt.show()
```

```python
class Table:
    def _repr_html_(self):
        return "<table></table>"
    def _repr_latex_(self):
        return r"\begin{tabular}{l}cell of a table\\\end{tabular}"
Table()
```

```python
class Drawing:
    def _repr_svg_(self):
        return "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'></svg>"
    def __repr__(self):
        return "a drawing in words"
Drawing()
```

---challenges---

### Challenge: Signs & `code` with % and ^

- id: hostile-c1
- check: none

| left | right |
|------|-------|
| one  | two   |

```{warning}
Careful.
```

A note[^1].

[^1]: Below the page.

#### Starter Code

```python
for line in range(120):
    print(line)
```

#### Solution

```python
print("done")
```
""".lstrip()


def test_program_output_breaks_nothing(project: Course) -> None:
    page = HOSTILE.replace("    print(line)\n", "    print(line)\n" * 150)
    project.write("hostile.md", page)
    pdf = project.typeset(lessons_paper_answer_lines=3, html_baseurl="https://example.org/en/")
    assert (
        r"\end{sphinxVerbatim} \undefined \input{nothing} % gone? ^^M ^^41 {} ~ & # $ _"
        in pdf.words
    )
    assert "␀ ␇ ␡" in pdf.words
    assert pdf.text.count("x") >= 10_000
    assert "END" in pdf.words
    assert "row 199" in pdf.words
    assert "row 200" not in pdf.words
    assert "(cut here: 49800 more lines)" in pdf.words
    assert "cell of a table" in pdf.words
    assert "a drawing in words" in pdf.words
    assert "continued" in pdf.words
    assert "Careful." in pdf.words
    assert "Warning" in pdf.words
    assert "https://example.org/en/hostile.html#hostile-c1" in pdf.words
    assert re.search(r"(\. ?){40}", pdf.text)
    assert read_log(pdf.log) == []


def write_answers(project: Course, name: str, lengths: range) -> None:
    """A lesson with an exercise, and every other time a hint, for each length of a solution."""
    text = f"---\nid: {name}\nlesson: true\n---\n# Lesson {name}\n\n---challenges---\n"
    for length in lengths:
        code = "\n".join(f"line = {number}" for number in range(length))
        hint = "#### Hints\n\n- A hint.\n" if length % 2 else ""
        text += f"""
### Challenge: {length} lines

- id: {name}-c{length}
- check: none

{hint}
#### Solution

```python
{code}
```
"""
    project.write(f"{name}.md", text)


def test_no_page_ends_with_what_only_announces_something(project: Course) -> None:
    for number in range(9):
        write_answers(project, f"l{number}", range(1 + number % 4, 17, 1 + number % 3))
    pdf = project.typeset()
    start = find_page(pdf, "HINTS AND SOLUTIONS", start=4)
    # Below the last line there is the foot with the number.
    ends = [
        [line.strip() for line in page.splitlines() if line.strip()][-2]
        for page in pdf.pages[start:-1]
    ]
    announcing = re.compile(r"Solution|Hint|Exercise\b.*|\d+\.\d+ .*")
    assert [end for end in ends if announcing.fullmatch(end)] == []


BROKEN = r"""
---
id: broken
lesson: true
---
# Broken

```python
class Value:
    def __init__(self, latex="", png=b""):
        self.latex, self.png = latex, png
    def _repr_latex_(self):
        return self.latex or None
    def _repr_png_(self):
        return self.png or None
    def __repr__(self):
        return f"in words: {len(self.latex)} {len(self.png)}"
```

```python
Value(png=b"\x89PNG\r\n\x1a\n" + b"x" * 50)
```

```python
Value(r"$\undefined$")
```

```python
Value(r"$\frac{1}{$")
```

```python
Value(r"\begin{align}a &= 12345 \\ b &= c\end{align}")
```

```python
Value(r"$\half + 54321$")
```
""".lstrip()


def test_broken_values_do_not_stop_tex(project: Course) -> None:
    project.write("broken.md", BROKEN)
    preamble = r"\newcommand\half{\frac{1}{2}}"
    result = project.build(latex_elements={"preamble": preamble})
    lines = result.lines_with("broken-value")
    assert [line.rpartition("broken.md:")[2].partition(":")[0] for line in lines] == [
        "19",
        "23",
        "27",
    ]
    assert r"\undefined" in lines[1]
    pdf = project.typeset(latex_elements={"preamble": preamble})
    for text in ("in words: 0 58", "in words: 12 0", "in words: 11 0", "12345", "54321"):
        assert text in pdf.words
    assert pdf.words.count("in words:") == 4, "once in the code"


def test_pages_of_a_howto_have_no_chapters(course: Course) -> None:
    documents = [("index", "course.tex", "Course", "A", "howto")]
    pdf = course.typeset(latex_documents=documents)
    assert "Exercise 2 First of winds" in pdf.words
    assert "Hints and solutions" in pdf.words


def test_pdflatex_prints_what_was_declared(project: Course) -> None:
    project.write("signs.md", "---\nid: s\nlesson: true\n---\n# Signs\n\n(−1, 1) ≈ α\n")
    pdf = project.typeset(latex_engine="pdflatex")
    assert "(−1, 1) ≈" in pdf.words

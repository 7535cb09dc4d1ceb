"""Whatever the text: reading never raises, spans lie in the file, rewriting keeps the lines."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sphinx_lessons.model import Demo, Lesson, Prose, Source, Span
from sphinx_lessons.reading import Reading, read_options, read_text, rewrite, rewrite_markdown

if TYPE_CHECKING:
    from collections.abc import Iterator

LESSON = """\
---
id: tides
title: "Tides"
moduleId: sea
prerequisites:
  - waves
  -
estimatedTimeMinutes: 12
difficulty: beginner
learningObjectives:
  - Read a tide table
---

# Tides

  :::definition
  **Ebb**: the water goes out.
  :::

```python timeout=3
print("flood")
```

Output:
```
flood
```

1. A list

   ```py
   for hour in range(3):
       print(hour)
   ```

   ::::tip Watch
   :::note
   inside
   :::
   ::::

> quoted
> ~~~python
> 1 + 1
> ~~~

```{demo} python
:skip-execution:

print(1)
```

:::try-it
Change it.
:::

<div>
:::
</div>

---challenges---

Some text.

### Challenge: Count

- id: tides-c1
- language: python
- difficulty: beginner
- compare: number

Write it.
---

  #### Starter Code
```python
x =
  y
```
#### Expected Output
```
1.0
```
#### Hints

1. One
   ```
   code
   ```
2. Two

#### Solution
```python
print(1.0)
```
---
### Challenge: Second
- id: tides-c2
#### Solution
```python
import js
```
"""

PIECES = [*LESSON.splitlines(keepends=True), "\t", " ", "> ", "- ", "    ", "\r", "\r\n", "\n"]
PIECES += ["\x0c", "\u2028", "\x85", "\0", "\ud800", "\ufeff", ":::", "::::", "```", "~~~~", "`"]
PIECES += [
    ":::{code-block} python\n",
    "```{note} A\n",
    ":::box\n",
    "<!--\n",
    "---\n",
    "|a|b|\n|-|-|\n",
]

mixtures = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)
texts = st.text(alphabet=st.sampled_from("`~:-#>*. \t\n\r{}ab1"), max_size=200)


@st.composite
def mutations(draw: st.DrawFn) -> str:
    """The lesson above with some of its text cut out, doubled, moved or replaced."""
    text = LESSON
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 60)))
        middle = draw(st.sampled_from(["", text[start:end] * 2, *PIECES]))
        text = text[:start] + middle + text[end:]
    return text


def found_spans(thing: object) -> Iterator[Span]:
    """All spans anywhere in the data."""
    if isinstance(thing, Span):
        yield thing
    elif isinstance(thing, tuple):
        for item in thing:
            yield from found_spans(item)
    elif dataclasses.is_dataclass(thing):
        for spec in dataclasses.fields(thing):
            yield from found_spans(getattr(thing, spec.name))


def check_reading(text: str) -> None:
    reading = read_text(text, "x.md")
    count = reading.text.count("\n") + (not reading.text.endswith("\n") and reading.text != "")
    for problem in reading.problems:
        assert 1 <= problem.line <= max(count, 1), problem
        assert problem.message
        assert "\n" not in problem.message
    assert list(reading.problems) == sorted(reading.problems, key=lambda found: found.line)
    if reading.lesson:
        assert reading.lesson.lines == count
        check_lesson(reading, reading.lesson)


def check_lesson(reading: Reading, lesson: Lesson) -> None:
    for span in found_spans(lesson):
        assert 1 <= span.start <= span.end <= lesson.lines, span
    for demo in lesson.demos:
        check_demo(demo)
    for try_it in lesson.try_its:
        assert try_it.demo is None or 0 <= try_it.demo < len(lesson.demos)
    for challenge in lesson.challenges:
        assert challenge.id
        for prose in (challenge.task, *challenge.hints):
            check_prose(prose)
        for section in challenge.sections:
            check_prose(section.before)
            check_prose(section.after)
            check_source(section.source)
    rewritten = rewrite(reading.text, lesson)
    assert rewritten.count("\n") == reading.text.count("\n")


def check_demo(demo: Demo) -> None:
    check_source(demo.source)
    check_source(demo.expected)
    if demo.expected:
        assert demo.source.span.end < demo.expected.span.start


def check_source(source: Source | None) -> None:
    if source and source.text:
        assert source.span.start < source.first_line
        last = source.first_line + source.text.rstrip("\n").count("\n")
        assert last <= source.span.end


def check_prose(prose: Prose | None) -> None:
    if prose:
        assert prose.text.endswith("\n")
        assert prose.text.count("\n") == prose.span.end - prose.span.start + 1


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutations())
@example(LESSON)
def test_mutated_lessons_read(text: str) -> None:
    check_reading(text)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mixtures)
def test_mixtures_of_lines_read(text: str) -> None:
    check_reading("---\nid: a\nmoduleId: b\n---\n" + text)
    check_reading(text + "\n---challenges---\n" + text)


@settings(max_examples=300, deadline=None)
@given(texts)
def test_marker_soup_reads(text: str) -> None:
    check_reading("---\nlesson: true\n---\n" + text)
    check_reading("---\nlesson: true\n---\n---challenges---\n### Challenge: x\n" + text)


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_any_text_reads(text: str) -> None:
    check_reading(text)
    check_reading(f"---\n{text}\n---\n---challenges---\n")


@settings(max_examples=200, deadline=None)
@given(st.one_of(mixtures, texts))
def test_rewriting_any_markdown_keeps_the_number_of_lines(text: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n")
    assert rewrite_markdown(text).count("\n") == lines


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=5))
def test_any_flags_read(flags: list[str]) -> None:
    _, complaints = read_options(flags)
    assert all(message for _, message in complaints)

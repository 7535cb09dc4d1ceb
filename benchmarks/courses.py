"""Courses to measure with: any number of lessons, one demo and three challenges each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

TOPICS = ("tide", "current", "swell", "wind", "fog", "ice", "reef", "buoy", "chart", "knot")

LESSON = """\
---
id: {id}
title: The {topic} table, part {number}
moduleId: {topic}s
difficulty: beginner
estimatedTimeMinutes: 20
learningObjectives:
  - Read a table of measurements into a list
  - Say what a mean hides
keywords: [{topic}, mean, table]
---

# The {topic} table, part {number}

A harbor keeps a book, and in the book every morning has a line. This lesson reads lines {number}
to {last} of that book and asks three things of them. Nothing here needs more than the standard
library: the point is what the numbers *say*, and how a program lets them say it.

:::definition
**{title} range {number}**: the difference between the highest and the lowest reading of a day. It
is never negative, and on a calm day it may be zero.
:::

## Reading

The readings come as text, one a line, with the hour before the colon. Splitting is the first step
and turning the second half into a number is the second; most mistakes hide between the two.

| Hour | Reading | Remark |
| ---- | ------- | ------ |
| 06   | {a}     | before sunrise |
| 12   | {b}     | at noon |
| 18   | {c}     | after the ferry |

```python
lines = ["06: {a}", "12: {b}", "18: {c}"]
readings = [int(line.split(":")[1]) for line in lines]
print("readings:", readings)
print("range:", max(readings) - min(readings))
```

:::tip
When a program prints a list, read the brackets too: they tell a list from a tuple, and one number
from a list that holds one number.
:::

## What a mean hides

Two mornings may share a mean and nothing else. Put differently, the mean is what is left when the
order and the spread have been thrown away. Before you throw something away, look at it once:

1. Are there readings that cannot be right, such as a negative depth?
2. Are there gaps, and do they come at the same hour every day?
3. Is one reading far from all others, and does the book say why?

> The book of a careful keeper has a remark for every strange number, and fewer strange numbers.

The same holds for sums and for maxima. Each is one number that stands for many; each answers one
question well and the others badly.

:::try-it Other readings
Change a reading in the code above so that the range becomes zero. Which other readings must change?
:::

---challenges---

{challenges}
"""

CHALLENGE = """\
### Challenge: {title}

- id: {id}-c{index}
- language: python
- difficulty: beginner

{task}

#### Starter Code

```python
readings = [{a}, {b}, {c}]  # {id}
# your code here for challenge {index}
```

#### Expected Output

```
{output}
```

#### Hints

1. Look at the demo: it has all the pieces.
2. `print` turns a number into text by itself.

#### Solution

```python
readings = [{a}, {b}, {c}]  # {id}
{code}
```
"""


@dataclass(frozen=True)
class Readings:
    """The numbers of one lesson."""

    number: int

    @property
    def values(self) -> tuple[int, int, int]:
        return (self.number % 7 + 3, self.number % 11 + 14, self.number % 5 + 8)


def challenges(readings: Readings) -> list[tuple[str, str, str, str]]:
    """Title, task, code and output of the three challenges."""
    values = readings.values
    total, number = sum(values), readings.number
    doubled = [value * 2 for value in values]
    return [
        (
            "The sum",
            "Print the sum of all readings.",
            f'total = 0\nfor reading in readings:\n    total += reading\nprint("{number}:", total)',
            f"{number}: {total}",
        ),
        (
            "From low to high",
            "Print the readings in order, one a line.",
            'for reading in sorted(readings):\n    print(f"{reading:3}")',
            "\n".join(f"{value:3}" for value in sorted(values)),
        ),
        (
            "Twice as much",
            "Print a list with every reading doubled.",
            f"print([reading * 2 for reading in readings], {number})",
            f"{doubled} {number}",
        ),
    ]


def lesson(number: int) -> str:
    """The text of a lesson in this project's format."""
    readings = Readings(number)
    a, b, c = readings.values
    topic = TOPICS[number % len(TOPICS)]
    name = f"{topic}-{number:04}"
    numbers = {"a": a, "b": b, "c": c}
    blocks = (
        CHALLENGE.format(
            id=name, index=index, title=title, task=task, code=code, output=output, **numbers
        )
        for index, (title, task, code, output) in enumerate(challenges(readings), 1)
    )
    return LESSON.format(
        id=name,
        topic=topic,
        title=topic.capitalize(),
        number=number,
        last=number + 2,
        challenges="\n".join(blocks),
        **numbers,
    )


PLOTTED = """
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
"""


def heavy_lesson(number: int) -> str:
    """The same, with programs that import numpy, pandas and matplotlib."""
    text = lesson(number)
    text = text.replace("```python\nlines", f"```python{PLOTTED}\nlines")
    return text.replace("```python\nreadings", f"```python{PLOTTED}\nreadings")


# --- the same text for others -----------------------------------------------------------------

_FENCE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def plain(text: str) -> str:
    """The text for plain Sphinx with myst-parser: as it is."""
    return text


def for_jupyter_sphinx(text: str) -> str:
    """Demo and solutions as ``jupyter-execute`` (starters stay code that is not run)."""
    return _replace_runnable(text, "```{jupyter-execute}\n")


def for_myst_nb(text: str) -> str:
    """Demo and solutions as ``code-cell``."""
    head = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n"
    return _replace_runnable(text, "```{code-cell} python3\n").replace("---\n", head, 1)


def _replace_runnable(text: str, opening: str) -> str:
    return _FENCE.sub(
        lambda match: match[0] if "your code here" in match[1] else f"{opening}{match[1]}```",
        text,
    )


def programs(text: str) -> list[str]:
    """The code of all programs of a lesson: the demo, the starters, the solutions."""
    return _FENCE.findall(text)


# --- on disk ----------------------------------------------------------------------------------


def write(
    folder: Path, count: int, *, extension: str, make=lesson, convert=plain, options=""
) -> None:
    """Write a course with its ``conf.py``."""
    folder.mkdir(parents=True)
    names = []
    for number in range(1, count + 1):
        text = make(number)
        names.append(text.partition("id: ")[2].partition("\n")[0])
        (folder / f"{names[-1]}.md").write_text(convert(text))
    toctree = "\n".join(names)
    (folder / "index.md").write_text(f"# The harbor book\n\n```{{toctree}}\n{toctree}\n```\n")
    (folder / "conf.py").write_text(
        f'project = "harbor"\nextensions = [{extension}]\nhtml_theme = "alabaster"\n'
        f'myst_enable_extensions = ["colon_fence"]\n{options}\n'
    )


def edit_prose(folder: Path) -> None:
    """Change a sentence of one page."""
    _edit(folder, "A harbor keeps a book", "Every harbor keeps a book")


def edit_code(folder: Path) -> None:
    """Change the demo of one page, and nothing that it prints of others."""
    _edit(folder, 'print("range:"', 'print("the range:"')


def _edit(folder: Path, old: str, new: str) -> None:
    path = sorted(folder.glob("tide-*.md"))[0]
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))

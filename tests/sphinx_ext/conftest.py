"""A project with a lesson in which everything is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sphinx_projects import Project

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project that has our extension and nothing else."""
    return Project(tmp_path)


LESSON = """\
---
id: tides-01
title: Reading a tide table
moduleId: tides
estimatedTimeMinutes: 12.5
difficulty: beginner
learningObjectives:
  - Add up a list with `sum`
  - Print a **rounded** mean
---

# Reading a tide table

:::definition
**Tidal range**: the difference between high and low water.
:::

```python
heights = [4.1, 0.9, 3.8]
print("range", round(max(heights) - min(heights), 1))
```

```
range 3.2
```

A {term}`tidal range` above four meters is large.

```python
len(heights)
```

:::try-it
Add a height of `5.0` and run it again.
:::

:::challenge
Now you.
:::

---challenges---

### Challenge: The *mean* height

- id: tides-01-c1
- language: python
- difficulty: beginner

Print the mean of the heights.

#### Starter Code

```python
heights = [4.0, 1.0]
print(...)
```

#### Expected Output

```
2.5
```

#### Hints

1. `sum` adds them up.
2. `len` counts them.

#### Solution

```python
heights = [4.0, 1.0]
print(sum(heights) / len(heights))
```
"""


@pytest.fixture
def lesson() -> str:
    """A lesson in which everything is right."""
    return LESSON


@pytest.fixture
def tides(project: Project) -> Project:
    """A project with that lesson as ``lesson.md``."""
    project.write("lesson.md", LESSON)
    return project

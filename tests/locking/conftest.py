"""Lessons to be locked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

LESSON = """\
---
id: {id}
lesson: true
---
# Birds

{demos}
---challenges---

### Challenge: Count

- id: {id}-c1

#### Starter Code

```python
print("?")
```

#### Expected Output

```
3
```

#### Solution

```python
print(1 + 2)
```
"""

MakeLesson = Callable[[str, str], str]


@pytest.fixture
def make_lesson() -> MakeLesson:
    """The function that makes the text of a lesson with one challenge of its id and its demos."""
    return lambda lesson_id, demos: LESSON.format(id=lesson_id, demos=demos)

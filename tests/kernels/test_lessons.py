"""A lesson in R, from its text to its verdicts."""

from __future__ import annotations

import pytest

from sphinx_lessons.checking import check
from sphinx_lessons.config import Settings
from sphinx_lessons.model import Word
from sphinx_lessons.reading import read_text
from sphinx_lessons.running import make_engine

pytestmark = pytest.mark.needs_r

LESSON = """\
---
id: birds
lesson: true
---
# Birds

```r
heights <- c(38, 55)
print(mean(heights))
```

Output:

```
[1] 46.5
```

```r
tall <- function(x) {
  stop("no bird is ", x)
}
tall(heights[1])
```

```r raises-exception
stop("meant")
```

---challenges---

### Challenge: Sum

- id: birds-c1
- language: r

#### Starter Code

```r
x <- c(1, 2)
```

#### Expected Output

```
[1] 3
```

#### Solution

```r
x <- c(1, 2)
sum(x)
```

### Challenge: Largest

- id: birds-c2

#### Checks

```r
stopifnot(largest == 9)
```

#### Solution

```r
largest <- max(1, 8)
```
"""


def test_a_lesson_in_r_is_judged_like_one_in_python():
    settings = Settings(languages={"python": "", "r": "ir"})
    reading = read_text(LESSON, "birds.md", tuple(settings.languages))
    with make_engine(settings, 2) as engine:
        (report,) = check([reading], settings, engine).lessons
    words = [demo.verdict.word for demo in report.demos]
    assert words == [Word.PASSED, Word.RAISED, Word.PASSED]
    assert (report.demos[1].verdict.line, "no bird is 38" in report.demos[1].verdict.message) == (
        20,
        True,
    )
    first, second = report.challenges
    assert (first.verdict.word, first.starter.word) == (Word.PASSED, Word.MISMATCHED)
    assert second.verdict.word is Word.MISMATCHED
    assert second.verdict.line == 62
    assert "largest == 9 is not TRUE" in second.verdict.message

"""Every node in every builder, without a warning."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from docutils import nodes

from sphinx_lessons.sphinx_ext import nodes as our_nodes

if TYPE_CHECKING:
    from sphinx_projects import Project

BUILDERS = (
    "html",
    "dirhtml",
    "singlehtml",
    "epub",
    "latex",
    "text",
    "man",
    "texinfo",
    "xml",
    "pseudoxml",
    "gettext",
    "dummy",
)

EVERYTHING = """\
---
id: every
difficulty: advanced
moduleId: all
learningObjectives: [See it all]
---
# Everything

:::definition
**Node**: a part of a page.
:::

```python hide-input
print("one")
```

```python hide-output
print("two")
```

```python
class Value:
    def _repr_html_(self):
        return "<b>bold</b>"
    def _repr_latex_(self):
        return "$x^2$"
Value()
```

---challenges---

### Challenge: All parts

- id: every-c1

The task.

#### Setup

```python
start = 1
```

#### Starter Code

```python
print(start)
```

#### Input

```
seven
```

#### Expected Output

```
8 seven
```

#### Checks

```python
assert start == 1
```

#### Hints

- Read it.

#### Solution

```python
print(start + 7, input())
```

#### Explanation

Because.
"""


def our_node_classes() -> set[type[nodes.Element]]:
    return {
        value
        for name, value in vars(our_nodes).items()
        if name.startswith("lesson_") and isinstance(value, type)
    }


def test_every_node_has_its_row_in_the_table() -> None:
    # The region is gone when the transform is done.
    assert set(our_nodes.VISITORS) == our_node_classes() - {our_nodes.lesson_region}


def test_the_lesson_holds_every_node(project: Project) -> None:
    project.write("lesson.md", EVERYTHING)
    app = project.build("html").app
    stored = app.env.get_doctree("lesson")
    shaped = app.env.get_doctree("lesson")
    app.env.apply_post_transforms(shaped, "lesson")
    found = {type(node) for tree in (stored, shaped) for node in tree.findall(nodes.Element)}
    assert found >= set(our_nodes.VISITORS)


@pytest.mark.parametrize("builder", BUILDERS)
def test_every_builder_renders_every_node(project: Project, builder: str) -> None:
    project.write("lesson.md", EVERYTHING)
    result = project.build(
        builder,
        epub_copyright="us",
        version="1",
        man_pages=[("index", "course", "Course", [], 1)],
        texinfo_documents=[("index", "course", "Course", "us", "course", "", "")],
    )
    assert result.log == ""
    assert result.status == 0


def test_the_parts_are_there_in_plain_text(project: Project) -> None:
    project.write("lesson.md", EVERYTHING)
    text = project.build("text").text("lesson.txt")
    for part in ("See it all", "one", "two", "The task.", "seven", "Read it.", "Because."):
        assert part in text


def test_messages_for_translators_are_the_authors_words_only(project: Project) -> None:
    project.write("lesson.md", EVERYTHING)
    result = project.build("gettext", gettext_uuid=False)
    messages = {
        line.removeprefix('msgid "').removesuffix('"')
        for line in result.text("lesson.pot").splitlines()
        if line.startswith('msgid "')
    } - {""}
    assert messages == {
        "Everything",
        "See it all",
        "**Node**: a part of a page.",
        "All parts",
        "The task.",
        "Read it.",
        "Because.",
    }

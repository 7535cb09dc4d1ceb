"""Every problem that reading can find, in a lesson of its own, at the line where it is."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

import pytest

import sphinx_lessons.reading
from sphinx_lessons.problems import Code
from sphinx_lessons.reading import read_file, read_text

HEAD = "---\nid: sea\nmoduleId: water\n---\n"
"""Four lines: what is below begins at line 5."""

CHALLENGE = """\
### Challenge: Count
- id: sea-c1
#### Expected Output
```
1
```
#### Solution
```python
print(1)
```
"""

REGION = HEAD + "---challenges---\n"
"""Five lines: what is below begins at line 6."""


def challenge(metadata: str = "", solution: str = "print(1)\n", more: str = "") -> str:
    """A lesson with one challenge: metadata at line 8, the solution's first line at 13 + it."""
    return (
        f"{REGION}### Challenge: Count\n- id: sea-c1\n{metadata}"
        "#### Expected Output\n```\n1\n```\n"
        f"#### Solution\n```python\n{solution}```\n{more}"
    )


@dataclass(frozen=True, slots=True)
class Bad:
    name: str
    text: str
    code: Code
    line: int
    words: str = ""
    """Part of the message."""
    alone: bool = True
    """It is the only problem."""


SEPARATED = "---challenges---\n" + CHALLENGE

BAD = [
    # the file
    Bad(
        "list as front matter", "---\n- a\n---\n" + SEPARATED, Code.FRONT_MATTER_INVALID, 2, "list"
    ),
    Bad("word as front matter", "---\na\n---\n" + SEPARATED, Code.FRONT_MATTER_INVALID, 2, "value"),
    Bad(
        "front matter that is no YAML",
        "---\nid: sea\nmoduleId: a\ntitle: Sea: the book\n---\n",
        Code.FRONT_MATTER_INVALID,
        4,
        "mapping values",
    ),
    Bad(
        "front matter with a control character",
        "---\nid: \x07\n---\n" + SEPARATED,
        Code.FRONT_MATTER_INVALID,
        1,
        "not valid YAML",
    ),
    Bad(
        "front matter that is never closed",
        "---\nid: sea\nmoduleId: water\n\n# Sea\n",
        Code.FRONT_MATTER_INVALID,
        1,
        "never closed",
    ),
    Bad(
        "text for a number",
        "---\nid: sea\nmoduleId: w\nestimatedTimeMinutes: ten\n---\n",
        Code.FRONT_MATTER_TYPE,
        4,
        "`estimatedTimeMinutes` in the front matter must be a number",
    ),
    Bad(
        "a list for text",
        "---\nid: sea\nmoduleId: w\ntitle:\n  - a\n---\n",
        Code.FRONT_MATTER_TYPE,
        4,
    ),
    Bad(
        "text for a list",
        "---\nid: sea\nmoduleId: w\nkeywords: a\n---\n",
        Code.FRONT_MATTER_TYPE,
        4,
    ),
    Bad(
        "a mapping in a list of strings",
        "---\nid: sea\nmoduleId: w\nlearningObjectives:\n  - One\n  - Learn: this\n---\n",
        Code.FRONT_MATTER_TYPE,
        6,
        "Quote",
    ),
    Bad(
        "an empty keyword",
        "---\nid: sea\nmoduleId: w\nkeywords:\n  - a\n  -\n---\n",
        Code.FRONT_MATTER_TYPE,
        6,
    ),
    Bad(
        "text for a switch",
        "---\nid: sea\nmoduleId: w\nexecute: maybe\n---\n",
        Code.FRONT_MATTER_TYPE,
        4,
    ),
    Bad(
        "a timeout of nothing",
        "---\nid: sea\nmoduleId: w\ntimeout: 0\n---\n",
        Code.FRONT_MATTER_TYPE,
        4,
    ),
    Bad(
        "an endless time",
        "---\nid: sea\nmoduleId: w\nestimatedTimeMinutes: .inf\n---\n",
        Code.FRONT_MATTER_TYPE,
        4,
    ),
    Bad(
        "a key given twice",
        "---\nid: sea\nmoduleId: w\nid: ocean\n---\n",
        Code.FRONT_MATTER_TYPE,
        4,
        "twice",
    ),
    Bad(
        "lines are an editor's, not YAML's",
        "---\nid: sea\ntitle: A\u2028B\nmoduleId: w\ntimeout: x\n---\n",
        Code.FRONT_MATTER_TYPE,
        5,
    ),
    Bad("blank lines first", "\n\n" + HEAD, Code.FRONT_MATTER_BLANK_LINES, 1),
    Bad(
        "an empty prerequisite",
        "---\nid: sea\nmoduleId: w\nprerequisites:\n  - a\n  - \n---\n",
        Code.NULL_PREREQUISITE,
        6,
    ),
    Bad(
        "a lesson's difficulty",
        "---\nid: sea\ndifficulty: hard\n---\n",
        Code.UNKNOWN_DIFFICULTY,
        3,
        "'hard'",
    ),
    Bad(
        "a challenge's difficulty",
        challenge("- difficulty: beginner/intermediate\n"),
        Code.UNKNOWN_DIFFICULTY,
        8,
    ),
    Bad("blanks in an id", "---\nid: the sea\nmoduleId: w\n---\n", Code.INVALID_ID, 2),
    Bad(
        "markup in a challenge's id",
        REGION + CHALLENGE.replace("sea-c1", "sea-<b>1</b>"),
        Code.INVALID_ID,
        7,
        "`sea--b-1-b`",
    ),
    # blocks
    Bad("unclosed block", HEAD + "\n:::note\nText\n", Code.UNCLOSED_BLOCK, 6, ":::note"),
    Bad("unclosed container", HEAD + ":::box\nText\n", Code.UNCLOSED_BLOCK, 5),
    Bad("unclosed directive", HEAD + ":::{figure} a.png\nText\n", Code.UNCLOSED_BLOCK, 5),
    Bad("unclosed code directive", HEAD + ":::{code-block} c\nText\n", Code.UNCLOSED_BLOCK, 5),
    Bad("unclosed backtick block", HEAD + "```{tip}\nText\n", Code.UNCLOSED_BLOCK, 5),
    Bad("unclosed in a block", HEAD + "::::note\n:::tip\nText\n::::\n", Code.UNCLOSED_BLOCK, 6),
    Bad("unclosed in an item", HEAD + "- :::note\n  Text\n\nMore\n", Code.UNCLOSED_BLOCK, 5),
    Bad("unclosed in a quote", HEAD + "> :::note\n\n:::\n", Code.UNCLOSED_BLOCK, 5, alone=False),
    Bad("unclosed in a task", challenge(":::note\n\n"), Code.UNCLOSED_BLOCK, 8),
    Bad("stray end", HEAD + "Text\n:::\n", Code.STRAY_BLOCK_END, 6),
    Bad("stray end of another length", HEAD + ":::tip\nA\n:::\n::::\n", Code.STRAY_BLOCK_END, 8),
    Bad("unclosed fence", HEAD + "```python\n1\n", Code.UNCLOSED_FENCE, 5),
    Bad(
        "unclosed fence in a block",
        HEAD + ":::note\n```python\n1\n:::\nText\n",
        Code.UNCLOSED_FENCE,
        6,
    ),
    Bad("unclosed fence in an item", HEAD + "- ```python\n  1\n\nText\n", Code.UNCLOSED_FENCE, 5),
    Bad("unclosed solution", challenge()[: -len("```\n")], Code.UNCLOSED_FENCE, 13),
    Bad("blocks too deep", HEAD + ":::note\n" * 21 + ":::\n" * 21, Code.NESTED_TOO_DEEP, 25),
    Bad("quotes too deep", HEAD + "> " * 30 + "Text\n", Code.NESTED_TOO_DEEP, 5),
    Bad(
        "definition without a term",
        HEAD + "\n:::definition\nThe sea is wide.\n:::\n",
        Code.DEFINITION_WITHOUT_TERM,
        6,
    ),
    Bad(
        "term defined twice",
        HEAD + ":::definition\n**Ebb**: out\n:::\n:::definition\n**ebb**: out\n:::\n",
        Code.DUPLICATE_TERM,
        8,
    ),
    # demos
    Bad(
        "misspelled flag",
        HEAD + "```python skip-exection\n```\n",
        Code.UNKNOWN_FLAG,
        5,
        "skip-execution",
    ),
    Bad(
        "flag with underscores",
        HEAD + "```python hide_input\n```\n",
        Code.UNKNOWN_FLAG,
        5,
        "hide-input",
    ),
    Bad(
        "a challenge's option",
        HEAD + "```python raises=KeyError\n```\n",
        Code.UNKNOWN_FLAG,
        5,
        "raises-exception",
    ),
    Bad(
        "flag of a challenge's fence",
        challenge().replace("```python", "```python skip-execution"),
        Code.UNKNOWN_FLAG,
        13,
        "metadata",
    ),
    Bad(
        "misspelled tag",
        challenge("- tags: browser-onyl\n"),
        Code.UNKNOWN_FLAG,
        8,
        "browser-only",
    ),
    Bad(
        "misspelled tag of a lesson",
        "---\nid: sea\nlesson: true\ntags:\n  - own\n  - hide-imput\n---\n# Sea\n",
        Code.UNKNOWN_FLAG,
        6,
        "hide-input",
    ),
    Bad(
        "misspelled tag of a lesson in a line",
        "---\nid: sea\ntags: own, skip-exection\nlesson: true\n---\n# Sea\n",
        Code.UNKNOWN_FLAG,
        3,
        "skip-execution",
    ),
    Bad("unknown mode", HEAD + "```python compare=fuzzy\n```\n", Code.INVALID_OPTION, 5, "fuzzy"),
    Bad("no mode", HEAD + "```python compare=\n```\n", Code.INVALID_OPTION, 5),
    Bad(
        "modes that exclude each other",
        challenge("- compare: regex, number\n"),
        Code.INVALID_OPTION,
        8,
    ),
    Bad("negative timeout", HEAD + "```python timeout=-1\n```\n", Code.INVALID_OPTION, 5),
    Bad("timeout that is no number", challenge("- timeout: 3s\n"), Code.INVALID_OPTION, 8, "'3s'"),
    Bad("endless timeout", challenge("- timeout: inf\n"), Code.INVALID_OPTION, 8),
    Bad("failure without reason", HEAD + "```py known-failure\n```\n", Code.INVALID_OPTION, 5),
    Bad("no exception", challenge("- raises: not a name\n"), Code.INVALID_OPTION, 8),
    Bad("unknown check", challenge("- check: some\n"), Code.INVALID_OPTION, 8),
    Bad(
        "option of a directive",
        HEAD + "```{demo} python\n:hide-input:\n:timeout: soon\n\n1\n```\n",
        Code.INVALID_OPTION,
        7,
    ),
    Bad(
        "pattern that does not compile",
        challenge("- compare: regex\n").replace("```\n1\n", "```\n(1\n"),
        Code.INVALID_OPTION,
        11,
        "regular expression",
    ),
    # challenges
    Bad("second separator", challenge() + "---challenges---\n", Code.SECOND_SEPARATOR, 16),
    Bad("no separator", HEAD + "Text\n" + CHALLENGE, Code.MISSING_SEPARATOR, 6),
    Bad(
        "challenge above the separator",
        HEAD + CHALLENGE.replace("python", "text") + SEPARATED,
        Code.MISSING_SEPARATOR,
        5,
        "above",
    ),
    Bad("nothing in the region", HEAD + "\n---challenges---\n\nText\n", Code.EMPTY_REGION, 6),
    Bad(
        "text before the first challenge",
        HEAD + "---challenges---\n\nText\n" + CHALLENGE,
        Code.TEXT_OUTSIDE_CHALLENGE,
        7,
    ),
    Bad(
        "challenge in a list",
        challenge(more="- ### Challenge: Nested\n  - id: sea-c2\n"),
        Code.NESTED_CHALLENGE,
        16,
    ),
    Bad(
        "challenge in a quote",
        challenge(more="> ### Challenge: Nested\n"),
        Code.NESTED_CHALLENGE,
        16,
    ),
    Bad(
        "challenge in a block",
        challenge(more=":::note\n### Challenge: Nested\n:::\n"),
        Code.NESTED_CHALLENGE,
        17,
    ),
    Bad(
        "challenge in a list of the body",
        HEAD + "- ### Challenge: Nested\n  - id: sea-c1\n",
        Code.NESTED_CHALLENGE,
        5,
    ),
    Bad("no id", REGION + CHALLENGE.replace("- id: sea-c1\n", ""), Code.MISSING_ID, 6, "`sea-c1`"),
    Bad("empty id", REGION + CHALLENGE.replace("sea-c1", ""), Code.MISSING_ID, 6),
    Bad("id of nothing", REGION + CHALLENGE.replace("sea-c1", "???"), Code.MISSING_ID, 7),
    Bad("two of one id", REGION + CHALLENGE + CHALLENGE, Code.DUPLICATE_ID, 17),
    Bad("another lesson's id", REGION + CHALLENGE.replace("sea-c", "sky-c"), Code.FOREIGN_ID, 7),
    Bad(
        "no solution",
        REGION + CHALLENGE.partition("#### Solution")[0],
        Code.MISSING_SOLUTION,
        6,
    ),
    Bad(
        "no expected output",
        REGION + "### Challenge: Count\n- id: sea-c1\n#### Solution\n```\n1\n```\n",
        Code.MISSING_EXPECTED_OUTPUT,
        6,
    ),
    Bad(
        "section without a fence",
        challenge(more="#### Starter Code\nprint(...)\n"),
        Code.SECTION_WITHOUT_FENCE,
        16,
        "'Starter Code'",
    ),
    Bad(
        "a heading below HTML",
        challenge(more="<details>\n\nText\n\n</details>\n### Challenge: Two\n- id: sea-c2\n"),
        Code.HEADING_IN_HTML,
        21,
        "'### Challenge: Two'",
    ),
    Bad("two fences", challenge(more="\n```python\n2\n```\n"), Code.TWO_FENCES, 17),
    Bad("two solutions", challenge(more="#### Solution\nText\n"), Code.DUPLICATE_SECTION, 16),
    Bad("unknown section", challenge(more="#### Remarks\nText\n"), Code.UNKNOWN_SECTION, 16),
    Bad(
        "misspelled key",
        challenge("- dificulty: beginner\n"),
        Code.UNKNOWN_METADATA,
        8,
        "`difficulty`",
    ),
    Bad("unlike any key", challenge("- xyz: 1\n"), Code.UNKNOWN_METADATA, 8, "known are"),
    Bad("key given again", challenge("- id: sea-c2\n"), Code.UNKNOWN_METADATA, 8, "second time"),
    Bad(
        "indentation that was mended",
        challenge(solution="a = 1\n  \n  print(a)\n"),
        Code.MENDED_INDENTATION,
        16,
        "solution",
    ),
    Bad(
        "solution for browsers",
        challenge(solution="import math\nfrom js import document\n"),
        Code.BROWSER_ONLY,
        15,
        "`js`",
    ),
]


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name.replace(" ", "-"))
def test_the_problem_is_found_at_its_line(bad: Bad) -> None:
    reading = read_text(bad.text, "sea.md")
    assert reading.lesson is not None
    found = [problem for problem in reading.problems if problem.code is bad.code]
    assert [problem.line for problem in found] == [bad.line]
    assert found[0].path == "sea.md"
    assert found[0].severity is bad.code.severity
    assert bad.words in found[0].message
    if bad.alone:
        assert list(reading.problems) == found


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    file = tmp_path / "sea.md"
    file.write_bytes(HEAD.encode() + b"caf\xe9\nna\xefve\n")
    reading = read_file(file)
    assert [(p.code, p.line, p.path) for p in reading.problems] == [(Code.NOT_UTF8, 5, str(file))]
    assert "caf\ufffd" in reading.text
    assert reading.lesson is not None


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    reading = read_file(tmp_path / "sea.md", "lessons/sea.md")
    assert [(p.code, p.line, p.path) for p in reading.problems] == [
        (Code.UNREADABLE, 1, "lessons/sea.md")
    ]
    assert reading.lesson is None
    assert reading.origin == tmp_path / "sea.md"


def codes_of_reading() -> set[Code]:
    """The codes that the package names (``modules.py`` reads another kind of file)."""
    folder = Path(sphinx_lessons.reading.__file__).parent
    trees = [ast.parse(file.read_text()) for file in folder.glob("*.py") if file.stem != "modules"]
    return {
        Code[node.attr]
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "Code"
    }


def test_every_code_of_reading_has_a_bad_lesson() -> None:
    assert codes_of_reading() - {bad.code for bad in BAD} == {Code.NOT_UTF8, Code.UNREADABLE}

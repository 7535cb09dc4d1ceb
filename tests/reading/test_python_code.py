"""The indentation quirk, and imports that only a browser can serve."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphinx_lessons.reading.python_code import find_browser_import, mend_indentation

QUIRK = "def f():\n      return 1\n\n  f()\n"


def test_code_that_compiles_without_the_shared_indent_is_mended() -> None:
    assert mend_indentation(QUIRK, incomplete=False) == "def f():\n    return 1\n\nf()\n"


@pytest.mark.parametrize(
    "code",
    [
        "if a:\n  b\n  c\n",
        "a = [\n  1,\n  ]\n",
        "a = 1\nb = 2\n",
        "a\n  b\n c(\n",
        "a =\n  b =\n",
        "  a\n  b\n",
        "a = '''\n  text\n  '''\n",
        "a\n\tb\n  c\n",
        "",
        "a\n",
    ],
)
def test_other_code_stays(code: str) -> None:
    assert mend_indentation(code, incomplete=False) is None


@pytest.mark.parametrize(
    ("code", "mended"),
    [
        ("# Do it\n  a = \n  b = 1\n", "# Do it\na = \nb = 1\n"),
        ("# Do it\n  # more\n\n  a = \n", "# Do it\n# more\n\na = \n"),
        ("import a\n  for b in c:\n", "import a\nfor b in c:\n"),
    ],
)
def test_a_starter_may_be_incomplete(code: str, mended: str) -> None:
    assert mend_indentation(code, incomplete=True) == mended
    assert mend_indentation(code, incomplete=False) is None


@pytest.mark.parametrize(
    "code",
    [
        "if a:\n  b =\n",
        "a = \n  b\n",
        "# Do it\n    a = 1\n  b = 2\n",
        "a\nb\n  c\n",
        "if a:\n  # Do it\n",
        "# Do it\n\ta = 1\n  b = 2\n",
    ],
)
def test_other_starters_stay(code: str) -> None:
    assert mend_indentation(code, incomplete=True) is None


def test_await_is_no_reason_to_mend() -> None:
    assert mend_indentation("if a:\n  await b\n", incomplete=False) is None
    assert mend_indentation("import js\n  await b\n", incomplete=False) == "import js\nawait b\n"


@pytest.mark.parametrize(
    "code",
    [
        "a = 1\n  b = " + "(" * 2000 + "\n",
        "a = 1\n  b = " + "-" * 100_000 + "1\n",
        "a = 1\n  b = '\0'\n",
        "a = 1\n  b = '\ud800'\n",
        "a = 1\n  b = 1" + "+1" * 5000 + "\n",
        "a = 1\n  b = " + "9" * 10_000 + "\n",
        "a = 1\n  b = '\\d' is 1\n",
    ],
)
def test_the_compiler_may_fail_in_any_way(code: str) -> None:
    for incomplete in (True, False):
        mend_indentation(code, incomplete=incomplete)
    find_browser_import("import js\n" + code.replace("  b", "b"))


@given(st.text(alphabet="ab =:(\n\t #'\"1"))
def test_mending_takes_nothing_but_blanks(code: str) -> None:
    for incomplete in (True, False):
        mended = mend_indentation(code, incomplete=incomplete)
        if mended is not None:
            assert mended != code
            assert mended.count("\n") == code.count("\n")
            assert [line.strip() for line in mended.split("\n")] == [
                line.strip() for line in code.split("\n")
            ]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import js", (1, "js")),
        ("\n\nimport os, pyodide.http", (3, "pyodide")),
        ("def f():\n    from js import x\nimport micropip\n", (2, "js")),
        ("import jsonschema\nfrom .js import a\nfrom . import js\n", None),
        ("a = 'import js'", None),
        ("import js\nif", None),
    ],
)
def test_browser_imports(code: str, found: tuple[int, str] | None) -> None:
    assert find_browser_import(code) == found

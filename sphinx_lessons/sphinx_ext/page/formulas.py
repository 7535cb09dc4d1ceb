"""Whether TeX gets through the LaTeX form of a value.

Any class of a lesson may have a ``_repr_latex_``, and TeX stops at its first mistake. So a formula
is parsed before: what is not plainly well-formed is not shown as one. The parser knows formulas,
tables (``tabular``) with text in their cells, and the commands of :mod:`.formula_words`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sphinx_lessons.sphinx_ext.page import formula_words as words

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_TOKEN = re.compile(r"\\[^\W\d_]+\*?|\\.|\s+|.", re.DOTALL)
_UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]|\n[ \t]*\n")
_SPACING = re.compile(r"\[-?[\d.]+(?:pt|em|ex|mm|cm)\]")
_DEEPEST = 40
_MOST_COLUMNS = 100
_SCRIPTS = {"^": "superscript", "_": "subscript"}
_OPENING = re.compile(r"\s*(?:\$|\\\[|\\\(|\\begin\{(?P<name>[^}]*)\})")
_DISPLAYS = re.compile(
    r"\A\s*\\begin\{(?P<name>equation|align|gather)(?P<star>\*?)\}(?P<body>.*)"
    r"\\end\{(?P=name)(?P=star)\}\s*\Z",
    re.DOTALL,
)


class _FlawError(Exception):
    """What is wrong with a formula."""


def is_formula(text: str) -> bool:
    """Whether LaTeX is meant as a formula or a table: a notebook shows all else as it stands."""
    opening = _OPENING.match(text)
    known = words.COLUMNS.keys() | words.TABLES | {"equation", "align", "gather"}
    return opening is not None and (not opening["name"] or opening["name"].rstrip("*") in known)


def adapt_display(text: str) -> str:
    """Turn a display of its own into what may stand inside of one, as Sphinx shows formulas."""
    match = _DISPLAYS.match(text)
    if match is None:
        return text
    inner = {"align": "aligned", "gather": "gathered"}.get(match["name"])
    return rf"\begin{{{inner}}}{match['body']}\end{{{inner}}}" if inner else match["body"]


def find_flaw(text: str, own_commands: Collection[str] | None = ()) -> str:
    """Say why TeX would stop at a formula (without delimiters); ``""`` if it does not.

    :param own_commands: names of commands that the project defines; ``None`` stands for any names,
        of environments, too. What is in their arguments is read as the rest.
    """
    if _UNFIT.search(text.strip()):
        return "a blank line or a control character"
    try:
        _Parser(text.strip(), own_commands).parse()
    except _FlawError as flaw:
        return str(flaw)
    return ""


def _check_limits(base: str) -> None:
    if base[1:] not in words.LIMITED:
        raise _FlawError(r"\limits behind what is no operator")


class _Parser:
    """One pass over the tokens; what a list of them ends with is left to who asked for the list."""

    def __init__(self, text: str, own_commands: Collection[str] | None) -> None:
        self._tokens = _TOKEN.findall(text)
        self._place = 0
        self._depth = 0
        self._own = own_commands

    def parse(self) -> None:
        """Raises :class:`_FlawError`."""
        if not self._tokens:
            raise _FlawError("nothing in it")
        self._parse_rows("", columns=words.COLUMNS["split"], math=True)

    # --- tokens -------------------------------------------------------------------------------

    def _look(self) -> str:
        return self._tokens[self._place] if self._place < len(self._tokens) else ""

    def _take(self) -> str:
        token = self._look()
        self._place += 1
        return token

    def _skip_blanks(self) -> None:
        while self._look().isspace():
            self._place += 1

    def _take_until(self, end: str) -> str:
        """What stands before a token that closes something, which is taken, too."""
        start = self._place
        while self._look() != end:
            if not self._take():
                raise _FlawError(f"{end} is missing")
        self._place += 1
        return "".join(self._tokens[start : self._place - 1])

    # --- rows and lists -----------------------------------------------------------------------

    def _parse_rows(self, end: str, *, columns: int, math: bool) -> None:
        """Rows of cells up to the token that ends them; ``""`` is the end of the formula."""
        column, fresh = 1, True
        while True:
            self._skip_blanks()
            if end and fresh and self._look()[1:] in words.RULES:
                self._place += 1
                continue
            self._parse_list(("&", r"\\", end), math=math)
            token = self._take()
            if token == end:
                return
            column, fresh = (column + 1, False) if token == "&" else (1, True)
            if column > columns:
                raise _FlawError(f"more than {columns} columns")
            if fresh:
                self._skip_row_spacing()

    def _skip_row_spacing(self) -> None:
        place = self._place
        self._skip_blanks()
        if self._look() != "[":
            self._place = place
        elif not _SPACING.fullmatch(self._take_until("]") + "]"):
            raise _FlawError("a [ where a row begins")

    def _parse_list(self, ends: Sequence[str], *, math: bool) -> None:
        """Everything up to one of these tokens, which is left."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _FlawError(f"more than {_DEEPEST} levels")
        scripts: set[str] = set()
        base = before = ""
        while (token := self._look()) not in ends:
            self._place += 1
            if not token:
                raise _FlawError(f"{ends[-1]} is missing")
            if math and token in ("^", "_", "'"):
                self._parse_script(token, scripts, after_prime=before == "'")
            elif token in (r"\limits", r"\nolimits"):
                _check_limits(base)
            elif not token.isspace():
                base = token
                scripts = scripts if token[1:] in words.STYLES else set()
                self._parse_one(token, math=math)
            before = token
        self._depth -= 1

    def _parse_script(self, token: str, scripts: set[str], *, after_prime: bool) -> None:
        """A script or a prime; primes and the superscript right behind them are one."""
        kind = _SCRIPTS.get(token, "superscript")
        if kind in scripts and not (after_prime and token != "_"):
            raise _FlawError(f"two {kind}s")
        scripts.add(kind)
        if token != "'":
            self._parse_argument(math=True)

    def _parse_one(self, token: str, *, math: bool) -> None:
        if token == "{":
            self._parse_list(("}",), math=math)
            self._place += 1
        elif token == "$" and not math:
            self._parse_list(("$",), math=True)
            self._place += 1
        elif token.startswith("\\"):
            self._parse_command(token[1:], math=math)
        elif token in "}$&#%" or (token in "^_" and not math):
            raise _FlawError(f"a {token} that means nothing there")

    # --- commands -----------------------------------------------------------------------------

    def _parse_command(self, name: str, *, math: bool) -> None:
        if name in words.SYMBOLS and (math or name != "|"):
            return
        if name == "begin":
            self._parse_environment(math=math)
        elif name in words.TEXTS:
            self._parse_argument(math=False)
        elif math and name == "left":
            self._parse_delimited()
        elif math and name in words.SIZES:
            self._take_delimiter(name)
        elif math and name in words.MATH:
            self._parse_arguments(name)
        elif (math or name not in words.WORDS) and not self._is_own(name):
            raise _FlawError(f"\\{name}")

    def _is_own(self, name: str) -> bool:
        if name in ("right", "end") or not name[:1].isalpha():
            return False
        return self._own is None or name in self._own

    def _parse_arguments(self, name: str) -> None:
        self._skip_blanks()
        if name == "sqrt" and self._look() == "[":
            self._place += 1
            self._parse_list(("]",), math=True)
            self._place += 1
        for _ in range(words.MATH[name]):
            self._parse_argument(math=True)

    def _parse_argument(self, *, math: bool) -> None:
        self._skip_blanks()
        token = self._take()
        if token == "{":
            self._parse_one(token, math=math)
        elif not token or token in "}$&#%^_'~":
            raise _FlawError("a missing argument")
        elif token[0] == "\\" and not (math and token[1:] in words.LETTERS):
            raise _FlawError(f"{token} where braces are needed")

    def _parse_delimited(self) -> None:
        self._take_delimiter("left")
        self._parse_list((r"\right",), math=True)
        self._place += 1
        self._take_delimiter("right")

    def _take_delimiter(self, name: str) -> None:
        self._skip_blanks()
        token = self._take()
        named = token.startswith("\\") and token[1:] in words.DELIMITERS
        if not named and (not token or token not in "()[]|/.<>"):
            raise _FlawError(f"\\{name} without a delimiter")

    def _parse_environment(self, *, math: bool) -> None:
        name = self._take_name()
        columns = words.COLUMNS.get(name, 0) if math else 0
        if name in words.TABLES and (math or name == "tabular"):
            columns = self._take_columns()
        elif self._own is None:
            columns = columns or _MOST_COLUMNS
        if not columns:
            raise _FlawError(rf"\begin{{{name}}}")
        self._parse_rows(r"\end", columns=columns, math=math and name != "tabular")
        if self._take_name() != name:
            raise _FlawError(rf"\begin{{{name}}} with another end")

    def _take_name(self) -> str:
        if self._take() != "{":
            raise _FlawError("an environment without a name")
        return self._take_until("}")

    def _take_columns(self) -> int:
        self._skip_blanks()
        spec = self._take_name()
        if not re.fullmatch(r"[lcr| ]+", spec):
            raise _FlawError(f"columns {spec!r}")
        return len(re.findall("[lcr]", spec))

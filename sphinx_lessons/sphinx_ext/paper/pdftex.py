"""The characters that pdfLaTeX can print: its own tables, and declarations for those that it lacks.

Only projects that chose pdfLaTeX themselves come here.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from sphinx_lessons.sphinx_ext.paper.fonts import find_font

TABLES = ("t1enc.dfu", "ts1enc.dfu", "omsenc.dfu", "ot1enc.dfu", "utf8.def")
"""Where LaTeX says what the encodings that Sphinx loads can show."""

_DECLARED = re.compile(r"\\DeclareUnicodeCharacter\s*\{([0-9A-Fa-f]{4,6})\}")

SIGNS = {
    "−": "-",
    "·": r"\cdot",
    "≈": r"\approx",
    "≠": r"\neq",
    "≡": r"\equiv",
    "≤": r"\leq",
    "≥": r"\geq",
    "×": r"\times",
    "÷": r"\div",
    "±": r"\pm",
    "∞": r"\infty",
    "√": r"\surd",
    "∑": r"\sum",
    "∏": r"\prod",
    "∫": r"\int",
    "∂": r"\partial",
    "∇": r"\nabla",
    "∈": r"\in",
    "∉": r"\notin",
    "∅": r"\emptyset",
    "∀": r"\forall",
    "∃": r"\exists",
    "∧": r"\wedge",
    "∨": r"\vee",
    "∩": r"\cap",
    "∪": r"\cup",
    "⊂": r"\subset",
    "⊆": r"\subseteq",
    "←": r"\leftarrow",
    "↑": r"\uparrow",
    "→": r"\rightarrow",
    "↓": r"\downarrow",
    "↔": r"\leftrightarrow",
    "⇐": r"\Leftarrow",
    "⇒": r"\Rightarrow",
    "⇔": r"\Leftrightarrow",
    "↦": r"\mapsto",
    "✓": r"\checkmark",
    "✔": r"\checkmark",
    "✗": r"\times",
    "✘": r"\times",
    "●": r"\bullet",
    "○": r"\circ",
    "■": r"\blacksquare",
    "□": r"\square",
    "▲": r"\blacktriangle",
    "△": r"\triangle",
    "★": r"\bigstar",
    "ℝ": r"\mathbb{R}",
    "ℕ": r"\mathbb{N}",
    "ℤ": r"\mathbb{Z}",
}
"""Characters by what shows them in math mode, with the packages that Sphinx loads."""

BOXES = {"─": "-", "━": "-", "═": "=", "│": "|", "┃": "|", "║": "|"}
"""The straight parts of box drawing; all corners and crossings are ``+``."""


@cache
def known_characters() -> frozenset[int]:
    """The characters that LaTeX declares itself; empty if TeX is not installed here."""
    found: set[int] = set()
    for name in TABLES:
        path = find_font(name)
        if path is not None:
            text = path.read_text(encoding="latin-1")
            found.update(int(number, 16) for number in _DECLARED.findall(text))
    return frozenset(found)


def declare(character: str, known: frozenset[int]) -> str | None:
    """The declaration of a character: ``""`` if it needs none, ``None`` if there is none."""
    if ord(character) in known:
        return ""
    shown = _show(character)
    if shown is None:
        return None
    return f"\\DeclareUnicodeCharacter{{{ord(character):04X}}}{{{shown}}}"


def _show(character: str) -> str | None:
    if character in SIGNS:
        return f"\\ensuremath{{{SIGNS[character]}}}"
    if 0x2500 <= ord(character) < 0x2580:
        return f"\\texttt{{{BOXES.get(character, '+')}}}"
    return _show_greek(character)


def _show_greek(character: str) -> str | None:
    match unicodedata.name(character, "").split():
        case ["GREEK", "SMALL", "LETTER", name] if name in _GREEK:
            return f"\\ensuremath{{\\{name.lower()}}}"
        case ["GREEK", "CAPITAL", "LETTER", name] if name in _GREEK_CAPITALS:
            return f"\\ensuremath{{\\{name.capitalize()}}}"
    return None


_GREEK_CAPITALS = ["GAMMA", "DELTA", "THETA", "XI", "PI", "SIGMA", "UPSILON", "PHI", "PSI", "OMEGA"]
_GREEK = [
    *_GREEK_CAPITALS,
    *("ALPHA", "BETA", "EPSILON", "ZETA", "ETA", "IOTA", "KAPPA", "MU", "NU", "RHO", "TAU", "CHI"),
]

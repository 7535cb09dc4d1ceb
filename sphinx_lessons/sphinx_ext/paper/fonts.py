"""The fonts of the PDF: which they are, where they lie, which characters they have."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

SUBSTITUTES = ("DejaVuSansMono.ttf", "FreeMono.otf", "FreeSerif.otf", "DejaVuSans.ttf")
"""Fonts for single characters that the fonts of the text lack, the first that has it."""

_SHAPES = ("UprightFont", "ItalicFont", "BoldFont", "BoldItalicFont")

_ROLES = {"main": "main", "roman": "main", "sans": "sans", "mono": "mono"}

_CHOICE = re.compile(
    r"\\set(?P<role>main|roman|sans|mono)font\s*(?:\[(?P<before>[^]]*)\])?\s*"
    r"\{(?P<name>[^}]*)\}\s*(?:\[(?P<after>[^]]*)\])?"
)


@dataclass(frozen=True, slots=True)
class Fonts:
    """What the fonts of a document have."""

    roles: dict[str, frozenset[int]]
    """The characters of the upright cut, by role: ``main``, ``sans`` and ``mono``."""
    everywhere: frozenset[int]
    """The characters that every cut of every font has."""
    missing: list[str] = field(default_factory=list)
    """Fonts that were not found on this machine."""

    def substitute(self, number: int) -> str | None:
        """TeX that switches to a font that has a character, if one does."""
        for name in SUBSTITUTES:
            path = find_font(name)
            if path is not None and number in read_coverage(path):
                return f"\\fontspec{{{name}}}"
        return None


def find_fonts(preamble: str) -> Fonts:
    """The fonts that a preamble chooses with fontspec; the last choice for a role counts."""
    roles: dict[str, frozenset[int]] = {}
    cuts: dict[str, list[frozenset[int]]] = {}
    missing: list[str] = []
    for match in _CHOICE.finditer(re.sub(r"(?m)(?<!\\)%.*$", "", preamble)):
        names = _files_of(match)
        paths = [find_font(name) for name in names]
        missing += [name for name, path in zip(names, paths, strict=True) if path is None]
        found = [read_coverage(path) for path in paths if path is not None]
        if found:
            role = _ROLES[match["role"]]
            roles[role], cuts[role] = found[0], found
    every = [cut for role in cuts.values() for cut in role]
    everywhere = frozenset.intersection(*every) if every else frozenset()
    return Fonts(roles, everywhere, missing)


def _files_of(match: re.Match[str]) -> list[str]:
    """The names of a family's cuts: of files, or the family's own. The upright one comes first."""
    options: dict[str, str] = {}
    for option in (match["before"] or match["after"] or "").split(","):
        key, _equals, value = option.partition("=")
        options[key.strip()] = value.strip()
    extension = options.get("Extension", "")
    shapes = [options[shape] for shape in _SHAPES if shape in options]
    names = [shape.replace("*", match["name"].strip()) + extension for shape in shapes or ["*"]]
    return list(dict.fromkeys(names))


@cache
def find_font(name: str) -> Path | None:
    """The file of a font: a file name as TeX finds it, or a family name as fontconfig does."""
    path = _ask("kpsewhich", name) if "." in name else ""
    if not path:
        family, _newline, path = _ask("fc-match", "-f", "%{family}\n%{file}", name).partition("\n")
        if name not in family.split(","):
            return None
    return Path(path)


def _ask(program: str, *arguments: str) -> str:
    if shutil.which(program) is None:
        return ""
    done = subprocess.run(
        [program, *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    return done.stdout.strip()


@cache
def read_coverage(path: Path) -> frozenset[int]:
    """The characters that a font file has; empty if it cannot be read."""
    # Imported here: most builds look at no font.
    from fontTools.ttLib import TTCollection, TTFont, TTLibError

    try:
        if path.suffix.lower() in (".ttc", ".otc"):
            with TTCollection(path) as collection:
                return frozenset().union(*map(_characters_of, collection))
        with TTFont(path) as font:
            return _characters_of(font)
    except (OSError, TTLibError):
        return frozenset()


def _characters_of(font: TTFont) -> frozenset[int]:
    return frozenset(font.getBestCmap() or ())

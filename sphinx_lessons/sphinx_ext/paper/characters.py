"""No character is lost in a PDF: all are looked up before TeX is written.

TeX leaves out a character that its font does not have, and says so only in its log. A character
that some cut of the text's fonts lacks is set in another font if one has it; the rest are errors.
What knows the fonts is imported when there is TeX to write.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from sphinx_lessons.model import Problem
from sphinx_lessons.problems import Code
from sphinx_lessons.sphinx_ext.hosts import app_of, builder_of, path_of
from sphinx_lessons.sphinx_ext.late_problems import report_late

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sphinx.application import Sphinx

    from sphinx_lessons.sphinx_ext.paper.fonts import Fonts

DECLARATIONS = "sphinx-lessons-characters.def"
"""The file beside the TeX file that the style reads."""

UNCHECKED_ENGINES = ("uplatex", "platex")
UNCHECKED_LANGUAGES = ("ja", "zh")
"""Their fonts are chosen by packages of TeX, outside of what Sphinx knows."""

HIDDEN = (nodes.comment, nodes.substitution_definition, nodes.system_message)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A character at its place."""

    character: str
    role: str
    """The font it is set in: ``main``, ``sans``, ``mono`` or ``math``."""
    path: str
    line: int


class CheckCharacters(SphinxPostTransform):
    """Look up every character of the document, after all else has been done to it."""

    default_priority = 990
    formats = ("latex",)

    def run(self, **_kwargs: object) -> None:
        """Report characters that would be lost; declare those that need help."""
        engine = self.config.latex_engine
        unchecked = str(self.config.language).startswith(UNCHECKED_LANGUAGES)
        if engine in UNCHECKED_ENGINES or unchecked:
            return
        declare = self._declare_for_pdftex() if engine == "pdflatex" else self._declare_by_fonts()
        if declare is None:
            return
        lost: dict[tuple[str, str, int], Problem] = {}
        declared: set[str] = set()
        for found in find_characters(self.document):
            declaration = declare(found.character, found.role)
            if declaration is None:
                problem = make_problem(found)
                lost.setdefault((found.character, found.path, found.line), problem)
            elif declaration:
                declared.add(declaration)
        add_declarations(Path(builder_of(self.env).outdir, DECLARATIONS), declared)
        report_late(app_of(self.env), lost.values())

    def _declare_for_pdftex(self) -> Callable[[str, str], str | None] | None:
        from sphinx_lessons.sphinx_ext.paper import pdftex

        known = pdftex.known_characters()
        if not known:
            self._report_unchecked(["t1enc.dfu"])
            return None
        return lambda character, _role: pdftex.declare(character, known)

    def _declare_by_fonts(self) -> Callable[[str, str], str | None] | None:
        from sphinx_lessons.sphinx_ext.paper.fonts import find_fonts

        # The builder's own merge of Sphinx's settings and the project's.
        context = builder_of(self.env).context  # type: ignore[attr-defined]
        fonts = find_fonts(f"{context.get('fontpkg', '')}\n{context.get('preamble', '')}")
        if fonts.missing or not fonts.roles:
            self._report_unchecked(fonts.missing)
            return None
        return lambda character, role: declare(character, role, fonts)

    def _report_unchecked(self, missing: list[str]) -> None:
        names = ", ".join(missing) or "those that the preamble chooses"
        code = Code.UNCHECKED_CHARACTERS
        message = f"fonts not found on this machine: {names}; characters were not checked"
        docname = str(self.document.get("docname") or self.env.docname)
        path = str(self.env.doc2path(docname))
        report_late(app_of(self.env), [Problem(code, message, path, 1, code.severity)])


def declare(character: str, role: str, fonts: Fonts) -> str | None:
    """TeX that makes a character appear: ``""`` if none is needed, ``None`` if none helps."""
    number = ord(character)
    if role != "math" and number in fonts.everywhere:
        return ""
    substitute = fonts.substitute(number)
    if substitute is not None:
        return f"\\lessondeclarecharacter{{{number:04X}}}{{{substitute}}}"
    return "" if number in fonts.roles.get(role, ()) else None


def find_characters(document: nodes.document) -> Iterator[Occurrence]:
    """All characters of a document that a font may lack, with their places."""
    for block in document.findall(nodes.TextElement):
        if isinstance(block, HIDDEN) or isinstance(block.parent, nodes.TextElement):
            continue
        if block.astext().isascii() or _is_skipped(block):
            continue
        before = ""
        for text in block.findall(nodes.Text):
            for index, character in enumerate(text):
                if _can_be_lost(character):
                    line = _line_of(block, before + text[:index])
                    path = path_of(document, block)
                    yield Occurrence(character, _role_of(text), path, line)
            before += text


def _is_skipped(block: nodes.Element) -> bool:
    return isinstance(block, nodes.raw) and "latex" not in block.get("format", "").split()


def _can_be_lost(character: str) -> bool:
    # Signs that only steer how others are set have no shape that could be missing.
    return not character.isascii() and unicodedata.category(character) not in ("Cc", "Cf", "Mn")


def _role_of(text: nodes.Text) -> str:
    parent = text.parent
    role = "main"
    while parent is not None and role == "main":
        if isinstance(parent, nodes.math | nodes.math_block):
            role = "math"
        elif isinstance(parent, nodes.literal | nodes.literal_block):
            role = "mono"
        elif isinstance(parent, nodes.title | nodes.rubric):
            role = "sans"
        parent = parent.parent
    return role


def _line_of(block: nodes.Element, before: str) -> int:
    """The line of a character in its file, as near as the nodes tell."""
    if block.line is not None:
        fence = isinstance(block, nodes.literal_block)
        return block.line + before.count("\n") + fence
    parent = block.parent
    while parent is not None and parent.line is None:
        parent = parent.parent
    return parent.line if parent is not None and parent.line else 1


def make_problem(found: Occurrence) -> Problem:
    """The problem of a lost character."""
    code = Code.LOST_CHARACTER
    name = unicodedata.name(found.character, "unnamed")
    message = (
        f"no font of the PDF has {found.character!r} "
        f"(U+{ord(found.character):04X} {name}); it would be lost"
    )
    return Problem(code, message, found.path, found.line, code.severity)


def add_declarations(path: Path, declared: set[str]) -> None:
    """Add lines to the file that the style reads; several documents share it."""
    known = set(path.read_text(encoding="utf-8").splitlines()) if path.exists() else set()
    if declared - known:
        path.write_text("".join(f"{line}\n" for line in sorted(known | declared)), "utf-8")


def forget_declarations(app: Sphinx) -> None:
    """Begin anew with every build (``builder-inited``)."""
    if app.builder.format == "latex":
        Path(app.outdir, DECLARATIONS).unlink(missing_ok=True)


def setup_characters(app: Sphinx) -> None:
    """Register the check."""
    app.add_post_transform(CheckCharacters)
    app.connect("builder-inited", forget_declarations)

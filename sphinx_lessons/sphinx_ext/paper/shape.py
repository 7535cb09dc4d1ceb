"""Shape of a lesson on paper: nothing is folded, nothing too long for a sheet or for TeX."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from sphinx_lessons.config import WEB_BUILDERS
from sphinx_lessons.sphinx_ext.configuration import read_settings
from sphinx_lessons.sphinx_ext.hosts import builder_of
from sphinx_lessons.sphinx_ext.nodes import (
    lesson_fold,
    lesson_output,
    make_label,
    make_literal,
)
from sphinx_lessons.sphinx_ext.words import _

if TYPE_CHECKING:
    from sphinx.application import Sphinx

LONGEST_LINE = 1000
"""Columns of the longest line that is left to LaTeX's own wrapping: TeX cannot measure a line of
more than about 3,000."""

CONTINUED = "\N{RIGHTWARDS ARROW WITH HOOK} "
"""Begins what follows of a line that was too long."""

COLUMNS = 80
"""About what fits on a line of a page; a longer line of output counts as several."""


class OpenFolds(SphinxPostTransform):
    """Leave no part folded where a reader has nothing to open it with."""

    default_priority = 60

    def run(self, **_kwargs: object) -> None:
        """Replace every fold by its label and its parts."""
        if builder_of(self.env).name in WEB_BUILDERS:
            return
        for fold in list(self.document.findall(lesson_fold)):
            title, *parts = fold.children
            # "Show the code" is an offer that only a page can make.
            label = make_label(title.astext(), *fold["ids"][:1])
            labels = [] if fold["kind"] in ("code", "output") else [label]
            fold.replace_self([*labels, *parts])


class FitListings(SphinxPostTransform):
    """Cut outputs that would fill many sheets of paper, and wrap lines that TeX cannot."""

    default_priority = 65
    formats = ("latex",)

    def run(self, **_kwargs: object) -> None:
        """Cut the outputs that are longer than the configuration allows; wrap all listings."""
        limit = read_settings(self.config).paper_output_lines
        for output in list(self.document.findall(lesson_output)) if limit else ():
            for block in list(output.findall(nodes.literal_block)):
                _cut_block(block, limit)
        for block in list(self.document.findall(nodes.literal_block)):
            if block.rawsource == block.astext() and len(block.rawsource) > LONGEST_LINE:
                _wrap_block(block)


def _wrap_block(block: nodes.literal_block) -> None:
    text = wrap_text(block.rawsource)
    if text != block.rawsource:
        block.rawsource = text
        block.children = []
        block += nodes.Text(text)


def wrap_text(text: str, width: int = LONGEST_LINE) -> str:
    """The text with every line of more than ``width`` columns in several, each with a mark."""
    return "\n".join(
        f"\n{CONTINUED}".join(line[start : start + width] for start in range(0, len(line), width))
        for line in text.split("\n")
    )


def _cut_block(block: nodes.literal_block, limit: int) -> None:
    text = block.rawsource
    kept, rest = cut_text(text, limit)
    if not rest:
        return
    shorter = make_literal(kept, block.get("language", "none"), *block["classes"])
    shorter.source, shorter.line = block.source, block.line
    count = rest.count("\n") + 1
    note = _("(cut here: %d more lines)") % count
    if "\n" not in rest:
        note = _("(cut here: %d more characters)") % len(rest)
    paragraph = nodes.paragraph("", "", nodes.emphasis(note, note), translatable=False)
    block.replace_self([shorter, paragraph])


def cut_text(text: str, limit: int) -> tuple[str, str]:
    """Split a text after ``limit`` lines of :data:`COLUMNS` columns: what is kept and the rest.

    A line is cut inside only if it is the one that takes more than all of the limit.
    """
    lines = text.split("\n")
    used = 0
    for index, line in enumerate(lines):
        rows = max(1, -(-len(line) // COLUMNS))
        if used + rows <= limit:
            used += rows
            continue
        columns = (limit - used) * COLUMNS
        if rows > limit:
            return "\n".join([*lines[:index], line[:columns]]), "\n".join(
                [line[columns:], *lines[index + 1 :]]
            )
        return "\n".join(lines[:index]), "\n".join(lines[index:])
    return text, ""


def setup_paper_shape(app: Sphinx) -> None:
    """Register the post-transforms."""
    app.add_post_transform(OpenFolds)
    app.add_post_transform(FitListings)

"""Lessons where nothing can be opened or run: PDF, EPUB, plain text, manual pages.

Only writing comes here; the doctrees that are stored know nothing of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup_paper(app: Sphinx) -> None:
    """Register what builders of books need."""
    from sphinx_lessons.sphinx_ext.paper.characters import setup_characters
    from sphinx_lessons.sphinx_ext.paper.latex import setup_latex
    from sphinx_lessons.sphinx_ext.paper.shape import setup_paper_shape
    from sphinx_lessons.sphinx_ext.paper.solutions import setup_solutions

    setup_solutions(app)
    setup_paper_shape(app)
    setup_latex(app)
    setup_characters(app)

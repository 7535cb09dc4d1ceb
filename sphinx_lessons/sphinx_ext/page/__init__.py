"""One page: what an author wrote and what its programs showed, as nodes in the page's doctree.

Nothing here knows another page, and apart from :mod:`.forms` nothing knows which builder it is for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup_page(app: Sphinx) -> None:
    """Register the directives and the transforms of pages."""
    from sphinx_lessons.sphinx_ext.page.anchors import setup_anchors
    from sphinx_lessons.sphinx_ext.page.directives import setup_directives
    from sphinx_lessons.sphinx_ext.page.embedding import setup_embedding
    from sphinx_lessons.sphinx_ext.page.forms import setup_forms

    setup_directives(app)
    setup_embedding(app)
    setup_anchors(app)
    setup_forms(app)

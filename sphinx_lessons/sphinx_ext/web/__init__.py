"""Lessons in a browser: elements of our own, stylesheet and script.

Only HTML builders come here; the doctrees that are stored know nothing of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup_web(app: Sphinx) -> None:
    """Register what HTML pages need."""
    from sphinx_lessons.sphinx_ext.web.assets import setup_assets
    from sphinx_lessons.sphinx_ext.web.jupyter_assets import setup_jupyter_assets
    from sphinx_lessons.sphinx_ext.web.shape import setup_web_shape

    setup_web_shape(app)
    setup_assets(app)
    setup_jupyter_assets(app)

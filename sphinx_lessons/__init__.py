"""Programming lessons for Sphinx whose outputs are computed, compared and true.

Importing this package is cheap on purpose: Sphinx, docutils and Jupyter are imported when
``setup()`` is called, not before, so that the command line and the pytest plugin pay only
for what they use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

__version__ = "0.1.0"


def setup(app: Sphinx) -> ExtensionMetadata:
    """Sphinx's entry point; see :mod:`sphinx_lessons.sphinx_ext`."""
    from sphinx_lessons.sphinx_ext import setup as setup_extension

    return setup_extension(app)

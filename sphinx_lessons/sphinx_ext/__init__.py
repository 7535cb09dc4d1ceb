"""The Sphinx door: the only part of the project that imports sphinx or docutils.

``setup`` is the one registrar; each module registers its own part through a ``setup_*`` function
(the pattern is sphinx-design's ``extension.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx_lessons import __version__

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register everything with Sphinx."""
    from sphinx_lessons.sphinx_ext.configuration import setup_configuration
    from sphinx_lessons.sphinx_ext.planning import setup_planning

    setup_configuration(app)
    # First of all: programs run while the rest is imported.
    setup_planning(app)
    _setup_rest(app)
    return {
        "version": __version__,
        "env_version": 1,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }


def _setup_rest(app: Sphinx) -> None:
    from sphinx_lessons.sphinx_ext.assets import setup_assets
    from sphinx_lessons.sphinx_ext.build import setup_build
    from sphinx_lessons.sphinx_ext.characters import setup_characters
    from sphinx_lessons.sphinx_ext.course_directives import setup_course_directives
    from sphinx_lessons.sphinx_ext.course_file import setup_course_file
    from sphinx_lessons.sphinx_ext.course_index import setup_course_index
    from sphinx_lessons.sphinx_ext.directives import setup_directives
    from sphinx_lessons.sphinx_ext.domain import setup_domain
    from sphinx_lessons.sphinx_ext.downloads import setup_downloads
    from sphinx_lessons.sphinx_ext.jupyter_assets import setup_jupyter_assets
    from sphinx_lessons.sphinx_ext.latex import setup_latex
    from sphinx_lessons.sphinx_ext.listings import setup_listings
    from sphinx_lessons.sphinx_ext.markdown import setup_markdown
    from sphinx_lessons.sphinx_ext.memory import setup_memory
    from sphinx_lessons.sphinx_ext.nodes import setup_nodes
    from sphinx_lessons.sphinx_ext.page_shape import setup_page_shape
    from sphinx_lessons.sphinx_ext.paper import setup_paper
    from sphinx_lessons.sphinx_ext.post_transforms import setup_post_transforms
    from sphinx_lessons.sphinx_ext.reporting import setup_reporting
    from sphinx_lessons.sphinx_ext.solutions import setup_solutions
    from sphinx_lessons.sphinx_ext.store import setup_store
    from sphinx_lessons.sphinx_ext.structured_data import setup_structured_data
    from sphinx_lessons.sphinx_ext.transforms import setup_transforms
    from sphinx_lessons.sphinx_ext.words import setup_words

    setup_words(app)
    setup_markdown(app)
    setup_nodes(app)
    setup_directives(app)
    setup_domain(app)
    setup_course_index(app)
    setup_course_directives(app)
    setup_listings(app)
    setup_downloads(app)
    setup_structured_data(app)
    setup_course_file(app)
    setup_store(app)
    setup_build(app)
    setup_memory(app)
    setup_transforms(app)
    setup_post_transforms(app)
    setup_page_shape(app)
    setup_solutions(app)
    setup_paper(app)
    setup_latex(app)
    setup_characters(app)
    setup_assets(app)
    setup_jupyter_assets(app)
    setup_reporting(app)

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
    from sphinx_lessons.sphinx_ext.environment_version import environment_version
    from sphinx_lessons.sphinx_ext.planning import setup_planning

    setup_configuration(app)
    # First of all: programs run while the rest is imported.
    setup_planning(app)
    _setup_rest(app)
    return {
        "version": __version__,
        "env_version": environment_version(),
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }


def _setup_rest(app: Sphinx) -> None:
    from sphinx_lessons.sphinx_ext.build import setup_build
    from sphinx_lessons.sphinx_ext.course import setup_course
    from sphinx_lessons.sphinx_ext.exports import setup_exports
    from sphinx_lessons.sphinx_ext.interpreter import setup_interpreter
    from sphinx_lessons.sphinx_ext.late_problems import setup_late_problems
    from sphinx_lessons.sphinx_ext.markdown import setup_markdown
    from sphinx_lessons.sphinx_ext.memory import setup_memory
    from sphinx_lessons.sphinx_ext.nodes import setup_nodes
    from sphinx_lessons.sphinx_ext.page import setup_page
    from sphinx_lessons.sphinx_ext.paper import setup_paper
    from sphinx_lessons.sphinx_ext.reporting import setup_reporting
    from sphinx_lessons.sphinx_ext.starters import setup_starters
    from sphinx_lessons.sphinx_ext.store import setup_store
    from sphinx_lessons.sphinx_ext.web import setup_web
    from sphinx_lessons.sphinx_ext.words import setup_words

    setup_markdown(app)
    setup_nodes(app)
    setup_page(app)
    setup_course(app)
    setup_exports(app)
    setup_web(app)
    setup_paper(app)
    setup_store(app)
    setup_build(app)
    setup_starters(app)
    setup_interpreter(app)
    setup_memory(app)
    setup_reporting(app)
    setup_late_problems(app)
    # Last: what modules name while they are imported is only then translated when it is shown.
    setup_words(app)

"""The course that the pages make together: what links to, lists and draws all of it.

What is shown here depends on pages other than the one on which it stands, so it is computed after
all were read, and filled in when a page is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup_course(app: Sphinx) -> None:
    """Register the domain, the directives that present the course, and what fills them."""
    from sphinx_lessons.sphinx_ext.course.directives import setup_course_directives
    from sphinx_lessons.sphinx_ext.course.domain import setup_domain
    from sphinx_lessons.sphinx_ext.course.index import setup_course_index
    from sphinx_lessons.sphinx_ext.course.listings import setup_listings
    from sphinx_lessons.sphinx_ext.course.outdated import setup_outdated
    from sphinx_lessons.sphinx_ext.course.terms import setup_terms

    setup_domain(app)
    setup_course_index(app)
    setup_course_directives(app)
    setup_listings(app)
    setup_outdated(app)
    setup_terms(app)

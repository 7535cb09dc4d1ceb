"""Lessons for programs instead of readers: notebooks, scripts, ``lessons.json``, schema.org.

Each of them says again, in a format of others, what a page or the course already says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup_exports(app: Sphinx) -> None:
    """Register what is written beside and into the pages."""
    from sphinx_lessons.sphinx_ext.exports.course_file import setup_course_file
    from sphinx_lessons.sphinx_ext.exports.downloads import setup_downloads
    from sphinx_lessons.sphinx_ext.exports.structured_data import setup_structured_data

    setup_downloads(app)
    setup_structured_data(app)
    setup_course_file(app)

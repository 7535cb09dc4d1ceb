"""From the text of a lesson to data: pure, exact to the line, and never a surprise.

:func:`read_file` and :func:`read_text` return a :class:`Reading`: the lesson, if the page is one,
and the problems that were found. Nothing raises for what an author wrote. :func:`rewrite` turns a
lesson into a text of the same number of lines that MyST understands.
"""

from sphinx_lessons.reading.options import read_options
from sphinx_lessons.reading.reader import Reading, read_file, read_text
from sphinx_lessons.reading.rewriting import rewrite, rewrite_markdown

__all__ = ["Reading", "read_file", "read_options", "read_text", "rewrite", "rewrite_markdown"]

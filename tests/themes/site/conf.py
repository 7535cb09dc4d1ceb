"""A small course with every part of a lesson page, built by the tests in each theme."""

import os

project = "Tides"
extensions = ["sphinx_lessons"]
highlight_language = "none"
pygments_dark_style = "github-dark"
lessons_print_solutions = bool(os.environ.get("PRINT_SOLUTIONS"))

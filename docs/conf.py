"""Sphinx configuration of the documentation."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent / "_ext"))

import sphinx_lessons

project = "sphinx-lessons"
author = "The sphinx-lessons developers"
copyright = f"2026, {author}"  # noqa: A001 - Sphinx's name for it
release = version = sphinx_lessons.__version__

extensions = ["sphinx_lessons", "sphinx_design", "sphinx_copybutton", "generated_reference"]
exclude_patterns = ["_build", "_ext"]

myst_enable_extensions = ["deflist"]

# A fence without a language is a program's output: nothing to highlight.
highlight_language = "none"

html_theme = "furo"
pygments_dark_style = "github-dark"
html_title = "sphinx-lessons"
html_static_path = ["_static"]
# A prompt and an output are no part of what a reader wants to copy.
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
copybutton_exclude = ".linenos, .gp, .go"

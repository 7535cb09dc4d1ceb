"""The words that the extension itself puts on a page, translated once per use."""

from __future__ import annotations

from sphinx.locale import get_translation

CATALOG = "sphinx_lessons"

_ = get_translation(CATALOG)

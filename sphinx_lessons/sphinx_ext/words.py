"""The words that the extension itself puts on a page, translated once per use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sphinx.locale import admonitionlabels, get_translation

if TYPE_CHECKING:
    from sphinx.application import Sphinx

CATALOG = "sphinx_lessons"
CATALOGS = Path(__file__).parents[1] / "locale"

_ = get_translation(CATALOG)


def admonition_title(name: str) -> str:
    """The title of an admonition, ours or docutils', for which the author gave none."""
    ours = {"definition": _("Definition"), "try-it": _("Try it"), "challenge": _("Challenge")}
    return ours.get(name) or str(admonitionlabels.get(name, name.replace("-", " ").capitalize()))


def format_minutes(minutes: float | None) -> str:
    """A time as readers say it: ``"1 h 15 min"``; ``""`` for none."""
    if minutes is None:
        return ""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%s min") % f"{rest:g}"
    if not rest:
        return _("%s h") % f"{hours:g}"
    return _("%(hours)s h %(minutes)s min") % {"hours": f"{hours:g}", "minutes": f"{rest:g}"}


def setup_words(app: Sphinx) -> None:
    """Add our catalogs to Sphinx's."""
    app.add_message_catalog(CATALOG, str(CATALOGS))

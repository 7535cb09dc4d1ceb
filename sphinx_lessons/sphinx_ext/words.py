"""The words that the extension itself puts on a page, translated once per use."""

from __future__ import annotations

from sphinx.locale import get_translation

CATALOG = "sphinx_lessons"

_ = get_translation(CATALOG)


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

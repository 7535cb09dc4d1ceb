"""What a reader misses of HTML that was cleaned: what acted, what would have loaded, or everything.

The HTML before and after is compared. What only arranged the page around it (``<body>``), gave it a
look (``<style>``) or described it goes without a word: data frames of pandas have a style each.
"""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

from sphinx_lessons.sphinx_ext.page.passive_markup import SVG_SHAPES

_SILENT = """
    big body desc fieldset font head html label legend main metadata meta meter progress section
    style tfoot title
"""
SILENT = frozenset(_SILENT.split())
"""Elements that are not missed, or whose text stays."""

LOADING = frozenset(
    {"action", "background", "data", "formaction", "href", "poster", "src", "srcset", "xlink:href"}
)
"""Attributes that hold addresses."""

_SEEN = SVG_SHAPES | {"hr", "img"}
_LOADS = re.compile(r"@import|url\s*\(\s*['\"]?\s*[^#'\"\s]", re.IGNORECASE)


def find_taken_out(before: str, after: str, allowed: frozenset[str]) -> list[str]:
    """What acted or loaded, in the order of the HTML: ``<script>``, ``onclick``.

    :param allowed: the elements that are never taken out for what they are
    """
    known = {tag.lower() for tag in allowed} | SILENT
    inventory = _take_inventory(before)
    missing = Counter(inventory.items) - Counter(_take_inventory(after).items)
    named = [
        name if tag else f"<{name}>"
        for tag, name in inventory.items
        if (tag, name) in missing and (tag in known if tag else name not in known)
    ]
    return list(dict.fromkeys(named))


def is_visible(html: str) -> bool:
    """Whether there is something to see."""
    return _take_inventory(html).visible


def _take_inventory(html: str) -> _Inventory:
    inventory = _Inventory()
    inventory.feed(html)
    inventory.close()
    return inventory


class _Inventory(HTMLParser):
    """Elements, as ``("", name)``, and attributes that act or load, as ``(element, name)``."""

    def __init__(self) -> None:
        super().__init__()
        self.items: list[tuple[str, str]] = []
        self.visible = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element and its attributes."""
        values = {name: value or "" for name, value in attrs}
        self.visible = self.visible or tag in _SEEN or bool(values.get("style"))
        # Names with a colon are those of programs that draw, which keep notes of theirs in SVG.
        if ":" not in tag:
            self.items.append(("", tag))
        if tag == "meta" and "http-equiv" in values:
            self.items.append(("", f"meta http-equiv={values['http-equiv'].lower()}"))
        self.items += [(tag, name) for name, value in values.items() if _acts(name, value)]

    def handle_data(self, data: str) -> None:
        """Look at text; the text of a style may load something."""
        if self.cdata_elem == "style" and _LOADS.search(data):
            self.items.append(("", "style that loads"))
        self.visible = self.visible or (self.cdata_elem is None and not data.isspace())


def _acts(name: str, value: str) -> bool:
    if name == "style":
        return _LOADS.search(value) is not None
    return name.startswith("on") or (name in LOADING and not value.startswith("#"))

"""HTML that a program made, without anything that acts in a reader's page or loads from elsewhere.

nh3 (the ammonia sanitizer) does the work; this module says what is allowed.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

import nh3

from sphinx_lessons.judging import make_visible

ACTIVE_TAGS = frozenset({"script", "iframe", "object", "embed", "form", "input", "button", "link"})

STYLE_PROPERTIES = {
    "background-color",
    "border",
    "border-collapse",
    "color",
    "font-family",
    "font-size",
    "font-style",
    "font-weight",
    "height",
    "margin",
    "padding",
    "text-align",
    "text-decoration",
    "vertical-align",
    "white-space",
    "width",
}
"""None of them takes a URL or lifts an element out of its place."""

_VOID = re.compile(r"<((?:area|br|col|hr|img|wbr)(?:\s+[\w-]+=\"[^\"]*\")*+)>")


def clean_html(text: str) -> str:
    """HTML with only passive markup; images only if they are part of the text (``data:``).

    It is valid in XHTML, too: what a book's reading system cannot parse costs the whole chapter.
    """
    attributes = {tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}
    attributes.setdefault("*", set()).update({"class", "style"})
    cleaned = nh3.clean(
        make_visible(text.replace("\r\n", "\n")),
        attributes=attributes,
        attribute_filter=_filter_attribute,
        url_schemes={"http", "https", "mailto", "data"},
        filter_style_properties=STYLE_PROPERTIES,
        link_rel="noopener noreferrer",
    )
    return _VOID.sub(r"<\1 />", cleaned.replace("&nbsp;", "&#160;"))


def _filter_attribute(_tag: str, name: str, value: str) -> str | None:
    if name == "src":
        return value if value.startswith("data:image/") else None
    if name == "href":
        return value if not value.startswith("data:") else None
    return value


def has_active_content(text: str) -> bool:
    """Whether HTML holds something that acts or loads, and not only styles."""
    finder = _ActiveContentFinder()
    finder.feed(text)
    finder.close()
    return finder.found


class _ActiveContentFinder(HTMLParser):
    found = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at the tag and its attributes."""
        self.found = self.found or tag in ACTIVE_TAGS or any(map(_acts, attrs))


def _acts(attribute: tuple[str, str | None]) -> bool:
    name, value = attribute
    if name == "src":
        return not (value or "").startswith("data:image/")
    return name.startswith("on") or (value or "").strip().lower().startswith("javascript:")

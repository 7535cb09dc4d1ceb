"""What a program made, without anything that acts in a reader's page or loads from elsewhere.

nh3 (the ammonia sanitizer) does the work on HTML; this module says what is allowed. TeX acts, too:
MathJax makes links and styles of it.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import nh3

from sphinx_lessons.judging import make_visible

ACTIVE_TAGS = frozenset({"script", "iframe", "object", "embed", "form", "input", "button", "link"})

SVG_NAMESPACES = {"": "http://www.w3.org/2000/svg", "xlink": "http://www.w3.org/1999/xlink"}
"""By their usual prefixes."""

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

_UP_OR_LEFT = re.compile(r"\bmargin[\w-]*\s*:[^;]*-[^;]*;?", re.IGNORECASE)
"""A margin that may be negative, which lifts an element over others."""
_TYPESET = frozenset({"math", "tex2jax_process", "mathjax_process", "output_area"})
"""Classes of elements in which MathJax looks for TeX."""
_ACTIVE_TEX = re.compile(
    r"\\(?:(?:require|style|class|cssId|data|mmlToken)(?![A-Za-z])"
    r"|href(?![A-Za-z]|\s*\{\s*(?:https?://|mailto:)))"
)
"""Commands of MathJax that style, load or lead to something; links to the web are none of them."""
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
    if name == "style":
        return _UP_OR_LEFT.sub("", value)
    if name == "class":
        return " ".join(word for word in value.split() if word not in _TYPESET)
    return value


def clean_svg(content: bytes) -> bytes:
    """An SVG without what acts when a reader opens the image itself; else the same bytes.

    The content must be well-formed.
    """
    root = ET.fromstring(content)
    if not _take_out(root):
        return content
    for prefix, space in SVG_NAMESPACES.items():
        ET.register_namespace(prefix, space)
    cleaned: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return cleaned


def _take_out(element: ET.Element) -> bool:
    """Take active attributes and children out of an element; whether there were any."""
    active = [name for name, value in element.attrib.items() if _acts((_local(name), value))]
    for name in active:
        del element.attrib[name]
    scripts = [child for child in element if _local(child.tag) in ACTIVE_TAGS]
    for child in scripts:
        element.remove(child)
    return any([active, scripts, *map(_take_out, element)])


def _local(name: str) -> str:
    """A name of XML without its namespace."""
    return name.rpartition("}")[2].lower()


def has_active_tex(text: str) -> bool:
    """Whether TeX holds a command with which MathJax makes more than a formula."""
    return _ACTIVE_TEX.search(text) is not None


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

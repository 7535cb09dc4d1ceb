"""What a program made, without anything that acts in a reader's page or loads from elsewhere.

nh3 (the ammonia sanitizer) does the work on HTML; this module says what is allowed. TeX acts, too:
MathJax makes links and styles of it.
"""

from __future__ import annotations

import hashlib
import re
from xml.etree import ElementTree as ET

import nh3

from sphinx_lessons.judging import make_visible
from sphinx_lessons.sphinx_ext.page import passive_markup
from sphinx_lessons.sphinx_ext.page.passive_markup import (
    HIDDEN_TAGS,
    MATHML_ATTRIBUTES,
    MATHML_TAGS,
    PAINT,
    SVG_ATTRIBUTES,
    SVG_TAGS,
    keep_passive,
)

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
LINK_SCHEMES = frozenset({"http", "https", "mailto"})
URL_ATTRIBUTES = frozenset({"cite", "href", "src"})
"""Those that are allowed and hold an address."""

ALLOWED_TAGS = frozenset(nh3.ALLOWED_TAGS) | SVG_TAGS | MATHML_TAGS
"""What stays; of other elements only the text does."""

_ATTRIBUTES = {
    **{tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()},
    **{tag: set(SVG_ATTRIBUTES) for tag in SVG_TAGS},
    **{tag: set(MATHML_ATTRIBUTES) for tag in MATHML_TAGS},
    "*": {"class", "style"},
}
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):")
_PASSED_OVER = re.compile(r"[\x00-\x20\x7f-\x9f]+")
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][\w-]*)(?:\s+[\w:-]+=\"[^\"]*\")*+>")
"""As nh3 writes it."""
_OUTWARD = re.compile(r"\s(?:xlink:)?href=\"(?!#)[^\"]*\"")
_VOID = frozenset({"area", "br", "col", "hr", "img", "wbr"})


def clean_html(text: str) -> str:
    """HTML with only passive markup; images only if they are part of the text (``data:``).

    Without drawings and formulas it is valid in XHTML, too: what a book's reading system cannot
    parse costs the whole chapter. The ids in a drawing get a prefix, so that none is that of
    something else on the page.
    """
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    cleaned = nh3.clean(
        make_visible(text.replace("\r\n", "\n")),
        tags=set(ALLOWED_TAGS),
        clean_content_tags={"script", "style", *HIDDEN_TAGS},
        attributes=_ATTRIBUTES,
        attribute_filter=_AttributeFilter(f"value-{digest}-"),
        url_schemes={*LINK_SCHEMES, "data"},
        filter_style_properties=set(STYLE_PROPERTIES | passive_markup.STYLE_PROPERTIES),
        link_rel="noopener noreferrer",
    )
    return _adapt_tags(cleaned.replace("&nbsp;", "&#160;"))


class _AttributeFilter:
    """Looks at every attribute that is allowed by its name."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix

    def __call__(self, tag: str, name: str, value: str) -> str | None:
        """The value that stays, ``None`` if the attribute goes."""
        if name == "id":
            return self.prefix + value
        if name == "style":
            return self._clean_style(value)
        if name == "class":
            return " ".join(word for word in value.split() if word not in _TYPESET)
        if tag in SVG_TAGS and name == "href":
            return f"#{self.prefix}{value[1:]}" if value.startswith("#") else None
        if tag in SVG_TAGS and name in PAINT:
            return keep_passive(value, self.prefix) or None
        return value if name not in URL_ATTRIBUTES or _is_safe_address(name, value) else None

    def _clean_style(self, value: str) -> str:
        declarations = (keep_passive(part, self.prefix) for part in value.split(";"))
        return _UP_OR_LEFT.sub("", ";".join(filter(None, declarations)))


def _is_safe_address(name: str, value: str) -> bool:
    """Whether a link leads to the web or a place nearby, and an image is part of the text.

    Browsers pass over blanks and control characters in an address.
    """
    address = _PASSED_OVER.sub("", value).lower()
    if name == "src":
        return address.startswith("data:image/")
    scheme = _SCHEME.match(address)
    return scheme is None or scheme[1] in LINK_SCHEMES


def _adapt_tags(cleaned: str) -> str:
    """Close empty elements as XML does, and take out links that leave a drawing."""
    depth = 0

    def adapt(tag: re.Match[str]) -> str:
        nonlocal depth
        if tag["name"] == "svg":
            depth += -1 if tag["end"] else 1
        if tag["name"] == "a" and depth:
            return _OUTWARD.sub("", tag[0])
        return f"{tag[0][:-1]} />" if tag["name"] in _VOID else tag[0]

    return _TAG.sub(adapt, cleaned)


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


def _acts(attribute: tuple[str, str | None]) -> bool:
    name, value = attribute
    if name == "src":
        return not (value or "").startswith("data:image/")
    return name.startswith("on") or (value or "").strip().lower().startswith("javascript:")

"""Drawings (SVG) and formulas (MathML) inside HTML: the part of both that only shows something.

Left out are elements that hold HTML or raw text in one language and not in the other: the border
between them is where sanitizers were deceived. Scripts, animations and what loads are not named
either, so they go.
"""

from __future__ import annotations

import re

SVG_SHAPES = frozenset(
    {"circle", "ellipse", "line", "path", "polygon", "polyline", "rect", "text", "use"}
)
SVG_TAGS = SVG_SHAPES | {
    "clipPath",
    "defs",
    "g",
    "linearGradient",
    "marker",
    "mask",
    "pattern",
    "radialGradient",
    "stop",
    "svg",
    "symbol",
    "textPath",
    "tspan",
}

PAINT = frozenset(
    {"clip-path", "fill", "marker-end", "marker-mid", "marker-start", "mask", "stroke"}
)
"""Attributes of SVG that may name another element with ``url(#...)``."""

_GEOMETRY = """
    cx cy d dx dy fx fy gradientTransform gradientUnits height clipPathUnits markerHeight
    markerUnits markerWidth maskContentUnits maskUnits offset orient pathLength patternContentUnits
    patternTransform patternUnits points preserveAspectRatio r refX refY rotate rx ry spreadMethod
    startOffset textLength lengthAdjust transform version viewBox width x x1 x2 y y1 y2
"""
_LOOK = """
    clip-rule color dominant-baseline fill-opacity fill-rule font-family font-size font-style
    font-weight opacity shape-rendering stop-color stop-opacity stroke-dasharray stroke-dashoffset
    stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width text-anchor
    vector-effect
"""
SVG_ATTRIBUTES = PAINT | {*_GEOMETRY.split(), *_LOOK.split(), "id", "href", "role", "aria-label"}

_MATHML = """
    annotation math menclose merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts
    mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none
    semantics
"""
MATHML_TAGS = frozenset(_MATHML.split())

_MATHML_LOOK = """
    accent accentunder bevelled columnalign columnlines columnspan dir display displaystyle encoding
    fence form largeop linethickness mathvariant maxsize minsize movablelimits notation rowalign
    rowlines rowspan scriptlevel separator stretchy symmetric
"""
MATHML_ATTRIBUTES = frozenset(_MATHML_LOOK.split())
"""None of them moves an element out of its place."""

STYLE_PROPERTIES = frozenset(_LOOK.split()) | PAINT
"""Properties of SVG in ``style``; what they name is looked at by :func:`keep_passive`."""

HIDDEN_TAGS = frozenset(
    {"annotation-xml", "desc", "foreignObject", "foreignobject", "metadata", "title"}
)
"""Elements that go with their content: it is not seen, or it is HTML."""

_FRAGMENT = re.compile(r"url\(\s*(['\"]?)#([\w.:-]+)\1\s*\)", re.IGNORECASE)
_FUNCTION = re.compile(r"([\w-]*)\s*\(")
_HARMLESS = frozenset({"calc", "hsl", "hsla", "max", "min", "rgb", "rgba"})


def keep_passive(value: str, prefix: str) -> str:
    """A value of CSS that names only elements of its own drawing; ``""`` if it does more.

    The names get the prefix that the ids of the drawing have.
    """
    rest = _FRAGMENT.sub("", value)
    functions = {name.lower() for name in _FUNCTION.findall(rest)}
    # A backslash may spell "url" in another way, and "@" begins an import.
    if functions - _HARMLESS or not {"\\", "@"}.isdisjoint(rest):
        return ""
    return _FRAGMENT.sub(lambda match: f"url(#{prefix}{match[2]})", value)

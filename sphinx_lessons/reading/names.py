"""The names of blocks and directives, and how each treats its content."""

from __future__ import annotations

OWN = frozenset({"definition", "try-it", "challenge"})

ADMONITIONS = frozenset(
    {
        "admonition",
        "attention",
        "caution",
        "danger",
        "error",
        "hint",
        "important",
        "note",
        "seealso",
        "tip",
        "warning",
    }
)

BLOCKS = OWN | ADMONITIONS

DEMO = "demo"

CONTAINERS = frozenset(
    {
        "aside",
        "card",
        "card-carousel",
        "compound",
        "container",
        "deprecated",
        "details",
        "div",
        "dropdown",
        "epigraph",
        "exercise",
        "figure",
        "grid",
        "grid-item",
        "grid-item-card",
        "highlights",
        "lesson-admonition",
        "list-table",
        "margin",
        "only",
        "pull-quote",
        "sidebar",
        "solution",
        "tab-item",
        "tab-set",
        "topic",
        "versionadded",
        "versionchanged",
        "versionremoved",
    }
)
"""Directives of docutils, Sphinx and common extensions whose content is Markdown."""

VERBATIM = frozenset(
    {
        "amsmath",
        "blockdiag",
        "code",
        "code-block",
        "code-cell",
        "csv-table",
        "digraph",
        "doctest",
        "eval-rst",
        "graph",
        "graphviz",
        "highlight",
        "image",
        "include",
        "ipython",
        "jupyter-execute",
        "literalinclude",
        "math",
        "mermaid",
        "parsed-literal",
        "plot",
        "productionlist",
        "prompt",
        "raw",
        "sourcecode",
        "testcleanup",
        "testcode",
        "testoutput",
        "testsetup",
        "toctree",
    }
)
"""Directives of docutils, Sphinx and common extensions whose content is not Markdown."""


def split_info(info: str) -> tuple[str, str, bool]:
    """Name, title and whether the name stands in braces, of what follows an opening marker.

    The known names are found in any case: ``:::Note`` is ``note``.
    """
    info = info.strip()
    if info.startswith("{") and "}" in info:
        name, _, title = info[1:].partition("}")
        name = _canonical(name.strip())
        if name in BLOCKS or not title or title[0].isspace():
            return name, title.strip(), True
    name, _, title = info.partition(" ")
    return _canonical(name), title.strip(), False


def is_verbatim(name: str, braces: bool, marker: str) -> bool:
    """Whether the content of a block is code or data, so that nothing in it is Markdown.

    A directive that nobody here has heard of is Markdown between colons and code between
    backticks: that is what authors use the two for.
    """
    if not braces or name in BLOCKS or name in CONTAINERS:
        return False
    return name == DEMO or name in VERBATIM or marker[0] != ":"


def _canonical(name: str) -> str:
    lowered = name.lower()
    return lowered if lowered in BLOCKS or lowered == DEMO else name

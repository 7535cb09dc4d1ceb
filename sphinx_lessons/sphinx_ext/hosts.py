"""Where a piece of code runs: the application, the builder and the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment


def app_of(env: BuildEnvironment) -> Sphinx:
    """The application; Sphinx 9 deprecates ``env.app`` and offers nothing public instead."""
    app: Sphinx = getattr(env, "_app", None) or env.app
    return app


def builder_of(env: BuildEnvironment) -> Builder:
    """The builder for which a transform runs."""
    return app_of(env).builder


def docname_of(document: nodes.document, node: nodes.Node) -> str:
    """The page that a node of a document came from, which may be assembled from many.

    Sphinx notes it at the sections; the parents of what it assembled are not all up to date.
    """
    parent: nodes.Element | None = node if isinstance(node, nodes.Element) else node.parent
    while parent is not None:
        if parent.get("docname"):
            return str(parent["docname"])
        parent = parent.parent
    return str(document.get("docname") or document.settings.env.docname)


def path_of(document: nodes.document, node: nodes.Node) -> str:
    """The file that a node was written in: its page's, or one that the page includes."""
    holder: nodes.Node | None = node
    # "<" is in the names that docutils and Sphinx give to text from no file.
    while holder is not None and (not holder.source or "<" in holder.source):
        holder = holder.parent
    if holder is None or isinstance(holder, nodes.document):
        return str(document.settings.env.doc2path(docname_of(document, node)))
    return str(holder.source)

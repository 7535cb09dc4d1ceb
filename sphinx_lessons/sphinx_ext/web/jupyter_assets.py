"""Keep jupyter-sphinx's assets on the pages that use jupyter-sphinx.

Where a project lists ``jupyter_sphinx`` itself, that extension links scripts of other hosts, and a
stylesheet that does not exist, from every page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

PACKAGE = "jupyter_sphinx"
ASSETS = ("thebelab", "jupyter-sphinx.css", "require.min.js", "require.js", "html-manager")
"""Parts of the names of what jupyter-sphinx links."""


def strip_assets(
    app: Sphinx,
    _pagename: str,
    _template: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Unlink jupyter-sphinx's assets from a page without a node of its."""
    if PACKAGE not in app.extensions or (doctree is not None and any(doctree.findall(_is_its))):
        return
    for key in ("css_files", "script_files"):
        context[key] = [asset for asset in context.get(key, ()) if not _is_asset(asset)]


def _is_its(node: nodes.Node) -> bool:
    return type(node).__module__.partition(".")[0] == PACKAGE


def _is_asset(asset: Any) -> bool:
    name = str(getattr(asset, "filename", asset))
    return any(part in name for part in ASSETS)


def setup_jupyter_assets(app: Sphinx) -> None:
    """Connect last: what is added to a page after us would be lost."""
    app.connect("html-page-context", strip_assets, priority=950)

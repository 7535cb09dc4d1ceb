"""Shape of an HTML page: callouts free of the theme, and what is not printed.

Our callouts are admonitions to every other builder. Only an HTML page gets elements of our own,
because each theme has its own idea of an admonition.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from sphinx_lessons.sphinx_ext.configuration import read_settings
from sphinx_lessons.sphinx_ext.nodes import lesson_callout, lesson_callout_title, lesson_fold
from sphinx_lessons.sphinx_ext.page.anchors import find_callouts

if TYPE_CHECKING:
    from sphinx.application import Sphinx


class ShapeCallouts(SphinxPostTransform):
    """Make elements of our own of our admonitions."""

    default_priority = 60
    formats = ("html",)

    def run(self, **_kwargs: object) -> None:
        """Replace every callout."""
        for admonition, kind in list(find_callouts(self.document)):
            admonition.replace_self(_shape(admonition, kind))


def _shape(admonition: nodes.admonition, kind: str) -> lesson_callout:
    classes = [name for name in admonition["classes"] if name != f"lesson-{kind}"]
    ids, names = admonition["ids"], admonition["names"]
    callout = lesson_callout("", ids=ids, names=names, classes=classes, kind=kind)
    for child in list(admonition.children):
        if isinstance(child, nodes.title):
            callout += lesson_callout_title(child.rawsource, "", *child.children)
        else:
            callout += child
    return callout


class WithholdSolutions(SphinxPostTransform):
    """Leave solutions out of the printed page, unless ``lessons_print_solutions`` is set."""

    default_priority = 60
    formats = ("html",)

    def run(self, **_kwargs: object) -> None:
        """Mark the solutions for the stylesheet."""
        if read_settings(self.config).print_solutions:
            return
        for fold in self.document.findall(lesson_fold):
            if fold["kind"] in ("solution", "explanation"):
                fold["classes"].append("lesson-screen-only")


def setup_web_shape(app: Sphinx) -> None:
    """Register the post-transforms."""
    app.add_post_transform(ShapeCallouts)
    app.add_post_transform(WithholdSolutions)

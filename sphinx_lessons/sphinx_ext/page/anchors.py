"""Anchors for every piece of a lesson, and for the links of MyST that look for them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.transforms import SphinxTransform

from sphinx_lessons.sphinx_ext.build import page_of
from sphinx_lessons.sphinx_ext.nodes import (
    lesson_demo,
    lesson_fold,
    lesson_label,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

CALLOUTS = ("definition", "try-it", "challenge-intro")


def find_callouts(document: nodes.document) -> Iterator[tuple[nodes.admonition, str]]:
    """The callouts of a page in their order, each with its kind."""
    for admonition in document.findall(nodes.admonition):
        for kind in CALLOUTS:
            if f"lesson-{kind}" in admonition["classes"]:
                yield admonition, kind


class AnchorCallouts(SphinxTransform):
    """Give every callout an anchor that stays: ``llm-03-try-it-1``.

    Definitions that define a term have the term's anchor, and they are counted all the same.
    """

    # After the lessons are embedded, at 8.
    default_priority = 9

    def apply(self, **_kwargs: object) -> None:
        """Number the callouts of each lesson by kind."""
        page = page_of(self.env)
        counts: Counter[str] = Counter()
        for callout, kind in find_callouts(self.document):
            report = page.reports.get(callout.source or "") if page else None
            prefix = f"{report.lesson.id}-{kind}" if report else kind
            counts[prefix] += 1
            node_id = f"{prefix}-{counts[prefix]}"
            if not callout["ids"] and node_id not in self.document.ids:
                callout["ids"].append(node_id)
                self.document.ids[node_id] = callout


class OfferAnchors(SphinxTransform):
    """Let MyST's ``[text](#id)`` and ``[text](page.md#id)`` find the anchors of ours.

    MyST looks for them among the slugs of headings. Labels would do as well, but they would fill
    the inventory.
    """

    # After the callouts have anchors, long before MyST resolves links, at 879.
    default_priority = 10

    def apply(self, **_kwargs: object) -> None:
        """Add our anchors to the slugs."""
        page = page_of(self.env)
        lessons = {report.lesson.id for report in page.reports.values()} if page else set()
        ours = {
            node_id: (node.line or 0, node_id, _describe(node))
            for node in self.document.findall(nodes.Element)
            for node_id in node["ids"]
            if _has_anchor(node) or node_id in lessons
        }
        if ours:
            slugs = {**ours, **getattr(self.document, "myst_slugs", {})}
            # An attribute that only MyST knows.
            self.document.myst_slugs = slugs  # type: ignore[attr-defined]
            self.env.metadata[self.env.docname]["myst_slugs"] = slugs


def _has_anchor(node: nodes.Element) -> bool:
    if isinstance(node, lesson_fold | lesson_label | lesson_demo):
        return True
    return isinstance(node, nodes.admonition | nodes.section) and any(
        name.startswith("lesson-") for name in node["classes"]
    )


def _describe(node: nodes.Element) -> str:
    """What stands for a link without a text: the title of what it leads to."""
    title = node if isinstance(node, nodes.TextElement) else node.next_node(nodes.TextElement)
    return title.astext() if title is not None else ""


def setup_anchors(app: Sphinx) -> None:
    """Register the transforms."""
    app.add_transform(AnchorCallouts)
    app.add_transform(OfferAnchors)

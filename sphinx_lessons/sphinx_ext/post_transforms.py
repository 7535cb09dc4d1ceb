"""Choices that depend on the builder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx.transforms.post_transforms import SphinxPostTransform

from sphinx_lessons.sphinx_ext.nodes import lesson_bundle

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

IMAGE = "image/*"

PRIORITIES = {
    "html": ("text/html", IMAGE, "text/latex", "text/plain"),
    "latex": (IMAGE, "text/latex", "text/plain"),
    "": (IMAGE, "text/plain", "text/latex", "text/html"),
}
"""Which form of a value is shown, by the builder's format; ``""`` is any other builder."""


class ChooseForms(SphinxPostTransform):
    """Leave of every value the one form that suits the builder best."""

    # Before Sphinx's own transforms of images, which are at 100 and later.
    default_priority = 50

    def run(self, **_kwargs: object) -> None:
        """Replace every bundle by one of its forms."""
        wanted = PRIORITIES.get(builder_of(self.env).format, PRIORITIES[""])
        for bundle in list(self.document.findall(lesson_bundle)):
            bundle.replace_self(_choose(bundle, wanted))


def app_of(env: BuildEnvironment) -> Sphinx:
    """The application; Sphinx 9 deprecates ``env.app`` and offers nothing public instead."""
    app: Sphinx = getattr(env, "_app", None) or env.app
    return app


def builder_of(env: BuildEnvironment) -> Builder:
    """The builder for which a transform runs."""
    return app_of(env).builder


def _choose(bundle: lesson_bundle, wanted: tuple[str, ...]) -> list[nodes.Node]:
    mimetypes: list[str] = bundle["mimetypes"]
    for mime in wanted:
        if mime in mimetypes:
            return [bundle.children[mimetypes.index(mime)]]
    return []


def setup_post_transforms(app: Sphinx) -> None:
    """Register the post-transform."""
    app.add_post_transform(ChooseForms)

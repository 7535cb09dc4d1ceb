"""The ``lesson`` domain: roles that link to lessons and challenges by their ids.

It has no data of its own: what exists is read from the records of the store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from sphinx.domains import Domain, ObjType
from sphinx.roles import XRefRole
from sphinx.util.nodes import make_refnode

from sphinx_lessons.sphinx_ext.store import Record, records_of
from sphinx_lessons.sphinx_ext.words import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docutils.nodes import Element
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment
    from sphinx.util.typing import RoleFunction


class LessonDomain(Domain):
    """Lessons and challenges as objects."""

    name = "lesson"
    label = "Lesson"
    object_types: ClassVar[dict[str, ObjType]] = {
        "lesson": ObjType(_("lesson"), "lesson"),
        "challenge": ObjType(_("challenge"), "challenge"),
    }
    roles: ClassVar[dict[str, RoleFunction | XRefRole]] = {
        "lesson": XRefRole(innernodeclass=nodes.inline, warn_dangling=True),
        "challenge": XRefRole(innernodeclass=nodes.inline, warn_dangling=True),
    }

    def resolve_xref(
        self,
        env: BuildEnvironment,  # noqa: ARG002  (Sphinx's signature)
        fromdocname: str,
        builder: Builder,
        typ: str,
        target: str,
        node: pending_xref,
        contnode: Element,
    ) -> nodes.reference | None:
        """Link to the object of that id; the title stands for a target without a text."""
        kinds = {"prerequisite": ("lesson",)}.get(typ, (typ,))
        for name, title, kind, docname, anchor, _priority in self.get_objects():
            if name == target and kind in kinds:
                text = contnode if node.get("refexplicit") else nodes.inline(title, title)
                return make_refnode(builder, fromdocname, docname, anchor, text, title)
        return None

    def resolve_any_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        target: str,
        node: pending_xref,
        contnode: Element,
    ) -> list[tuple[str, nodes.reference]]:
        """Every object of that id, whatever its type."""
        found = (
            (
                f"lesson:{kind}",
                self.resolve_xref(env, fromdocname, builder, kind, target, node, contnode),
            )
            for kind in self.object_types
        )
        return [(role, reference) for role, reference in found if reference is not None]

    def get_objects(self) -> Iterable[tuple[str, str, str, str, str, int]]:
        """All lessons and challenges, as Sphinx wants them."""
        for record in records_of(self.env).lessons():
            yield from _objects_of(record)

    def merge_domaindata(self, docnames: object, otherdata: object) -> None:
        """Nothing to do: the store merges its records."""


def _objects_of(record: Record) -> Iterator[tuple[str, str, str, str, str, int]]:
    lesson = record.lesson
    title = plain(lesson.title)
    yield lesson.id, title, "lesson", record.docname, lesson.id, 1
    for challenge in lesson.challenges:
        yield challenge.id, plain(challenge.title), "challenge", record.docname, challenge.id, 1


def plain(markdown: str) -> str:
    """A title's text without its inline markup, near enough for a link's text."""
    return markdown.replace("`", "").replace("**", "").replace("*", "")


def setup_domain(app: Sphinx) -> None:
    """Register the domain."""
    app.add_domain(LessonDomain)

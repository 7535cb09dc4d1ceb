"""The ``lesson`` domain: roles that link to lessons, challenges and modules by their ids.

What exists is read from the records of the store; the domain's own data is what only a parsed page
tells: where a module is presented and which terms a page uses.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.domains import Domain, Index, IndexEntry, ObjType
from sphinx.roles import XRefRole
from sphinx.util.nodes import make_refnode

from sphinx_lessons.sphinx_ext.course.index import Place, course_index_of
from sphinx_lessons.sphinx_ext.course.reference_lines import LineFinder
from sphinx_lessons.sphinx_ext.words import _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docutils.nodes import Element, Node, system_message
    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment
    from sphinx.util.typing import RoleFunction


class CourseRole(XRefRole):
    """A role of the domain that also works under its name alone."""

    def __init__(self) -> None:
        super().__init__(innernodeclass=nodes.inline, warn_dangling=True)

    def run(self) -> tuple[list[Node], list[system_message]]:
        """Link to an object of the domain, however the role was spelled."""
        self.name = f"lesson:{self.name.rpartition(':')[2]}"
        return super().run()


class CourseIndexPage(Index):
    """A generated index; entries are sorted below their first letter."""

    def generate(
        self, docnames: Iterable[str] | None = None
    ) -> tuple[list[tuple[str, list[IndexEntry]]], bool]:
        """The entries of the given pages, or of all."""
        wanted = None if docnames is None else set(docnames)
        groups: dict[str, list[IndexEntry]] = {}
        for entry in sorted(self.list_entries(), key=lambda entry: entry.name.casefold()):
            if wanted is None or entry.docname in wanted:
                groups.setdefault(entry.name[:1].upper(), []).append(entry)
        return sorted(groups.items()), False

    @abstractmethod
    def list_entries(self) -> Iterable[IndexEntry]:
        """All entries, in any order."""


class ChallengeIndex(CourseIndexPage):
    """All challenges by title."""

    name = "challenge-index"
    localname = _("Index of challenges")
    shortname = _("challenges")

    def list_entries(self) -> Iterable[IndexEntry]:
        """A challenge with the title of its lesson."""
        index = course_index_of(self.domain.env)
        for lesson in index.course.lessons.values():
            extra = index.places["lesson", lesson.id].title
            for challenge in lesson.challenges:
                title, docname, anchor = index.places["challenge", challenge.id]
                yield IndexEntry(title, 0, docname, anchor, extra, "", "")


class DefinitionIndex(CourseIndexPage):
    """All terms that lessons define."""

    name = "definition-index"
    localname = _("Index of definitions")
    shortname = _("definitions")

    def list_entries(self) -> Iterable[IndexEntry]:
        """A term with the title of the lesson that defines it."""
        index = course_index_of(self.domain.env)
        for lesson, definition in index.course.terms.values():
            place = find_term(self.domain.env, definition.term)
            if place is not None:
                extra = index.places["lesson", lesson.id].title
                yield IndexEntry(place.title, 0, place.docname, place.anchor, extra, "", "")


BY_PAGE = (
    "links",
    "terms",
    "term_uses",
    "listings",
    "definitions",
    "excerpts",
    "hashes",
    "languages",
)
"""Keys of the domain's data that hold something for each page."""


class LessonDomain(Domain):
    """Lessons, challenges and modules as objects."""

    name = "lesson"
    label = "Lesson"
    object_types: ClassVar[dict[str, ObjType]] = {
        "lesson": ObjType(_("lesson"), "lesson", "prerequisite"),
        "challenge": ObjType(_("challenge"), "challenge", "challenge-number"),
        "module": ObjType(_("module"), "module", "prerequisite"),
    }
    roles: ClassVar[dict[str, RoleFunction | XRefRole]] = {
        "lesson": CourseRole(),
        "challenge": CourseRole(),
        "challenge-number": CourseRole(),
        "module": CourseRole(),
    }
    indices: ClassVar[list[type[Index]]] = [ChallengeIndex, DefinitionIndex]
    dangling_warnings: ClassVar[dict[str, str]] = {
        "lesson": "unknown lesson: %(target)r",
        "challenge": "unknown challenge: %(target)r",
        "challenge-number": "unknown challenge: %(target)r",
        "module": "unknown module: %(target)r",
    }
    initial_data: ClassVar[dict[str, Any]] = {"module_pages": {}, **{key: {} for key in BY_PAGE}}
    data_version = 5

    def note_module(self, name: str, anchor: str) -> None:
        """Make the current page the one that presents a module, unless another does."""
        self.data["module_pages"].setdefault(name, (self.env.docname, anchor))

    def note_term(self, term: str, anchor: str) -> None:
        """Remember that the current page defines a term."""
        self.data["terms"].setdefault(self.env.docname, []).append((term, anchor))

    def note_listing(self, listing: tuple[str, int, tuple[str, ...]]) -> None:
        """Remember a listing on the current page: its file, its line and the modules it names."""
        self.data["listings"].setdefault(self.env.docname, []).append(listing)

    def process_doc(self, env: BuildEnvironment, docname: str, document: nodes.document) -> None:  # noqa: ARG002
        """Note what the page links to, terms with their lines, and what its definitions say."""
        references = [
            node
            for node in document.findall(pending_xref)
            if node.get("refdomain") == "lesson" or _is_term(node)
        ]
        LineFinder().locate(node for node in references if node.rawsource)
        links = {
            (str(node["reftype"]), str(node["reftarget"]))
            for node in references
            if not _is_term(node)
        }
        if links:
            self.data["links"][docname] = sorted(links)
        uses = tuple(
            (str(node["reftarget"]), node.line or 1) for node in references if _is_term(node)
        )
        if uses:
            self.data["term_uses"][docname] = uses
        texts = tuple(
            lead.parent.parent.astext()
            for lead in document.findall(nodes.strong)
            if "lesson-term" in lead["classes"]
        )
        if texts:
            self.data["definitions"][docname] = texts

    def clear_doc(self, docname: str) -> None:
        """Forget a page that is read anew or gone."""
        pages = self.data["module_pages"]
        for name in [name for name, (page, _anchor) in pages.items() if page == docname]:
            del pages[name]
        for key in BY_PAGE:
            self.data[key].pop(docname, None)

    def merge_domaindata(self, docnames: Iterable[str], otherdata: dict[str, Any]) -> None:
        """Take over what another process noted of its pages."""
        wanted = set(docnames)
        for name, (page, anchor) in otherdata["module_pages"].items():
            if page in wanted:
                self.data["module_pages"].setdefault(name, (page, anchor))
        for key in BY_PAGE:
            theirs = otherdata[key]
            self.data[key].update({name: theirs[name] for name in wanted & theirs.keys()})

    def resolve_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        typ: str,
        target: str,
        node: pending_xref,
        contnode: Element,
    ) -> nodes.reference | None:
        """Link to the object of that id; its title stands for a target without a text."""
        place = self.find_place(typ, target)
        if place is None:
            return None
        number = course_index_of(env).numbers.get(target, "")
        text = _link_text(typ, place, number, node, contnode)
        return make_refnode(builder, fromdocname, place.docname, place.anchor, text, place.title)

    def find_place(self, role: str, target: str) -> Place | None:
        """Where a role with that target leads to."""
        places = course_index_of(self.env).places
        kinds = self.objtypes_for_role(role) or []
        return next((places[kind, target] for kind in kinds if (kind, target) in places), None)

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
        """All lessons, challenges and modules, as Sphinx wants them."""
        for (kind, name), place in course_index_of(self.env).places.items():
            yield name, place.title, kind, place.docname, place.anchor, 1


def _is_term(node: pending_xref) -> bool:
    return (node.get("refdomain"), node.get("reftype")) == ("std", "term")


def _link_text(
    typ: str, place: Place, number: str, node: pending_xref, contnode: Element
) -> Element:
    """The author's text with its placeholders filled as ``numref`` fills them, or our own."""
    if typ == "challenge-number" and not node.get("refexplicit"):
        text = _("Challenge %s") % number
    elif not node.get("refexplicit"):
        text = place.title
    else:
        text = contnode.astext()
        if typ != "challenge-number" and "{number}" not in text and "{name}" not in text:
            return contnode
        text = text.replace("{number}", number).replace("{name}", place.title)
        text = text.replace("%s", number)
    return nodes.inline(text, text)


def find_term(env: BuildEnvironment, term: str) -> Place | None:
    """Where a term is defined, as the glossary of the standard domain knows it."""
    objects = env.domains.standard_domain.objects
    found = objects.get(("term", term))
    if found is not None:
        return Place(term, *found)
    folded = term.casefold()
    for (kind, name), (docname, anchor) in objects.items():
        if kind == "term" and name.casefold() == folded:
            return Place(name, docname, anchor)
    return None


def setup_domain(app: Sphinx) -> None:
    """Register the domain, and its roles under their names alone."""
    app.add_domain(LessonDomain)
    for name, role in LessonDomain.roles.items():
        app.add_role(name, role)

"""Fills the places that the directives of the course left, when a page is written.

What authors wrote is kept as it was on the pages where they wrote it: formatted and translated as
it is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.transforms.post_transforms import SphinxPostTransform

from sphinx_lessons.sphinx_ext.course.directives import lesson_listing
from sphinx_lessons.sphinx_ext.course.domain import find_term
from sphinx_lessons.sphinx_ext.course.excerpts import (
    copy_definitions,
    copy_objectives,
    setup_excerpts,
)
from sphinx_lessons.sphinx_ext.course.index import CourseIndex, course_index_of
from sphinx_lessons.sphinx_ext.page.challenges import make_difficulty
from sphinx_lessons.sphinx_ext.words import _, format_minutes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    from sphinx_lessons.model import Lesson

    Filters = Mapping[str, tuple[str, ...]]


class FillListings(SphinxPostTransform):
    """Put lists, maps and glossaries in their places."""

    # Before Sphinx resolves references, at 10.
    default_priority = 5

    def run(self, **_kwargs: object) -> None:
        """Replace every place; what is found nothing says so."""
        for number, listing in enumerate(list(self.document.findall(lesson_listing))):
            index = course_index_of(self.env)
            lessons = list(select_lessons(index, listing["filters"]))
            listing["number"] = number
            built = BUILDERS[listing["kind"]](self.env, index, lessons, listing)
            if not built:
                text = _("Nothing here yet.")
                built = [nodes.paragraph(text, text)]
            name = listing["kind"]
            box = nodes.container(
                "", classes=["lesson-listing", f"lesson-{name}", *listing["classes"]]
            )
            if listing["ids"]:
                box += nodes.target("", "", ids=listing["ids"])
            box += built
            # Not replace_self, which would give the box the ids of the target, too.
            listing.parent.replace(listing, box)


def select_lessons(index: CourseIndex, filters: Filters) -> Iterator[Lesson]:
    """The lessons that all filters agree to, in the order of the course; of challenges later."""
    ids = list(index.course.lessons)
    if "module" in filters:
        ids = [
            name for module in filters["module"] for name in index.course.modules.get(module, ())
        ]
    keywords = {word.casefold() for word in filters.get("keyword", ())}
    for name in ids:
        lesson = index.course.lessons[name]
        if not keywords or keywords & {word.casefold() for word in lesson.meta.keywords}:
            yield lesson


def make_link(kind: str, name: str, docname: str) -> pending_xref:
    """A link whose text is the title of what it leads to."""
    return pending_xref(
        name,
        nodes.inline(name, name),
        refdomain="lesson",
        reftype=kind,
        reftarget=name,
        refdoc=docname,
        refexplicit=False,
        refwarn=False,
    )


def build_lesson_list(
    env: BuildEnvironment, _index: CourseIndex, lessons: Sequence[Lesson], listing: lesson_listing
) -> list[nodes.Node]:
    """Lessons with their difficulty and time, and the time of all."""
    lessons = [lesson for lesson in lessons if _has_difficulty(lesson.meta.difficulty, listing)]
    if not lessons:
        return []
    items = nodes.bullet_list(bullet="-")
    for lesson in lessons:
        facts = [
            make_difficulty(lesson.meta.difficulty).astext(),
            format_minutes(lesson.meta.minutes),
        ]
        items += _make_item(make_link("lesson", lesson.id, env.docname), facts)
    minutes = [lesson.meta.minutes for lesson in lessons if lesson.meta.minutes is not None]
    totals = [_("Lessons: %s") % len(lessons)]
    if minutes:
        totals.append(_("Time in all: %s") % format_minutes(sum(minutes)))
    return [items, _make_totals(totals)]


def build_challenge_list(
    env: BuildEnvironment, index: CourseIndex, lessons: Sequence[Lesson], listing: lesson_listing
) -> list[nodes.Node]:
    """Challenges with their number and difficulty, and how many there are."""
    items = nodes.bullet_list(bullet="-")
    minutes = 0.0
    for lesson in lessons:
        chosen = [item for item in lesson.challenges if _has_difficulty(item.difficulty, listing)]
        minutes += (lesson.meta.minutes or 0) if chosen else 0
        for challenge in chosen:
            facts = [make_difficulty(challenge.difficulty).astext()]
            link = make_link("challenge", challenge.id, env.docname)
            items += _make_item(link, facts, index.numbers[challenge.id] + " ")
    if not items.children:
        return []
    totals = [_("Challenges: %s") % len(items.children)]
    if minutes:
        totals.append(_("Time of their lessons: %s") % format_minutes(minutes))
    return [items, _make_totals(totals)]


def build_objectives(
    env: BuildEnvironment, _index: CourseIndex, lessons: Sequence[Lesson], listing: lesson_listing
) -> list[nodes.Node]:
    """What each lesson teaches, below a link to it."""
    items = nodes.definition_list()
    for lesson in lessons:
        if lesson.meta.objectives and _has_difficulty(lesson.meta.difficulty, listing):
            item = nodes.definition_list_item()
            item += nodes.term("", "", make_link("lesson", lesson.id, env.docname))
            item += nodes.definition("", copy_objectives(env, lesson))
            items += item
    return [items] if items.children else []


def build_glossary(
    env: BuildEnvironment, _index: CourseIndex, lessons: Sequence[Lesson], listing: lesson_listing
) -> list[nodes.Node]:
    """All terms in the order of the alphabet, each with what the lesson says of it."""
    terms: dict[str, list[nodes.Node]] = {}
    for lesson in lessons:
        if _has_difficulty(lesson.meta.difficulty, listing):
            for term, body in copy_definitions(env, lesson):
                terms.setdefault(term, body)
    items = nodes.definition_list(classes=["glossary"])
    for term in sorted(terms, key=str.casefold):
        place = find_term(env, term)
        reference = pending_xref(
            term,
            nodes.inline(term, term),
            refdomain="std",
            reftype="term",
            reftarget=place.title if place else term,
            refdoc=env.docname,
            refexplicit=True,
            refwarn=False,
        )
        item = nodes.definition_list_item("", nodes.term("", "", reference))
        item += nodes.definition("", *terms[term])
        items += item
    return [items] if items.children else []


def build_course_map(
    env: BuildEnvironment,
    index: CourseIndex,
    lessons: Sequence[Lesson],
    listing: lesson_listing,
) -> list[nodes.Node]:
    """The map; few builds write a page that has one, and the others do not pay for its import."""
    from sphinx_lessons.sphinx_ext.course.map_listing import build_map

    return build_map(env, index, lessons, listing)


BUILDERS: dict[
    str,
    Callable[[BuildEnvironment, CourseIndex, Sequence[Lesson], lesson_listing], list[nodes.Node]],
] = {
    "lesson-list": build_lesson_list,
    "challenge-list": build_challenge_list,
    "objectives": build_objectives,
    "glossary-of-definitions": build_glossary,
    "course-map": build_course_map,
}


def _has_difficulty(difficulty: str, listing: lesson_listing) -> bool:
    wanted = listing["filters"].get("difficulty", ())
    return not wanted or difficulty in wanted


def _make_item(link: nodes.Node, facts: Sequence[str], number: str = "") -> nodes.list_item:
    line = nodes.paragraph()
    if number:
        line += nodes.Text(number)
    line += link
    text = "".join(f" · {fact}" for fact in facts if fact)
    if text:
        line += nodes.inline(text, text, classes=["lesson-listing-facts"])
    return nodes.list_item("", line)


def _make_totals(totals: Sequence[str]) -> nodes.paragraph:
    text = " · ".join(totals)
    return nodes.paragraph(text, text, classes=["lesson-listing-totals"])


def setup_listings(app: Sphinx) -> None:
    """Register the transform and what it shows."""
    setup_excerpts(app)
    app.add_post_transform(FillListings)

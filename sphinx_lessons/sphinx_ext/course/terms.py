"""Terms in the glossary of the standard domain: of several definitions, the first.

A page that is being read cannot know which one that is: others are read by other processes, and
the first may be taken out later. So every page notes what it defines, and when all were read, the
first definition of each term, in the order of the course, becomes the one that links lead to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sphinx_lessons.sphinx_ext.course.index import walk_toctrees

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

Target = tuple[str, str]
"""A page and an anchor on it."""


def withdraw_terms(_app: Sphinx, env: BuildEnvironment, _docnames: list[str]) -> None:
    """Take the definitions out of the glossary (``env-before-read-docs``).

    A ``glossary`` directive that is read now is the first to define its terms.
    """
    ours = {target for _term, target in _list_terms(env)}
    glossaries: list[dict[Any, Target]] = [env.domains.standard_domain.objects, _lowered(env)]
    for kept in glossaries if ours else ():
        for key in [key for key, target in kept.items() if target in ours]:
            del kept[key]


def register_terms(_app: Sphinx, env: BuildEnvironment) -> None:
    """Put the first definition of each term into the glossary (``env-updated``).

    What a ``glossary`` directive defines stays as it is. All spellings lead to one definition.
    """
    objects = env.domains.standard_domain.objects
    first = {name.casefold(): target for (kind, name), target in objects.items() if kind == "term"}
    for term, target in _list_terms(env):
        found = first.setdefault(term.casefold(), target)
        _lowered(env).setdefault(term.lower(), found)
        if found == target:
            objects["term", term] = target


def _lowered(env: BuildEnvironment) -> dict[str, Target]:
    """What the standard domain falls back on: terms in lower case."""
    lowered: dict[str, Target] = env.domains.standard_domain.data.setdefault("terms", {})
    return lowered


def _list_terms(env: BuildEnvironment) -> Iterator[tuple[str, Target]]:
    """All definitions in the order of the toctrees; pages that are in none come last, by name."""
    terms = env.get_domain("lesson").data["terms"]
    order = dict.fromkeys((*walk_toctrees(env), *sorted(terms))) if terms else {}
    for docname in order:
        for term, anchor in terms.get(docname, ()):
            yield term, (docname, anchor)


def setup_terms(app: Sphinx) -> None:
    """Connect it to the build, before anything looks at the glossary."""
    app.connect("env-before-read-docs", withdraw_terms)
    app.connect("env-updated", register_terms, priority=2)

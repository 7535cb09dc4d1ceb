"""Which id a name may be a slip of.

``difflib`` compares a name with every id, which takes milliseconds with a thousand of them. So ids
are looked up by the pairs of letters that they share with the name, each stem (an id without its
digits) once, and only the few that share most are compared.
"""

from __future__ import annotations

import difflib
import heapq
import string
from collections import Counter, defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_COMPARED = 6
"""So many stems are compared with a name."""
_WITHOUT_DIGITS = str.maketrans("", "", string.digits)


class Proposals:
    """What to propose for names that are none of the known ids; costs nothing until it is asked."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = known

    @cached_property
    def _stems(self) -> dict[str, list[str]]:
        """The ids of each stem, in their order."""
        stems: dict[str, list[str]] = defaultdict(list)
        for name in sorted(self._known):
            stems[_stem(name)].append(name)
        return dict(stems)

    @cached_property
    def _by_pair(self) -> dict[str, list[str]]:
        """The stems in which each pair of letters occurs."""
        by_pair: dict[str, list[str]] = defaultdict(list)
        for stem in self._stems:
            for pair in _pairs(stem):
                by_pair[pair].append(stem)
        return by_pair

    def propose(self, name: str) -> str:
        """Words that propose the id which a name may be a slip of, ``""`` if there is none.

        Ids that differ in their digits alone are no slips: ``tides-03`` is none of ``tides-02``.
        """
        own = _stem(name)
        shared = Counter(stem for pair in _pairs(own) for stem in self._by_pair.get(pair, ()))
        del shared[own]
        ranked = heapq.nsmallest(
            _COMPARED, shared, lambda stem: (-shared[stem], abs(len(stem) - len(own)), stem)
        )
        digits = "".join(filter(str.isdigit, name))
        candidates = [_find_numbered(self._stems[stem], digits) for stem in ranked]
        near = difflib.get_close_matches(name, candidates, 1)
        return f"; did you mean {near[0]!r}?" if near else ""


def _stem(name: str) -> str:
    return name.translate(_WITHOUT_DIGITS)


def _pairs(stem: str) -> set[str]:
    """Neighboring letters; the ends count as letters, so that one letter has pairs, too."""
    framed = f"^{stem.casefold()}$"
    return {framed[index : index + 2] for index in range(len(framed) - 1)}


def _find_numbered(names: list[str], digits: str) -> str:
    """Of the ids of one stem the one whose digits begin like these; the first if there is none."""
    numbers = ("".join(filter(str.isdigit, name)) for name in names)
    found = (name for name, number in zip(names, numbers, strict=True) if number.startswith(digits))
    return next(found, names[0])

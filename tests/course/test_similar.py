"""What is proposed for ids that do not exist."""

from __future__ import annotations

import difflib

import pytest

from sphinx_lessons.similar import Proposals

KNOWN = ["tides-01", "tides-02", "winds", "sea", "m", "Harbor-Light-1", "lesson-0007"]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("tide-01", "tides-01"),
        ("tidse-02", "tides-02"),
        ("tides01", "tides-01"),
        ("ides-02", "tides-02"),
        ("wind", "winds"),
        ("see", "sea"),
        ("harbor-light-1", "Harbor-Light-1"),
        ("leson-0007", "lesson-0007"),
        ("leson-07", "lesson-0007"),
    ],
)
def test_slips_are_found(name: str, found: str) -> None:
    assert Proposals(KNOWN).propose(name) == f"; did you mean {found!r}?"


@pytest.mark.parametrize("name", ["tides-03", "tides-99", "quartz", "", "99", "x"])
def test_other_names_are_none(name: str) -> None:
    assert Proposals(KNOWN).propose(name) == ""


def test_nothing_known_is_nothing_to_propose() -> None:
    assert Proposals(()).propose("tides") == ""


def test_a_name_is_compared_with_few_of_many_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[int] = []

    def count(word: str, possibilities: list[str], n: int) -> list[str]:
        compared.append(len(possibilities))
        return []

    words = ["tide", "wind", "gull", "harbor", "moon", "wave", "sand", "rope", "sail", "keel"]
    known = [f"{a}-{b}-{c}" for a in words for b in words for c in words]
    proposals = Proposals(known)
    assert proposals.propose("tide-wind-gul") == "; did you mean 'tide-wind-gull'?"
    monkeypatch.setattr(difflib, "get_close_matches", count)
    proposals.propose("tide-wind-gul")
    assert max(compared) <= 10

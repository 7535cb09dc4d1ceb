"""The JSON-LD of a lesson page against the types of schema.org that it uses.

What schema.org 29 says of them: the properties of ``LearningResource`` and ``Course`` (with those
that they inherit from ``CreativeWork`` and ``Thing``) that we use, and the types of their values.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sphinx_projects import Project

THING = {"identifier": ("Text",), "name": ("Text",), "description": ("Text",), "url": ("URL",)}
CREATIVE_WORK = THING | {
    "inLanguage": ("Text",),
    "keywords": ("Text",),
    "timeRequired": ("Duration",),
    "isPartOf": ("Course", "LearningResource", "URL"),
    "learningResourceType": ("Text",),
    "teaches": ("Text",),
    "educationalLevel": ("Text",),
}
TYPES: dict[str, dict[str, tuple[str, ...]]] = {
    "LearningResource": CREATIVE_WORK | {"competencyRequired": ("Text",)},
    "Course": CREATIVE_WORK | {"coursePrerequisites": ("Text", "Course")},
}
SCALARS = {
    "Text": re.compile(r"(?s).+"),
    "URL": re.compile(r"https?://\S+"),
    # ISO 8601, as schema.org asks for durations.
    "Duration": re.compile(r"P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?"),
}


def find_faults(thing: dict[str, Any], place: str = "") -> list[str]:
    """What schema.org would not understand."""
    properties = TYPES.get(thing.get("@type", ""))
    if properties is None:
        return [f"{place}: unknown type {thing.get('@type')!r}"]
    faults = []
    for name, value in thing.items():
        if name in ("@type", "@context", "@id"):
            continue
        if name not in properties:
            faults.append(f"{place}.{name}: no property of {thing['@type']}")
            continue
        for item in value if isinstance(value, list) else [value]:
            faults += find_value_faults(item, properties[name], f"{place}.{name}")
    return faults


def find_value_faults(value: Any, types: tuple[str, ...], place: str) -> list[str]:
    if isinstance(value, dict):
        kind = value.get("@type")
        return (
            find_faults(value, place) if kind in types else [f"{place}: {kind} is none of {types}"]
        )
    patterns = [SCALARS[kind] for kind in types if kind in SCALARS]
    good = isinstance(value, str) and any(pattern.fullmatch(value) for pattern in patterns)
    return [] if good else [f"{place}: {value!r} is none of {types}"]


@pytest.mark.parametrize("minutes", ["12.5", "90", "1500"])
def test_json_ld_is_what_schema_org_describes(tides: Project, lesson: str, minutes: str) -> None:
    tides.write("modules.yml", "- id: tides\n  title: Tides\n  description: All of them.\n")
    text = lesson.replace("12.5", minutes).replace("moduleId", "keywords: [sea]\nmoduleId")
    tides.write("lesson.md", text)
    script = (
        tides.build(html_baseurl="https://example.org/")
        .page()
        .find("script", type="application/ld+json")
    )
    thing = json.loads(script.string)
    assert thing["@context"] == "https://schema.org"
    assert thing["@type"] == "LearningResource"
    assert {"name", "teaches", "timeRequired", "educationalLevel", "keywords", "isPartOf"} <= {
        *thing
    }
    assert find_faults(thing) == []


def test_faults_are_found() -> None:
    thing = {"@type": "LearningResource", "name": 1, "timeRequired": "10 min", "weight": "1"}
    assert len(find_faults(thing)) == 3
    assert find_faults({"@type": "Lesson"})

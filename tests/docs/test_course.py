"""The example course uses every construct of the lesson format: the docs build tests them all."""

import pytest

from sphinx_lessons.model import COMPARE_MODES, KNOWN_TAGS, SECTIONS
from sphinx_lessons.reading import read_file


@pytest.fixture(scope="module")
def lessons(repository):
    readings = [read_file(file) for file in sorted((repository / "docs/course").glob("*.md"))]
    return [reading.lesson for reading in readings if reading.lesson]


@pytest.fixture(scope="module")
def challenges(lessons):
    return [challenge for lesson in lessons for challenge in lesson.challenges]


@pytest.fixture(scope="module")
def options(lessons, challenges):
    demos = [demo for lesson in lessons for demo in lesson.demos]
    return [item.options for item in (*demos, *challenges)]


def test_reading_the_course_finds_no_problem(repository):
    for file in (repository / "docs/course").glob("*.md"):
        assert read_file(file).problems == ()


def test_every_tag_is_used(options):
    assert set().union(*(option.tags for option in options)) >= KNOWN_TAGS


def test_every_comparison_mode_is_used(options):
    assert {mode for option in options for mode in option.compare} == set(COMPARE_MODES)


def test_modes_are_combined(options):
    assert any(len(option.compare) > 1 for option in options)


def test_every_section_is_used(challenges):
    used = {section.kind for challenge in challenges for section in challenge.sections}
    assert used == set(SECTIONS)


def test_every_kind_of_option_is_used(options):
    assert any(option.timeout for option in options)
    assert any(option.raises for option in options)
    assert any(option.files for option in options)


def test_try_its_with_and_without_a_demo(lessons):
    demos = [try_it.demo for lesson in lessons for try_it in lesson.try_its]
    assert None in demos
    assert any(demo is not None for demo in demos)


def test_blocks_of_every_kind_nested_and_in_backticks(lessons):
    blocks = [block for lesson in lessons for block in lesson.blocks]
    assert {block.name for block in blocks} >= {"definition", "try-it", "challenge", "tip"}
    assert any(block.depth > 0 for block in blocks)
    assert any(block.marker.startswith("`") for block in blocks)
    assert any(block.title for block in blocks)


def test_prerequisites_name_lessons_and_modules(lessons):
    named = {name for lesson in lessons for name in lesson.meta.prerequisites}
    assert named & {lesson.id for lesson in lessons}
    assert named & {lesson.meta.module for lesson in lessons}


def test_settings_of_single_lessons(lessons):
    assert any(lesson.meta.timeout for lesson in lessons)
    assert any(not lesson.meta.execute for lesson in lessons)
    assert any(not lesson.meta.id for lesson in lessons)

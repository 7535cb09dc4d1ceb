from __future__ import annotations

from pathlib import Path

import pytest

SHARED_LESSONS = Path(__file__).parents[2] / ".." / "shared" / "lessons"


@pytest.fixture(scope="session")
def shared_lessons() -> Path:
    if not SHARED_LESSONS.is_dir():
        pytest.skip("the published lessons are not here")
    return SHARED_LESSONS.resolve()

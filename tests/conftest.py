"""What all tests share: tools that may be absent, the sample lessons, the browser.

A test that needs a tool says so with a marker and is skipped, with the tool's name, where that is
absent. With ``LESSONS_REQUIRE_TOOLS=1`` (continuous integration) it fails instead.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REPOSITORY = Path(__file__).parents[1]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str | None:
    """The path of an installed Chromium."""
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def missing_chromium() -> str | None:
    return None if find_chromium() else "Chromium"


def missing_tex() -> str | None:
    """TeX with xelatex, and what looks into the PDF that it makes."""
    absent = [name for name in ("latexmk", "xelatex", "pdftotext") if not shutil.which(name)]
    return f"TeX or poppler ({', '.join(absent)})" if absent else None


def missing_epubcheck() -> str | None:
    return None if shutil.which("epubcheck") else "epubcheck"


def missing_r() -> str | None:
    from jupyter_client.kernelspec import find_kernel_specs

    return None if shutil.which("R") and "ir" in find_kernel_specs() else "R with IRkernel"


TOOLS: dict[str, Callable[[], str | None]] = {
    "needs_chromium": missing_chromium,
    "needs_tex": missing_tex,
    "needs_epubcheck": missing_epubcheck,
    "needs_r": missing_r,
}
"""For each marker, a function that names what is missing."""


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, find_missing in TOOLS.items():
        if item.get_closest_marker(marker) is None:
            continue
        if missing := find_missing():
            reason = f"{missing} is not installed"
            if os.environ.get("LESSONS_REQUIRE_TOOLS") == "1":
                pytest.fail(f"{reason}, and LESSONS_REQUIRE_TOOLS=1", pytrace=False)
            pytest.skip(reason)


@pytest.fixture(scope="session", autouse=True)
def user_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache folder of the test run: tests must not find results of earlier runs."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))
        yield folder


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared_lessons() -> Path:
    """Real published lessons that lie beside some checkouts; never a part of this project."""
    folder = REPOSITORY.parent / "shared" / "lessons"
    if not folder.is_dir():
        pytest.skip("no folder ../shared/lessons beside the checkout")
    return folder


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the installed Chromium: Playwright's own browser is a download."""
    return {
        **browser_type_launch_args,
        "executable_path": find_chromium(),
        "args": list(CHROMIUM_FLAGS),
    }

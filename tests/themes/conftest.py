"""The site of ``site/`` in each theme, served on this machine and opened in Chromium.

The themes are those that the environment variable ``LESSONS_THEMES`` names: not all of them can be
installed side by side. ``nox -s themes`` has an environment for each.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from bs4 import BeautifulSoup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

SOURCE = Path(__file__).with_name("site")
THEMES = os.environ.get("LESSONS_THEMES", "furo,alabaster").split(",")


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files without a word."""

    def log_message(self, *args: object) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Site:
    """A built site, served at ``url``."""

    theme: str
    folder: Path
    url: str

    def soup(self, name: str = "lesson") -> BeautifulSoup:
        text = (self.folder / f"{name}.html").read_text(encoding="utf-8")
        return BeautifulSoup(text, "html.parser")


@contextmanager
def build(theme: str, folder: Path, *, print_solutions: bool = False) -> Iterator[Site]:
    """Build the site and serve it."""
    out = folder / "html"
    command = [sys.executable, "-m", "sphinx", "-n", "-W", "--keep-going", "-q"]
    done = subprocess.run(
        [*command, "-D", f"html_theme={theme}", "-d", folder / "doctrees", SOURCE, out],
        env={**os.environ, "PRINT_SOLUTIONS": "yes" if print_solutions else ""},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with serve(out) as url:
        yield Site(theme, out, url)


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder; script modules do not load from ``file:`` addresses."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=folder)) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="session", params=THEMES)
def site(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site in one theme."""
    with build(request.param, tmp_path_factory.mktemp(request.param)) as built:
        yield built


@pytest.fixture(scope="session")
def site_with_printed_solutions(
    site: Site, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The same with ``lessons_print_solutions``."""
    folder = tmp_path_factory.mktemp(site.theme)
    with build(site.theme, folder, print_solutions=True) as built:
        yield built


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """The function that opens a page of the site; words of the context are Playwright's."""
    contexts = []

    def open_it(name: str = "lesson.html", width: int = 1440, **context: Any) -> Page:
        url = context.pop("url", site.url)
        made = browser.new_context(viewport={"width": width, "height": 900}, **context)
        contexts.append(made)
        page = made.new_page()
        page.goto(f"{url}/{name}", wait_until="load")
        return page

    yield open_it
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def axe_script() -> str:
    """The source of axe-core, as the package that brings it has it."""
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")

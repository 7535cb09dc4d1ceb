"""Sites in each theme, served on this machine and opened in Chromium.

The themes are those that the environment variable ``LESSONS_THEMES`` names: not all of them can be
installed side by side. ``nox -s themes`` has an environment for each.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import ExitStack, contextmanager
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
CONTENTS = "# Contents\n\n```{toctree}\n:glob:\n\n*\n```\n"
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
    done = run_sphinx(
        "-n",
        "-W",
        "-d",
        folder / "doctrees",
        SOURCE,
        out,
        theme=theme,
        PRINT_SOLUTIONS="yes" if print_solutions else "",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with serve(out) as url:
        yield Site(theme, out, url)


def run_sphinx(
    *arguments: str | Path, theme: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Build something in a theme, in a process of its own."""
    command = [sys.executable, "-m", "sphinx", "--keep-going", "-q", "-D", f"html_theme={theme}"]
    return subprocess.run(
        [*command, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(params=THEMES)
def build_course(request: Any, tmp_path: Path) -> Iterator[Callable[[Path], Site]]:
    """The function that builds a folder of lessons, with the plain page of ``site/`` beside them.

    What the lessons have wrong does not matter here: published ones have much.
    """
    with ExitStack() as stack:

        def build_it(lessons: Path) -> Site:
            source, out = tmp_path / "source", tmp_path / "html"
            shutil.copytree(lessons, source)
            for name in ("conf.py", "plain.md"):
                shutil.copy(SOURCE / name, source)
            source.joinpath("contents.md").write_text(CONTENTS, encoding="utf-8")
            done = run_sphinx("-D", "root_doc=contents", source, out, theme=request.param)
            assert (out / "searchindex.js").exists(), done.stdout + done.stderr
            return Site(request.param, out, stack.enter_context(serve(out)))

        yield build_it


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


Violation = tuple[str, str]
"""A rule, and for contrast the two colors."""

CODE = [".highlight span"]
"""Their colors are those of the highlighting style."""


@dataclass(frozen=True, slots=True)
class Axe:
    """axe-core, to be run on pages."""

    script: str

    def find(
        self, page: Page, include: list[str], rules: tuple[str, ...] = ()
    ) -> dict[Violation, list[str]]:
        """The violations there of the given rules, or of all, each with the elements concerned."""
        if not page.evaluate("include => !!document.querySelector(include)", ",".join(include)):
            return {}
        page.evaluate("script => window.axe || eval(script)", self.script)
        options: dict[str, Any] = {"resultTypes": ["violations"]}
        if rules:
            options["runOnly"] = list(rules)
        context = {"include": include, "exclude": CODE}
        result = page.evaluate(
            "([context, options]) => axe.run(context, options)", [context, options]
        )
        found: dict[Violation, list[str]] = {}
        for rule in result["violations"]:
            for node in rule["nodes"]:
                found.setdefault((rule["id"], read_colors(node)), []).append(node["html"])
        return found


def read_colors(node: dict[str, Any]) -> str:
    """The colors of a contrast that is too low, else nothing."""
    data = [check["data"] for check in node["any"] if check["id"] == "color-contrast"]
    return f"{data[0]['fgColor']} on {data[0]['bgColor']}" if data else ""


@pytest.fixture(scope="session")
def axe() -> Axe:
    """axe-core as the package that brings it has it."""
    path = files("axe_playwright_python").joinpath("axe.min.js")
    return Axe(path.read_text(encoding="utf-8"))

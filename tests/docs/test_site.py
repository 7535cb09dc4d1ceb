"""The documentation itself, built as it is published: warnings are errors."""

import subprocess
import sys

import pytest
from bs4 import BeautifulSoup

from sphinx_lessons.cli.parser import FORMATS
from sphinx_lessons.config import Settings
from sphinx_lessons.problems import Code


@pytest.fixture(scope="module")
def site(repository, tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-n", "-W", "--keep-going", "-q"]
    done = subprocess.run(
        [*command, "-d", folder / "doctrees", repository / "docs", folder / "html"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "html"


def read_page(site, name):
    return BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser")


def test_every_setting_is_documented(site):
    page = read_page(site, "reference/configuration.html")
    names = {element.get_text() for element in page.select("dl.confval .sig-name")}
    assert names == {f"lessons_{name}" for name in Settings.__dataclass_fields__}


def test_every_problem_code_is_documented(site):
    titles = read_page(site, "reference/problems.html").select("section section > h2 code")
    assert [title.get_text() for title in titles] == [code.value for code in Code]


def test_every_format_of_the_command_line_is_documented(site):
    text = read_page(site, "reference/command-line.html").get_text()
    assert "--format {" + ",".join(FORMATS) + "}" in text
    assert "--strict" in text


def test_no_page_loads_anything_from_another_host(site):
    for page in site.rglob("*.html"):
        soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
        loaded = [tag["src"] for tag in soup.select("[src]")]
        loaded += [tag["href"] for tag in soup.select("link[rel~=stylesheet], link[rel~=icon]")]
        outside = [url for url in loaded if url.startswith(("http:", "https:", "//"))]
        assert outside == [], page


def test_a_figure_of_the_course_is_shown(site):
    images = read_page(site, "course/tide.html").select("article img")
    assert len(images) >= 2
    assert all((site / "course" / image["src"]).is_file() for image in images)


@pytest.mark.needs_chromium
@pytest.mark.parametrize("name", ["course/tide.html", "course/patterns.html", "index.html"])
def test_on_a_phone_nothing_is_requested_elsewhere_and_only_code_scrolls(site, page, name):
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.set_viewport_size({"width": 360, "height": 800})

    page.goto((site / name).as_uri())

    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []

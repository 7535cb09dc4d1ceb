"""A test that needs a missing tool is skipped with its name, and fails where tools are required."""

import os
import shutil
import subprocess
import sys

import pytest

NEEDY_TESTS = """\
import pytest

@pytest.mark.needs_chromium
def test_browser(): pass

@pytest.mark.needs_tex
def test_pdf(): pass

@pytest.mark.needs_r
def test_kernel(): pass
"""


@pytest.fixture
def run_without_tools(repository, tmp_path):
    shutil.copy(repository / "tests" / "conftest.py", tmp_path)
    shutil.copy(repository / "pyproject.toml", tmp_path)
    (tmp_path / "test_needy.py").write_text(NEEDY_TESTS)

    def run(require: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PATH": str(tmp_path), "LESSONS_REQUIRE_TOOLS": require}
        command = [sys.executable, "-m", "pytest", "test_needy.py", "-p", "no:cacheprovider"]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    return run


def test_missing_tools_are_named_and_skipped(run_without_tools):
    done = run_without_tools("")

    assert done.returncode == 0, done.stdout
    assert "3 skipped" in done.stdout
    assert "Chromium is not installed" in done.stdout
    assert "TeX or poppler (latexmk, xelatex, pdftotext) is not installed" in done.stdout
    assert "R with IRkernel is not installed" in done.stdout


def test_missing_tools_fail_where_they_are_required(run_without_tools):
    done = run_without_tools("1")

    assert done.returncode == 1
    assert "3 errors" in done.stdout
    assert "Chromium is not installed, and LESSONS_REQUIRE_TOOLS=1" in done.stdout

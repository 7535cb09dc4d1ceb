"""The project's tasks: `nox -s docs`, `pdf`, `tests`, `lowest`, `themes`, `lint`, `benchmarks`."""

from __future__ import annotations

import os
from pathlib import Path

import nox

nox.needs_version = ">=2024.4.15"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.sessions = ["lint", "docs", "tests"]

ROOT = Path(__file__).parent
PDF = ROOT / "docs" / "_build" / "pdf"
SITE = ROOT / "docs" / "_build" / "html"

# One of them pins another: each gets its own environment. The tests have furo and alabaster.
OTHER_THEMES = ["pydata-sphinx-theme", "sphinx-book-theme", "sphinx-rtd-theme"]


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation, which verifies every lesson of its course."""
    session.install("-e", ".[docs]")
    strict = ["-n", "-W", "--keep-going"]
    session.run("sphinx-build", *strict, "-b", "html", *session.posargs, "docs", str(SITE))
    session.log(f"Open {(SITE / 'index.html').as_uri()}")


@nox.session
def pdf(session: nox.Session) -> None:
    """Build the documentation as a PDF, and read TeX's log of it."""
    session.install("-e", ".[docs]")
    # TeX must not wait for an answer when something is wrong.
    environment = {"LATEXMKOPTS": "-interaction=nonstopmode -halt-on-error"}
    session.run(
        *("sphinx-build", "-M", "latexpdf", "docs", str(PDF)), *session.posargs, env=environment
    )
    for log in sorted((PDF / "latex").glob("*.log")):
        session.run("sphinx-lessons", "tex-log", str(log))
    session.log(f"Open {(PDF / 'latex' / 'sphinx-lessons.pdf').as_uri()}")


@nox.session
def tests(session: nox.Session) -> None:
    """Run all tests; words after `--` go to pytest."""
    session.install("-e", ".[test]")
    # Two processes at least: tests wait for child processes more than they compute.
    workers = str(max(2, os.cpu_count() or 2))
    session.run("pytest", "-n", workers, *session.posargs)


@nox.session(venv_backend="uv", python="3.11")
def lowest(session: nox.Session) -> None:
    """Run the tests with the lowest versions that are required, on the oldest Python."""
    session.install("--resolution", "lowest-direct", "-e", ".[docs,test]")
    # Old packages warn of what later ones have mended.
    session.run("pytest", "-W", "default::DeprecationWarning", *session.posargs)


@nox.session
@nox.parametrize("theme", OTHER_THEMES)
def themes(session: nox.Session, theme: str) -> None:
    """Test the lesson page in a theme that the tests' own environment does not have."""
    session.install("-e", ".[themes]", theme)
    name = theme.replace("-", "_")
    session.run("pytest", "tests/themes", *session.posargs, env={"LESSONS_THEMES": name})


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and types."""
    # With the tests' packages: mypy reads their types.
    session.install("-e", ".[lint,test]")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")


@nox.session
def benchmarks(session: nox.Session) -> None:
    """Measure builds against plain Sphinx and others; words after `--` go to the benchmarks."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "benchmarks", *(session.posargs or ["--write"]))

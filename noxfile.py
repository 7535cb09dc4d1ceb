"""The project's tasks: `nox -s docs`, `nox -s tests`, `nox -s lint`."""

from __future__ import annotations

import os
from pathlib import Path

import nox

nox.needs_version = ">=2024.4.15"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.sessions = ["lint", "docs", "tests"]

ROOT = Path(__file__).parent
SITE = ROOT / "docs" / "_build" / "html"


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation, which verifies every lesson of its course."""
    session.install("-e", ".[docs]")
    strict = ["-n", "-W", "--keep-going"]
    session.run("sphinx-build", *strict, "-b", "html", *session.posargs, "docs", str(SITE))
    session.log(f"Open {(SITE / 'index.html').as_uri()}")


@nox.session
def tests(session: nox.Session) -> None:
    """Run all tests; words after `--` go to pytest."""
    session.install("-e", ".[test]")
    # Two processes at least: tests wait for child processes more than they compute.
    workers = str(max(2, os.cpu_count() or 2))
    session.run("pytest", "-n", workers, *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and types."""
    session.install("-e", ".[lint]")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")

"""Small Sphinx projects, written and built by tests."""

from __future__ import annotations

import io
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bs4 import BeautifulSoup
from sphinx.application import Sphinx
from sphinx.util.console import strip_colors
from sphinx.util.docutils import docutils_namespace, patch_docutils

if TYPE_CHECKING:
    from pathlib import Path

    from docutils import nodes

CONF = """\
extensions = ["sphinx_lessons"]
project = "Course"
html_theme = "basic"
exclude_patterns = ["parts"]
# What needs the fonts of a PDF says so with a marker.
suppress_warnings = ["lessons.unchecked-characters"]
"""


@dataclass
class Result:
    """What a build left behind."""

    status: int
    log: str
    """Warnings and errors, without colors."""
    info: str
    outdir: Path
    app: Sphinx | None
    """``None`` if it ran in another process."""

    def text(self, name: str) -> str:
        return (self.outdir / name).read_text(encoding="utf-8")

    def page(self, name: str = "lesson") -> BeautifulSoup:
        return BeautifulSoup(self.text(f"{name}.html"), "html.parser")

    def doctree(self, name: str = "lesson") -> nodes.document:
        return self.app.env.get_doctree(name)

    @property
    def errors(self) -> list[str]:
        return [line for line in self.log.splitlines() if "ERROR" in line]

    @property
    def warnings(self) -> list[str]:
        return [line for line in self.log.splitlines() if "WARNING" in line]

    def lines_with(self, code: str) -> list[str]:
        return [line for line in self.log.splitlines() if f"[lessons.{code}]" in line]


class Project:
    """A Sphinx project in a temporary folder that has our extension and nothing else."""

    def __init__(self, folder: Path) -> None:
        self.source = folder / "source"
        self.folder = folder
        self.source.mkdir()
        self.write("conf.py", CONF)
        self.write("index.md", "# Course\n\n```{toctree}\n:glob:\n\n*\n```\n")

    def write(self, name: str, text: str) -> Path:
        path = self.source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    def build(
        self,
        builder: str = "html",
        *,
        parallel: int = 1,
        strict: bool = False,
        out: str = "out",
        **config: Any,
    ) -> Result:
        """Build what is out of date, as a new process of ``sphinx-build`` would."""
        status, warning = io.StringIO(), io.StringIO()
        base = self.folder / out
        with patch_docutils(self.source), docutils_namespace():
            app = Sphinx(
                self.source,
                self.source,
                base / builder,
                base / "doctrees",
                builder,
                confoverrides=config,
                status=status,
                warning=warning,
                parallel=parallel,
                warningiserror=strict,
            )
            app.build()
        log = strip_colors(warning.getvalue())
        return Result(app.statuscode, log, strip_colors(status.getvalue()), base / builder, app)

    def build_apart(self, builder: str = "html", *, out: str = "out", **config: str) -> Result:
        """Build in a process of its own, for what would change the process of the tests."""
        outdir = self.folder / out / builder
        settings = [part for name, value in config.items() for part in ("-D", f"{name}={value}")]
        command = [sys.executable, "-m", "sphinx", "-b", builder, *settings]
        command += [str(self.source), str(outdir)]
        done = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, timeout=120, check=False
        )
        return Result(done.returncode, strip_colors(done.stderr), done.stdout, outdir, None)

"""Documentation as test input: the files it shows are written, the commands it shows are run."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from sphinx_lessons.judging import compare


@dataclass(frozen=True, slots=True)
class Fence:
    """A fence of a page, with MyST's ``{code-block} language`` and ``:caption:`` taken apart."""

    language: str
    caption: str
    text: str
    line: int


def read_fences(page: Path) -> list[Fence]:
    """All fences of a Markdown page, in order."""
    tokens = MarkdownIt("commonmark").parse(page.read_text(encoding="utf-8"))
    return [
        read_fence(token.info, token.content, token.map[0] + 1)
        for token in tokens
        if token.type == "fence" and token.map
    ]


def read_fence(info: str, content: str, line: int) -> Fence:
    language = info.removeprefix("{code-block}").strip()
    caption = ""
    if content.startswith(":caption:"):
        option, _, content = content.partition("\n\n")
        caption = option.removeprefix(":caption:").strip()
    return Fence(language, caption, content, line)


# What makes the environment that the tests run in already.
INSTALLATION = ("python3 -m venv", "source ", "python -m pip install")


@dataclass
class Shell:
    """A terminal session: the working directory and the last exit status outlive a command."""

    folder: Path
    status: int = 0
    failures: list[str] = field(default_factory=list)

    def run(self, command: str) -> str:
        """What a command prints to the terminal."""
        keep = self.folder / ".folder"
        script = f"(exit {self.status})\n{command}\nstatus=$?; pwd > '{keep}'; exit $status"
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        # Whoever runs the tests may have asked for colors; the documents show none.
        environment = {name: os.environ[name] for name in os.environ if "COLO" not in name}
        environment |= {"PATH": path, "XDG_CACHE_HOME": str(self.folder), "NO_COLOR": "1"}
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=120,
            check=False,
        )
        self.status = done.returncode
        self.folder = Path(keep.read_text().strip())
        return done.stdout

    def replay(self, console: Fence) -> None:
        """Run the commands of a console block; note where the page shows another output."""
        for command, expected in split_console(console.text):
            if command.startswith(INSTALLATION):
                continue
            comparison = compare(expected, self.run(command), ("ellipsis",))
            if not comparison.equal:
                self.failures.append(f"line {console.line}: $ {command}\n{comparison.diff}")


def split_console(text: str) -> list[tuple[str, str]]:
    """Pairs of a command and what is shown below it."""
    pairs: list[tuple[str, str]] = []
    for line in text.splitlines(keepends=True):
        if line.startswith("$ "):
            pairs.append((line[2:].strip(), ""))
        else:
            command, shown = pairs[-1]
            pairs[-1] = (command, shown + line)
    return pairs


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture
def fences():
    """The function that reads a page's fences."""
    return read_fences

"""Bash: the kernel's shell starts another one, in which ``driver.sh`` runs the script.

What a script does to variables, functions and options is gone with its shell, so that the kernel
can run the next script as well.

Demos are typed into the kernel's own shell, line by line. One that is not finished would leave it
waiting for more, and the kernel does not answer then: Bash is asked before.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx_lessons.model import Failure, Frame
from sphinx_lessons.running.child.results import signal_name
from sphinx_lessons.running.kernels.failures import exit_failure
from sphinx_lessons.running.kernels.process import StoppedError
from sphinx_lessons.running.kernels.scripts import PARTS, Dialect, Outcome, Run, left_early
from sphinx_lessons.running.worker import environment

if TYPE_CHECKING:
    from collections.abc import Sequence

_SIGNALED = 128
"""A shell says that much more than the number of the signal that a process ended by."""
_DRIVER = Path(__file__).parent / "driver.sh"
_UNFINISHED = re.compile(
    r"^\S+ line (?P<line>\d+): (?:syntax error: )?"
    r"(?P<message>unexpected EOF while .*|unexpected end of file.*)$",
    re.MULTILINE,
)
_OPEN_DOCUMENT = re.compile(
    r": here-document at line (?P<line>\d+) delimited by end-of-file (?P<wanted>\(.*\))$",
    re.MULTILINE,
)
_NOWHERE = "\n;;\n"
"""No command may begin with that, but text may."""


class Bash(Dialect):
    """Scripts and demos of Bash."""

    reusable = True

    def run(self, run: Run) -> Outcome:
        """Run the script."""
        folder = run.kernel.folder
        for name in (*PARTS, "part", "ended", "failed", "status"):
            (folder / name).unlink(missing_ok=True)
        for part, text in run.parts.items():
            (folder / part).write_text(text + "\n", encoding="utf-8", errors="replace")
        shutil.copyfile(_DRIVER, folder / "driver.sh")
        driver, place, work = (
            shlex.quote(str(path)) for path in (folder / "driver.sh", folder, run.kernel.work)
        )
        command = f"cd {work} && bash {driver} {place}; echo $? >{place}/status"
        run.execute(command, muted=True)
        status, part = _read(folder / "status"), _read(folder / "part") or "code"
        if not status:
            raise StoppedError("the shell of the kernel was killed")
        if int(status) > _SIGNALED and not (folder / "failed").exists():
            raise StoppedError(f"signal {signal_name(int(status) - _SIGNALED)}")
        if status == "0":
            ended = (folder / "ended").exists()
            return Outcome() if ended or "checks" not in run.parts else left_early()
        return Outcome(_locate(exit_failure(int(status)), part, run), part)

    def find_flaw(self, cells: Sequence[str], name: str) -> Failure | None:
        """Find what is not closed. With aliases, which may close it, only the shell knows."""
        if any("alias" in code for code in cells):
            return None
        code = cells[-1]
        flaw = _find_open_end(code)
        if flaw is None:
            return None
        line = min(flaw[0], code.rstrip("\n").count("\n") + 1)
        return Failure("syntax error", flaw[1], (Frame(name, line, ""),), ("syntax error",))

    def has_lost_state(self, stdout: str) -> bool:
        """Whether the kernel has started another shell."""
        return stdout.endswith("Restarting Bash\n")


def _find_open_end(code: str) -> tuple[int, str] | None:
    """The line at which something begins that is not closed, and what Bash says of it."""
    messages = _check_syntax(code)[1]
    if found := _UNFINISHED.search(messages):
        return int(found["line"]), found["message"]
    found = _OPEN_DOCUMENT.search(messages)
    # One in $(...) may end with that; one that takes in whatever follows is open.
    if found and _check_syntax(code + _NOWHERE)[0] == 0:
        return int(found["line"]), f"unexpected end of the here-document {found['wanted']}"
    return None


def _check_syntax(code: str) -> tuple[int, str]:
    """Have Bash read code and run nothing: its exit status and messages."""
    variables = environment() | {"LC_ALL": "C"}
    variables.pop("BASH_ENV", None)
    done = subprocess.run(
        ["bash", "-n", "/dev/stdin"],
        input=code.encode("utf-8", "replace"),
        env=variables,
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stderr.decode("utf-8", "replace")


def _read(path: Path) -> str:
    return path.read_text().strip() if path.exists() else ""


def _locate(failure: Failure, part: str, run: Run) -> Failure:
    """Add the line that the shell's last message names, if it names one."""
    lines = re.findall(rf"^{part}: line (\d+): ", run.transcript.text("stderr"), re.MULTILINE)
    frames = tuple(Frame(f"<{part}>", int(line), "") for line in lines[-1:])
    # A test that does not hold ends with 1; what cannot be tested ends with more.
    failed = part == "checks" and failure.message == exit_failure(1).message
    bases = (*failure.bases, "AssertionError") if failed else failure.bases
    return Failure(failure.name, failure.message, frames, bases)

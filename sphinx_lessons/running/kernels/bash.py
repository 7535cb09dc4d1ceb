"""Bash: the kernel's shell starts another one, in which ``driver.sh`` runs the script.

What a script does to variables, functions and options is gone with its shell, so that the kernel
can run the next script as well.
"""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

from sphinx_lessons.model import Failure, Frame
from sphinx_lessons.running.child.results import signal_name
from sphinx_lessons.running.kernels.failures import exit_failure
from sphinx_lessons.running.kernels.process import StoppedError
from sphinx_lessons.running.kernels.scripts import PARTS, Outcome, Run, left_early

_SIGNALED = 128
"""A shell says that much more than the number of the signal that a process ended by."""
_DRIVER = Path(__file__).parent / "driver.sh"


class Bash:
    """Scripts of Bash."""

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


def has_restarted(stdout: str) -> bool:
    """Whether the kernel says, below what a cell has printed, that it started its shell anew."""
    return stdout.endswith("Restarting Bash\n")


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

"""R: ``driver.R`` runs a script as ``Rscript`` runs a file, in the global environment."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

from sphinx_lessons.model import Failure, Frame
from sphinx_lessons.running.kernels import failures
from sphinx_lessons.running.kernels.scripts import Dialect, Outcome, Run, left_early

_DRIVER = Path(__file__).parent / "driver.R"
_DEMOS = Path(__file__).parent / "demos.R"
_SYNTAX = re.compile(r"\A<(?:setup|code|checks)>:(?P<line>\d+):\d+: (?P<message>[^\n]*)")

Report = dict[str, Any]


class R(Dialect):
    """Scripts and demos of R."""

    @property
    def preamble(self) -> str:
        """Have the overflow of a stack reported."""
        return _DEMOS.read_text(encoding="utf-8")

    def run(self, run: Run) -> Outcome:
        """Run the script."""
        shutil.copyfile(_DRIVER, run.kernel.folder / "driver.R")
        for part, text in run.parts.items():
            path = run.kernel.folder / part
            path.write_text(text, encoding="utf-8", errors="replace")
        report = self._drive(run, [part for part in run.parts if part != "checks"])
        outcome = _judge(report)
        if "checks" not in run.parts or outcome.failure is not None:
            return outcome
        if report.get("left"):
            return left_early()
        return _judge(self._drive(run, ["checks"], muted=True))

    def _drive(self, run: Run, parts: list[str], *, muted: bool = False) -> Report:
        """Run parts and return what the driver reports of them."""
        folder = run.kernel.folder
        names = ", ".join(f'"<{part}>" = "{part}"' for part in parts)
        driver, place, work = (
            json.dumps(str(path)) for path in (folder / "driver.R", folder, run.kernel.work)
        )
        code = f"eval(parse({driver}, keep.source = FALSE))({place}, {work}, list({names}))"
        reply = run.execute(code, muted=muted)
        path = folder / "report"
        if not path.exists():
            return {"part": f"<{parts[-1]}>" if parts else "<code>", "reply": reply}
        report: Report = json.loads(path.read_text(encoding="utf-8"))
        path.unlink()
        return report


def _judge(report: Report) -> Outcome:
    part = str(report["part"])
    name = part.strip("<>") or "code"
    if "reply" in report:
        # The driver itself was ended, for example by an interrupt.
        return Outcome(failures.describe(report["reply"], {}, part), name)
    if report.get("error"):
        return Outcome(_describe(report["error"], part), name)
    status = int(report.get("status") or 0)
    return Outcome(failures.exit_failure(status) if status else None, name)


def _describe(error: Report, part: str) -> Failure:
    message = str(error["message"])
    line = error.get("line")
    syntax = _SYNTAX.match(message)
    if syntax:
        message, line = syntax["message"], int(syntax["line"])
    frames = [Frame(part, int(line), "")] if line else []
    function = ""
    for frame in error["frames"]:
        frames.append(Frame(frame["file"], int(frame["line"]), function))
        function = frame["call"]
    call = "" if syntax else str(error["call"])
    name = "Error" if not call or call.startswith("eval(") else f"Error in {call}"
    return Failure(name, message, tuple(frames), tuple(error["classes"]))

"""The role of a keeper that was started for one program: ``start JOBFILE CHANNEL CONTROL``."""

from __future__ import annotations

import marshal
import os
from collections.abc import Callable
from typing import Any

from . import keeper
from .channel import Channel


def main(path: str, channel: str, control: str) -> Callable[[], None]:
    """Fork the program's process and return what it is to run; the keeper ends here."""
    with open(path, "rb") as file:
        job: dict[str, Any] = marshal.load(file)
    keeper.adopt_orphans()
    if not keeper.fork_program(int(control)):
        os._exit(0)
    return make_runner(job, int(channel))


def make_runner(job: dict[str, Any], descriptor: int) -> Callable[[], None]:
    """What runs a job in this process. A missing IPython is the job's failure, not ours."""
    channel = Channel(descriptor)
    if "cells" not in job:
        from . import program

        return lambda: program.run(job, channel)
    try:
        from . import session
    except ModuleNotFoundError as error:
        channel.send({"missing": str(error.name)})
        os._exit(1)
    return lambda: session.run(job, channel)

"""The role of a keeper that was started for one program: ``start JOBFILE``.

Its descriptors are the program's, in the order of ``Job.theirs``, and the control socket.
"""

from __future__ import annotations

import marshal
import os
from typing import TYPE_CHECKING, Any

from . import keeper, tickets
from .channel import Channel

if TYPE_CHECKING:
    from collections.abc import Callable

CHANNEL, TICKETS, CONTROL = 3, 4, 5


def main(path: str) -> Callable[[], None]:
    """Fork the program's process and return what it is to run; the keeper ends here."""
    with open(path, "rb") as file:
        job: dict[str, Any] = marshal.load(file)
    keeper.be_ordinary()
    keeper.become_keeper()
    if not keeper.fork_program(CONTROL):
        os._exit(0)
    return make_runner(job, CHANNEL, TICKETS)


def make_runner(job: dict[str, Any], channel: int, descriptor: int) -> Callable[[], None]:
    """What runs a job in this process. A missing IPython is the job's failure, not ours."""
    for inherited in (channel, descriptor):
        os.set_inheritable(inherited, False)
    link = Channel(channel)
    try:
        module = _import("session" if "cells" in job else "program")
    except ModuleNotFoundError as error:
        link.send({"missing": str(error.name)})
        os._exit(1)
    tickets.require(descriptor)
    return lambda: module.run(job, link)


def _import(name: str) -> Any:
    return getattr(__import__(__package__ or "", fromlist=[name]), name)

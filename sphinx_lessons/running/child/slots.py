"""The supervisor's side of a keeper: how it is started and what it reports."""

from __future__ import annotations

import os
import socket

from .jobs import Job

_MAIN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "__main__.py")


class Slot:
    """A keeper and the job that its program is.

    ``pid`` is the program's, once reported; ``alive`` tells whether the keeper is.
    """

    def __init__(self, control: socket.socket, keeper: int, job: Job) -> None:
        control.setblocking(False)
        self.control = control
        self.keeper = keeper
        self.job = job
        self.pid = 0
        self.alive = True
        self._heard = b""

    def hear(self) -> None:
        """Take in the keeper's reports."""
        try:
            data = self.control.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.alive = False
        *lines, self._heard = (self._heard + data).split(b"\n")
        for line in lines:
            word, number = line.split()
            if word == b"started":
                self.pid = int(number)
            else:
                self.job.status = int(number)


def start_fresh(python: str, job: Job) -> Slot:
    """A keeper of its own for a job, in a new interpreter. Raises ``OSError``."""
    path = os.path.join(job.folder, "job")
    with open(path, "wb") as file:
        file.write(job.message())
    ours, theirs = socket.socketpair()
    sources = (*job.theirs, theirs.fileno())
    try:
        keeper = os.posix_spawnp(
            python,
            [python, _MAIN, "start", path],
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_DUP2, source, target) for target, source in enumerate(sources)
            ],
        )
    except OSError as error:
        ours.close()
        raise OSError(f"the interpreter {python!r} cannot be started: {error.strerror}") from error
    finally:
        theirs.close()
    return Slot(ours, keeper, job)


def reserve_low_descriptors() -> None:
    """Occupy the descriptors that :func:`start_fresh` moves others to."""
    while os.open(os.devnull, os.O_RDONLY) < 8:
        pass

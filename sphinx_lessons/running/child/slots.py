"""The supervisor's side of a keeper: how it is started and what it reports."""

from __future__ import annotations

import marshal
import os
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .jobs import Job

MAIN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "__main__.py")

SCRIPT, SESSION, FRESH = "script", "session", "fresh"
"""Kinds of keepers; a fresh one serves a single program."""


class Slot:
    """A keeper and, while it has one, the job that its program is.

    ``pid`` is the program's, once reported; ``alive`` tells whether the keeper is.
    """

    def __init__(
        self, control: socket.socket, keeper: int = 0, kind: str = FRESH, generation: int = 0
    ) -> None:
        control.setblocking(False)
        self.kind = kind
        self.generation = generation
        self.control = control
        self.keeper = keeper
        self.alive = True
        self.pid = 0
        self._job: Job | None = None
        self._heard = b""

    @property
    def job(self) -> Job:
        """The job; asking an idle keeper for it is an error of ours."""
        assert self._job is not None
        return self._job

    @property
    def idle(self) -> bool:
        """Whether it waits for a job."""
        return self.alive and self.keeper != 0 and self._job is None

    @property
    def busy(self) -> bool:
        """Whether it has a job."""
        return self._job is not None

    def release(self) -> None:
        """Its job is done."""
        self._job, self.pid = None, 0

    def take(self, job: Job) -> None:
        """Get a job: its program is being started."""
        self._job, self.pid = job, 0

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
            self._note(word, int(number))

    def _note(self, word: bytes, number: int) -> None:
        if word == b"keeper":
            self.keeper = number
        elif word == b"started":
            self.pid = number
        elif self._job is not None:
            self._job.status = number


def start_fresh(python: str, job: Job) -> Slot:
    """A keeper of its own for a job, in a new interpreter. Raises ``OSError``."""
    path = job.place("job")
    with open(path, "wb") as file:
        marshal.dump(job.told(), file, 2)
    ours, theirs = socket.socketpair()
    try:
        keeper = spawn(python, ["start", path], (*job.theirs, theirs.fileno()))
    except OSError:
        ours.close()
        raise
    finally:
        theirs.close()
    slot = Slot(ours, keeper)
    slot.take(job)
    return slot


def spawn(python: str, arguments: list[str], descriptors: tuple[int, ...]) -> int:
    """Start a role in a new interpreter, whose descriptors from 0 are those given.

    Returns the process number. Raises ``OSError`` if the interpreter cannot be started.
    """
    moves = [(os.POSIX_SPAWN_DUP2, source, target) for target, source in enumerate(descriptors)]
    try:
        return os.posix_spawnp(python, [python, MAIN, *arguments], os.environ, file_actions=moves)
    except OSError as error:
        raise OSError(f"the interpreter {python!r} cannot be started: {error.strerror}") from error


def reserve_low_descriptors() -> None:
    """Occupy the descriptors that :func:`start_fresh` moves others to."""
    while os.open(os.devnull, os.O_RDONLY) < 8:
        pass

"""One running kernel: its folder, its guard, its sockets. Every wait has a limit."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import zmq
from jupyter_client.manager import KernelManager

from sphinx_lessons.running.child import tree
from sphinx_lessons.running.child.folders import remove_tree
from sphinx_lessons.running.child.results import signal_name
from sphinx_lessons.running.kernels.specs import KernelError, Spec
from sphinx_lessons.running.kernels.transcript import size
from sphinx_lessons.running.worker import environment

if TYPE_CHECKING:
    from sphinx_lessons.model import File, Limits

_MAIN = Path(__file__).parents[1] / "child" / "__main__.py"
_START_PATIENCE = 60.0
"""Seconds that a kernel may take to answer for the first time."""
_ASK_AGAIN = 2.0
"""Seconds after which a kernel that has not answered is asked once more."""
_GREETING_PATIENCE = 5.0
"""Seconds that the channel of prompts may take to connect once the others have."""
_IDLE_PATIENCE = 2.0
"""Seconds that a kernel gets to say that it is idle, after its reply: that message may be lost."""
_REPLY_PATIENCE = 5.0
"""Seconds that a kernel gets to reply once it says that it is idle: it may have failed."""
_TICK = 20
"""Milliseconds between looks at the clock, at files and at the guard."""
_SCAN = 0.1
"""Seconds between looks at what the kernel's processes use."""

Check = Callable[[], None]
Hear = Callable[[str, dict[str, Any]], None]
Ask = Callable[[], str]


class StoppedError(Exception):
    """The kernel was stopped or has ended.

    :param timed_out: its time was up.
    :param status: the exit status if it ended by itself.
    """

    def __init__(self, reason: str, *, timed_out: bool = False, status: int | None = None) -> None:
        super().__init__(reason)
        self.timed_out = timed_out
        self.status = status


class Kernel:
    """A kernel in a working directory of its own.

    ``folder`` is private to it and holds, among others, the connection file and the sockets,
    ``stdin``, ``stdout`` and ``stderr`` (what its processes read and write past the kernel).
    """

    def __init__(self, spec: Spec, limits: Limits) -> None:
        self.spec, self.limits = spec, limits
        self.language = spec.language
        self.folder = Path(tempfile.mkdtemp(prefix="lessons-"))
        self.work = self.folder / "work"
        self._works = 1
        self._base: set[int] = set()
        self._members: set[int] = set()
        self._scanned = 0.0
        self._ended: StoppedError | None = None
        self._killed = threading.Event()
        self._guard: subprocess.Popen[bytes] | None = None
        self._link, self._theirs = socket.socketpair()
        self._context = zmq.Context()

    # --- the beginning ------------------------------------------------------------------------

    def start(self, files: Iterable[File], stdin: str = "") -> None:
        """Start it and wait until it answers.

        Raises :class:`~.specs.KernelError` if it does not, and ``OSError``.
        """
        self._prepare(files, stdin)
        self._start()
        self._connect()
        try:
            self._wait_until_ready()
        except StoppedError as error:
            log = self.read("stderr").strip().splitlines()
            reason = f"{error}: {log[-1]}" if log else str(error)
            raise KernelError(f"the kernel {self.spec.name!r} did not start: {reason}") from None
        self._base = self.members()

    def _prepare(self, files: Iterable[File], stdin: str) -> None:
        self.work.mkdir()
        for file in files:
            place = self.work / file.target
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file.origin, place)
        for name, text in (("stdin", stdin), ("stdout", ""), ("stderr", "")):
            (self.folder / name).write_text(text, encoding="utf-8", errors="replace")

    def _start(self) -> None:
        self._manager = KernelManager(
            kernel_name=self.spec.name,
            transport="ipc",
            ip=str(self.folder / "socket"),
            connection_file=str(self.folder / "connection.json"),
            context=self._context,
        )
        self._manager.write_connection_file()
        self._link.setblocking(False)
        with self._theirs as theirs, contextlib.ExitStack() as stack:
            opened = [
                stack.enter_context((self.folder / name).open(mode))
                for name, mode in (("stdin", "rb"), ("stdout", "ab"), ("stderr", "ab"))
            ]
            guard = [sys.executable, str(_MAIN), "guard", str(theirs.fileno())]
            guard.append(str(self.limits.memory))
            self._guard = subprocess.Popen(
                [*guard, *self._manager.format_kernel_cmd()],
                pass_fds=[theirs.fileno()],
                cwd=self.work,
                env=self._environment(),
                stdin=opened[0],
                stdout=opened[1],
                stderr=opened[2],
                start_new_session=True,
            )

    def _environment(self) -> dict[str, str]:
        base = environment()
        if not any(base.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG")):
            base["LC_CTYPE"] = "C.UTF-8"
        own = self._manager.kernel_spec.env if self._manager.kernel_spec else {}
        return base | own

    def _connect(self) -> None:
        identity = self._manager.session.bsession
        self._shell = self._manager.connect_shell(identity=identity)
        self._connect_stdin(identity)
        self._iopub = self._manager.connect_iopub()
        self._poller = zmq.Poller()
        for channel in (self._shell, self._stdin, self._iopub):
            channel.linger = 0
            self._poller.register(channel, zmq.POLLIN)
        self._poller.register(self._link.fileno(), zmq.POLLIN)

    def _connect_stdin(self, identity: bytes) -> None:
        """Connect the channel of prompts, watched: each channel connects at its own time.

        A prompt that is sent before this one is connected would be dropped by the kernel's socket,
        and the program would wait for ever.
        """
        self._stdin = self._context.socket(zmq.DEALER)
        self._stdin.identity = identity
        self._greetings = self._stdin.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED)
        info = self._manager.get_connection_info()
        self._stdin.connect(f"{info['transport']}://{info['ip']}-{info['stdin_port']}")

    def _wait_until_ready(self) -> None:
        """Until it has replied, and until its channels of output and prompts are known to work."""
        session = self._manager.session
        deadline = time.monotonic() + _START_PATIENCE
        replied = heard = False
        asked = 0.0
        while not (replied and heard):
            now = time.monotonic()
            if now > deadline:
                raise StoppedError(f"no answer after {_START_PATIENCE:g} s", timed_out=True)
            if now > asked + _ASK_AGAIN:
                asked = now
                session.send(self._shell, "kernel_info_request", {})
            ready = self._poll()
            heard = heard or self._receive(self._iopub, ready) is not None
            reply = self._receive(self._shell, ready)
            if reply is not None and reply["msg_type"] == "kernel_info_reply":
                replied = True
                info = reply["content"].get("language_info") or {}
                self.language = str(info.get("name") or self.language).lower()
            if replied and not heard:
                asked = min(asked, now - _ASK_AGAIN + 0.1)
        # A kernel that never asks may have no such channel at all.
        self._greetings.poll(int(_GREETING_PATIENCE * 1000))
        self._stdin.disable_monitor()

    # --- running ------------------------------------------------------------------------------

    def execute(
        self, code: str, deadline: float, hear: Hear, ask: Ask, check: Check
    ) -> dict[str, Any]:
        """Run code and return the content of the reply; ``deadline`` is monotonic time.

        ``hear`` gets kind and content of each message on the output channel; ``ask`` answers
        prompts; ``check`` is called all the while. Raises :class:`StoppedError`, after which the
        kernel is of no more use, and what ``hear`` and ``check`` raise.
        """
        session = self._manager.session
        request = {
            "code": code,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": True,
            "stop_on_error": True,
        }
        own = session.send(self._shell, "execute_request", request)["header"]["msg_id"]
        reply: dict[str, Any] | None = None
        idle = False
        while reply is None or not idle:
            now = time.monotonic()
            if now > deadline and reply is None:
                raise _describe_silence(idle=idle)
            self._watch(now)
            check()
            ready = self._poll()
            # What has come is heard in any case: it may be this process that was kept waiting.
            if now > deadline and self._iopub not in ready:
                break
            if self._hear(ready, own, hear):
                idle = True
                deadline = min(deadline, now + _REPLY_PATIENCE)
            self._answer(ready, ask)
            message = self._receive(self._shell, ready)
            if message is not None and message["parent_header"].get("msg_id") == own:
                reply = message["content"]
                deadline = min(deadline, now + _IDLE_PATIENCE)
        assert reply is not None  # else it was raised above
        return reply

    def _poll(self) -> set[Any]:
        ready = {channel for channel, _ in self._poller.poll(_TICK)}
        if self._link.fileno() in ready:
            self._hear_guard()
        if self._ended is not None and not ready - {self._link.fileno()}:
            raise self._ended
        return ready

    def _receive(self, channel: Any, ready: set[Any]) -> dict[str, Any] | None:
        if channel not in ready:
            return None
        try:
            _, message = self._manager.session.recv(channel)
        except (ValueError, TypeError) as error:
            raise StoppedError(f"a message of the kernel cannot be read: {error}") from error
        received: dict[str, Any] | None = message
        return received

    def _hear(self, ready: set[Any], own: str, hear: Hear) -> bool:
        """Pass a message on; whether it says that our request is done."""
        message = self._receive(self._iopub, ready)
        if message is None or message["parent_header"].get("msg_id") != own:
            return False
        kind, content = message["msg_type"], message["content"]
        hear(kind, content)
        return bool(kind == "status" and content.get("execution_state") == "idle")

    def _answer(self, ready: set[Any], ask: Ask) -> None:
        message = self._receive(self._stdin, ready)
        if message is not None and message["msg_type"] == "input_request":
            value = ask()
            session = self._manager.session
            session.send(self._stdin, "input_reply", {"value": value}, parent=message)

    def renew(self, limits: Limits, files: Iterable[File], stdin: str) -> None:
        """Make a new working directory for another script."""
        self.limits = limits
        remove_tree(str(self.work))
        self._works += 1
        self.work = self.folder / f"work-{self._works}"
        self._prepare(files, stdin)

    def settle(self) -> bool:
        """Kill what a script left behind; whether the kernel is still of use."""
        if self._ended is not None or self._killed.is_set():
            return False
        tree.kill(self._leftovers)
        return self._base <= self.members()

    def _leftovers(self, table: dict[int, int]) -> set[int]:
        assert self._guard is not None
        return tree.descendants(self._guard.pid, table) - self._base

    # --- watching -----------------------------------------------------------------------------

    def _hear_guard(self) -> None:
        try:
            data = self._link.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data and self._ended is None:
            self._ended = StoppedError("the kernel was killed")
        for line in data.decode("utf-8", "replace").splitlines():
            word, _, rest = line.partition(" ")
            if word == "failed":
                self._ended = StoppedError(rest)
            elif word == "ended" and self._ended is None:
                self._ended = _describe_end(int(rest))
        if self._ended is not None:
            self._poller.modify(self._link.fileno(), 0)

    def _watch(self, now: float) -> None:
        """Raises :class:`StoppedError` if its processes use more than they may."""
        if now - self._scanned < _SCAN:
            return
        self._scanned = now
        members = self.members()
        if len(members) > self.limits.processes:
            raise StoppedError(f"more than {self.limits.processes} processes")
        if tree.memory(members, self.limits.memory) > self.limits.memory:
            raise StoppedError(f"memory above {size(self.limits.memory)}")

    def members(self) -> set[int]:
        """The processes of the kernel, itself included."""
        if self._guard is not None:
            self._members = tree.descendants(self._guard.pid) or self._members
        return self._members

    def read(self, name: str, start: int = 0) -> str:
        """What its processes wrote past the kernel to ``stdout`` or ``stderr``, from a byte on."""
        with (self.folder / name).open("rb") as file:
            file.seek(start)
            return file.read(self.limits.output + 1).decode("utf-8", "replace")

    def written(self, name: str) -> int:
        """Bytes in that file."""
        return (self.folder / name).stat().st_size

    # --- the end ------------------------------------------------------------------------------

    def kill(self) -> None:
        """Kill all its processes. May be called from any thread; who waits for it is told."""
        self._killed.set()
        with contextlib.suppress(OSError):
            self._link.send(b".")  # the folder will be removed here, see the guard
            self._link.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Kill all its processes and remove its folder."""
        if self._guard is not None:
            self.members()
            self.kill()
            self._wait_for(self._guard)
        self._link.close()
        self._theirs.close()
        self._context.destroy(linger=0)
        remove_tree(str(self.folder))

    def _wait_for(self, guard: subprocess.Popen[bytes]) -> None:
        try:
            guard.wait(_IDLE_PATIENCE)
        except subprocess.TimeoutExpired:
            guard.kill()
            guard.wait()
        if guard.returncode:
            # It was killed, by a lesson perhaps, and could not clean up.
            for pid in self._members:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)


def _describe_silence(*, idle: bool) -> StoppedError:
    if idle:
        return StoppedError("the kernel failed and gave no answer")
    return StoppedError("its time was up", timed_out=True)


def _describe_end(status: int) -> StoppedError:
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        return StoppedError(f"signal {signal_name(-code)}")
    return StoppedError(f"the kernel ended with exit status {code}", status=code)

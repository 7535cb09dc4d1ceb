"""The zygote: a process that has imported what lessons import, and is forked instead of started.

It starts no threads and runs no lesson's code. Orders come over a socket; those to fork bring the
control socket of the new keeper with them:

    import NAMES   import these modules if that is harmless; answered by a line of JSON
    keeper         fork a keeper for scripts
    shell          fork a second zygote, which has made an IPython shell; its keepers run sessions
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import json
import marshal
import os
import signal
import socket
import sys
from typing import TYPE_CHECKING, Any

from . import keeper, program, start, tracing

if TYPE_CHECKING:
    from collections.abc import Callable

# Programs would import these otherwise, each anew.
_IN_ADVANCE = ("ast", "atexit", "linecache", "resource", "threading", "tokenize", program.__name__)

QUIRKS = frozenset({"this", "antigravity", "idlelib", "turtledemo", "turtle", "tkinter", "test"})
"""Standard modules whose import shows something, or opens a window."""
_PREFIX = 4


def send(connection: socket.socket, message: Any, descriptors: tuple[int, ...] = ()) -> None:
    """Send a message of plain values, and with it descriptors."""
    body = marshal.dumps(message, 2)
    socket.send_fds(connection, [len(body).to_bytes(_PREFIX, "big")], descriptors)
    connection.sendall(body)


def receive(connection: socket.socket, descriptors: int) -> tuple[Any, list[int]]:
    """Wait for a message and its descriptors. Raises ``EOFError`` when the other side has gone."""
    prefix, received, _, _ = socket.recv_fds(connection, _PREFIX, descriptors)
    if len(prefix) < _PREFIX:
        raise EOFError
    body = b""
    missing = int.from_bytes(prefix, "big")
    while missing:
        part = connection.recv(missing)
        if not part:
            raise EOFError
        body += part
        missing -= len(part)
    return marshal.loads(body), received


def main(descriptor: str, folder: str) -> Callable[[], None]:
    """The role: ``zygote DESCRIPTOR FOLDER``. Returns in the processes of programs."""
    keeper.be_ordinary()
    os.set_inheritable(int(descriptor), False)
    for name in _IN_ADVANCE:
        importlib.import_module(name)
    importer = Importer(folder)
    return _serve(socket.socket(fileno=int(descriptor)), folder, importer)


def _serve(connection: socket.socket, folder: str, importer: Importer) -> Callable[[], None]:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps keepers
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            (order, names), received = receive(connection, 1)
        except (EOFError, OSError):
            os._exit(0)
        if order == "import":
            os.write(connection.fileno(), json.dumps(importer.load(names)).encode() + b"\n")
            continue
        pid = os.fork()
        if pid:
            os.close(received[0])
            continue
        connection.close()
        if order == "keeper":
            return _keep(socket.socket(fileno=received[0]))
        connection = socket.socket(fileno=received[0])
        _make_shell(connection, folder)


def _make_shell(connection: socket.socket, folder: str) -> None:
    try:
        from . import session
    except ImportError:  # sessions will be started fresh, and tell
        os._exit(1)
    session.warm_up(os.path.join(folder, "ipython"))
    os.write(connection.fileno(), b'{"pid": %d}\n' % os.getpid())


def _keep(control: socket.socket) -> Callable[[], None]:
    """Be a keeper for one program after the other."""
    keeper.become_keeper()
    program.keep_modules()
    gc.collect()
    gc.freeze()
    os.write(control.fileno(), b"keeper %d\n" % os.getpid())
    while True:
        try:
            job, received = receive(control, 5)
        except (EOFError, OSError):
            os._exit(0)
        if keeper.fork_program(control.fileno()):
            control.detach()
            return _become(job, received)
        for descriptor in received:
            os.close(descriptor)


def _become(job: dict[str, Any], received: list[int]) -> Callable[[], None]:
    """Put the job's descriptors in place and forget what the zygote's past has fixed."""
    for target, descriptor in enumerate(received[:3]):
        os.dup2(descriptor, target)
        os.close(descriptor)
    numpy: Any = sys.modules.get("numpy.random")
    if numpy is not None:
        numpy.seed()  # the module ``random`` does so by itself after a fork
    return start.make_runner(job, received[3], received[4])


# --- importing --------------------------------------------------------------------------------


class Importer:
    """Imports modules as far as that is harmless."""

    def __init__(self, folder: str) -> None:
        path = os.path.join(folder, "imports")
        self._aside = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._read: list[str] = []
        tracing.record(self._read)

    def load(self, names: list[str]) -> dict[str, Any]:
        """Import; what is to be known about it.

        ``fresh`` are the top-level modules after whose import a forked process is not what a fresh
        one would be (they print something, or start threads), ``reads`` the files outside of
        distributions that each top-level module read, and ``loaded`` all that is loaded now.
        """
        fresh: list[str] = []
        reads: dict[str, list[str]] = {}
        for top in sorted({name.partition(".")[0] for name in names}):
            if top in QUIRKS or not _is_installed(top):
                continue
            own = sorted(name for name in names if name == top or name.startswith(top + "."))
            threads, known = _threads(), len(self._read)
            noisy = _import_quietly(own, self._aside)
            if noisy or (_threads() > threads and not _handles_forks()):
                fresh.append(top)
            if self._read[known:]:
                reads[top] = self._read[known:]
        loaded = sorted({name.partition(".")[0] for name in sys.modules})
        return {"fresh": fresh, "reads": reads, "loaded": loaded}


def _is_installed(top: str) -> bool:
    """Whether a module is the standard library's or a distribution's, not a project's own file."""
    if top in sys.builtin_module_names:
        return True
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError, AttributeError):
        return False
    origin = spec.origin if spec is not None else None
    return origin in ("built-in", "frozen") or (origin is not None and not tracing.is_own(origin))


def _import_quietly(names: list[str], aside: int) -> bool:
    """Import with the output led to the file ``aside``; whether there was any."""
    saved = os.dup(1), os.dup(2)
    os.ftruncate(aside, 0)
    os.dup2(aside, 1)
    try:
        for name in names:
            _import(name)
        sys.stdout.flush()
    finally:
        for descriptor, target in zip(saved, (1, 2), strict=True):
            os.dup2(descriptor, target)
            os.close(descriptor)
    return bool(os.fstat(aside).st_size)


def _import(name: str) -> None:
    parent, _, last = name.rpartition(".")
    if parent and hasattr(sys.modules.get(parent), last):
        return  # an attribute, not a module
    try:
        importlib.import_module(name)
    except BaseException:  # noqa: BLE001 - the program that imports it will fail in its own way
        return


def _threads() -> int:
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return 0


def _handles_forks() -> bool:
    """Whether OpenBLAS is loaded, whose threads end before a fork and start again after it."""
    with open("/proc/self/maps", "rb") as file:
        return b"openblas" in file.read()

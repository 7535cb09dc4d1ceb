"""Programs on other machines: an engine over anything shaped like ``concurrent.futures.Executor``.

A program travels with the content of its files; where it runs it gets the same engine as here, with
the same settings. The other machine needs this project, and the packages that lessons import and
the kernels that they name.
"""

from __future__ import annotations

import base64
import functools
import os
import tempfile
import threading
from concurrent.futures import CancelledError, Future
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sphinx_lessons.model import CellResult, Ending, Program, RunResult, Session
from sphinx_lessons.running import wire
from sphinx_lessons.running.dispatch import make_engine
from sphinx_lessons.running.protocol import Engine

if TYPE_CHECKING:
    from collections.abc import Callable

    from sphinx_lessons.config import Settings

_CONNECT_TIMEOUT = 20
"""Seconds that a scheduler gets to answer."""


class ExecutorError(Exception):
    """The executor cannot be used; the message says why."""


class Executor(Protocol):
    """What is needed of an executor."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Call a function elsewhere; returns a future of ``concurrent.futures`` or its like."""
        ...

    def shutdown(self, wait: bool = True) -> None:
        """Release what it holds."""
        ...


class ExecutorEngine(Engine):
    """Runs programs by an executor; see :class:`~.protocol.Engine`.

    A program that is lost, because its worker was, is a crash that says so.

    :param executor: it is shut down with the engine.
    :param options: keyword arguments of its own for each call of ``executor.submit``.
    """

    def __init__(self, executor: Executor, settings: Settings, **options: Any) -> None:
        self._executor = executor
        self._settings = settings
        self._options = options
        self._lock = threading.Lock()
        self._running: set[Any] = set()

    def submit(
        self,
        program: Program,
        *,
        later: bool = False,  # noqa: ARG002
    ) -> Future[RunResult]:
        """Run a program some time; returns at once."""
        future: Future[RunResult] = Future()
        try:
            parcel = pack(program)
        except OSError as error:
            future.set_result(_lose(program, str(error), Ending.COULD_NOT_RUN))
            return future
        remote = self._executor.submit(run_parcel, parcel, self._settings, **self._options)
        with self._lock:
            self._running.add(remote)
        remote.add_done_callback(functools.partial(self._take, program, future))
        return future

    def _take(self, program: Program, future: Future[RunResult], remote: Any) -> None:
        with self._lock:
            self._running.discard(remote)
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(wire.decode_result(remote.result()))
        except CancelledError as error:
            future.set_exception(error)
        except Exception as error:  # noqa: BLE001 - whatever ails an executor, the others go on
            reason = f"the executor lost it: {type(error).__name__}: {error}"
            future.set_result(_lose(program, reason, Ending.CRASHED))

    def shutdown(self, *, cancel: bool = False) -> None:
        """Wait for what was submitted, or with ``cancel`` give it up, and release everything."""
        with self._lock:
            running = list(self._running)
        for remote in running if cancel else ():
            remote.cancel()
        self._executor.shutdown(wait=not cancel)


def _lose(program: Program, reason: str, ending: Ending) -> RunResult:
    count = len(program.cells) if isinstance(program, Session) else 1
    return RunResult((CellResult(ending, reason=reason),) * count)


# --- on the other machine ---------------------------------------------------------------------


def pack(program: Program) -> wire.Plain:
    """A program with its files' contents. Raises ``OSError`` if one cannot be read."""
    plain = wire.encode_program(program)
    contents = (base64.b64encode(Path(file.origin).read_bytes()).decode() for file in program.files)
    return plain | {"contents": list(contents)}


def run_parcel(parcel: wire.Plain, settings: Settings) -> wire.Plain:
    """Run what :func:`pack` packed; returns the result in the form of ``wire.py``."""
    with tempfile.TemporaryDirectory(prefix="lessons-") as folder:
        files = []
        for number, (target, _) in enumerate(parcel["files"]):
            path = Path(folder) / str(number)
            path.write_bytes(base64.b64decode(parcel["contents"][number]))
            files.append([target, str(path)])
        program = wire.decode_program(parcel | {"files": files})
        result = wire.encode_result(_engine(os.getpid(), settings).submit(program).result())
    # What was read there is not here.
    return result | {"reads": []}


_engines: dict[int, Engine] = {}
_making = threading.Lock()


def _engine(process: int, settings: Settings) -> Engine:
    """The engine of this process; its settings are those of the first program."""
    with _making:
        if process not in _engines:
            _engines[process] = make_engine(settings)
        return _engines[process]


# --- Dask -------------------------------------------------------------------------------------


def connect(url: str, settings: Settings) -> ExecutorEngine:
    """An engine over the executor that a URL names: ``dask://HOST:PORT``.

    Raises :class:`ExecutorError`.
    """
    scheme, _, address = url.partition("://")
    if scheme != "dask" or not address:
        raise ExecutorError(f"{url!r} is no executor; write dask://HOST:PORT")
    try:
        from distributed import Client
    except ImportError:
        raise ExecutorError("Dask is not installed: install sphinx-lessons[dask]") from None
    try:
        client: Any = Client(  # type: ignore[no-untyped-call]
            f"tcp://{address}", timeout=_CONNECT_TIMEOUT, set_as_default=False
        )
    except (OSError, ValueError) as error:
        raise ExecutorError(f"no Dask scheduler answers at {address}: {error}") from error
    # Dask itself begins a program again elsewhere when the worker that ran it is lost.
    return ExecutorEngine(_DaskExecutor(client), settings, pure=False)


class _DaskExecutor:
    """A client's executor that takes the client with it."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._executor = client.get_executor()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        return self._client.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True) -> None:
        self._executor.shutdown(wait=wait)
        self._client.close()

"""The engine of kernels: a thread for each program that runs, and a kernel."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from sphinx_lessons.model import CellResult, Ending, Program, RunResult, Script, Session
from sphinx_lessons.running.protocol import Engine

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sphinx_lessons.running.kernels.process import Kernel
    from sphinx_lessons.running.kernels.specs import Spec
    from sphinx_lessons.running.kernels.storing import KernelStore


class KernelEngine(Engine):
    """Runs programs in Jupyter kernels; see :class:`~sphinx_lessons.running.protocol.Engine`.

    Every session has a kernel of its own, and so has every script, unless its language can run one
    script after another without a trace (Bash).

    :param languages: the name of the kernel by fence language.
    :param jobs: how many kernels run at the same time; by default one a core.
    :param store: the folder of stored results, without one everything is run; and its limit.
    """

    def __init__(
        self,
        languages: Mapping[str, str],
        jobs: int | None = None,
        store: tuple[Path, int] | None = None,
    ) -> None:
        self._languages = languages
        self._store_options = store
        self._jobs = jobs or os.cpu_count() or 1
        self._forget()

    def _forget(self) -> None:
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._open: set[Kernel] = set()
        self._idle: list[Kernel] = []
        self._store: KernelStore | None = None
        self._kept = False
        self._cancelled = False

    def submit(
        self,
        program: Program,
        *,
        later: bool = False,  # noqa: ARG002
    ) -> Future[RunResult]:
        """Run a program some time; returns at once."""
        if self._process != os.getpid():
            self._forget()
        with self._lock:
            if self._pool is None:
                self._cancelled = False
                self._pool = ThreadPoolExecutor(self._jobs, "lessons-kernel")
            return self._pool.submit(self._run, program)

    def kernel_of(self, program: Program) -> str:
        """The name of the kernel that runs a program; ``""`` for Python without one."""
        return program.kernel or self._languages.get(program.language.lower(), "")

    def shutdown(self, *, cancel: bool = False) -> None:
        """Wait for what was submitted, or with ``cancel`` kill it, and release everything."""
        if self._process != os.getpid():
            return
        with self._lock:
            pool, self._pool = self._pool, None
            self._cancelled = cancel
            kernels = list(self._open) if cancel else []
        for kernel in kernels:
            kernel.kill()
        if pool is not None:
            pool.shutdown(cancel_futures=cancel)
        while self._idle:
            self._close(self._idle.pop())
        if self._kept and self._store is not None:
            self._store.evict()

    # --- in a thread --------------------------------------------------------------------------

    def _run(self, program: Program) -> RunResult:
        from sphinx_lessons.running.kernels.specs import KernelError, find_spec

        try:
            spec = find_spec(self.kernel_of(program))
            store = self._open_store()
            key = store.key(program, spec) if store else ""
            known = store.find(key) if store else None
            if known is not None:
                return known
            began = time.time()
            result = self._run_in(self._take(spec, program), program)
        except (KernelError, OSError) as error:
            return _could_not_run(program, str(error))
        if store is not None:
            store.keep(key, result, began)
            self._kept = True
        return result

    def _open_store(self) -> KernelStore | None:
        from sphinx_lessons.running.kernels.storing import KernelStore

        with self._lock:
            if self._store is None and self._store_options is not None:
                self._store = KernelStore(*self._store_options)
            return self._store

    def _run_in(self, kernel: Kernel, program: Program) -> RunResult:
        from sphinx_lessons.running.kernels import runner

        reusable = isinstance(program, Script) and runner.dialect_of(kernel.language).reusable
        try:
            if isinstance(program, Script):
                return runner.run_script(kernel, program)
            return runner.run_session(kernel, program)
        except BaseException:
            reusable = False
            raise
        finally:
            self._give_back(kernel, reusable=reusable)

    def _take(self, spec: Spec, program: Program) -> Kernel:
        """A kernel in a fresh working directory: for a script one that waits, else a new one."""
        from sphinx_lessons.running.kernels.process import Kernel

        stdin = program.stdin if isinstance(program, Script) else ""
        kernel = self._find_idle(spec, program) if isinstance(program, Script) else None
        if kernel is not None:
            kernel.renew(program.limits, program.files, stdin)
            return kernel
        kernel = Kernel(spec, program.limits)
        with self._lock:
            self._open.add(kernel)
            if self._cancelled:
                kernel.kill()
        try:
            kernel.start(program.files, stdin)
        except BaseException:
            self._close(kernel)
            raise
        return kernel

    def _find_idle(self, spec: Spec, program: Program) -> Kernel | None:
        with self._lock:
            for kernel in self._idle:
                if kernel.spec == spec and kernel.limits.memory == program.limits.memory:
                    self._idle.remove(kernel)
                    return kernel
        return None

    def _give_back(self, kernel: Kernel, *, reusable: bool) -> None:
        if reusable and kernel.settle():
            with self._lock:
                self._idle.append(kernel)
        else:
            self._close(kernel)

    def _close(self, kernel: Kernel) -> None:
        kernel.close()
        with self._lock:
            self._open.discard(kernel)


def _could_not_run(program: Program, reason: str) -> RunResult:
    count = len(program.cells) if isinstance(program, Session) else 1
    return RunResult((CellResult(Ending.COULD_NOT_RUN, reason=reason),) * count)

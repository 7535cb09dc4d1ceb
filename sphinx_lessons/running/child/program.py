"""Run a script as ``python program.py`` would: ``setup`` and ``code`` in one ``__main__``.

Everything up to the end of the process is done here, in the order of the interpreter's own end
(threads, ``atexit``, the namespace's finalizers), and not left to the interpreter: a forked process
would clean up all that it inherited, which takes long, and behave otherwise than a fresh one.
"""

from __future__ import annotations

import builtins
import functools
import gc
import os
import sys
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

from . import failures, setting

if TYPE_CHECKING:
    from collections.abc import Callable

    from .channel import Channel

NAME = "program.py"
"""The file name that setup and code are compiled with: relative, so that outputs that hold it do
not depend on the working directory's name."""
CHECKS = "<checks>"
_NEEDS_FILE = ("__file__", "multiprocessing", "concurrent")


def run(job: dict[str, Any], channel: Channel) -> NoReturn:
    """Run the job in this process, which ends with it."""
    status = 1
    try:
        setting.prepare(job)
        status = _run(Script(job), channel)
    except BaseException:  # noqa: BLE001 - an error of ours, or a module that a lesson broke
        sys.__excepthook__(*sys.exc_info())
    finally:
        _leave(status, channel)


def _run(script: Script, channel: Channel) -> int:
    script.install()
    restore = keep_modules()
    error = script.run_program()
    try:
        sys.settrace(None)  # it traces itself, not what comes after it
        sys.setprofile(None)
        if "builtins" in script.code:
            restore()
        return _conclude(script, channel, error)
    except BaseException:  # noqa: BLE001 - the lesson has patched what the end needs
        restore()
        return _conclude(script, channel, error)


def _conclude(script: Script, channel: Channel, error: BaseException | None) -> int:
    """Run the checks, report a failure; the exit status."""
    in_checks = False
    if error is None and script.checks and channel.mine:
        error = script.run_checks()
        in_checks = True
    if error is None:
        if in_checks:
            channel.send({"checked": True})
        return 0
    if channel.mine:
        channel.send(
            {
                "failure": failures.describe(error, script.locate),
                "in_checks": in_checks,
                "missing": failures.missing_module(error, script.work),
            }
        )
    _show(error, channel, script.locate)
    return failures.exit_status(error.code) if isinstance(error, SystemExit) else 1


@functools.cache
def keep_modules() -> Callable[[], None]:
    """What brings back, after a lesson has patched them, the modules that the end needs.

    It is made before processes are forked: to copy these dictionaries afterwards would have the
    system copy the memory that they and all their values are in.
    """
    needed: list[ModuleType] = [builtins, os, os.path]
    needed += [module for name, module in sys.modules.items() if name.startswith(__package__ or "")]
    kept = [(vars(module), dict(vars(module))) for module in needed]

    def restore() -> None:
        for live, copy in kept:
            live.clear()
            live.update(copy)

    return restore


def _show(error: BaseException, channel: Channel, locate: failures.Locate) -> None:
    """What the interpreter would print, unless the failure is reported and shown from there."""
    if isinstance(error, SystemExit):
        if not isinstance(error.code, int):
            print(error.code, file=sys.stderr)
    elif sys.excepthook is not sys.__excepthook__ or not channel.mine:
        try:
            sys.excepthook(type(error), error, failures.own_traceback(error, locate))
        except Exception as broken:  # noqa: BLE001 - the hook is the lesson's
            broken.__context__ = None
            own = broken.with_traceback(failures.own_traceback(broken, locate))
            print("Error in sys.excepthook:", file=sys.stderr)
            sys.__excepthook__(type(own), own, own.__traceback__)


class Script:
    """The parts of a script and the module they run in."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.setup: str = job["setup"]
        self.code: str = job["code"]
        self.checks: str = job["checks"]
        self.work: str = job["work"]
        self._setup_lines = self.setup.count("\n") + 1 if self.setup else 0
        self._sources = setting.Sources()
        self._path = os.path.join(self.work, NAME)

    def install(self) -> None:
        """Make ``__main__`` and what it is read from."""
        whole = f"{self.setup}\n{self.code}" if self.setup else self.code
        for name in (NAME, self._path):
            self._sources.add(name, whole)
        self._sources.add(CHECKS, self.checks)
        if any(word in whole for word in _NEEDS_FILE) and not os.path.exists(self._path):
            # New processes of multiprocessing import the file; others are better off without it:
            # a lesson about directories lists an empty one.
            with open(self._path, "w", encoding="utf-8") as file:
                file.write(whole)
        self._main = sys.modules["__main__"] = self._make_main()

    def _make_main(self) -> ModuleType:
        main = ModuleType("__main__")
        main.__dict__.update(
            __annotations__={}, __builtins__=builtins, __file__=self._path, __cached__=None
        )
        return main

    def run_program(self) -> BaseException | None:
        """Run setup and code; what they failed with, ``None`` if they ended normally."""
        try:
            namespace = self._main.__dict__
            if self.setup:
                exec(compile(self.setup, NAME, "exec", dont_inherit=True), namespace)
            exec(self._compile_code(), namespace)
        except BaseException as error:  # noqa: BLE001 - whatever ends a program
            return _unless_normal(error)
        return None

    def _compile_code(self) -> CodeType:
        # Blank lines in place of the setup: the line numbers are those of the whole.
        text = "\n" * self._setup_lines + self.code
        return compile(text, NAME, "exec", dont_inherit=True)

    def run_checks(self) -> BaseException | None:
        """Run the checks after the program's threads have ended; what they print is not stdout."""
        try:
            _join_threads()
            with _StdoutAside():
                code = compile(self.checks, CHECKS, "exec", dont_inherit=True)
                exec(code, self._main.__dict__)
        except BaseException as error:  # noqa: BLE001 - whatever ends a program
            return _unless_normal(error)
        return None

    def locate(self, name: str, line: int) -> tuple[str, int, str] | None:
        """Where a line of compiled code stands in the lesson (see ``failures.Locate``)."""
        text = self._sources.line(name, line)
        if text is None or name == self._path:
            return None
        if name == CHECKS:
            return CHECKS, line, text
        if line <= self._setup_lines:
            return "<setup>", line, text
        return "<code>", line - self._setup_lines, text


def _unless_normal(error: BaseException) -> BaseException | None:
    ended = isinstance(error, SystemExit) and (
        error.code is None or (isinstance(error.code, int) and not error.code & 0xFF)
    )
    return None if ended else error


class _StdoutAside:
    """Descriptor 1 leads to stderr for a while."""

    def __enter__(self) -> None:
        sys.stdout.flush()
        self._saved = os.dup(1)
        os.dup2(2, 1)

    def __exit__(self, *_: object) -> None:
        sys.stdout.flush()
        os.dup2(self._saved, 1)
        os.close(self._saved)


def _join_threads() -> None:
    threading = sys.modules.get("threading")
    if threading is not None:
        current = threading.current_thread()
        for thread in threading.enumerate():
            if thread is not current and not thread.daemon:
                thread.join()


def _leave(status: int, channel: Channel) -> NoReturn:
    """End the process as the interpreter would."""
    for step in (_shut_threads_down, _run_exit_functions, _drop_main):
        try:
            step()
        except BaseException:  # noqa: BLE001 - a lesson's finalizers may do anything
            continue
    for stream in {
        id(s): s for s in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__)
    }.values():
        try:
            if stream is not None and not stream.closed:
                stream.flush()
        except BaseException:  # noqa: BLE001 - the stream may be the lesson's own
            status = status or 120
    channel.exit(status)


def _shut_threads_down() -> None:
    threading: Any = sys.modules.get("threading")
    if threading is not None:
        threading._shutdown()  # noqa: SLF001 - what the interpreter calls


def _run_exit_functions() -> None:
    import atexit

    atexit._run_exitfuncs()  # noqa: SLF001 - what the interpreter calls


def _drop_main() -> None:
    sys.modules.pop("__main__", None)
    gc.collect()

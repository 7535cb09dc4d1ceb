"""An IPython shell whose outputs go to the supervisor instead of a terminal.

No Jupyter kernel: the shell runs in the session's own process, which starts in a twentieth of the
time. What a cell shows is what it would show in a notebook.
"""

from __future__ import annotations

import base64
import contextlib
import importlib
import os
import re
from collections.abc import Callable
from typing import Any

from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

from .failures import plain

Emit = Callable[[dict[str, Any]], None]
_CELL_MAGIC = re.compile(r"\s*%%")


class Compiler(CachingCompiler):
    """Compiles each cell under the name ``<cell N>``."""

    name = "<cell 0>"

    def get_code_name(
        self,
        raw_code: str,  # noqa: ARG002
        transformed_code: str,  # noqa: ARG002
        number: int,  # noqa: ARG002
    ) -> str:
        """The name of the cell that is running (also of code that it runs through magics)."""
        return self.name


def _encode(bundle: dict[Any, Any]) -> dict[str, str]:
    """A bundle of representations as text: binary ones in base64, structured ones as JSON.

    What is none of these is left out: a lesson's own class may offer anything.
    """
    coded = {}
    for mime, value in bundle.items():
        if not isinstance(mime, str):
            continue
        if isinstance(value, bytes):
            coded[plain(mime)] = base64.b64encode(value).decode()
        elif isinstance(value, str):
            coded[plain(mime)] = "".join((value, "")).encode("utf-8", "replace").decode()
        elif mime == "application/json" or mime.endswith("+json"):
            import json

            with contextlib.suppress(TypeError, ValueError, RecursionError):
                coded[plain(mime)] = json.dumps(value)
    return coded


class Result(DisplayHook):
    """Sends the value of a cell's last expression."""

    emit: Emit | None = None

    def write_output_prompt(self) -> None:
        """There is no prompt."""

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:  # noqa: ARG002
        """Send the representations."""
        if self.emit is not None:
            self.emit({"rich": _encode(format_dict), "result": True})

    def finish_displayhook(self) -> None:
        """No line end to print."""
        self._is_active = False

    def log_output(self, format_dict: Any) -> None:
        """There is no history to keep it in."""


class Publisher(DisplayPublisher):
    """Sends what ``display()`` shows."""

    emit: Emit | None = None

    def publish(
        self,
        data: Any,
        metadata: Any = None,  # noqa: ARG002
        source: Any = None,  # noqa: ARG002
        *,
        transient: Any = None,
        update: Any = False,
        **_: Any,
    ) -> None:
        """Send the representations; an update replaces what it updates."""
        display = str((transient or {}).get("display_id") or "")
        self._send(
            {"rich": _encode(data), "result": False, "display": display, "update": bool(update)}
        )

    def clear_output(self, wait: bool = False) -> None:
        """Take back what the cell has shown so far."""
        self._send({"clear": bool(wait)})

    def _send(self, message: dict[str, Any]) -> None:
        if self.emit is not None:
            self.emit(message)


class Shell(InteractiveShell):
    """The shell of one session."""

    displayhook: Any
    display_pub: Any
    display_formatter: Any
    compile: Any
    run_cell: Any
    transform_cell: Any

    displayhook_class = Type(Result)
    display_pub_class = Type(Publisher)
    compiler_class = Type(Compiler)

    unnoticed: BaseException | None = None
    """An exception that IPython would only print: a representation that failed."""

    def showtraceback(self, exc_tuple: Any = None, *_: Any, **__: Any) -> None:
        """Failures are reported as data; formatting one takes longer than a cell."""
        if exc_tuple is not None:
            self.unnoticed = exc_tuple[1]

    def showsyntaxerror(self, *_: Any, **__: Any) -> None:
        """The same."""

    showindentationerror = showsyntaxerror

    def enable_gui(self, gui: Any = None) -> None:
        """There are no windows."""

    def enable_matplotlib(self, gui: Any = None) -> tuple[str, str]:  # noqa: ARG002
        """``%matplotlib inline`` asks for what a session does anyway."""
        return "inline", "inline"

    def init_virtualenv(self) -> None:
        """The interpreter was chosen by the project; it needs no guessing."""

    def ask_exit(self) -> None:
        """``exit`` in a cell ends nothing but the cell, as in a notebook."""

    system = InteractiveShell.system_raw

    def connect(self, emit: Emit) -> None:
        """Have outputs sent."""
        self.displayhook.emit = emit
        self.display_pub.emit = emit

    @property
    def formatters(self) -> Any:
        """The formatter of each MIME type."""
        return self.display_formatter.formatters

    def show(self, value: Any) -> None:
        """Show a value in all its forms."""
        data, metadata = self.display_formatter.format(value)
        self.display_pub.publish(data, metadata)

    def rehearse(self) -> None:
        """Make what the first cell would make: the tokenizer's patterns, formatters, late imports.

        Nothing is run, so that no trace is left in the namespace or the history.
        """
        self.transform_cell("values = [1]\nprint(f'{values}')\n")
        self.display_formatter.format(0)
        for module in ("bdb", "resource", "IPython.core.logger"):
            with contextlib.suppress(ImportError):  # other versions of IPython do without some
                importlib.import_module(module)

    def run_as(self, name: str, code: str) -> BaseException | None:
        """Run a cell under a name; what it failed with."""
        self.compile.name = name
        self.unnoticed = None
        result = self.run_cell(ready(code), store_history=True)
        return result.error_before_exec or result.error_in_exec or self.unnoticed


def make_shell(folder: str) -> Shell:
    """A shell with an empty namespace that keeps its files, if any, in ``folder``."""
    os.makedirs(folder, exist_ok=True)
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "NoColor" if _names_colors_so() else "nocolor"
    config.InteractiveShell.xmode = "Plain"
    shell: Shell = Shell.instance(config=config, ipython_dir=folder)
    _keep_leading_lines(shell)
    return shell


def _names_colors_so() -> bool:
    from IPython import version_info

    return bool(version_info[0] < 9)


def _keep_leading_lines(shell: Shell) -> None:
    """Let line numbers count from the cell's first line, blank or not."""
    transforms = shell.input_transformer_manager.cleanup_transforms
    transforms[:] = [
        transform
        for transform in transforms
        if getattr(transform, "__name__", "") != "leading_empty_lines"
    ]


def ready(code: str) -> str:
    """Code as the shell is to get it: a cell magic must stand on the first line."""
    return code.lstrip() if _CELL_MAGIC.match(code) else code

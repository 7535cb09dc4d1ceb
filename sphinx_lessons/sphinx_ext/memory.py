"""What stays until the end of a build is not looked at by every garbage collection.

Modules, configuration, environment and plan live as long as the build does. Python's collector
would go through all of them whenever enough new objects have been made: an eighth of the time of a
build. Frozen, they also stay shared with the processes that Sphinx forks for ``-j``, as the
documentation of :func:`gc.freeze` advises.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx


def keep(*_: object) -> None:
    """Let the collector pass over all that there is now."""
    gc.freeze()


def release(*_: object) -> None:
    """Let it look at everything again: the process may live on and build other projects."""
    gc.unfreeze()


@contextmanager
def making_to_keep() -> Iterator[None]:
    """Make what will be kept: nothing is collected meanwhile, nor looked at later."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if was_enabled:
            gc.enable()


def setup_memory(app: Sphinx) -> None:
    """Freeze before pages are read, and what reading them has left before they are written."""
    app.connect("env-before-read-docs", keep, priority=900)
    app.connect("env-updated", keep, priority=900)
    app.connect("build-finished", release)

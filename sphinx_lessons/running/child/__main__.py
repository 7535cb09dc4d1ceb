"""The entry point of every process that is not the building one: ``python child ROLE ARGUMENT...``.

In the process of a program, control comes back here before the program starts, so that it runs at
the same stack depth whether its process was forked or freshly started.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PACKAGE = "_sphinx_lessons"


def enter(role: str, arguments: list[str]) -> Callable[[], None]:
    """Do the work of a role; what comes back is the program to run, in its own process."""
    package = type(sys)(PACKAGE)
    package.__path__ = [os.path.dirname(os.path.abspath(__file__))]
    # A lesson's own module of any name must not find these files: they are only in this package.
    sys.modules[PACKAGE] = package
    if sys.path and os.path.abspath(sys.path[0]) == package.__path__[0]:
        del sys.path[0]
    module = __import__(f"{PACKAGE}.{role}", fromlist=["main"])
    program: Callable[[], None] = module.main(*arguments)
    return program


if __name__ == "__main__":
    enter(sys.argv[1], sys.argv[2:])()

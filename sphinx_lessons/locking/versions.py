"""What a program was run with: the interpreter and the distributions that it imports."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from sphinx_lessons.running.child import imports
from sphinx_lessons.running.child.distributions import Distributions
from sphinx_lessons.running.keys import interpreter
from sphinx_lessons.running.wire import encode_program

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx_lessons.model import Program


def find_versions(programs: Iterable[Program], python: str = "") -> dict[Program, tuple[str, ...]]:
    """Texts such as ``"numpy 2.3.1"`` for each program, sorted.

    A program of a kernel has only its name: what a kernel has installed is not known here.

    :param python: the interpreter of the settings; empty is this one.
    """
    versions = _Versions(python or sys.executable)
    return {program: versions.find(program) for program in programs}


class _Versions:
    def __init__(self, python: str) -> None:
        known = interpreter(python)
        self._python = known.identity[1].split()[0] if known.identity else ""
        self._distributions = Distributions(known.folders)

    def find(self, program: Program) -> tuple[str, ...]:
        if program.kernel:
            return (f"kernel {program.kernel}",)
        found = {f"python {self._python}"} if self._python else set()
        modules = imports.modules(encode_program(program))
        for module in {name.partition(".")[0] for name in modules}:
            for name in self._distributions.providers(module):
                found.add(f"{name} {self._distributions.versions[name]}")
        return tuple(sorted(found))

"""Comparing what a program printed with what was expected of it.

Pure and self-contained: the standard library and nothing of this project, so that the browser runs
these very files, and so that they run as a program of their own (:mod:`.__main__`) where a
comparison may take for ever.

The names of the modes are doctest's and pytest's: ``ellipsis`` and ``normalize-whitespace`` do what
:mod:`doctest` does, ``number`` does what pytest's ``NUMBER`` does.
"""

from __future__ import annotations

from .comparing import MODES, Comparison, check_modes, check_pattern, compare
from .streams import make_visible, normalize_stream

__all__ = [
    "MODES",
    "Comparison",
    "check_modes",
    "check_pattern",
    "compare",
    "make_visible",
    "normalize_stream",
]

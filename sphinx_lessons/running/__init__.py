"""Programs to results: the engine that runs lessons' code, each program in a process of its own.

Importing this package is cheap: what runs code is imported and started when the first program is
submitted.
"""

from __future__ import annotations

from sphinx_lessons.running.dispatch import make_engine
from sphinx_lessons.running.protocol import Engine

__all__ = ["Engine", "make_engine"]

"""Programs of other languages, run through Jupyter kernels.

What leads here: a language or a lesson names a kernel (``lessons_languages``, ``kernel`` in the
front matter). jupyter_client is imported when the first such program is submitted.

    engine ── one thread a program ── guard ── kernel ── its children
"""

from __future__ import annotations

from sphinx_lessons.running.kernels.engine import KernelEngine

__all__ = ["KernelEngine"]

"""Which environments of earlier builds can be used.

An environment is pickled, and what has slots is pickled as the values of its fields in their order,
without their names: with another version of a class they would silently land in the wrong ones.
"""

from __future__ import annotations

import dataclasses
import hashlib
from typing import TYPE_CHECKING

from sphinx_lessons import __version__
from sphinx_lessons.model import Challenge, Definition, Lesson, Meta, Options, Problem, Span
from sphinx_lessons.sphinx_ext.store import Record, Records

if TYPE_CHECKING:
    from collections.abc import Sequence

PICKLED: tuple[type, ...] = (
    Challenge,
    Definition,
    Lesson,
    Meta,
    Options,
    Problem,
    Record,
    Records,
    Span,
)
"""The classes of ours in an environment that have fields."""


def environment_version(classes: Sequence[type] = PICKLED) -> int:
    """Another number for every release and for every other set or order of fields.

    Sphinx reads all pages anew when it is not the number with which they were read.
    """
    fields = [(cls.__name__, [spec.name for spec in dataclasses.fields(cls)]) for cls in classes]
    digest = hashlib.blake2b(repr((__version__, fields)).encode(), digest_size=6)
    return int.from_bytes(digest.digest(), "big")

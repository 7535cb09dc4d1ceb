"""What is remembered of a folder of output from one build to the next.

The environment is no place for it: builders share one, and it is saved before pages are written, or
not at all if none was read. So there is a folder beside the doctrees for each builder and output.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def load_note(app: Sphinx, name: str) -> dict[str, Any]:
    """What the last build into this folder saved under a name; empty if there is nothing."""
    try:
        found = json.loads(_place(app, name).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def save_note(app: Sphinx, name: str, note: dict[str, Any]) -> None:
    """Write a note at once or not at all; where that is impossible, it is forgotten."""
    path = _place(app, name)
    temporary = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(note), encoding="utf-8")
        temporary.replace(path)
    except OSError:
        return


def _place(app: Sphinx, name: str) -> Path:
    output = hashlib.blake2b(f"{app.builder.name} {app.outdir}".encode(), digest_size=8)
    return Path(app.doctreedir, "lessons", "outputs", output.hexdigest(), f"{name}.json")

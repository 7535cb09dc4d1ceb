"""Where a project describes its modules: a YAML file of the source folder, or ``conf.py``."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx_lessons.config import DEFAULT_MODULES
from sphinx_lessons.sphinx_ext.hosts import builder_of

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

    from sphinx_lessons.model import Module, Problem

SETTING = "lessons_modules"


def read_project_modules(
    env: BuildEnvironment,
) -> tuple[tuple[Module, ...], tuple[Problem, ...]]:
    """The modules that the project describes; none if it leaves that to the lessons."""
    value, folder = env.config[SETTING], Path(env.srcdir)
    if value == DEFAULT_MODULES and not (folder / value).is_file():
        return (), ()  # as most projects: what reads the file is not even imported
    from sphinx_lessons.reading.modules import find_modules

    conf = Path(builder_of(env).confdir, "conf.py")
    return find_modules(value, folder, lambda: _find_setting(conf))


def _find_setting(conf: Path) -> tuple[str, int]:
    """The place of the setting in ``conf.py``, its first line if it is set in another way."""
    try:
        tree = ast.parse(conf.read_text(encoding="utf-8"))
    except (OSError, SyntaxError, UnicodeDecodeError):
        return str(conf), 1
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if any(isinstance(target, ast.Name) and target.id == SETTING for target in targets):
            return str(conf), node.lineno
    return str(conf), 1

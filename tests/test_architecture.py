"""The design's rules that a program can check."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import sphinx_lessons

if TYPE_CHECKING:
    from collections.abc import Iterable

PACKAGE = Path(sphinx_lessons.__file__).parent
NAME = PACKAGE.name

LAYERS = (
    ("judging", "forking", "similar"),
    ("problems", "notebook_files"),
    ("model", "config"),
    ("reading", "running", "course", "tex_log"),
    ("locking",),
    ("checking",),
    ("reports",),
    ("cli", "pytest_plugin", "sphinx_ext"),
)
"""From the bottom to the top: a part imports from the layers below its own, and from no other part
of its own layer."""

DOOR_LAYERS = (
    ("configuration", "dependencies", "hosts", "memory", "output_notes"),
    ("report_server", "store", "words"),
    ("build", "environment_version", "nodes"),
    ("encoding", "interpreter", "planning", "problem_log", "starters"),
    ("late_problems", "markdown"),
    ("page",),
    ("course", "web", "paper"),
    ("exports", "reporting"),
)
"""The same for the parts of the Sphinx door, which its ``__init__`` brings together."""


def layers_by_part(layers: Iterable[Iterable[str]]) -> dict[str, int]:
    """The layer of each part, counted from the bottom."""
    return {part: index for index, parts in enumerate(layers) for part in parts}


LAYER = layers_by_part(LAYERS)
DOOR_LAYER = layers_by_part(DOOR_LAYERS)
SPHINX = {"sphinx", "docutils", "myst_parser", "jupyter_sphinx", "sphinx_design"}
FILES = sorted(PACKAGE.rglob("*.py"))
DOOR = PACKAGE / "sphinx_ext"
DOOR_FILES = sorted(DOOR.rglob("*.py"))


def part_of(file: Path, package: Path = PACKAGE) -> str:
    """The part of a package, directly below it, that a file belongs to."""
    return file.relative_to(package).parts[0].removesuffix(".py")


def imports_of(file: Path) -> set[str]:
    """Absolute names of all that a file imports, also inside functions and for types only."""
    package = [NAME, *file.relative_to(PACKAGE).parts[:-1]]
    names = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            names |= {f"{module}.{alias.name}" for alias in node.names}
    return names


def parts_imported_by(file: Path, package: Path = PACKAGE) -> set[str]:
    """The names directly below a package that a file imports."""
    prefix = ".".join([NAME, *package.relative_to(PACKAGE).parts, ""])
    below = (name.removeprefix(prefix) for name in imports_of(file) if name.startswith(prefix))
    return {name.split(".")[0] for name in below}


def imports_back(file: Path, layer: dict[str, int], package: Path = PACKAGE) -> set[str]:
    """The parts that a file imports although they are not below its own."""
    part = part_of(file, package)
    others = (parts_imported_by(file, package) & layer.keys()) - {part}
    return {other for other in others if layer[other] >= layer[part]}


def test_every_part_has_its_layer() -> None:
    assert {part_of(file) for file in FILES} - {"__init__"} <= LAYER.keys()
    assert {part_of(file, DOOR) for file in DOOR_FILES} - {"__init__"} <= DOOR_LAYER.keys()


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_imports_run_one_way(file: Path) -> None:
    if part_of(file) != "__init__":
        assert not imports_back(file, LAYER)


@pytest.mark.parametrize("file", DOOR_FILES, ids=lambda file: str(file.relative_to(DOOR)))
def test_imports_run_one_way_in_the_sphinx_door(file: Path) -> None:
    if file != DOOR / "__init__.py":
        assert not imports_back(file, DOOR_LAYER, DOOR)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_only_the_sphinx_door_knows_sphinx(file: Path) -> None:
    if part_of(file) in ("sphinx_ext", "__init__"):
        return
    found = {name.split(".")[0] for name in imports_of(file)} & SPHINX
    assert not found


def test_the_package_itself_imports_sphinx_only_in_setup() -> None:
    tree = ast.parse((PACKAGE / "__init__.py").read_text("utf-8"))
    top = {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
    top |= {str(node.module) for node in tree.body if isinstance(node, ast.ImportFrom)}
    assert top == {"__future__", "typing"}


def test_judging_needs_only_the_standard_library() -> None:
    for file in (PACKAGE / "judging").glob("*.py"):
        names = {name for name in imports_of(file) if not name.startswith(f"{NAME}.judging.")}
        assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


def undocumented(file: Path) -> list[str]:
    """Public modules, classes, functions and methods without a docstring."""
    tree = ast.parse(file.read_text("utf-8"))
    kinds = ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef
    found = []

    def visit(node: ast.AST, name: str) -> None:
        if ast.get_docstring(node) is None:  # type: ignore[arg-type]
            found.append(name)
        for child in node.body if isinstance(node, (ast.Module, ast.ClassDef)) else ():
            if isinstance(child, kinds) and not child.name.startswith("_"):
                visit(child, child.name)

    visit(tree, file.name)
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_everything_public_is_documented(file: Path) -> None:
    assert not undocumented(file)

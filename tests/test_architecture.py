"""The design's rules that a program can check."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import sphinx_lessons

PACKAGE = Path(sphinx_lessons.__file__).parent
NAME = PACKAGE.name

LAYERS = (
    ("judging",),
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

LAYER = {part: index for index, parts in enumerate(LAYERS) for part in parts}
SPHINX = {"sphinx", "docutils", "myst_parser", "jupyter_sphinx", "sphinx_design"}
FILES = sorted(PACKAGE.rglob("*.py"))


def part_of(file: Path) -> str:
    """The top-level part that a file belongs to."""
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


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


def parts_imported_by(file: Path) -> set[str]:
    """The parts of the project that a file imports."""
    own = {name.split(".")[1] for name in imports_of(file) if name.startswith(f"{NAME}.")}
    return own & LAYER.keys()


def test_every_part_has_its_layer() -> None:
    assert {part_of(file) for file in FILES} - {"__init__"} <= LAYER.keys()


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_imports_run_one_way(file: Path) -> None:
    part = part_of(file)
    if part == "__init__":
        return
    others = parts_imported_by(file) - {part}
    back = {other for other in others if LAYER[other] >= LAYER[part]}
    assert not back, f"{part} must not import {', '.join(sorted(back))}"


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

"""The description of a course's modules: a YAML list, read with a line for everything in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from sphinx_lessons.config import DEFAULT_MODULES
from sphinx_lessons.model import Module, Problem
from sphinx_lessons.problems import Code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_TEXTS = ("id", "title", "description")
_LISTS = ("prerequisites", "lessons")


def find_modules(
    value: str | Sequence[Mapping[str, object]], folder: Path, place: Callable[[], tuple[str, int]]
) -> tuple[tuple[Module, ...], tuple[Problem, ...]]:
    """The modules that the setting ``modules`` describes, and what is wrong with them.

    ``folder`` is the source folder, ``place`` tells where the setting itself is written. The file
    that is looked for by default need not be there.
    """
    if not isinstance(value, str):
        return read_modules(yaml.safe_dump(list(value), allow_unicode=True), *place())
    file = folder / value
    if value == DEFAULT_MODULES and not file.is_file():
        return (), ()
    return read_modules_file(file)


def find_all_modules(
    value: str | Sequence[Mapping[str, object]],
    folders: Sequence[Path],
    place: Callable[[], tuple[str, int]],
) -> tuple[tuple[Module, ...], tuple[Problem, ...]]:
    """As :func:`find_modules`, of several source folders."""
    # What stands in the setting itself is found in every one of them.
    wanted = folders if isinstance(value, str) else folders[:1]
    found = [find_modules(value, folder, place) for folder in wanted]
    modules = tuple(module for some, _ in found for module in some)
    return modules, tuple(problem for _, some in found for problem in some)


def read_modules_file(path: Path) -> tuple[tuple[Module, ...], tuple[Problem, ...]]:
    """The modules that a file describes, in their order, and what is wrong with them."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        message = f"the description of the modules cannot be read: {error}"
        return (), (_problem(str(path), 1, message),)
    return read_modules(text, str(path))


def read_modules(
    text: str, path: str, line: int | None = None
) -> tuple[tuple[Module, ...], tuple[Problem, ...]]:
    """The modules that a text describes; ``line`` stands for all lines if the text has none."""
    try:
        root = yaml.compose(text, _Loader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        message = f"the description of the modules is not valid YAML: {_describe(error)}"
        return (), (_problem(path, line or (mark.line + 1 if mark else 1), message),)
    reader = _Reader(path, line)
    return reader.read(root), tuple(reader.problems)


class _Reader:
    """Collects problems while it reads."""

    def __init__(self, path: str, line: int | None) -> None:
        self.path = path
        self.fixed_line = line
        self.problems: list[Problem] = []

    def read(self, root: yaml.Node | None) -> tuple[Module, ...]:
        if root is None:
            return ()
        if not isinstance(root, yaml.SequenceNode):
            self._complain(root, "the description of the modules must be a list")
            return ()
        found: dict[str, Module] = {}
        for item in root.value:
            module = self._read_module(item)
            if module is not None and module.id in found:
                self._complain(item, f"the module {module.id!r} is described already")
            elif module is not None:
                found[module.id] = module
        return tuple(found.values())

    def _read_module(self, node: yaml.Node) -> Module | None:
        if not isinstance(node, yaml.MappingNode):
            self._complain(node, "a module must be a mapping of keys to values")
            return None
        texts: dict[str, str] = {}
        lists: dict[str, tuple[str, ...]] = {}
        lines: dict[str, int] = {}
        for key, value in node.value:
            name = str(key.value)
            lines[name] = self._line(key)
            if name in _TEXTS:
                texts[name] = self._read_text(name, value)
            elif name in _LISTS:
                lists[name] = tuple(self._read_list(name, value, lines))
            else:
                known = ", ".join((*_TEXTS, *_LISTS))
                self._complain(key, f"unknown key {name!r} of a module; known are {known}")
        if not texts.get("id"):
            self._complain(node, "a module must have an id")
            return None
        return Module(
            id=texts["id"],
            title=texts.get("title", ""),
            description=texts.get("description", ""),
            prerequisites=lists.get("prerequisites", ()),
            lessons=lists.get("lessons", ()),
            path=self.path,
            lines=lines,
        )

    def _read_text(self, name: str, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            self._complain(node, f"the {name} of a module must be a string")
            return ""
        return " ".join(str(node.value).split())

    def _read_list(self, name: str, node: yaml.Node, lines: dict[str, int]) -> Iterator[str]:
        if not isinstance(node, yaml.SequenceNode):
            self._complain(node, f"the {name} of a module must be a list of ids")
            return
        index = 0
        for item in node.value:
            if not isinstance(item, yaml.ScalarNode) or not item.value:
                self._complain(item, f"the {name} of a module must be a list of ids")
                continue
            lines[f"{name}[{index}]"] = self._line(item)
            index += 1
            yield str(item.value)

    def _line(self, node: yaml.Node) -> int:
        return self.fixed_line or int(node.start_mark.line) + 1

    def _complain(self, node: yaml.Node, message: str) -> None:
        self.problems.append(_problem(self.path, self._line(node), message))


def _describe(error: Exception) -> str:
    problem = getattr(error, "problem", None) or getattr(error, "context", None)
    return str(problem or error).partition("\n")[0]


def _problem(path: str, line: int, message: str) -> Problem:
    return Problem(Code.MODULES_INVALID, message, path, line, Code.MODULES_INVALID.severity)

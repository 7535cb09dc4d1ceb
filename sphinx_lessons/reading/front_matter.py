"""The YAML front matter of a page."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import yaml

from sphinx_lessons.model import Meta, Span
from sphinx_lessons.problems import Code
from sphinx_lessons.reading.options import check_tag, split_values

if TYPE_CHECKING:
    from collections.abc import Callable

    from sphinx_lessons.reading.complaints import Complaints

_T = TypeVar("_T")

_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_YAML_LINE_ENDS = dict.fromkeys(map(ord, "\x85\u2028\u2029"), " ")
"""Characters that end a line for YAML but not in an editor."""

DIFFICULTIES = ("beginner", "intermediate", "advanced")

_LESSON_KEYS = ("moduleId", "learningObjectives", "estimatedTimeMinutes", "difficulty")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The front matter as it was found, before its values are looked at."""

    span: Span | None = None
    """From the opening to the closing line; ``None`` if there is none."""
    nodes: dict[str, tuple[yaml.Node, yaml.Node]] = field(default_factory=dict)
    """Key and value nodes by key."""
    names: frozenset[str] = frozenset()
    """The keys; of front matter that is not valid, what looks like keys."""
    error: tuple[int, str] | None = None
    """Line and message if it is not valid."""
    repeated: tuple[tuple[int, str], ...] = ()
    """Line and name of each key that was given before."""

    @property
    def is_lesson(self) -> bool | None:
        """Whether it makes the page a lesson; ``None`` if that depends on the separator."""
        flag = self.nodes.get("lesson")
        if flag and _tag(flag[1]) == "bool":
            return _boolean(flag[1])
        if self.error and "lesson" in self.names:
            return True
        return True if "id" in self.names and self.names.intersection(_LESSON_KEYS) else None


def find(lines: list[str]) -> FrontMatter:
    """The front matter at the head of a file.

    Below blank lines it counts only if it is a mapping: there it may as well be two rules.
    """
    start = next((i for i, line in enumerate(lines) if line.strip()), len(lines))
    if start == len(lines) or not _is_marker(lines[start], 3) or lines[start][0] != "-":
        return FrontMatter()
    width = len(lines[start].rstrip())
    end = next((i for i in range(start + 1, len(lines)) if _is_end(lines[i], width)), None)
    if end is None:
        if start or not _looks_like_key(lines[1:2]):
            return FrontMatter()
        message = "the front matter is never closed; write a line `---` below it"
        return FrontMatter(names=_guess_names(lines[1:50]), error=(1, message))
    found = _compose(lines, start, end)
    return FrontMatter() if start and (found.error or not found.nodes) else found


def _is_marker(line: str, width: int) -> bool:
    text = line.strip(" \t")
    return len(text) >= width and not text.strip("-") and len(line) - len(line.lstrip(" ")) <= 3


def _is_end(line: str, width: int) -> bool:
    return _is_marker(line, width) or line.rstrip() == "..."


def _looks_like_key(lines: list[str]) -> bool:
    return any(_guess_names(lines))


def _guess_names(lines: list[str]) -> frozenset[str]:
    heads = (line.partition(":") for line in lines if not line[:1].isspace())
    keys = {name: value.strip() for name, colon, value in heads if colon and name.isalnum()}
    return frozenset(name for name in keys if name != "lesson" or _is_true(keys[name]))


def _compose(lines: list[str], start: int, end: int) -> FrontMatter:
    span = Span(start + 1, end + 1)
    inside = lines[start + 1 : end]
    try:
        node = yaml.compose("\n".join(inside).translate(_YAML_LINE_ENDS) + "\n", _Loader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        line, message = _describe(error, start)
        return FrontMatter(span, names=_guess_names(inside), error=(min(line, end + 1), message))
    if node is None:
        return FrontMatter(span)
    if not isinstance(node, yaml.MappingNode):
        message = f"the front matter is a {_kind(node)}, not a mapping of keys to values"
        return FrontMatter(span, error=(start + 2 + node.start_mark.line, message))
    nodes: dict[str, tuple[yaml.Node, yaml.Node]] = {}
    repeated = []
    for key, value in node.value:
        if isinstance(key, yaml.ScalarNode):
            if key.value in nodes:
                repeated.append((start + 2 + key.start_mark.line, key.value))
            nodes[key.value] = (key, value)
    return FrontMatter(span, nodes, frozenset(nodes), repeated=tuple(repeated))


def _describe(error: Exception, start: int) -> tuple[int, str]:
    """Line of the file and one line of text for an error of the YAML parser."""
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        line = start + 2 + mark.line if mark else start + 1
        return line, f"the front matter is not valid YAML: {error.problem or error.context}"
    if isinstance(error, RecursionError):
        return start + 1, "the front matter is nested too deep"
    return start + 1, "the front matter is not valid YAML: " + str(error).partition("\n")[0]


def _kind(node: yaml.Node) -> str:
    if isinstance(node, yaml.SequenceNode):
        return "list"
    return "mapping" if isinstance(node, yaml.MappingNode) else "single value"


def _tag(node: yaml.Node) -> str:
    return str(node.tag).rpartition(":")[2]


def _boolean(node: yaml.Node) -> bool:
    return _is_true(str(node.value))


def _is_true(text: str) -> bool:
    return text.lower() in ("true", "yes", "on", "y")


def read_meta(matter: FrontMatter, complaints: Complaints) -> Meta:
    """The values of the front matter, with a problem for each that cannot be used."""
    if matter.error:
        complaints.add(Code.FRONT_MATTER_INVALID, *matter.error)
    for line, name in matter.repeated:
        message = f"`{name}` is given twice in the front matter; the last one is used"
        complaints.add(Code.FRONT_MATTER_TYPE, line, message)
    first = matter.span.start + 1 if matter.span else 1
    return _Values(matter, first, complaints).meta()


class _Values:
    """Values by key, checked for their types."""

    def __init__(self, matter: FrontMatter, first_line: int, complaints: Complaints) -> None:
        self._nodes = matter.nodes
        self._first_line = first_line
        self._complaints = complaints
        self._lines = {key: self._line(node) for key, (node, _) in matter.nodes.items()}

    def meta(self) -> Meta:
        return Meta(
            id=self._get("id", _string, "a string", ""),
            title=self._get("title", _string, "a string", ""),
            module=self._get("moduleId", _string, "a string", ""),
            prerequisites=self._list("prerequisites", "a list of lesson or module ids"),
            minutes=self._get("estimatedTimeMinutes", _number, "a number, 0 or above", None),
            difficulty=self._difficulty(),
            objectives=self._list("learningObjectives", "a list of strings"),
            keywords=self._list("keywords", "a list of strings"),
            kernel=self._get("kernel", _string, "the name of a Jupyter kernel", ""),
            timeout=self._get("timeout", _positive, "a number above 0", None),
            execute=self._get("execute", _flag, "true or false", True),
            tags=frozenset(self._tags()),
            lines=self._lines,
        )

    def _line(self, node: yaml.Node) -> int:
        return self._first_line + int(node.start_mark.line)

    def _get(self, key: str, read: Callable[[yaml.Node], _T | None], kind: str, default: _T) -> _T:
        pair = self._nodes.get(key)
        if pair is None or _tag(pair[1]) == "null":
            return default
        value = read(pair[1])
        if value is None:
            self._complain(key, pair[0], kind)
            return default
        return value

    def _complain(self, key: str, node: yaml.Node, kind: str, what: str = "it was ignored") -> None:
        message = f"`{key}` in the front matter must be {kind}; {what}"
        self._complaints.add(Code.FRONT_MATTER_TYPE, self._line(node), message)

    def _difficulty(self) -> str:
        difficulty = self._get("difficulty", _string, "a string", "")
        if difficulty and difficulty not in DIFFICULTIES:
            message = unknown_difficulty(difficulty)
            self._complaints.add(Code.UNKNOWN_DIFFICULTY, self._lines["difficulty"], message)
        return difficulty

    def _tags(self) -> tuple[str, ...]:
        pair = self._nodes.get("tags")
        if pair and isinstance(pair[1], yaml.ScalarNode) and _tag(pair[1]) != "null":
            tags = split_values(pair[1].value)
        else:
            tags = self._list("tags", "a list of strings")
        for index, tag in enumerate(tags):
            complaint = check_tag(tag)
            if complaint:
                line = self._lines.get(f"tags[{index}]", self._lines["tags"])
                self._complaints.add(complaint[0], line, complaint[1])
        return tags

    def _list(self, key: str, kind: str) -> tuple[str, ...]:
        pair = self._nodes.get(key)
        if pair is None or _tag(pair[1]) == "null":
            return ()
        if isinstance(pair[1], yaml.ScalarNode):
            self._complain(key, pair[0], kind, "what it says was taken as the only item")
            self._lines[f"{key}[0]"] = self._line(pair[1])
            return (str(pair[1].value).strip(),)
        if not isinstance(pair[1], yaml.SequenceNode):
            self._complain(key, pair[0], kind)
            return ()
        found: list[str] = []
        for node in pair[1].value:
            text = self._item(key, node)
            if text is not None:
                self._lines[f"{key}[{len(found)}]"] = self._line(node)
                found.append(text)
        return tuple(found)

    def _item(self, key: str, node: yaml.Node) -> str | None:
        if _tag(node) == "null":
            code = Code.NULL_PREREQUISITE if key == "prerequisites" else Code.FRONT_MATTER_TYPE
            message = f"an item of `{key}` is empty; it was dropped"
            self._complaints.add(code, self._line(node), message)
            return None
        text = _string(node)
        if text is None:
            message = (
                f"an item of `{key}` is a {_kind(node)}, not a string; it was dropped. "
                "Quote an item that holds a colon"
            )
            self._complaints.add(Code.FRONT_MATTER_TYPE, self._line(node), message)
        return text


def unknown_difficulty(difficulty: str) -> str:
    """The message for a difficulty that is none of the three."""
    return f"difficulty {difficulty!r} is none of beginner, intermediate, advanced"


def _string(node: yaml.Node) -> str | None:
    return str(node.value).strip() if isinstance(node, yaml.ScalarNode) else None


def _number(node: yaml.Node) -> float | None:
    if not isinstance(node, yaml.ScalarNode) or _tag(node) not in ("int", "float"):
        return None
    try:
        value = float(node.value.replace("_", ""))
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None


def _positive(node: yaml.Node) -> float | None:
    return _number(node) or None


def _flag(node: yaml.Node) -> bool | None:
    return _boolean(node) if _tag(node) == "bool" else None

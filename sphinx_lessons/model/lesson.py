"""What is read: a lesson with its parts, the modules of a course, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sphinx_lessons.problems import Code, Severity


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """First and last line, both included."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a lesson, at a line of a file."""

    code: Code
    message: str
    path: str
    """The file as it was named to the reader; shown to authors as it is."""
    line: int
    severity: Severity
    detail: str = ""
    """More lines to show below the message: a diff or a traceback. No final newline."""


@dataclass(frozen=True, slots=True)
class Prose:
    """Markdown to be rendered: line ``k`` (from 0) of ``text`` is line ``span.start + k``."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Source:
    """The content of one fence: line ``k`` (from 0) of ``text`` is line ``first_line + k``."""

    text: str
    span: Span
    """The fence, from its opening to its closing line."""
    first_line: int
    language: str
    """The first word of the info string as written, ``""`` if there is none."""
    mended: bool = False
    """An indent that all lines but the first share was taken off: an old template left it there."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a fence's flags or a challenge's metadata ask for."""

    tags: frozenset[str] = frozenset()
    """Notebook cell tags and ``browser-only``; see :data:`KNOWN_TAGS`."""
    compare: tuple[str, ...] = ("exact",)
    """Comparison modes; see :data:`COMPARE_MODES`."""
    timeout: float | None = None
    """Seconds; ``None`` is the lesson's or the project's default."""
    known_failure: str | None = None
    """The reason why it may fail; ``None`` if it may not."""
    raises: str | None = None
    """Name of the exception that a challenge's solution must end with."""
    files: tuple[str, ...] = ()
    """Files to copy into the working directory, relative to the lesson's file."""


KNOWN_TAGS = frozenset(
    {
        "skip-execution",
        "raises-exception",
        "hide-input",
        "hide-output",
        "remove-input",
        "remove-output",
        "browser-only",
    }
)

COMPARE_MODES = (
    "exact",
    "normalize-whitespace",
    "ellipsis",
    "number",
    "unordered-lines",
    "regex",
    "none",
)


@dataclass(frozen=True, slots=True)
class Demo:
    """A fence in the body of a lesson that is run."""

    source: Source
    options: Options
    expected: Source | None = None
    """The fence after it that says what it prints."""
    browser_only: bool = False
    """By flag or implied by its imports: shown, never executed at build."""
    path: str = ""
    """The file that it stands in, if that is not its lesson's: a page may include it."""

    @property
    def line(self) -> int:
        """The line of the opening fence."""
        return self.source.span.start


@dataclass(frozen=True, slots=True)
class Block:
    """A directive block of the body (or of any Markdown text), however it is spelled."""

    name: str
    """Directive name: ``definition``, ``try-it``, ``challenge`` or an admonition's."""
    title: str
    span: Span
    """From the opening line to the closing one; the opening line alone if it is not closed."""
    indent: int
    """Columns before the opening marker."""
    marker: str
    """The opening run: three or more colons or backticks."""
    depth: int
    """How many levels of other blocks lie inside it; ``0`` holds none."""
    closed: bool = True


@dataclass(frozen=True, slots=True)
class Definition:
    """A ``definition`` block: ``**Term**: text``."""

    term: str
    """Plain text; ``""`` if the block does not begin with a bold lead."""
    span: Span


@dataclass(frozen=True, slots=True)
class TryIt:
    """A ``try-it`` block and the demo it invites to change."""

    span: Span
    demo: int | None
    """Index into ``Lesson.demos``; ``None`` for a thought exercise."""


SECTIONS = (
    "starter code",
    "expected output",
    "hints",
    "solution",
    "input",
    "setup",
    "checks",
    "explanation",
)


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a challenge: everything from its heading to the next one."""

    kind: str
    """One of :data:`SECTIONS`, or ``""`` for a section that is not known (or a second one)."""
    title: str
    """The heading's text as written (Markdown)."""
    line: int
    """The heading's line."""
    before: Prose | None = None
    """What stands before the fence (all of the content if there is no fence)."""
    source: Source | None = None
    after: Prose | None = None
    """What stands after the fence, further fences included."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """A challenge: what it asks and the sections that hold its programs."""

    id: str
    title: str
    """Markdown, without the leading ``Challenge:``."""
    span: Span
    """From its heading to the line before the next challenge."""
    language: str
    difficulty: str
    """As written; ``""`` if not given."""
    options: Options
    task: Prose | None
    sections: tuple[Section, ...]
    """In the order of the file."""
    hints: tuple[Prose, ...] = ()
    """The items of the list in the ``Hints`` section, without their markers."""
    browser_only: bool = False
    """By tag or implied by its solution's imports: never executed at build."""
    lines: Mapping[str, int] = field(default_factory=dict)
    """The line of each key of its metadata."""

    @property
    def line(self) -> int:
        """The line of the heading."""
        return self.span.start

    def section(self, kind: str) -> Section | None:
        """The section of that kind (one of :data:`SECTIONS`), if there is one."""
        return next((section for section in self.sections if section.kind == kind), None)

    def source(self, kind: str) -> Source | None:
        """The fence of the section of that kind, if there is one."""
        section = self.section(kind)
        return section.source if section else None


@dataclass(frozen=True, slots=True)
class Meta:
    """The front matter of a lesson. Absent keys have the defaults below."""

    id: str = ""
    title: str = ""
    module: str = ""
    prerequisites: tuple[str, ...] = ()
    minutes: float | None = None
    difficulty: str = ""
    objectives: tuple[str, ...] = ()
    """Markdown strings."""
    keywords: tuple[str, ...] = ()
    kernel: str = ""
    timeout: float | None = None
    execute: bool = True
    tags: frozenset[str] = frozenset()
    """Those of every demo; what they say about execution is said of the challenges, too."""
    lines: Mapping[str, int] = field(default_factory=dict)
    """The line of each key, and of list items as ``"prerequisites[0]"``."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson file, read."""

    path: str
    """As it was named to the reader; shown to authors as it is."""
    id: str
    """The front matter's id, else the file's stem."""
    title: str
    """The H1's text (Markdown), else the front matter's title, else the id."""
    meta: Meta
    front_matter: Span | None
    """From the opening to the closing ``---``."""
    lines: int
    """How many lines the file has."""
    demos: tuple[Demo, ...] = ()
    definitions: tuple[Definition, ...] = ()
    try_its: tuple[TryIt, ...] = ()
    blocks: tuple[Block, ...] = ()
    """All directive blocks of the body, nested ones too, in the order of their opening lines."""
    containers: tuple[Block, ...] = ()
    """Other directives and plain containers of the body: MyST's own, but they take part in the
    nesting."""
    stray_ends: tuple[int, ...] = ()
    """Lines of ``:::`` that close nothing."""
    region: int | None = None
    """The first line of the challenge region: the separator, or the first challenge's heading."""
    separator: bool = False
    """Whether the region begins with a ``---challenges---`` line."""
    preamble: Prose | None = None
    """Text of the region before the first challenge."""
    challenges: tuple[Challenge, ...] = ()
    has_h1: bool = True
    """The body has a heading of level 1; otherwise the front matter's title has to be shown."""


@dataclass(frozen=True, slots=True)
class Module:
    """A module of the course, as its description says."""

    id: str
    title: str = ""
    description: str = ""
    """One paragraph of plain text."""
    prerequisites: tuple[str, ...] = ()
    """Ids of lessons and modules that all of its lessons require."""
    lessons: tuple[str, ...] = ()
    """Ids of its lessons, in their order."""
    path: str = ""
    """The file that describes it; ``""`` if it is only named by lessons."""
    lines: Mapping[str, int] = field(default_factory=dict)
    """The line of each key, and of list items as ``"lessons[0]"``."""

r"""The data of the project, from lesson to report. Frozen, slotted, without behavior.

Lines are 1-based lines of the Markdown file, as an editor shows them. Spans include both ends.
Text is ``\n``-terminated lines unless said otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from sphinx_lessons.problems import Code, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

# --- reading ----------------------------------------------------------------------------------


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
    """An indent was taken off all lines but the first (DIALECT: the indentation quirk)."""


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


# --- running ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class File:
    """A file to copy into a program's working directory."""

    target: str
    """Relative path in the working directory."""
    origin: str
    """Absolute path of the file to copy."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one program may use. Sizes in bytes, times in seconds."""

    timeout: float = 30.0
    output: int = 1_000_000
    memory: int = 1_000_000_000
    processes: int = 64


@dataclass(frozen=True, slots=True)
class Script:
    """A program of its own: a starter or a solution. Script semantics, nothing echoes."""

    code: str
    language: str = "python"
    setup: str = ""
    """Run before ``code``, in its namespace; what it prints counts."""
    checks: str = ""
    """Run in the program's namespace after it ended normally; what it prints does not count."""
    stdin: str = ""
    files: tuple[File, ...] = ()
    limits: Limits = Limits()
    raises: str | None = None
    """Name of the exception that the program is expected to end with; only its name is a part of
    the result: the runner reports the names of the exception's bases either way."""
    kernel: str = ""
    """Name of the Jupyter kernel; ``""`` is the one that the language maps to."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One demo of a session."""

    code: str
    timeout: float | None = None
    """Seconds for this cell; ``None`` is the session's limit."""


@dataclass(frozen=True, slots=True)
class Session:
    """The demos of one lesson: one namespace, in order, notebook-style."""

    cells: tuple[Cell, ...]
    language: str = "python"
    kernel: str = ""
    """Name of the Jupyter kernel; ``""`` is the one that the language maps to."""
    files: tuple[File, ...] = ()
    limits: Limits = Limits()


Program = Script | Session


class Ending(StrEnum):
    """How a program or a cell ended, before anybody compared anything."""

    OK = "ok"
    RAISED = "raised"
    """An uncaught exception or a non-zero exit status."""
    TIMED_OUT = "timed-out"
    CRASHED = "crashed"
    """A signal, or a limit of ours: memory, processes, output."""
    COULD_NOT_RUN = "could-not-run"
    """No kernel, a missing third-party module, or the session had ended before."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One entry of a traceback."""

    file: str
    """``"<setup>"``, ``"<code>"``, ``"<checks>"`` or ``"<cell N>"`` (from 0) for the lesson's own
    code, else the path of a file."""
    line: int
    """1-based in that file or code."""
    function: str
    text: str = ""
    """The source line, stripped."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An exception that a program did not catch, or the exit status it asked for."""

    name: str
    """Class name, e.g. ``"ZeroDivisionError"``; ``"SystemExit"`` for a non-zero exit."""
    message: str
    frames: tuple[Frame, ...] = ()
    """Outermost first; frames of the runner are left out."""
    bases: tuple[str, ...] = ()
    """Names of all classes the exception is an instance of, itself first."""
    before: Failure | None = None
    """The exception that this one was raised from, or while handling."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Text written to stdout or stderr, as it came (undecodable bytes are U+FFFD)."""

    name: Literal["stdout", "stderr"]
    text: str


@dataclass(frozen=True, slots=True)
class Rich:
    """A value or figure that a cell showed, in every form it offered."""

    data: Mapping[str, str]
    """Representation by MIME type; binary forms in base64, as in a notebook."""
    result: bool
    """It is the value of the cell's last expression (a notebook's ``execute_result``)."""


Output = Stream | Rich


@dataclass(frozen=True, slots=True)
class CellResult:
    """What came of one cell; a script has one, for ``setup``, ``code`` and ``checks`` together."""

    ending: Ending
    outputs: tuple[Output, ...] = ()
    """In the order they came; neighboring writes to one stream are joined."""
    failure: Failure | None = None
    """The uncaught exception; ``failure.frames[-1].file`` tells in which part."""
    reason: str = ""
    """Why it crashed or could not run: ``"signal SIGKILL"``, ``"no module named 'x'"``."""
    seconds: float = 0.0
    in_checks: bool = False
    """The failure came from the checks: the program itself ended normally."""
    code: Code | None = None
    """The problem if it could not be run for another reason than ``could-not-run`` names."""

    @property
    def stdout(self) -> str:
        """All that went to stdout."""
        return "".join(
            output.text
            for output in self.outputs
            if isinstance(output, Stream) and output.name == "stdout"
        )

    @property
    def stderr(self) -> str:
        """All that went to stderr."""
        return "".join(
            output.text
            for output in self.outputs
            if isinstance(output, Stream) and output.name == "stderr"
        )


@dataclass(frozen=True, slots=True)
class RunResult:
    """What came of a program: one result for a script, one a cell for a session."""

    cells: tuple[CellResult, ...]
    seconds: float = 0.0
    reads: tuple[str, ...] = ()
    """Absolute paths of the files it read that are neither the standard library's nor an installed
    distribution's."""
    stored: bool = False
    """It came from the store: nothing was run for it now."""


# --- judging ----------------------------------------------------------------------------------


class Word(StrEnum):
    """The words of a verdict (DIALECT section 5)."""

    PASSED = "passed"
    MISMATCHED = "mismatched"
    RAISED = "raised"
    TIMED_OUT = "timed-out"
    CRASHED = "crashed"
    COULD_NOT_RUN = "could-not-run"
    SKIPPED = "skipped"
    UNVERIFIED = "unverified"

    @property
    def fails(self) -> bool:
        """Whether it is an error of the lesson."""
        return self not in (Word.PASSED, Word.SKIPPED, Word.UNVERIFIED)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of a demo, a starter or a solution."""

    word: Word
    message: str = ""
    """One line for the author; ``""`` if there is nothing to say."""
    detail: str = ""
    """A diff or a traceback in lines of the Markdown file. No final newline."""
    line: int = 0
    """The offending line of the Markdown file."""
    code: Code | None = None
    """The problem that it amounts to, if it is one."""
    severity: Severity | None = None
    """Of that problem. A known failure is a warning, whatever its code's severity."""

    @property
    def fails(self) -> bool:
        """Whether it is an error of the lesson: a known failure is none until it passes."""
        return self.severity is Severity.ERROR


# --- reports ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DemoReport:
    """A demo, what it did, and what is said of it."""

    demo: Demo
    verdict: Verdict
    result: CellResult | None = None
    """``None`` if it was not run."""
    stored: bool = False


@dataclass(frozen=True, slots=True)
class ChallengeReport:
    """A challenge, what its programs did, and what is said of them."""

    challenge: Challenge
    verdict: Verdict
    """Of the solution."""
    starter: Verdict | None = None
    """``None`` if there is no starter or it was not run."""
    result: CellResult | None = None
    """Of the solution; ``None`` if it was not run."""
    starter_result: CellResult | None = None
    stored: bool = False
    """All that was needed came from the store."""


@dataclass(frozen=True, slots=True)
class LessonReport:
    """A lesson, checked."""

    lesson: Lesson
    problems: tuple[Problem, ...]
    """Of reading, running and judging, in the order of their lines."""
    demos: tuple[DemoReport, ...] = ()
    challenges: tuple[ChallengeReport, ...] = ()
    programs: int = 0
    """Distinct programs: one for the demos together, one a starter, one a solution."""
    run: int = 0
    """How many of them were run just now; the others came from the store."""


@dataclass(frozen=True, slots=True)
class Report:
    """All lessons of a check, and the problems of the course as a whole."""

    lessons: tuple[LessonReport, ...]
    problems: tuple[Problem, ...] = ()
    """Of the course, or of files that are no lessons (e.g. not UTF-8)."""

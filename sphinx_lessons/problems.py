"""The catalogue of problem codes.

Each member of :class:`Code` carries its severity; the string below the member is its
documentation, in two paragraphs: what it means, and what you can do. The docs page of problem
codes is generated from it (the idea is MyST-Parser's ``warnings_.py``).
"""

from __future__ import annotations

import ast
import inspect
from enum import Enum, StrEnum


class Severity(StrEnum):
    """How much a problem matters: an error fails the build, a warning only under ``-W``."""

    ERROR = "error"
    WARNING = "warning"


class Code(Enum):
    """What can be wrong with a lesson. ``Code.MISMATCHED.value`` is ``"mismatched"``."""

    severity: Severity

    def __new__(cls, value: str, severity: Severity) -> Code:
        """A member whose value is the code, with its severity beside it."""
        member = object.__new__(cls)
        member._value_ = value
        member.severity = severity
        return member

    # --- the file -------------------------------------------------------------------------

    NOT_UTF8 = "not-utf8", Severity.ERROR
    """The file holds bytes that are not UTF-8; each was read as U+FFFD.

    Save the file as UTF-8."""

    UNREADABLE = "unreadable", Severity.ERROR
    """The file could not be read from disk.

    Check that it exists and that its permissions let the build read it."""

    FRONT_MATTER_INVALID = "front-matter-invalid", Severity.ERROR
    """The front matter is not a YAML mapping, or is never closed; it was ignored.

    Write ``key: value`` lines between two ``---`` lines. Quote values that hold a colon."""

    FRONT_MATTER_TYPE = "front-matter-type", Severity.WARNING
    """A front matter value has the wrong type; it was ignored.

    See the table of keys in the format reference, and give the value the type it names."""

    FRONT_MATTER_BLANK_LINES = "front-matter-blank-lines", Severity.WARNING
    """Blank lines stand before the opening ``---`` of the front matter.

    Delete them: other Markdown tools do not see the front matter after a blank line."""

    NULL_PREREQUISITE = "null-prerequisite", Severity.WARNING
    """An item of ``prerequisites`` is empty; it was dropped.

    Delete the empty ``-`` line, or write ``prerequisites: []``."""

    UNKNOWN_DIFFICULTY = "unknown-difficulty", Severity.WARNING
    """A difficulty is none of ``beginner``, ``intermediate`` and ``advanced``; it is shown as it
    stands.

    Use one of the three words."""

    INVALID_ID = "invalid-id", Severity.ERROR
    """An id holds characters that cannot stand in a link: blanks, markup or control characters.
    A cleaned form of it is used.

    Use letters, digits, ``-``, ``_`` and ``.``; start with a letter."""

    # --- blocks ---------------------------------------------------------------------------

    UNCLOSED_BLOCK = "unclosed-block", Severity.ERROR
    """A ``:::`` block is never closed. Its text is shown without the block.

    Close it with a line of ``:::``."""

    STRAY_BLOCK_END = "stray-block-end", Severity.WARNING
    """A ``:::`` line closes nothing. It is left out of the page.

    Delete it, or look for the block that it was meant to close."""

    UNCLOSED_FENCE = "unclosed-fence", Severity.WARNING
    """A code fence is open at the end of the file, or of the block that holds it. It counts as
    closed there.

    Close it with a line of as many backticks as it was opened with."""

    NESTED_TOO_DEEP = "nested-too-deep", Severity.ERROR
    """Blocks, lists or quotes are nested so deep that they cannot be shown: more than 20 levels.
    The marker lines of such blocks are left out; MyST drops such lists and quotes.

    Take some of the levels away."""

    DEFINITION_WITHOUT_TERM = "definition-without-term", Severity.WARNING
    """A ``definition`` block does not begin with a bold term, so it defines nothing. It is shown
    as a plain callout.

    Begin it with ``**Term**: text``."""

    DUPLICATE_TERM = "duplicate-term", Severity.WARNING
    """The same term is defined twice; links go to the first definition.

    Keep one definition and refer to it with ``{term}``."""

    # --- demos ----------------------------------------------------------------------------

    UNKNOWN_FLAG = "unknown-flag", Severity.WARNING
    """A word after the language of a fence looks like a misspelled flag; it has no effect.

    Use the name that the message proposes."""

    INVALID_OPTION = "invalid-option", Severity.ERROR
    """The value of an option cannot be used: an unknown comparison mode, modes that exclude each
    other, a timeout that is no positive number, a regular expression that does not compile. The
    default is used.

    See the list of options in the format reference."""

    # --- challenges -----------------------------------------------------------------------

    SECOND_SEPARATOR = "second-separator", Severity.ERROR
    """A second ``---challenges---`` line; it is ignored.

    A lesson has one challenge region: delete the line."""

    MISSING_SEPARATOR = "missing-separator", Severity.WARNING
    """Challenges begin here without a ``---challenges---`` line above them.

    Put a line ``---challenges---`` above the first challenge."""

    EMPTY_REGION = "empty-region", Severity.WARNING
    """No challenge follows the ``---challenges---`` line.

    Begin each challenge with a heading ``### Challenge: Title``, or delete the line."""

    TEXT_OUTSIDE_CHALLENGE = "text-outside-challenge", Severity.WARNING
    """Text in the challenge region stands before the first challenge. It is shown as it is.

    Move it above the ``---challenges---`` line, or below a challenge's heading."""

    NESTED_CHALLENGE = "nested-challenge", Severity.ERROR
    """A challenge stands inside a list, a quote or a block, where it is not read as a challenge.

    Move its heading to the left margin and out of the block."""

    HEADING_IN_HTML = "heading-in-html", Severity.ERROR
    """The heading of a challenge or of a section follows HTML without a blank line, and so it is a
    part of that HTML and no heading.

    Put a blank line below the HTML, for example below ``</details>``."""

    MISSING_ID = "missing-id", Severity.ERROR
    """A challenge has no ``id``; one was derived from the lesson's id and the position.

    Add a line ``- id: LESSON-cN`` below the heading: links and readers' saved work depend on it."""

    DUPLICATE_ID = "duplicate-id", Severity.ERROR
    """Two lessons or challenges of the project have the same id.

    Give one of them another id."""

    FOREIGN_ID = "foreign-id", Severity.WARNING
    """A challenge's id does not begin with the id of its lesson.

    Usually a slip in copying: begin it with the lesson's id."""

    MISSING_SOLUTION = "missing-solution", Severity.WARNING
    """A challenge has no solution. It is shown and not verified.

    Add a section ``#### Solution`` with one fence."""

    MISSING_EXPECTED_OUTPUT = "missing-expected-output", Severity.WARNING
    """A challenge says nothing about what its solution prints. It is shown and not verified.

    Add a section ``#### Expected Output`` with one fence, ``#### Checks``, or ``- check: none`` for
    an open-ended challenge."""

    SECTION_WITHOUT_FENCE = "section-without-fence", Severity.WARNING
    """A section that should hold a code fence holds none.

    Put its code or output into a fence."""

    TWO_FENCES = "two-fences", Severity.ERROR
    """A section holds more than one code fence. The first is used; the others are shown.

    Merge the fences, or move what is no code into the task."""

    DUPLICATE_SECTION = "duplicate-section", Severity.ERROR
    """A challenge has the same section twice. The first is used; the other is shown.

    Merge the sections, or give the second challenge a heading of its own."""

    UNKNOWN_SECTION = "unknown-section", Severity.WARNING
    """A heading inside a challenge is no known section. It is shown as it is.

    Known are Starter Code, Expected Output, Hints, Solution, Input, Setup, Checks, Explanation."""

    UNKNOWN_METADATA = "unknown-metadata", Severity.WARNING
    """A metadata key of a challenge is not known; it has no effect.

    Use the name that the message proposes, or delete the line."""

    MENDED_INDENTATION = "mended-indentation", Severity.WARNING
    """All lines of the code but the first share an indent that Python does not accept. It was
    taken off, for running and for showing.

    Take the indent off in the file."""

    MISSING_FILE = "missing-file", Severity.ERROR
    """A file named by ``files`` does not exist.

    Paths are relative to the lesson's file."""

    FILE_OUTSIDE_SOURCE = "file-outside-source", Severity.ERROR
    """A path in ``files`` leaves the source folder; the file is not used.

    Move the file into the source folder."""

    BROWSER_ONLY = "browser-only", Severity.WARNING
    """The solution imports a module that exists only in the reader's browser, so it was not
    verified.

    If that is meant, say so with ``- tags: browser-only``."""

    # --- verdicts -------------------------------------------------------------------------

    MISMATCHED = "mismatched", Severity.ERROR
    """A program prints something other than the lesson says, or a check failed.

    Read the difference below the message: ``-`` is what the lesson says, ``+`` what the program
    printed. Mend the code or the expected output."""

    RAISED = "raised", Severity.ERROR
    """A program ended with an exception or with a non-zero exit status.

    The traceback below the message has the line numbers of the Markdown file. A demo that is meant
    to fail is tagged ``raises-exception``; a challenge says ``- raises: NAME``."""

    DID_NOT_RAISE = "did-not-raise", Severity.ERROR
    """Code that is marked as raising an exception did not raise it.

    Take the mark off, or mend the code."""

    TIMED_OUT = "timed-out", Severity.ERROR
    """A program was still running when its time was up, and was stopped.

    Look for an endless loop, or raise the limit with ``timeout``."""

    CRASHED = "crashed", Severity.ERROR
    """A program was ended by a signal or by a limit: memory, number of processes, amount of output.

    The message names the cause. Limits are raised in the configuration."""

    COULD_NOT_RUN = "could-not-run", Severity.ERROR
    """A program could not be run: a module or a kernel is not installed, or an earlier demo of the
    lesson ended the session.

    Install what the message names into the environment that runs the lessons."""

    NOT_LOCKED = "not-locked", Severity.ERROR
    """Nothing is to be run (``lessons_execute = "locked"``), and the lock file has no result for
    this code: it is new, or was changed after the lock file was written.

    Run ``sphinx-lessons check --lock`` and commit ``lessons.lock``. Only lessons are locked: put a
    demo of another page into a lesson, or mark it ``skip-execution``."""

    STALE_LOCK = "stale-lock", Severity.ERROR
    """A file that the program read was changed after the lock file was written, or the lock file
    has results of programs that the lessons no longer hold.

    Run ``sphinx-lessons check --lock`` and commit ``lessons.lock``."""

    BAD_LOCK = "bad-lock", Severity.ERROR
    """The lock file, or an entry of it, cannot be read.

    Resolve the conflict if a merge left one, or delete the entry; then run
    ``sphinx-lessons check --lock``."""

    LOCK_VERSIONS = "lock-versions", Severity.WARNING
    """The lock file was written with other versions of packages than are installed here.

    Install the versions that it names, or run ``sphinx-lessons check --lock``."""

    STARTER_PASSES = "starter-passes", Severity.WARNING
    """The starter code already meets the expected output: the challenge is no challenge.

    Take away from the starter what the reader is to find."""

    KNOWN_FAILURE_PASSES = "known-failure-passes", Severity.ERROR
    """Something that is marked ``known-failure`` passes.

    Take the mark off."""

    # --- the course -----------------------------------------------------------------------

    UNKNOWN_PREREQUISITE = "unknown-prerequisite", Severity.WARNING
    """A prerequisite is the id of no lesson and of no module of the course.

    Look for a misspelled id."""

    PREREQUISITE_CYCLE = "prerequisite-cycle", Severity.WARNING
    """Lessons require one another in a circle.

    Take one of the prerequisites away."""

    MODULES_INVALID = "modules-invalid", Severity.ERROR
    """The description of the modules cannot be used: it is not valid YAML, or an entry of it is
    not what it should be. The entry is ignored.

    Write a list in which each item has an ``id`` and, if you like, a ``title``, a ``description``,
    ``prerequisites`` and ``lessons``."""

    UNKNOWN_LESSON = "unknown-lesson", Severity.WARNING
    """A module names a lesson that the course does not have, or that another module has.

    Look for a misspelled id."""

    UNKNOWN_MODULE = "unknown-module", Severity.WARNING
    """A lesson's ``moduleId``, or the module that a page lists, is no module of the course.

    Add the module to the description, or look for a misspelled id."""

    LESSON_WITHOUT_MODULE = "lesson-without-module", Severity.WARNING
    """The course has modules, and this lesson is in none of them.

    Give it a ``moduleId``, or name it in the description of a module."""

    PREREQUISITE_AFTER = "prerequisite-after", Severity.WARNING
    """The table of contents puts a lesson before one that it requires.

    Change the order in the ``toctree``, or take the prerequisite away."""

    TERM_BEFORE_DEFINITION = "term-before-definition", Severity.WARNING
    """A lesson uses a term with ``{term}`` that only a later lesson defines.

    Define the term where it is used first, or change the order of the lessons."""

    # --- the page -------------------------------------------------------------------------

    UNSAFE_OUTPUT = "unsafe-output", Severity.WARNING
    """A demo's HTML, SVG or LaTeX output held scripts or other active content, which was taken out.

    Show a figure or a table instead, or trust the output of lessons with
    ``lessons_trust_html = True``."""

    BROKEN_VALUE = "broken-value", Severity.WARNING
    """A demo shows a value with a form that is broken: an image that is cut off or damaged, or
    LaTeX at which TeX would stop. It is shown in another form that it has.

    Look at what the ``_repr_..._`` method of its class returns. LaTeX has to be one formula or
    table (``tabular``), with the commands of LaTeX and amsmath or those that
    ``latex_elements["preamble"]`` defines."""

    HTML_ONLY_VALUE = "html-only-value", Severity.WARNING
    """A demo shows a value that has only an HTML form, which this builder cannot show.

    Give its class a ``_repr_latex_``, or a ``__repr__`` that says more than its type."""

    LOST_CHARACTER = "lost-character", Severity.ERROR
    """The fonts of the PDF have no sign for a character: TeX would leave it out without a word.

    Write it differently, or choose fonts that have it with ``latex_elements["fontpkg"]``."""

    UNCHECKED_CHARACTERS = "unchecked-characters", Severity.WARNING
    """The fonts of the PDF were not found on the machine that writes the TeX file, so nobody knows
    whether they have every character.

    Install TeX and the fonts here, or read TeX's log with ``sphinx-lessons tex-log`` there."""

    NOT_RENDERED = "not-rendered", Severity.ERROR
    """A demo was read and run, but its place on the page was not found, so its output is missing.

    Look for Markdown around it that MyST reads differently, and report it as a bug."""

    @property
    def documentation(self) -> str:
        """What it means and what you can do: two or more paragraphs of reStructuredText."""
        return _docstrings()[self.name]


def _docstrings() -> dict[str, str]:
    """Documentation by member name, read from the strings that follow the members."""
    (cls,) = ast.parse(inspect.cleandoc("\n" + inspect.getsource(Code))).body
    assert isinstance(cls, ast.ClassDef)
    found: dict[str, str] = {}
    for member, text in zip(cls.body, cls.body[1:], strict=False):
        match member, text:
            case (
                ast.Assign(targets=[ast.Name(id=name)]),
                ast.Expr(value=ast.Constant(value=str(doc))),
            ):
                found[name] = inspect.cleandoc(doc)
    return found

"""The configuration, declared once.

:class:`Settings` is what both doors read: ``lessons_<name>`` in Sphinx's ``conf.py`` and ``<name>``
(blanks written as ``-`` or ``_``) in ``[tool.sphinx-lessons]`` of the nearest ``pyproject.toml``.
Each field's metadata holds its help text and its check; the docs page is generated from them. (The
idea is sphinx-design's ``config.py`` and MyST-Parser's ``config/main.py``.)
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar

if TYPE_CHECKING:
    from pathlib import Path

Check = Callable[[object], str | None]
"""Takes a value, returns what is wrong with it (``"must be ..."``) or ``None``."""

_T = TypeVar("_T")

PLACEMENTS = ("inline", "appendix", "omit")
"""Where hints and solutions can stand; see :attr:`Settings.solutions`."""

WEB_BUILDERS = frozenset({"html", "dirhtml", "singlehtml"})

DEFAULT_LANGUAGES = {"python": "", "py": "", "python3": ""}
DEFAULT_MODULES = "modules.yml"


def _one_of(*choices: str) -> Check:
    def check(value: object) -> str | None:
        return None if value in choices else "must be one of " + ", ".join(map(repr, choices))

    return check


def _positive(value: object) -> str | None:
    good = isinstance(value, int | float) and not isinstance(value, bool) and value > 0
    return None if good else "must be a number above 0"


def _positive_integer(value: object) -> str | None:
    good = isinstance(value, int) and not isinstance(value, bool) and value > 0
    return None if good else "must be a whole number above 0"


def _count(value: object) -> str | None:
    good = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return None if good else "must be a whole number, 0 or above"


def _placement(value: object) -> str | None:
    words = list(value.values()) if isinstance(value, Mapping) else [value]
    if all(isinstance(word, str) and word in PLACEMENTS for word in words):
        return None
    return f"must be one of {', '.join(map(repr, PLACEMENTS))}, or a table of them by builder"


def _text(value: object) -> str | None:
    return None if isinstance(value, str) else "must be a string"


def _flag(value: object) -> str | None:
    return None if isinstance(value, bool) else "must be true or false"


def _text_table(value: object) -> str | None:
    good = isinstance(value, Mapping) and all(
        isinstance(key, str) and isinstance(item, str) for key, item in value.items()
    )
    return None if good else "must be a table of strings by strings"


def _text_or_tables(value: object) -> str | None:
    good = isinstance(value, str) or (
        isinstance(value, list | tuple) and all(isinstance(item, Mapping) for item in value)
    )
    return None if good else "must be a string or a list of tables"


def _texts(value: object) -> str | None:
    good = isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
    return None if good else "must be a list of strings"


def _setting(default: _T, text: str, check: Check, rebuild: str = "env") -> _T:
    """A field; ``rebuild`` is Sphinx's: what is built anew when the value changes."""
    metadata = {"help": text, "check": check, "rebuild": rebuild}
    if isinstance(default, dict | list):
        made: _T = field(default_factory=lambda: default.copy(), metadata=metadata)  # type: ignore[assignment]
        return made
    value: _T = field(default=default, metadata=metadata)
    return value


class SettingsError(ValueError):
    """A setting has a value that cannot be used; the message says which and what it must be."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a project."""

    on_failure: Literal["error", "warn"] = _setting(
        "error",
        "What a failing lesson does to the build: `error` fails it, `warn` shows the difference on "
        "the page and lets the build succeed (for drafting).",
        _one_of("error", "warn"),
    )
    languages: Mapping[str, str] = _setting(
        DEFAULT_LANGUAGES,
        "The fence languages that are run, each with the name of its Jupyter kernel; an empty name "
        "is Python without a kernel.",
        _text_table,
    )
    python: str = _setting(
        "",
        "The Python interpreter that runs lesson code. Empty is the one that builds.",
        _text,
    )
    timeout: float = _setting(
        30.0,
        "Seconds that one demo, starter or solution may take, unless the lesson or the block says "
        "otherwise. Starters get at most 5.",
        _positive,
    )
    output_limit: int = _setting(
        1_000_000,
        "Bytes that one program may print; above that it is stopped.",
        _positive_integer,
    )
    memory_limit: int = _setting(
        1_000_000_000,
        "Bytes of memory that one program may use (watched on Linux only), and that one file it "
        "writes may have.",
        _positive_integer,
    )
    process_limit: int = _setting(
        64, "Processes that one program may start, itself included.", _positive_integer
    )
    execute: Literal["auto", "always", "never", "locked"] = _setting(
        "auto",
        "When programs are run: `auto` runs those whose results are not stored, `always` runs all, "
        "`never` runs none and shows lessons without outputs, `locked` runs none and takes the "
        "results from the lock file `lessons.lock`; what is missing or stale there is an error.",
        _one_of("auto", "always", "never", "locked"),
    )
    store: str = _setting(
        "",
        "The folder that keeps results, so that a program is run again only when something it "
        "depends on has changed; relative to the project. Empty is a folder of the build's own "
        "(beside the doctrees) or, on the command line, in the user's cache.",
        _text,
        "",
    )
    store_limit: int = _setting(
        500_000_000,
        "Bytes that the store may take; above that, results not used for longest are removed.",
        _positive_integer,
        "",
    )
    warm: bool = _setting(
        True,
        "Fork programs from a process that has imported what lessons import, where the platform "
        "can do that. The results are the same; without it, each program starts an interpreter.",
        _flag,
        "",
    )
    fresh_imports: list[str] = _setting(  # noqa: RUF009 - a field, as the others are
        ["grpc", "jax", "polars", "ray", "tensorflow"],
        "Modules that do not work in a forked process once they are imported: programs that "
        "import one are started in a fresh interpreter. Modules that start threads or print "
        "something when they are imported are found without being listed.",
        _texts,
        "",
    )
    modules: str | list[dict[str, Any]] = _setting(  # noqa: RUF009 - a field, made by a factory
        DEFAULT_MODULES,
        "The modules of the course: a list of tables with the keys `id`, `title`, `description`, "
        "`prerequisites` and `lessons`, or the name of a YAML file in the source folder that holds "
        "such a list. Without either, modules are what lessons name as their `moduleId`.",
        _text_or_tables,
        "",
    )
    downloads: bool = _setting(
        True,
        "Offer each lesson as a Jupyter notebook and as a Python script, on HTML pages.",
        _flag,
        "env",
    )
    download_solutions: bool = _setting(
        False, "Put the solutions of challenges into the downloads too.", _flag, "env"
    )
    structured_data: bool = _setting(
        True,
        "Describe each lesson to machines: schema.org JSON-LD, a description and keywords in the "
        "head of its HTML page.",
        _flag,
        "html",
    )
    trust_html: bool = _setting(
        False,
        "Show the HTML output of demos as it is. Otherwise scripts and other active content are "
        "taken out of it.",
        _flag,
    )

    solutions: str | Mapping[str, str] = _setting(
        "appendix",
        "Where hints and solutions stand: `inline` (under their exercises), `appendix` (at the "
        "back, or where a `{solutions}` directive stands) or `omit`. A single word is for "
        "everything but web pages, on which they stay under their exercises, folded. A table has "
        "a word for each builder or format, and for the others under `default`: "
        '`{"html": "omit", "epub": "inline", "default": "appendix"}`.',
        _placement,
    )
    paper_answer_lines: int = _setting(
        0,
        "Lines to write on below each exercise in a PDF.",
        _count,
    )
    paper_output_lines: int = _setting(
        200,
        "How many lines of one output a PDF shows; what is cut off is counted in a note. 0 is all.",
        _count,
    )

    print_solutions: bool = _setting(
        False,
        "Print the solutions when a reader prints a web page. Hints and all else are printed "
        "either way.",
        _flag,
        "html",
    )

    def __post_init__(self) -> None:
        for spec in dataclasses.fields(self):
            wrong = spec.metadata["check"](getattr(self, spec.name))
            if wrong:
                raise SettingsError(f"{spec.name} {wrong}, not {getattr(self, spec.name)!r}")


def solutions_for(settings: Settings, builder: str, format: str) -> str:  # noqa: A002
    """Where a builder puts hints and solutions: one of :data:`PLACEMENTS`.

    ``format`` is the builder's: ``"html"`` for ``dirhtml`` and for ``epub``, too. As a key of the
    table it stands for its web pages only.
    """
    web = builder in WEB_BUILDERS
    chosen = settings.solutions
    if isinstance(chosen, str):
        return "inline" if web else chosen
    names = (builder, "html") if web else (builder, format if format != "html" else "")
    default = "inline" if web else "appendix"
    found = next((chosen[name] for name in names if name in chosen), None)
    return found or chosen.get("default", default)


def from_table(table: Mapping[str, Any]) -> Settings:
    """Settings from the ``[tool.sphinx-lessons]`` table.

    Raises :class:`SettingsError` for an unknown key or a value that cannot be used.
    """
    known = {spec.name for spec in dataclasses.fields(Settings)}
    values = {key.replace("-", "_"): value for key, value in table.items()}
    for key in values:
        if key not in known:
            raise SettingsError(f"unknown setting {key!r}; known are {', '.join(sorted(known))}")
    return Settings(**values)


def find_pyproject(start: Path) -> Path | None:
    """The nearest ``pyproject.toml`` at or above a folder."""
    for folder in (start, *start.parents):
        candidate = folder / "pyproject.toml"
        if candidate.is_file():
            return candidate
    return None


def read_pyproject(start: Path) -> dict[str, Any]:
    """The ``[tool.sphinx-lessons]`` table of the nearest ``pyproject.toml``, ``{}`` without one.

    Raises :class:`SettingsError` if that file cannot be read.
    """
    path = find_pyproject(start)
    if path is None:
        return {}
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error
    tools = document.get("tool", {})
    table = tools.get("sphinx-lessons", {}) if isinstance(tools, dict) else tools
    if not isinstance(table, dict):
        raise SettingsError(f"{path}: [tool.sphinx-lessons] must be a table")
    return table

"""Directives that write reference pages from the code they describe.

``{settings}`` documents :class:`sphinx_lessons.config.Settings`, ``{problem-codes}`` documents
:class:`sphinx_lessons.problems.Code`, ``{command-line}`` documents the argument parser, and
``{modules}`` lists modules with their public names. All write Markdown, so they belong on Markdown
pages.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import inspect
import re
from types import UnionType
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from sphinx_lessons.cli.parser import make_parser
from sphinx_lessons.config import Settings
from sphinx_lessons.problems import Code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


class SettingsDirective(SphinxDirective):
    """One ``confval`` for each field of the settings."""

    def run(self) -> list[nodes.Node]:
        return self.parse_text_to_nodes("\n".join(setting_lines()))


def setting_lines() -> Iterator[str]:
    """The settings as MyST Markdown."""
    hints = get_type_hints(Settings)
    for spec in dataclasses.fields(Settings):
        yield f"`````{{confval}} lessons_{spec.name}"
        yield f":type: {type_words(hints[spec.name])}"
        yield f":default: `{default_of(spec)}`"
        yield ""
        yield str(spec.metadata["help"])
        yield ""
        yield f"In `pyproject.toml`: `{spec.name.replace('_', '-')}`."
        yield "`````"
        yield ""


def default_of(spec: dataclasses.Field[Any]) -> str:
    """The default as Python writes it."""
    if spec.default is not dataclasses.MISSING:
        return repr(spec.default)
    assert spec.default_factory is not dataclasses.MISSING
    return repr(spec.default_factory())


def type_words(hint: Any) -> str:
    """A type in the words of a configuration page."""
    if get_origin(hint) is Literal:
        return " or ".join(f"`{choice!r}`" for choice in get_args(hint))
    words = {str: "string", float: "number", int: "whole number", bool: "`True` or `False`"}
    if get_origin(hint) is UnionType:
        return " or ".join(type_words(choice) for choice in get_args(hint))
    if get_origin(hint) is list:
        return "list of strings" if get_args(hint) == (str,) else "list of dictionaries"
    return words.get(hint, "dictionary of strings by strings")


class ProblemCodesDirective(SphinxDirective):
    """One section, with a label ``lessons.<code>``, for each problem code."""

    def run(self) -> list[nodes.Node]:
        return [self.describe(code) for code in Code]

    def describe(self, code: Code) -> nodes.section:
        """The section of one code."""
        meaning, _, remedy = code.documentation.partition("\n\n")
        section = nodes.section("", nodes.title("", "", nodes.literal("", code.value)))
        section["names"].append(f"lessons.{code.value}")
        self.state.document.note_explicit_target(section)
        self.set_source_info(section)
        text = f"*{code.severity.capitalize()}.* {meaning}\n\n**What you can do.** {remedy}"
        section += self.parse_text_to_nodes(text)
        return section


class CommandLineDirective(SphinxDirective):
    """The usage and every option of each subcommand."""

    def run(self) -> list[nodes.Node]:
        return self.parse_text_to_nodes("\n".join(command_lines(make_parser())))


def command_lines(parser: argparse.ArgumentParser) -> Iterator[str]:
    """A parser and the parsers of its subcommands as MyST Markdown."""
    yield f"````{{program}} {parser.prog}\n````\n"
    yield f"````{{rubric}} `{parser.prog}`\n````\n"
    yield f"```text\n{parser.format_usage().strip()}\n```\n"
    if parser.description:
        yield parser.description + "\n"
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from command_lines(command)
        elif not isinstance(action, argparse._HelpAction):
            yield from option_lines(action)


def option_lines(action: argparse.Action) -> Iterator[str]:
    """One option or argument."""
    if action.choices is not None:
        value = "{" + ",".join(map(str, action.choices)) + "}"
    else:
        value = str(action.metavar or action.dest.upper())
    takes_value = action.nargs != 0
    forms = [f"{name} {value}" if takes_value else name for name in action.option_strings]
    yield f"````{{option}} {', '.join(forms) or value}"
    yield (action.help or "") + "\n````\n"


class ModulesDirective(SphinxDirective):
    """What each of the modules named in the content is for, and the public names in it."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        lines = [line for name in self.content for line in module_lines(name)]
        return self.parse_text_to_nodes("\n".join(lines))


def module_lines(name: str) -> Iterator[str]:
    """A module and its public names as MyST Markdown."""
    module = importlib.import_module(name)
    yield f"`````{{py:module}} {name}\n`````\n"
    yield f"**`{name}`** {first_paragraph(module)}\n"
    for public in getattr(module, "__all__", ()):
        value = getattr(module, public)
        if inspect.isclass(value) or inspect.isfunction(value):
            yield f"`{public}`\n: {first_paragraph(value)}\n"


def first_paragraph(documented: object) -> str:
    """The first paragraph of a docstring, with its cross-references as plain code."""
    text = (inspect.getdoc(documented) or "").partition("\n\n")[0]
    return re.sub(r":\w+:`[~.]*([^`]+)`", r"`\1`", " ".join(text.split()))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directives."""
    app.add_directive("settings", SettingsDirective)
    app.add_directive("problem-codes", ProblemCodesDirective)
    app.add_directive("command-line", CommandLineDirective)
    app.add_directive("modules", ModulesDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

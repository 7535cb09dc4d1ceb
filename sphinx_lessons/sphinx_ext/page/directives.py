"""The directives, for Markdown and reStructuredText alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StateMachine, StringList
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_id

from sphinx_lessons.sphinx_ext.build import page_of
from sphinx_lessons.sphinx_ext.nodes import lesson_region
from sphinx_lessons.sphinx_ext.words import _, admonition_title

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sphinx.application import Sphinx

    from sphinx_lessons.model import Prose


class Callout(SphinxDirective):
    """A callout: an admonition with a title that the author may give."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Callable[[str], object]]] = {
        "class": directives.class_option,
        "name": directives.unchanged,
    }

    kind = ""

    def title(self) -> str:
        """The title for which the author gave none."""
        raise AssertionError("every callout has a title")

    def run(self) -> list[nodes.Node]:
        """Build the admonition and parse its content."""
        if not self.arguments:  # a title alone is a callout too: its text would be lost
            self.assert_has_content()
        classes = [f"lesson-{self.kind}", *self.options.get("class", [])]
        callout = nodes.admonition("", classes=classes)
        self.set_source_info(callout)
        callout += self.make_title()
        self.state.nested_parse(self.content, self.content_offset, callout)
        self.add_name(callout)
        return [callout]

    def make_title(self) -> nodes.title:
        """The title node: the author's words are parsed and translatable, ours are neither."""
        if not self.arguments:
            return nodes.title(self.title(), self.title(), translatable=False)
        text = self.arguments[0]
        children, messages = self.state.inline_text(text, self.lineno)
        title = nodes.title(text, "", *children)
        title += messages
        self.set_source_info(title)
        return title


class Definition(Callout):
    """``**Term**: text``: a callout, a glossary entry, an index entry and an anchor."""

    kind = "definition"

    def title(self) -> str:
        """The default title."""
        return _("Definition")

    def run(self) -> list[nodes.Node]:
        """Build the callout and note its term."""
        (callout,) = super().run()
        assert isinstance(callout, nodes.admonition)
        lead = _find_lead(callout)
        if lead is not None:
            text = " ".join(lead.astext().split()).removesuffix(":").rstrip()
            if text:
                lead += self._note_term(callout, text)
                lead["classes"].append("lesson-term")
        return [callout]

    def _note_term(self, callout: nodes.admonition, term: str) -> addnodes.index:
        """Give the callout an anchor and note what it defines; returns the index entry."""
        document = self.state.document
        anchor = make_id(self.env, document, "term", term)
        callout["ids"].append(anchor)
        document.ids[anchor] = callout
        self.env.get_domain("lesson").note_term(term, anchor)  # type: ignore[attr-defined]
        entry = addnodes.index(entries=[("single", term, anchor, "main", None)])
        entry.source, entry.line = callout.source, callout.line
        return entry


def _find_lead(callout: nodes.admonition) -> nodes.strong | None:
    """The bold text that the content begins with."""
    for paragraph in callout.children[1:2]:
        # MyST leaves an empty text before inline markup that begins a paragraph.
        first = next((child for child in paragraph.children if child.astext()), None)
        if isinstance(paragraph, nodes.paragraph) and isinstance(first, nodes.strong):
            return first
    return None


class TryIt(Callout):
    """An invitation to change the code above and watch."""

    kind = "try-it"

    def title(self) -> str:
        """The default title."""
        return _("Try it")


class ChallengeIntroduction(Callout):
    """The callout that introduces the challenges."""

    kind = "challenge-intro"

    def title(self) -> str:
        """The default title."""
        return _("Challenge")


class TitledAdmonition(Callout):
    """``name Title``: one of docutils' admonitions, with a title; lessons are rewritten to it."""

    required_arguments = 1
    optional_arguments = 0

    def run(self) -> list[nodes.Node]:
        """Build an admonition that looks like the named one."""
        self.kind, _blank, title = self.arguments[0].partition(" ")
        self.arguments = [title.strip()] if title.strip() else []
        (callout,) = super().run()
        assert isinstance(callout, nodes.admonition)
        callout["classes"] = [self.kind, *self.options.get("class", [])]
        return [callout]

    def title(self) -> str:
        """The default title, Sphinx's own word."""
        return admonition_title(self.kind)


class Demo(SphinxDirective):
    """The explicit form of a demo: code that is run, with the flags of a fence as options."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Callable[[str], object]]] = {
        **dict.fromkeys(
            (
                "skip-execution",
                "raises-exception",
                "hide-input",
                "hide-output",
                "remove-input",
                "remove-output",
                "browser-only",
            ),
            directives.flag,
        ),
        "compare": directives.unchanged_required,
        "timeout": directives.unchanged_required,
        "tags": directives.unchanged_required,
        "known-failure": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        """A literal block that the transform finds by its line, as it finds fences."""
        words = (self.arguments[0] if self.arguments else "python").split()
        text = "\n".join(self.content) + "\n"
        block = nodes.literal_block(text, text, language=words[0])
        block["lesson_flags"] = [*words[1:], *self._flags()]
        block.source, block.line = self.get_source_info()
        block["lesson_first_line"] = block.line + self._count_lines_above()
        return [block]

    def _count_lines_above(self) -> int:
        """How many lines of the directive stand above its content.

        The offset of the content counts from the directive in Markdown, and in reStructuredText
        from the first line of all that the page is made of.
        """
        counts_all = isinstance(self.state_machine, StateMachine)
        return self.content_offset + 1 - (self.lineno if counts_all else 0)

    def _flags(self) -> Sequence[str]:
        return [
            name if value is None else f"{name}={value}" for name, value in self.options.items()
        ]


class Challenges(SphinxDirective):
    """The challenge region of a lesson, in place of its text, which was read before."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Build the challenges of the lesson that this source holds."""
        from sphinx_lessons.sphinx_ext.page.challenges import ChallengeBuilder

        page = page_of(self.env)
        source, _line = self.get_source_info()
        report = page.reports.get(source) if page else None
        if report is None:
            return []
        region = lesson_region("", source=source)
        region += ChallengeBuilder(self.env, report, self._parse, self._parse_inline).build()
        return [region]

    def _parse(self, prose: Prose) -> list[nodes.Node]:
        parent = nodes.container()
        from sphinx_lessons.reading import rewrite_markdown

        # Only "\n" ends a line of Markdown; str.splitlines knows more.
        text = rewrite_markdown(prose.text).split("\n")
        lines = StringList(text, self.state.document["source"])
        self.state.nested_parse(lines, prose.span.start - 1 - self.lineno, parent)
        return parent.children

    def _parse_inline(self, text: str, line: int) -> list[nodes.Node]:
        children, messages = self.state.inline_text(text, line)
        return [*children, *messages]


DIRECTIVES: dict[str, type[SphinxDirective]] = {
    "definition": Definition,
    "try-it": TryIt,
    "challenge": ChallengeIntroduction,
    "demo": Demo,
    "lesson-admonition": TitledAdmonition,
    "lesson-challenges": Challenges,
}


def setup_directives(app: Sphinx) -> None:
    """Register the directives."""
    for name, directive in DIRECTIVES.items():
        app.add_directive(name, directive)

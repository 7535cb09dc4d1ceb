"""Lessons in LaTeX: engine, style, and the shapes of ``sphinxlessons.sty``."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.builders.latex import default_latex_engine
from sphinx.transforms.post_transforms import SphinxPostTransform

from sphinx_lessons.sphinx_ext.configuration import read_settings
from sphinx_lessons.sphinx_ext.hosts import docname_of
from sphinx_lessons.sphinx_ext.paper.solutions import lesson_page_number, lesson_room
from sphinx_lessons.sphinx_ext.words import _

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

    from sphinx_lessons.sphinx_ext.nodes import Visitor

STYLE = Path(__file__).with_name("sphinxlessons.sty")

FONT_SETUP = r"""
\setmainfont{FreeSerif}[Extension=.otf,
  UprightFont=*, ItalicFont=*Italic, BoldFont=*Bold, BoldItalicFont=*BoldItalic]
\setsansfont{FreeSans}[Extension=.otf,
  UprightFont=*, ItalicFont=*Oblique, BoldFont=*Bold, BoldItalicFont=*BoldOblique]
% Comments are slanted: the slanted cut of this font has fewer characters than the upright one.
\setmonofont{DejaVuSansMono}[Extension=.ttf, Scale=0.82,
  UprightFont=*, BoldFont=*-Bold, ItalicFont=*, ItalicFeatures={FakeSlant=0.2},
  BoldItalicFont=*-Bold, BoldItalicFeatures={FakeSlant=0.2}]
"""
"""The fonts of TeX files, unless the project chose its own: both come with TeX Live."""

OWN_FONTS = ("el", "ja", "zh")
"""Languages for which Sphinx sets up engine or fonts of their own."""

CALLOUTS = {
    "lesson-definition": "definition",
    "lesson-try-it": "tryit",
    "lesson-challenge-intro": "challenge",
    "lesson-failure": "failure",
}


class lesson_box(nodes.General, nodes.Element):  # noqa: N801
    """An environment of our style; its first children are the :class:`lesson_argument` s.

    The labels are its last argument: TeX drops them where a box breaks right at its beginning.
    """


class lesson_argument(nodes.General, nodes.TextElement):  # noqa: N801
    """An argument of a :class:`lesson_box`."""


class lesson_lines(nodes.General, nodes.Element):  # noqa: N801
    """Lines to write on, ``count`` of them."""


class ShapeForLatex(SphinxPostTransform):
    """Replace what has an environment in our style by that environment."""

    default_priority = 70
    formats = ("latex",)

    def run(self, **_kwargs: object) -> None:
        """Shape exercises, answers and callouts."""
        for section in list(self.document.findall(nodes.section)):
            if "lesson-challenge" in section["classes"]:
                self._shape_exercise(section)
            elif "lesson-answer" in section["classes"]:
                self._shape_answer(section)
        for admonition in list(self.document.findall(nodes.admonition)):
            kinds = [kind for name, kind in CALLOUTS.items() if name in admonition["classes"]]
            if kinds:
                _replace(admonition, "lessoncallout", [kinds[0]])

    def _shape_exercise(self, section: nodes.section) -> None:
        level = " ".join(node.astext() for node in _take(section, "lesson-challenge-facts"))
        links = _take(section, "lesson-link")
        self._add_room(section)
        section += links
        self._add_address(section)
        _replace(section, "lessonexercise", [str(_("Exercise"))], (level,))

    def _add_room(self, section: nodes.section) -> None:
        count = read_settings(self.config).paper_answer_lines
        if count:
            section += lesson_lines(count=count)

    def _add_address(self, section: nodes.section) -> None:
        """Say where the exercise is on the web, where it can be run."""
        if not self.config.html_baseurl:
            return
        suffix = self.config.html_link_suffix or self.config.html_file_suffix or ".html"
        page = f"{docname_of(self.document, section)}{suffix}"
        uri = f"{self.config.html_baseurl.rstrip('/')}/{page}#{section['lesson_challenge']}"
        address = nodes.reference(uri, uri, refuri=uri)
        text = _("On the web:") + " "
        section += nodes.paragraph("", "", nodes.Text(text), address, translatable=False)

    def _shape_answer(self, section: nodes.section) -> None:
        label = f"{docname_of(self.document, section)}:{section['lesson_challenge']}"
        number = lesson_page_number(label=label, bare=True)
        _replace(section, "lessonanswer", [str(_("Exercise")), number])


def _take(section: nodes.section, name: str) -> list[nodes.Node]:
    """Take the paragraphs of a class out of a section."""
    found: list[nodes.Node] = [
        child
        for child in section.children
        if isinstance(child, nodes.paragraph) and name in child["classes"]
    ]
    for child in found:
        section.remove(child)
    return found


def _replace(
    node: nodes.Element,
    environment: str,
    before: list[str | nodes.Node],
    after: tuple[str, ...] = (),
) -> None:
    """Put an environment in the place of a node; its title is an argument, after ``before``."""
    title, *content = node.children
    arguments = [
        *map(_make_argument, before),
        lesson_argument("", "", *title.children),
        *map(_make_argument, after),
    ]
    box = lesson_box("", *arguments, *content, environment=environment, ids=node["ids"])
    box.source, box.line = node.source, node.line
    node.replace_self(box)


def _make_argument(value: str | nodes.Node) -> lesson_argument:
    if isinstance(value, str):
        return lesson_argument(value, value)
    return lesson_argument("", "", value)


def _visit_box(self: Visitor, node: lesson_box) -> None:
    # Tables and code inside know that they cannot float.
    self.no_latex_floats += 1
    self.body.append(f"\n\\begin{{savenotes}}\\begin{{{node['environment']}}}")


def _depart_box(self: Visitor, node: lesson_box) -> None:
    self.no_latex_floats -= 1
    self.body.append(f"\n\\end{{{node['environment']}}}\\end{{savenotes}}\n")


def _visit_argument(self: Visitor, _node: lesson_argument) -> None:
    self.body.append("{")


def _depart_argument(self: Visitor, node: lesson_argument) -> None:
    self.body.append("}")
    following = node.next_node(descend=False, siblings=True)
    if not isinstance(following, lesson_argument):
        self.body.append(f"{{{self.hypertarget_to(node.parent, anchor=True)}}}\n")


def _visit_page_number(self: Visitor, node: lesson_page_number) -> None:
    label = self.idescape(node["label"])
    self.body.append(label if node.get("bare") else f"\\lessonpage{{{label}}}")
    raise nodes.SkipNode


def _visit_room(self: Visitor, _node: lesson_room) -> None:
    self.body.append("\n\\lessonanswers\n")
    raise nodes.SkipNode


def _visit_lines(self: Visitor, node: lesson_lines) -> None:
    self.body.append(f"\n\\lessonanswerlines{{{node['count']}}}\n")
    raise nodes.SkipNode


def choose_engine(_app: Sphinx, config: Config) -> None:
    """Set engine, fonts and style, as far as the project has not chosen its own."""
    if not _is_set(config, "latex_engine") and default_latex_engine(config) == "pdflatex":
        config["latex_engine"] = "xelatex"
    elements: dict[str, Any] = dict(config.latex_elements)
    unicode_engine = config.latex_engine in ("xelatex", "lualatex")
    if unicode_engine and not _is_set(config, "latex_use_xindy"):
        # With these engines Sphinx expects a program that TeX's usual packages do not bring.
        config["latex_use_xindy"] = shutil.which("xindy") is not None
    if unicode_engine and not str(config.language).startswith(OWN_FONTS):
        elements.setdefault("fontpkg", FONT_SETUP)
    # What the project says comes after ours and wins.
    elements["preamble"] = "\\usepackage{sphinxlessons}\n" + elements.get("preamble", "")
    elements["sphinxsetup"] = "verbatimforcewraps=true," + elements.get("sphinxsetup", "")
    config["latex_elements"] = elements
    config["latex_additional_files"] = [*config.latex_additional_files, str(STYLE)]


def _is_set(config: Config, name: str) -> bool:
    """Whether the project set a value; Sphinx has no public way to ask."""
    return name in config._raw_config or name in config._overrides  # noqa: SLF001


def _pass(_self: Visitor, _node: nodes.Element) -> None:
    """Nothing: the node exists in LaTeX only."""


def setup_latex(app: Sphinx) -> None:
    """Register nodes, post-transform and configuration."""
    app.add_node(lesson_box, latex=(_visit_box, _depart_box))
    app.add_node(lesson_argument, latex=(_visit_argument, _depart_argument))
    app.add_node(lesson_lines, latex=(_visit_lines, _pass))
    app.add_node(lesson_page_number, latex=(_visit_page_number, _pass))
    app.add_node(lesson_room, latex=(_visit_room, _pass))
    app.add_post_transform(ShapeForLatex)
    # After our own settings are merged, before Sphinx looks at those of LaTeX, at 800.
    app.connect("config-inited", choose_engine, priority=700)

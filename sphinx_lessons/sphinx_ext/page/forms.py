"""Of every value the one form that suits the builder: a drawing, a table, a formula, text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from sphinx_lessons.model import Problem
from sphinx_lessons.problems import Code
from sphinx_lessons.sphinx_ext.hosts import app_of, builder_of, path_of
from sphinx_lessons.sphinx_ext.late_problems import report_late
from sphinx_lessons.sphinx_ext.nodes import lesson_bundle, make_literal

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

IMAGE = "image/*"

PAPER = ("epub", "latex", "man", "texinfo", "text")
"""Formats, and a builder, whose readers miss a value that has no form for them."""

_COMMAND = re.compile(r"\\([A-Za-z]+)")
_FOREIGN = re.compile(r"<(?:svg|math)\b")
_NAME = re.compile(r"<[\w.<>]+ (?:object|at 0x)[\w ]*>")

PRIORITIES = {
    "html": ("text/html", IMAGE, "text/latex", "text/plain"),
    "latex": (IMAGE, "text/latex", "text/plain"),
    "": (IMAGE, "text/plain", "text/latex"),
}
"""Which form of a value is shown, by the builder's format; ``""`` is any other builder."""


class ChooseForms(SphinxPostTransform):
    """Leave of every value the one form that suits the builder best."""

    # Before Sphinx's own transforms of images, which are at 100 and later.
    default_priority = 50

    def run(self, **_kwargs: object) -> None:
        """Replace every bundle by one of its forms; report values that have none here."""
        builder = builder_of(self.env)
        wanted = PRIORITIES.get(builder.format, PRIORITIES[""])
        images = frozenset(builder.supported_image_types)
        problems = []
        own = _find_own_commands(self.config) if builder.format == "latex" else None
        checked = builder.format in ("html", "latex")
        for bundle in list(self.document.findall(lesson_bundle)):
            flaw = _take_flawed_formula(bundle, own) if checked else ""
            if flaw:
                message = f"the LaTeX of a value of this demo cannot be shown: {flaw}"
                problems.append(self._make_problem(bundle, Code.BROKEN_VALUE, message))
            if builder.name == "epub":
                _take_foreign_markup(bundle)
            form = choose_form(bundle, wanted, images)
            if builder.name == "epub":
                _prefer_pixels(form)
            if {builder.format, builder.name}.intersection(PAPER) and (
                form is None or _says_nothing(form)
            ):
                message = "a value of this demo can only be shown on a web page; here it is missing"
                problems.append(self._make_problem(bundle, Code.HTML_ONLY_VALUE, message))
            bundle.replace_self([form] if form is not None else [])
        report_late(app_of(self.env), problems)

    def _make_problem(self, bundle: lesson_bundle, code: Code, message: str) -> Problem:
        demo = bundle.parent
        while demo is not None and demo.line is None:
            demo = demo.parent
        line = demo.line if demo is not None and demo.line else 1
        path = path_of(self.document, demo or bundle)
        return Problem(code, message, path, line, code.severity)


def _find_own_commands(config: Config) -> frozenset[str]:
    """The commands that the project's preamble names, and so may define."""
    preamble = str(config.latex_elements.get("preamble", ""))
    return frozenset(_COMMAND.findall(preamble))


def _take_flawed_formula(bundle: lesson_bundle, own: frozenset[str] | None) -> str:
    """Take away a formula that TeX or MathJax would stop at; what is wrong with it, or ``""``."""
    mimetypes: list[str] = bundle["mimetypes"]
    if "text/latex" not in mimetypes:
        return ""
    place = mimetypes.index("text/latex")
    formula = bundle.children[place]
    from sphinx_lessons.sphinx_ext.page.formulas import find_flaw

    flaw = find_flaw(formula.astext(), own)
    if flaw and len(mimetypes) > 1:
        _take_away(bundle, place)
    elif flaw:
        bundle[place] = make_literal(formula.astext(), "none", "lesson-value")
    return flaw


def _take_foreign_markup(bundle: lesson_bundle) -> None:
    """Take away HTML that holds SVG or MathML: a book has to list its chapters that do."""
    mimetypes: list[str] = bundle["mimetypes"]
    place = mimetypes.index("text/html") if "text/html" in mimetypes else -1
    if place >= 0 and _FOREIGN.search(bundle.children[place].astext()):
        _take_away(bundle, place)


def _take_away(bundle: lesson_bundle, place: int) -> None:
    mimetypes: list[str] = bundle["mimetypes"]
    del bundle[place]
    bundle["mimetypes"] = [*mimetypes[:place], *mimetypes[place + 1 :]]


def choose_form(
    bundle: lesson_bundle, wanted: tuple[str, ...], images: frozenset[str]
) -> nodes.Node | None:
    """The first wanted form that the builder can show and that says something.

    ``images`` are the MIME types of images that the builder can show; empty if it shows none but
    says that there is one.
    """
    mimetypes: list[str] = bundle["mimetypes"]
    found = [bundle.children[mimetypes.index(mime)] for mime in wanted if mime in mimetypes]
    shown = [form for form in found if _can_be_shown(form, images)]
    telling = [form for form in shown if not _says_nothing(form)]
    return next(iter([*telling, *shown]), None)


def _prefer_pixels(form: nodes.Node | None) -> None:
    """Leave no SVG where there is a PNG: what matplotlib writes is not valid in a book."""
    if isinstance(form, nodes.image) and "image/png" in form.get("candidates", {}):
        form["candidates"] = {"image/png": form["candidates"]["image/png"]}


def _can_be_shown(form: nodes.Node, images: frozenset[str]) -> bool:
    candidates: dict[str, str] = form.get("candidates", {}) if isinstance(form, nodes.image) else {}
    return not (candidates and images) or not images.isdisjoint(candidates)


def _says_nothing(form: nodes.Node) -> bool:
    """Whether a form is only the name of a class, as Python gives it to every value."""
    return isinstance(form, nodes.literal_block) and is_mere_name(form.astext())


def is_mere_name(text: str) -> bool:
    """Whether a text is only what Python says of every value: its class, and where it is."""
    return _NAME.fullmatch(text.strip()) is not None


def setup_forms(app: Sphinx) -> None:
    """Register the post-transform."""
    app.add_post_transform(ChooseForms)

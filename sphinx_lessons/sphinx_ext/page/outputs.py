"""What a demo showed, as nodes. The only module that touches jupyter-sphinx.

jupyter-sphinx renders rich values; it is imported only when there is one, and none of its assets
are needed for what it renders here. Figures are written below the doctree folder, named by their
content; the forms of one figure share a name and differ in the ending, so that Sphinx's own
``name.*`` mechanism picks the one that suits the builder.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from markdown_it import MarkdownIt

from sphinx_lessons.judging import normalize_stream
from sphinx_lessons.model import Rich, Stream
from sphinx_lessons.problems import Code
from sphinx_lessons.sphinx_ext.nodes import lesson_bundle, make_literal
from sphinx_lessons.sphinx_ext.page import images
from sphinx_lessons.sphinx_ext.page.forms import is_mere_name
from sphinx_lessons.sphinx_ext.page.formulas import adapt_display, is_formula
from sphinx_lessons.sphinx_ext.page.sanitizing import (
    ALLOWED_TAGS,
    clean_html,
    clean_svg,
    has_active_tex,
)
from sphinx_lessons.sphinx_ext.page.taken_out import find_taken_out, is_visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sphinx.environment import BuildEnvironment

    from sphinx_lessons.model import CellResult

FORMS = ("text/html", "text/latex", "text/plain")
"""The forms besides images that are shown; scripts and widgets are not."""


class Renderer:
    """Renders the outputs of one page's demos."""

    def __init__(self, env: BuildEnvironment, *, trust_html: bool) -> None:
        self.env = env
        self.trust_html = trust_html
        self.findings: dict[Code, str] = {}
        """What was wrong with the outputs since this was last emptied, one message a code."""

    def render(self, result: CellResult, *, streams: bool = True) -> list[nodes.Node]:
        """Nodes for a result's outputs, in their order; stderr is not for readers."""
        shown: list[nodes.Node] = []
        for output in result.outputs:
            if isinstance(output, Rich):
                shown.extend(self._render_rich(output))
            elif streams and output.name == "stdout":
                shown.extend(_render_stream(output))
        return shown

    def _render_rich(self, output: Rich) -> list[nodes.Node]:
        pictures = self._take_images(output.data)
        forms = self._take_texts(output.data)
        if set(forms) == {"text/plain"} and not pictures:
            return [make_literal(normalize_stream(forms["text/plain"]), "none", "lesson-value")]
        return self._render_bundle(forms, pictures) if forms or pictures else []

    def _take_texts(self, data: Mapping[str, str]) -> dict[str, str]:
        """The other forms, without HTML of which nothing is left to see."""
        offered = _spell_out(data)
        cleaned = {mime: self._clean(mime, offered[mime]) for mime in FORMS if mime in offered}
        forms = {mime: text for mime, text in cleaned.items() if text or mime != "text/html"}
        if forms != cleaned and is_mere_name(forms.get("text/plain", "")):
            del forms["text/plain"]
        if not self.trust_html and has_active_tex(forms.get("text/latex", "")):
            self.findings[Code.UNSAFE_OUTPUT] = (
                "this demo's LaTeX has commands that act on the page; it is not shown as a formula"
            )
            forms.setdefault("text/plain", forms.pop("text/latex"))
        if len(forms) > 1 and not is_formula(forms.get("text/latex", "$")):
            del forms["text/latex"]
        return forms

    def _render_bundle(self, forms: dict[str, str], pictures: dict[str, bytes]) -> list[nodes.Node]:
        from jupyter_sphinx.ast import cell_output_to_nodes

        data = dict(forms)
        metadata: dict[str, object] = {}
        folder, name = self._write_images(pictures) if pictures else ("", "")
        if pictures:
            data["image/*"] = ""
            metadata["filenames"] = {"image/*": f"{folder}/{name}.*"}
        output = {"output_type": "display_data", "data": data, "metadata": metadata}
        bundles = cell_output_to_nodes(
            [output], write_stderr=False, out_dir=folder, thebe_config=None
        )
        plain = normalize_stream(forms.get("text/plain", ""))
        return [_adopt(bundle, plain) for bundle in bundles]

    def _take_images(self, data: Mapping[str, str]) -> dict[str, bytes]:
        """The forms that are images, without those that are broken."""
        taken: dict[str, bytes] = {}
        for mime in sorted(images.ENDINGS.keys() & data.keys()):
            try:
                content = images.decode(mime, data[mime])
            except ValueError:
                content = b""
            if images.is_whole(mime, content):
                taken[mime] = self._clean_image(mime, content)
            else:
                self.findings[Code.BROKEN_VALUE] = (
                    f"a value of this demo is no valid {mime}; it is shown in another form, if any"
                )
        return taken

    def _clean_image(self, mime: str, content: bytes) -> bytes:
        if mime != "image/svg+xml" or self.trust_html:
            return content
        cleaned = clean_svg(content)
        if cleaned != content:
            self.findings[Code.UNSAFE_OUTPUT] = (
                "scripts or other active content were taken out of this demo's SVG image"
            )
        return cleaned

    def _write_images(self, contents: Mapping[str, bytes]) -> tuple[str, str]:
        """Write the forms of an image; returns the folder as Sphinx wants it, and the stem."""
        digest = hashlib.sha256(b"\0".join(contents[mime] for mime in sorted(contents)))
        name = f"lesson-{digest.hexdigest()[:16]}"
        folder = Path(self.env.doctreedir) / "lessons" / "figures"
        folder.mkdir(parents=True, exist_ok=True)
        for mime, content in contents.items():
            _write(folder / f"{name}{images.ENDINGS[mime]}", content)
        relative = os.path.relpath(folder, self.env.srcdir)
        return "/" + Path(relative).as_posix(), name

    def _clean(self, mime: str, text: str) -> str:
        if mime == "text/latex":
            return adapt_display(text)
        if mime != "text/html" or self.trust_html:
            return text
        cleaned = clean_html(text)
        taken_out = find_taken_out(text, cleaned, ALLOWED_TAGS)
        if taken_out:
            names = ", ".join(taken_out)
            self.findings[Code.UNSAFE_OUTPUT] = (
                f"taken out of this demo's HTML output, as it acts or loads something: {names}"
            )
        return cleaned if is_visible(cleaned) else ""


def _spell_out(data: Mapping[str, str]) -> Mapping[str, str]:
    """The forms, with what is shown of Markdown and JSON where these are all that is offered."""
    if "text/html" in data or "text/latex" in data:
        return data
    if "text/markdown" in data:
        text = data["text/markdown"]
        return {**data, "text/html": MarkdownIt().render(text), "text/plain": text}
    if "application/json" in data:
        return {**data, "text/plain": data["application/json"]}
    return data


def _adopt(bundle: nodes.Element, plain: str) -> nodes.Node:
    """Our own node with the forms of jupyter-sphinx's, which only its own builders know."""
    mimetypes: list[str] = list(bundle["mimetypes"])
    children = list(bundle.children)
    for child in children:
        if isinstance(child, nodes.image):
            child["alt"] = plain
            child["classes"].append("lesson-figure")
    return lesson_bundle("", *children, mimetypes=mimetypes)


def _render_stream(output: Stream) -> Iterable[nodes.Node]:
    text = normalize_stream(output.text)
    return [make_literal(text, "none", "lesson-stdout")] if text.strip("\n") else []


def _write(path: Path, content: bytes) -> None:
    """Write a file at once or not at all; several processes may write the same one."""
    if path.exists():
        return
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(content)
    temporary.replace(path)

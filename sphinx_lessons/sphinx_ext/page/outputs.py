"""What a demo showed, as nodes. The only module that touches jupyter-sphinx.

jupyter-sphinx renders rich values; it is imported only when there is one, and none of its assets
are needed for what it renders here. Figures are written below the doctree folder, named by their
content; the forms of one figure share a name and differ in the ending, so that Sphinx's own
``name.*`` mechanism picks the one that suits the builder.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from markdown_it import MarkdownIt

from sphinx_lessons.judging import normalize_stream
from sphinx_lessons.model import Rich, Stream
from sphinx_lessons.sphinx_ext.nodes import lesson_bundle, make_literal
from sphinx_lessons.sphinx_ext.page.sanitizing import clean_html, has_active_content

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sphinx.environment import BuildEnvironment

    from sphinx_lessons.model import CellResult

IMAGE_ENDINGS = {
    "image/svg+xml": ".svg",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "application/pdf": ".pdf",
}
_SIGNATURES = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
    "application/pdf": b"%PDF-",
}
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*>\s*")

FORMS = ("text/html", "text/latex", "text/plain")
"""The forms besides images that are shown; scripts and widgets are not."""


class Renderer:
    """Renders the outputs of one page's demos."""

    def __init__(self, env: BuildEnvironment, *, trust_html: bool) -> None:
        self.env = env
        self.trust_html = trust_html
        self.unsafe = False
        """Whether active content was taken out of some output since this was last reset."""

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
        images = {mime: text for mime, text in output.data.items() if _is_image(mime, text)}
        offered = _spell_out(output.data)
        forms = {mime: self._clean(mime, offered[mime]) for mime in FORMS if mime in offered}
        if set(forms) == {"text/plain"} and not images:
            return [make_literal(normalize_stream(forms["text/plain"]), "none", "lesson-value")]
        return self._render_bundle(forms, images)

    def _render_bundle(self, forms: dict[str, str], images: dict[str, str]) -> list[nodes.Node]:
        from jupyter_sphinx.ast import cell_output_to_nodes

        data = dict(forms)
        metadata: dict[str, object] = {}
        folder, name = self._write_images(images) if images else ("", "")
        if images:
            data["image/*"] = ""
            metadata["filenames"] = {"image/*": f"{folder}/{name}.*"}
        output = {"output_type": "display_data", "data": data, "metadata": metadata}
        bundles = cell_output_to_nodes(
            [output], write_stderr=False, out_dir=folder, thebe_config=None
        )
        plain = normalize_stream(forms.get("text/plain", ""))
        return [_adopt(bundle, plain) for bundle in bundles]

    def _write_images(self, images: Mapping[str, str]) -> tuple[str, str]:
        """Write the forms of an image; returns the folder as Sphinx wants it, and the stem."""
        contents = {mime: _decode(mime, text) for mime, text in images.items()}
        digest = hashlib.sha256(b"\0".join(contents[mime] for mime in sorted(contents)))
        name = f"lesson-{digest.hexdigest()[:16]}"
        folder = Path(self.env.doctreedir) / "lessons" / "figures"
        folder.mkdir(parents=True, exist_ok=True)
        for mime, content in contents.items():
            _write(folder / f"{name}{IMAGE_ENDINGS[mime]}", content)
        relative = os.path.relpath(folder, self.env.srcdir)
        return "/" + Path(relative).as_posix(), name

    def _clean(self, mime: str, text: str) -> str:
        if mime != "text/html" or self.trust_html:
            return text
        self.unsafe = self.unsafe or has_active_content(text)
        return clean_html(text)


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


def _is_image(mime: str, text: str) -> bool:
    """Whether it is what its type says: a lesson's class may offer anything, and TeX would stop."""
    if mime not in IMAGE_ENDINGS:
        return False
    try:
        content = _decode(mime, text)
    except ValueError:
        return False
    if mime == "image/svg+xml":
        return b"<svg" in content
    return content.startswith(_SIGNATURES[mime])


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


def _decode(mime: str, text: str) -> bytes:
    if mime == "image/svg+xml":
        # A document type names a file on another host, which books must not.
        return _DOCTYPE.sub("", text, count=1).encode()
    return base64.b64decode(text)


def _write(path: Path, content: bytes) -> None:
    """Write a file at once or not at all; several processes may write the same one."""
    if path.exists():
        return
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(content)
    temporary.replace(path)

"""Matplotlib figures as outputs: PNG, SVG and PDF, the same bytes on every run."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

FORMATS = {"image/png": "png", "image/svg+xml": "svg", "application/pdf": "pdf"}
_METADATA: dict[str, dict[str, None]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
_SALT = "sphinx-lessons"
_SHARPNESS = 1.5
"""Pixels of the PNG for one of the figure's, so that it is sharp where the page scales it."""
_LARGEST_VECTOR = 1_000_000
"""Bytes; a drawing that is larger is shown as PNG only (scatter plots of many thousand points)."""


def render(figure: Any, mime: str) -> str | bytes | None:
    """A figure in one of :data:`FORMATS`; ``None`` if it is empty or too large for that form."""
    if not figure.axes and not figure.lines and not figure.texts and not figure.images:
        return None
    import matplotlib as mpl

    form = FORMATS[mime]
    buffer = io.BytesIO()
    dpi = figure.dpi * _SHARPNESS if form == "png" else figure.dpi
    with mpl.rc_context({"svg.hashsalt": _SALT}):
        figure.savefig(buffer, format=form, dpi=dpi, bbox_inches="tight", metadata=_METADATA[form])
    data = buffer.getvalue()
    if form != "png" and len(data) > _LARGEST_VECTOR:
        return None
    return data.decode() if form == "svg" else data


class Figures:
    """Shows each open figure once, when ``plt.show()`` is called or a cell ends, and closes it."""

    def __init__(self, display: Callable[[Any], None]) -> None:
        self._display = display
        self._shown: set[int] = set()

    def prepare(self, code: str) -> None:
        """Let ``plt.show()`` come here, if the session's code names matplotlib at all."""
        if "matplotlib" not in code:
            return
        try:
            import matplotlib.pyplot as plt
        except Exception:  # noqa: BLE001 - the cell that imports it will tell
            return

        def show(*_arguments: object, **_options: object) -> None:
            """Show all open figures (replaces the window that there is none of here)."""
            self.flush()

        plt.show = show

    def register(self, formatters: Any) -> None:
        """Teach IPython's formatters what a figure looks like."""
        for mime in FORMATS:
            formatters[mime].for_type_by_name("matplotlib.figure", "Figure", self._printer(mime))

    def _printer(self, mime: str) -> Callable[[Any], str | bytes | None]:
        def printer(figure: Any) -> str | bytes | None:
            self._shown.add(id(figure))
            return render(figure, mime)

        return printer

    def flush(self) -> None:
        """Show the open figures, in the order they were made, except those shown already."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is None:
            return
        for number in pyplot.get_fignums():
            figure = pyplot.figure(number)
            if id(figure) not in self._shown:
                self._display(figure)
        pyplot.close("all")
        self._shown.clear()

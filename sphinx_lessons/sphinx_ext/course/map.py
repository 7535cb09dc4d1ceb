"""The map of a course as one SVG: modules as boxes in layers, lessons as rows, arrows between them.

Pure layout: it knows neither Sphinx nor the course, only what to draw. Colors are those of the
text around it, so the map fits every theme, light and dark. Between modules one arrow stands for
all prerequisites, and none is drawn for what follows from others: a map of a thousand lessons stays
legible because it never draws their arrows one by one, nor behind the boxes between them.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import reduce
from html import escape
from operator import or_
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

COLUMNS = 3
"""Boxes side by side, at most."""
BOX_WIDTH = 270
COLUMN_GAP = 50
ROW_GAP = 60
HEAD_HEIGHT = 38
LINE_HEIGHT = 28
GUTTER = 34
"""Width of the strip at the left of a box, in which arrows between its lessons run."""
MARGIN = 12
TEXT_COLUMNS = 29
"""How many narrow characters of a lesson's title fit; wide ones count twice."""

FILL = "var(--lesson-map-fill,var(--color-background-primary,var(--pst-color-background,#fff)))"


@dataclass(frozen=True, slots=True)
class MapLesson:
    """A row of a box."""

    id: str
    title: str
    href: str
    requires: frozenset[str] = frozenset()
    """Ids of lessons."""


@dataclass(frozen=True, slots=True)
class MapModule:
    """A box."""

    id: str
    title: str
    href: str
    """``""`` if it leads nowhere."""
    lessons: tuple[MapLesson, ...]
    requires: frozenset[str] = frozenset()
    """Ids of other modules that it, or a lesson of it, requires."""


@dataclass(frozen=True, slots=True)
class _Box:
    module: MapModule
    x: int
    y: int

    @property
    def height(self) -> int:
        return HEAD_HEIGHT + LINE_HEIGHT * len(self.module.lessons) + MARGIN // 2

    @property
    def center(self) -> int:
        return self.x + BOX_WIDTH // 2

    def row(self, index: int) -> int:
        """The middle of a lesson's row."""
        return self.y + HEAD_HEIGHT + LINE_HEIGHT * index + LINE_HEIGHT // 2


def draw_map(modules: Sequence[MapModule], label: str, name: str) -> str:
    """The SVG element; ``label`` is its name for screen readers, ``name`` is unique on the page."""
    boxes = {box.module.id: box for box in _place_boxes(modules)}
    width = max((box.x + BOX_WIDTH for box in boxes.values()), default=0) + MARGIN
    height = max((box.y + box.height for box in boxes.values()), default=0) + MARGIN
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="group" aria-label="{_text(label)}" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        'font-family="inherit" font-size="14" fill="currentColor" direction="ltr">'
    )
    marker = (
        f'<defs><marker id="{name}-head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="currentColor"/></marker>'
        "</defs>"
    )
    parts = [
        head,
        marker,
        '<g fill="none" stroke="currentColor" stroke-opacity=".55" aria-hidden="true">',
        *_draw_module_arrows(boxes, name),
        "</g>",
    ]
    for box in boxes.values():
        parts += _draw_box(box, name)
    return "\n".join([*parts, "</svg>"])


def find_layers(modules: Sequence[MapModule]) -> dict[str, int]:
    """How many modules one must have done before each, along the longest way.

    Modules in a circle count as if the step that closes it were not there.
    """
    by_id = {module.id: module for module in modules}
    layers: dict[str, int] = {}
    for root in by_id:
        way = [root]
        opened: set[str] = set()
        while way:
            name = way[-1]
            needed = by_id[name].requires & by_id.keys() - {name}
            waiting = [n for n in sorted(needed) if n not in layers and n not in opened]
            if name not in layers and name not in opened and waiting:
                opened.add(name)
                way.extend(waiting)
                continue
            way.pop()
            opened.discard(name)
            if name not in layers:
                layers[name] = 1 + max((layers[n] for n in needed if n in layers), default=-1)
    return layers


def find_direct(modules: Sequence[MapModule]) -> dict[str, list[str]]:
    """Of what each module requires, that which follows from nothing else that it requires.

    This is the transitive reduction of the graph; steps that close a circle are all kept.
    """
    layers = find_layers(modules)
    needed = {module.id: module.requires & layers.keys() - {module.id} for module in modules}
    # One bit a module: sets of all that comes before would take too much for long chains.
    bits = {name: 1 << rank for rank, name in enumerate(layers)}
    implied: dict[str, int] = {}
    direct: dict[str, list[str]] = {}
    for name in sorted(layers, key=layers.__getitem__):
        before = [other for other in needed[name] if layers[other] < layers[name]]
        further = reduce(or_, map(implied.__getitem__, before), 0)
        implied[name] = reduce(or_, map(bits.__getitem__, before), further)
        direct[name] = sorted(other for other in needed[name] if not bits[other] & further)
    return direct


def _place_boxes(modules: Sequence[MapModule]) -> Iterator[_Box]:
    layers = find_layers(modules)
    y = MARGIN
    for layer in range(max(layers.values(), default=-1) + 1):
        row = [module for module in modules if layers[module.id] == layer]
        for start in range(0, len(row), COLUMNS):
            boxes = [
                _Box(module, MARGIN + column * (BOX_WIDTH + COLUMN_GAP), y)
                for column, module in enumerate(row[start : start + COLUMNS])
            ]
            yield from boxes
            y += max(box.height for box in boxes) + ROW_GAP


def _draw_module_arrows(boxes: Mapping[str, _Box], name: str) -> Iterator[str]:
    for module, direct in find_direct([box.module for box in boxes.values()]).items():
        target = boxes[module]
        for source in map(boxes.__getitem__, direct):
            start, end = source.y + source.height, target.y
            bend = max(abs(end - start) // 2, 24)
            yield (
                f'<path d="M{source.center} {start}C{source.center} {start + bend} '
                f'{target.center} {end - bend} {target.center} {end}" '
                f'marker-end="url(#{name}-head)"/>'
            )


def _draw_box(box: _Box, name: str) -> Iterator[str]:
    module = box.module
    yield (
        f'<rect x="{box.x}" y="{box.y}" width="{BOX_WIDTH}" height="{box.height}" rx="8" '
        f'stroke="currentColor" stroke-opacity=".55" style="fill:{FILL}"/>'
    )
    yield _draw_text(module.title, module.href, box.x + MARGIN, box.y + 24, TEXT_COLUMNS + 2, "600")
    yield '<g fill="none" stroke="currentColor" stroke-opacity=".55" aria-hidden="true">'
    yield from _draw_lesson_arrows(box, name)
    yield "</g>"
    for index, lesson in enumerate(module.lessons):
        x, y = box.x + GUTTER, box.row(index) + 5
        yield _draw_text(lesson.title, lesson.href, x, y, TEXT_COLUMNS, "400")


def _draw_lesson_arrows(box: _Box, name: str) -> Iterator[str]:
    rows = {lesson.id: index for index, lesson in enumerate(box.module.lessons)}
    x = box.x + GUTTER - 5
    for lesson in box.module.lessons:
        for required in sorted(lesson.requires & rows.keys(), key=rows.__getitem__):
            start, end = box.row(rows[required]), box.row(rows[lesson.id])
            bulge = x - min(8 + 4 * abs(rows[lesson.id] - rows[required]), GUTTER - 8)
            yield (
                f'<path d="M{x} {start}C{bulge} {start} {bulge} {end} {x} {end}" '
                f'marker-end="url(#{name}-head)"/>'
            )


def _draw_text(title: str, href: str, x: int, y: int, columns: int, weight: str) -> str:
    short = shorten(title, columns)
    text = f'<text x="{x}" y="{y}" font-weight="{weight}">{_text(short)}</text>'
    if short != title:
        text = f"<title>{_text(title)}</title>{text}"
    return f'<a href="{_text(href)}">{text}</a>' if href else f"<g>{text}</g>"


def shorten(text: str, columns: int) -> str:
    """A text that takes no more columns, with an ellipsis if something was cut off."""
    used = 0
    for index, character in enumerate(text):
        used += _width(character)
        if used > columns:
            kept = index
            while kept and sum(map(_width, text[:kept])) > columns - 1:
                kept -= 1
            return text[:kept].rstrip() + "…"
    return text


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _text(text: str) -> str:
    """Text for XML: escaped, without the control characters that XML does not know."""
    return escape("".join(c for c in text if c >= " " or c in "\t\n"), quote=True)

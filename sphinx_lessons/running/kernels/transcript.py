"""From a kernel's messages to outputs."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any, Literal

from sphinx_lessons.model import Output, Rich, Stream

StreamName = Literal["stdout", "stderr"]
STREAMS: tuple[StreamName, StreamName] = ("stdout", "stderr")
RICH_FACTOR = 20
"""Values and figures may take that many times the bytes that streams may take."""


class OutputLimitError(Exception):
    """More was printed or shown than the limit allows; the message says what."""


def size(count: float) -> str:
    """``1000000`` is ``1 MB``."""
    for prefix in ("", "k", "M", "G"):
        if count < 1000:
            return f"{count:g} {prefix}B"
        count /= 1000
    return f"{count:g} TB"


@dataclass(slots=True)
class Budget:
    """What a program may print and show, over all its cells. Bytes."""

    limit: int
    printed: int = 0
    shown: int = 0

    def cut(self, text: str) -> str:
        """What of a text is within the limit; all of it counts."""
        data = text.encode("utf-8", "replace")
        room = max(0, self.limit - self.printed)
        self.printed += len(data)
        return text if len(data) <= room else data[:room].decode("utf-8", "ignore")

    def check(self, more: int = 0) -> None:
        """Raises :class:`OutputLimitError` if it is used up; ``more`` was not counted yet."""
        if self.printed + more > self.limit:
            raise OutputLimitError(f"output above {size(self.limit)}")
        if self.shown > self.limit * RICH_FACTOR:
            raise OutputLimitError(f"values and figures above {size(self.limit * RICH_FACTOR)}")


class Transcript:
    """The outputs of one cell, as they come."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._outputs: list[Output] = []
        self._displays: dict[str, int] = {}
        """Where the value with a display id stands."""
        self._clearing = False

    @property
    def outputs(self) -> tuple[Output, ...]:
        """In the order they came; neighboring writes to one stream are joined."""
        joined: list[Output] = []
        for output in self._outputs:
            last = joined[-1] if joined else None
            if isinstance(output, Stream) and isinstance(last, Stream) and last.name == output.name:
                joined[-1] = Stream(output.name, last.text + output.text)
            else:
                joined.append(output)
        return tuple(joined)

    def text(self, name: StreamName) -> str:
        """All that went to a stream."""
        streams = (output for output in self._outputs if isinstance(output, Stream))
        return "".join(stream.text for stream in streams if stream.name == name)

    def check(self, more: int = 0) -> None:
        """Raises :class:`OutputLimitError` if there is more than may be."""
        self._budget.check(more)

    def hear(self, kind: str, content: dict[str, Any]) -> None:
        """Take in a message of the kernel's output channel; kinds that show nothing are ignored."""
        if kind == "stream":
            self.write("stderr" if content.get("name") == "stderr" else "stdout", content["text"])
        elif kind in ("display_data", "execute_result", "update_display_data"):
            self._show(kind, content)
        elif kind == "clear_output":
            self._clearing = True
            if not content.get("wait"):
                self._clear_if_asked()

    def write(self, name: StreamName, text: str) -> None:
        """Add to a stream."""
        if text:
            self._clear_if_asked()
            self._outputs.append(Stream(name, self._budget.cut(text)))

    def _show(self, kind: str, content: dict[str, Any]) -> None:
        self._clear_if_asked()
        data = {mime: _as_text(mime, value) for mime, value in content.get("data", {}).items()}
        self._budget.shown += sum(map(len, data.values()))
        rich = Rich(data, kind == "execute_result")
        display = (content.get("transient") or {}).get("display_id")
        place = self._displays.get(display) if display else None
        if kind == "update_display_data":
            if place is not None:
                self._outputs[place] = rich
        elif data:
            if display:
                self._displays[display] = len(self._outputs)
            self._outputs.append(rich)

    def _clear_if_asked(self) -> None:
        if self._clearing:
            self._clearing = False
            self._outputs.clear()
            self._displays.clear()


def _as_text(mime: str, value: object) -> str:
    """A representation as text: kernels send strings, lists of lines, and JSON as it is."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    if isinstance(value, str) and not mime.endswith("json"):
        return value
    return json.dumps(value, ensure_ascii=False)

"""Bytes and strings to clean text: one kind of line end, no byte order mark, no NUL."""

from __future__ import annotations

BOM = "\ufeff"
_REPLACEMENT = "\ufffd"


def decode(data: bytes) -> tuple[str, int | None]:
    """Decode UTF-8; bad bytes become U+FFFD.

    Returns the text and the line (from 1) of the first bad byte, ``None`` if there is none.
    """
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError as error:
        good = normalize(data[: error.start].decode("utf-8"))
        return data.decode("utf-8", errors="replace"), good.count("\n") + 1


def normalize(text: str) -> str:
    r"""Text with ``\n`` as its only line end, without a byte order mark, as CommonMark reads it.

    NUL and lone surrogates become U+FFFD. The number of lines stays the same.
    """
    text = text.removeprefix(BOM)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _replace_surrogates(text.replace("\0", _REPLACEMENT))


def _replace_surrogates(text: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def split_lines(text: str) -> list[str]:
    r"""The lines of normalized text, as an editor counts them: only ``\n`` ends a line."""
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    return lines


def dedent(line: str, columns: int, first_column: int = 0) -> str:
    """A line without up to so many columns of leading blanks; tabs stop at every fourth column.

    ``first_column`` is where the line begins, which is not 0 inside a block quote.
    """
    position = column = 0
    while position < len(line) and column < columns and line[position] in " \t":
        tab = 4 - (column + first_column) % 4
        column += tab if line[position] == "\t" else 1
        position += 1
    return " " * (column - columns) + line[position:]


def blank_marker(line: str) -> str:
    """A line without its run of colons; the quote or list item that it stands in goes on."""
    return line.replace(":", "").rstrip()


def escape_marker(line: str, marker: str) -> str:
    """A line that begins no block: its marker is text."""
    start = line.index(marker)
    rest = line[start + len(marker) :].replace("{", "\\{", 1)
    return line[:start] + "".join(f"\\{character}" for character in marker) + rest


def indent_of(line: str) -> int:
    """How many blanks (spaces only) a line begins with."""
    return len(line) - len(line.lstrip(" "))

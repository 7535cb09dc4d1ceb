"""What a terminal would leave of a program's output."""

from __future__ import annotations

import re

# Every quantifier is possessive and stops at the next escape, so that no input is read twice over.
_ESCAPE = re.compile(
    r"""
      (?:\x1b\[|\x9b)[0-?]*+[ -/]*+[@-~]                   # CSI: colors, moves, erasing
    | \x1b[]PX^_](?:[^\x07\x1b\n]*+(?:\x07|\x1b\\))?       # OSC, DCS, SOS, PM, APC up to their end
    | \x1b[ -/]*+[0-~]                                     # all others
    | \x1b
    """,
    re.VERBOSE,
)

# The two erasures that progress bars use stand as control characters that nothing else uses,
# once such characters in the output itself have been made visible.
_ERASE_REST, _ERASE_LINE = "\x18", "\x19"
_ERASE = re.compile(r"(?:\x1b\[|\x9b)([02]?)K")
_MOVE = re.compile(f"([\r\b{_ERASE_REST}{_ERASE_LINE}])")

_VISIBLE = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n"} | {0x7F: 0x2421}
_UNUSABLE = dict.fromkeys((*range(0x80, 0xA0), *range(0xD800, 0xE000)), 0xFFFD)
_HARMLESS = _VISIBLE | _UNUSABLE
_PLAIN = re.compile(r"[\t\n\x20-\x7e\xa0-\ud7ff\ue000-\U0010ffff]*+")


def normalize_stream(text: str) -> str:
    r"""Return a program's output as a terminal would leave it, as plain text that is safe to show.

    ``\r\n`` becomes ``\n``, escape sequences go, ``\r`` and ``\b`` overwrite what stands before
    them in their line, other control characters become visible (``␀``), and lone surrogates become
    U+FFFD. Of the escape sequences only "erase to the end of the line" and "erase the line" have an
    effect, since progress bars pair them with ``\r``. Time is linear in the size of any text.
    """
    if _PLAIN.fullmatch(text):
        return text
    text = text.translate({ord(char): _VISIBLE[ord(char)] for char in (_ERASE_REST, _ERASE_LINE)})
    text = _ERASE.sub(lambda match: _ERASE_LINE if match[1] == "2" else _ERASE_REST, text)
    text = _ESCAPE.sub("", text)
    return make_visible("\n".join(map(_overwrite, text.split("\n"))))


def make_visible(text: str) -> str:
    """Return the text with visible signs for control characters other than tabs and line ends."""
    return text.translate(_HARMLESS)


def _overwrite(line: str) -> str:
    """Carry out carriage returns, backspaces and erasures in one line."""
    parts = _MOVE.split(line)
    if len(parts) == 1:
        return line
    cells: list[str] = []
    column = 0
    for part in parts:
        if part == "\r":
            column = 0
        elif part == "\b":
            column = max(column - 1, 0)
        elif part == _ERASE_REST:
            del cells[column:]
        elif part == _ERASE_LINE:
            cells, column = [], 0
        else:
            cells[column : column + len(part)] = part
            column += len(part)
    return "".join(cells)

"""Whether an image is what its type says.

A class of a lesson may offer anything as its ``_repr_png_``, and TeX stops at an image that is cut
off or damaged. Only the structure is looked at: what an encoder wrote in whole is not decoded.
"""

from __future__ import annotations

import base64
import re
import zlib
from typing import TYPE_CHECKING
from xml.parsers import expat

if TYPE_CHECKING:
    from collections.abc import Callable

ENDINGS = {
    "image/svg+xml": ".svg",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "application/pdf": ".pdf",
}
"""How the name of a file ends, by the MIME type of its image."""

_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*>\s*")
_PNG = b"\x89PNG\r\n\x1a\n"
_BARE_MARKERS = {0x01, *range(0xD0, 0xD8)}
"""Markers of JPEG that have no content."""
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
"""Markers that say how large the picture is."""
_PDF_END = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")
_PDF_TABLE = re.compile(rb"\s*(?:xref\b|\d+\s+\d+\s+obj\b)")


def decode(mime: str, text: str) -> bytes:
    """The content of an image as it comes from a kernel. Raises ``ValueError``."""
    if mime == "image/svg+xml":
        # A document type names a file on another host, which books must not.
        return _DOCTYPE.sub("", text, count=1).encode()
    return base64.b64decode(text)


def is_whole(mime: str, content: bytes) -> bool:
    """Whether a file of that type is there from beginning to end."""
    try:
        return _CHECKS[mime](content)
    except (IndexError, ValueError, expat.ExpatError):
        return False


def _is_png(content: bytes) -> bool:
    """Chunks with the right checksums: a header, some data, and the end."""
    if not content.startswith(_PNG):
        return False
    kinds: list[bytes] = []
    place = len(_PNG)
    while not kinds or kinds[-1] != b"IEND":
        size = int.from_bytes(content[place : place + 4], "big")
        chunk = content[place + 4 : place + 8 + size]
        checksum = content[place + 8 + size : place + 12 + size]
        if len(checksum) < 4 or zlib.crc32(chunk) != int.from_bytes(checksum, "big"):
            return False
        kinds.append(chunk[:4])
        place += 12 + size
    return kinds[0] == b"IHDR" and b"IDAT" in kinds


def _is_jpeg(content: bytes) -> bool:
    """Segments up to the scan, one of them with the size of the picture, and an end behind it."""
    place, sized = 2, False
    if content[:2] != b"\xff\xd8":
        return False
    while content[place] == 0xFF:
        marker = content[place + 1]
        if marker == 0xFF or marker in _BARE_MARKERS:
            place += 1 if marker == 0xFF else 2
            continue
        if marker == 0xDA:
            return sized and content.find(b"\xff\xd9", place) > 0
        sized = sized or marker in _FRAMES
        place += 2 + int.from_bytes(content[place + 2 : place + 4], "big")
    return False


def _is_gif(content: bytes) -> bool:
    return content[:6] in (b"GIF87a", b"GIF89a") and content.rstrip(b"\0")[-1:] == b";"


def _is_pdf(content: bytes) -> bool:
    """The table of contents stands where the end of the file says."""
    end = _PDF_END.search(content, max(0, len(content) - 1024))
    return (
        content.startswith(b"%PDF-")
        and end is not None
        and _PDF_TABLE.match(content, int(end[1])) is not None
    )


def _is_svg(content: bytes) -> bool:
    names: list[str] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, _attributes: names.append(name)
    parser.Parse(content, True)
    return names[0].rpartition(":")[2] == "svg"


_CHECKS: dict[str, Callable[[bytes], bool]] = {
    "image/svg+xml": _is_svg,
    "image/png": _is_png,
    "image/jpeg": _is_jpeg,
    "image/gif": _is_gif,
    "application/pdf": _is_pdf,
}

"""Images that are what they say, and others."""

from __future__ import annotations

import io
import zlib

import matplotlib as mpl
import pytest

from sphinx_lessons.sphinx_ext.page.images import decode, is_whole

KINDS = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "gif": "image/gif",
    "pdf": "application/pdf",
    "svg": "image/svg+xml",
}


@pytest.fixture(scope="module", params=KINDS)
def image(request: pytest.FixtureRequest) -> tuple[str, bytes]:
    """The type and the content of a figure, as matplotlib writes it."""
    mpl.use("Agg")
    from matplotlib.figure import Figure

    figure = Figure((1, 1))
    figure.add_subplot().plot([1, 2])
    content = io.BytesIO()
    figure.savefig(content, format=request.param)
    return KINDS[request.param], content.getvalue()


def test_figures_are_whole(image: tuple[str, bytes]) -> None:
    assert is_whole(*image)


@pytest.mark.parametrize("share", [0, 0.01, 0.1, 0.5, 0.9, 0.98])
def test_figures_that_are_cut_off_are_not(image: tuple[str, bytes], share: float) -> None:
    mime, content = image
    assert not is_whole(mime, content[: int(len(content) * share)])


def test_a_type_is_not_enough(image: tuple[str, bytes]) -> None:
    mime, content = image
    others = [other for other in KINDS.values() if other != mime]
    assert not any(is_whole(other, content) for other in others)


def test_one_bit_of_a_png_is_noticed() -> None:
    header = b"IHDR" + bytes([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])
    chunks = [header, b"IDAT" + zlib.compress(b"\0\0"), b"IEND"]
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        (len(chunk) - 4).to_bytes(4) + chunk + zlib.crc32(chunk).to_bytes(4) for chunk in chunks
    )
    assert is_whole("image/png", png)
    for place in range(len(png)):
        changed = bytearray(png)
        changed[place] ^= 4
        assert not is_whole("image/png", bytes(changed)), place


def test_drawings_are_xml() -> None:
    assert not is_whole("image/svg+xml", b"<svg><g></svg>")
    assert not is_whole("image/svg+xml", b"<html><svg/></html>")
    assert is_whole("image/svg+xml", b"<s:svg xmlns:s='http://www.w3.org/2000/svg'/>")
    text = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/svg11.dtd"><svg/>'
    assert decode("image/svg+xml", text) == b"<svg/>"

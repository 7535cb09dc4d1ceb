"""HTML that a program made: what stays, what goes, and what is said of it."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from sphinx_lessons.sphinx_ext.page.sanitizing import ALLOWED_TAGS, clean_html
from sphinx_lessons.sphinx_ext.page.taken_out import find_taken_out, is_visible

DRAWING = """\
<svg viewBox="0 0 20 20" width="20"><defs><linearGradient id="g"><stop offset="0" \
stop-color="red"/></linearGradient><clipPath id="c"><rect width="9" height="9"/></clipPath></defs>\
<circle cx="5" cy="5" r="4" fill="url(#g)" clip-path="url('#c')"/>\
<path d="M0 0L9 9" style="stroke: blue; stroke-width: 2; fill: url(#g)"/>\
<use xlink:href="#c"/><text x="1" y="9" text-anchor="middle">high water</text></svg>"""

FORMULA = (
    '<math display="block"><mfrac><mi>a</mi><msqrt><mn>2</mn></msqrt></mfrac>'
    "<mo stretchy='false'>=</mo><mtext>half</mtext></math>"
)


def report(html: str) -> list[str]:
    return find_taken_out(html, clean_html(html), ALLOWED_TAGS)


def test_drawings_stay() -> None:
    page = BeautifulSoup(clean_html(DRAWING), "html.parser")
    assert page.svg["viewbox"] == "0 0 20 20"
    circle, path, use = page.circle, page.path, page.use
    gradient, clip = page.find("lineargradient")["id"], page.find("clippath")["id"]
    assert (circle["fill"], circle["clip-path"]) == (f"url(#{gradient})", f"url(#{clip})")
    assert use["xlink:href"] == f"#{clip}"
    assert gradient in path["style"]
    assert "stroke-width:2" in path["style"]
    assert page.find("text").text == "high water"
    assert report(DRAWING) == []


def test_ids_of_a_drawing_are_none_of_the_page() -> None:
    page = BeautifulSoup(clean_html('<svg><path id="tides-01"/></svg>'), "html.parser")
    other = BeautifulSoup(clean_html('<svg><path id="tides-01" d=""/></svg>'), "html.parser")
    assert page.path["id"].endswith("-tides-01")
    assert page.path["id"] != other.path["id"]
    # Only drawings need ids.
    assert "id" not in BeautifulSoup(clean_html("<p id='tides-01'>x</p>"), "html.parser").p.attrs


def test_formulas_stay() -> None:
    cleaned = clean_html(FORMULA)
    assert cleaned == FORMULA.replace("'", '"')
    assert report(FORMULA) == []


@pytest.mark.parametrize(
    ("inside", "name"),
    [
        ("<script>evil()</script>", "<script>"),
        ("<script href='https://evil.example/x.js'/>", "<script>"),
        ("<foreignObject><img src=x onerror=evil()></foreignObject>", "<foreignobject>"),
        ("<set attributeName='href' to='javascript:evil()'/>", "<set>"),
        ("<animate attributeName='href' values='javascript:evil()'/>", "<animate>"),
        ("<animate attributeName='xlink:href' to='https://evil.example'/>", "<animate>"),
        ("<animateTransform onbegin='evil()'/>", "<animatetransform>"),
        ("<animateMotion><mpath href='#evil'/></animateMotion>", "<animatemotion>"),
        ("<handler>evil()</handler>", "<handler>"),
        ("<iframe src='https://evil.example'></iframe>", "<iframe>"),
        ("<image href='https://evil.example/x.png'/>", "<image>"),
        ("<image xlink:href='https://evil.example/x.png'/>", "<image>"),
        ("<filter><feImage href='https://evil.example'/></filter>", "<feimage>"),
        ("<style>@import 'https://evil.example';</style>", "<style that loads>"),
        ("<style>path { fill: url(https://evil.example#x) }</style>", "<style that loads>"),
        ("<path onclick='evil()' d='M0 0'/>", "onclick"),
        ("<use href='https://evil.example/x.svg#a'/>", "href"),
        ("<use xlink:href='https://evil.example/x.svg#a'/>", "xlink:href"),
        ("<use href=' \n#evil'/>", "href"),
        ("<use href='data:image/svg+xml,evil#a'/>", "href"),
        ("<a href='https://evil.example'>x</a>", "href"),
        ("<a xlink:href='javascript:evil()'>x</a>", "xlink:href"),
        ("<a xlink:href='https://evil.example' class='</svg>'>x</a>", "xlink:href"),
        ("<linearGradient href='https://evil.example#g'/>", "href"),
        ("<path style='fill: url(https://evil.example#g)'/>", "style"),
        ("<path style='fill: url(\"//evil.example#g\")'/>", "style"),
    ],
)
def test_what_acts_or_loads_goes_from_drawings_and_is_named(inside: str, name: str) -> None:
    html = f"<svg><circle r='1'/>{inside}</svg>"
    cleaned = clean_html(html)
    assert "evil" not in cleaned
    assert "<circle" in cleaned
    assert name in report(html)


@pytest.mark.parametrize(
    "value",
    [
        "url(https://evil.example#x)",
        "url( '//evil.example' )",
        r"u\72l(https://evil.example)",
        "URL(evil.svg#x)",
        "url(#ok) url(evil)",
        "image-set('evil' 1x)",
        "src('evil')",
        "url(#ok",
    ],
)
@pytest.mark.parametrize("place", ["fill", "clip-path", "mask", "marker-end", "stroke"])
def test_paint_comes_from_the_drawing_itself(value: str, place: str) -> None:
    for html in (
        f'<svg><path {place}="{value}"/></svg>',
        f'<svg><path style="{place}: {value}"/></svg>',
    ):
        cleaned = clean_html(html).lower()
        assert "evil" not in cleaned
        assert "\\" not in cleaned
        assert cleaned.count("url(") == cleaned.count("url(#") + cleaned.count("url(&quot;#")


@pytest.mark.parametrize(
    "inside",
    [
        "<maction actiontype='statusline#evil'>x</maction>",
        "<mi href='https://evil.example'>x</mi>",
        "<mi xlink:href='javascript:evil()'>x</mi>",
        "<mi onclick='evil()'>x</mi>",
        "<annotation-xml encoding='text/html'><img src='x' onerror='evil()'></annotation-xml>",
        "<mglyph src='https://evil.example'/>",
        "<mtext><script>evil()</script></mtext>",
        "<mtext><table><mglyph><style><img src=x onerror=evil()></style></mglyph></table></mtext>",
        "<mspace width='-99em' height='evil'/>",
        "<mpadded voffset='-99em' lspace='evil'>x</mpadded>",
        "<mstyle style='background: url(https://evil.example)'>x</mstyle>",
    ],
)
def test_what_acts_or_moves_goes_from_formulas(inside: str) -> None:
    cleaned = clean_html(f"<math><mn>1</mn>{inside}</math>")
    assert "evil" not in cleaned
    assert "-99" not in cleaned
    assert "<mn>1</mn>" in cleaned


@pytest.mark.parametrize(
    "html",
    [
        "<svg></p><style><a title='</style><img src=x onerror=evil()>'>",
        "<math><mtext></form><form><mglyph><style><path id='</style><img onerror=evil() src>'>",
        "<svg><desc><![CDATA[</desc><img src=x onerror=evil()>]]></svg>",
        "<svg><title><a id='</title><img src=x onerror=evil()>'></title></svg>",
        "<math><annotation-xml encoding='text/html'><svg><![CDATA[><img src=x onerror=evil()>]]>",
        "<svg><annotation-xml><foreignObject><style><!--</style><p id='--><img onerror=evil()>'>",
        "<noscript><p title='</noscript><img src=x onerror=evil()>'>",
        "<svg><text><![CDATA[<img src=x onerror=evil()>]]></text></svg>",
    ],
)
def test_one_language_inside_another_deceives_nobody(html: str) -> None:
    """What was cleaned means the same when it is read again."""
    for text in (clean_html(html), clean_html(clean_html(html))):
        page = BeautifulSoup(text, "html.parser")
        assert page.select("img[onerror], style, script, foreignobject, form, [onerror]") == []


@pytest.mark.parametrize(
    "address",
    [
        "data:text/html,evil",
        "DATA:text/html,evil",
        " data:text/html,evil",
        "\tda\nta:text/html,evil",
        "&#1;data:text/html,evil",
        "data:image/svg+xml,evil",
        "javascript:evil()",
        " JavaScript:evil()",
        "vbscript:evil",
        "blob:evil",
        "file:///evil",
    ],
)
def test_links_lead_to_the_web(address: str) -> None:
    html = f'<a href="{address}">x</a><blockquote cite="{address}">y</blockquote>'
    assert "evil" not in clean_html(html)
    assert report(html) == ["href"]


@pytest.mark.parametrize("address", ["https://x.example/", "HTTP://x", "mailto:a@x", "a.html#b"])
def test_such_links_stay(address: str) -> None:
    html = f'<a href="{address}">x</a>'
    assert BeautifulSoup(clean_html(html), "html.parser").a["href"] == address
    assert report(html) == []


def test_images_are_part_of_the_text() -> None:
    html = '<img src="data:image/png;base64,AA"><img src=" DATA:image/png;base64,AA">'
    assert clean_html(html).count("base64") == 2
    assert report(html) == []
    for address in ("x.png", "https://x.example/x.png", "data:text/html,x"):
        assert "src" not in clean_html(f'<img src="{address}">')
        assert report(f'<img src="{address}">') == ["src"]


@pytest.mark.parametrize(
    ("html", "names"),
    [
        ("<meta http-equiv='Refresh' content='0;url=x'>", ["<meta http-equiv=refresh>"]),
        ("<base href='https://x.example'>", ["<base>"]),
        ("<p onclick=a() onfocus=b()>x</p>", ["onclick", "onfocus"]),
        ("<button>x</button><button>y</button>", ["<button>"]),
        ("<canvas></canvas>", ["<canvas>"]),
        ("<style>.dataframe td { color: red }</style><table><tr><td>1</td></tr></table>", []),
        ("<html><head><title>t</title></head><body><font color=red>x</font></body></html>", []),
        ("<svg xmlns:cc='x'><metadata><cc:Work>x</cc:Work></metadata><path d='M0 0'/></svg>", []),
        ("<p style='background: url(https://x.example)'>x</p>", ["style"]),
    ],
)
def test_what_a_reader_misses_is_named(html: str, names: list[str]) -> None:
    assert report(html) == names


@pytest.mark.parametrize(
    ("html", "visible"),
    [
        ("<div></div>", False),
        (" \n<p> </p>", False),
        ("<svg><g></g></svg>", False),
        ("<div>x</div>", True),
        ("<svg><path d='M0 0'/></svg>", True),
        ("<math><mi>x</mi></math>", True),
        ("<div style='background-color: red; width: 9px; height: 9px'></div>", True),
        ("<hr>", True),
    ],
)
def test_something_to_see(html: str, visible: bool) -> None:
    assert is_visible(clean_html(html)) is visible

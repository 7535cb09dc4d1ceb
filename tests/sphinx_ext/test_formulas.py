"""Formulas that TeX gets through, and those at which it would stop."""

from __future__ import annotations

import pytest

from sphinx_lessons.sphinx_ext.page.formulas import adapt_display, find_flaw, is_formula

SOUND = [
    r"x^2",
    r"x_1^2 + f'(x) + f''^2",
    r"\displaystyle \frac{1}{2} \frac12 \sqrt[3]{x} \binom{n}{k}",
    r"\left[\begin{matrix}1 & 2\\3 & 4\end{matrix}\right]",
    r"\sum\limits_{i=1}^{n} i^2 \quad \mathbb{R}^\alpha",
    r"a \left\{ b \right. \big( c \bigr)",
    r"a &= b \\[2pt] c &= 100\%",
    r"\begin{cases} 1 & x > 0 \\ 0 & \text{if $x$ is none} \end{cases}",
    r"\operatorname{asin}{\left(x \right)}",
    r"\begin{tabular}{lr}\toprule a & b \\ \midrule \textbf{x} & $y_1$ \\ \bottomrule\end{tabular}",
    r"\begin{array}{c|c} a & b\\ \hline c & d\end{array}",
]

FLAWED = {
    "": "nothing in it",
    "a\n\nb": "a blank line or a control character",
    "a\x07": "a blank line or a control character",
    "{x": "} is missing",
    "x}": "a } that means nothing there",
    "x$y": "a $ that means nothing there",
    "50%": "a % that means nothing there",
    "#1": "a # that means nothing there",
    "a & b & c": "more than 2 columns",
    "x^2^3": "two superscripts",
    "x^2'": "two superscripts",
    "x_1_2": "two subscripts",
    "x^": "a missing argument",
    r"\frac{1}": "a missing argument",
    r"x^\sum": r"\sum where braces are needed",
    r"\undefined{x}": r"\undefined",
    r"\alphaé": r"\alphaé",
    r"\left( x": r"\right is missing",
    r"x \right)": r"\right",
    r"\left x \right y": r"\left without a delimiter",
    r"x\limits_2": r"\limits behind what is no operator",
    r"\begin{matrix} a": r"\end is missing",
    r"\begin{matrix} a \end{cases}": r"\begin{matrix} with another end",
    r"\begin{document}": r"\begin{document}",
    r"\begin{tabular}{l} a & b \end{tabular}": "more than 1 columns",
    r"\begin{tabular}{l} \alpha \end{tabular}": r"\alpha",
    r"\text{a_b}": "a _ that means nothing there",
    r"x\\ [y]": "a [ where a row begins",
    r"\hline": r"\hline",
    "{" * 100 + "}" * 100: "more than 40 levels",
}


@pytest.mark.parametrize("text", SOUND)
def test_what_is_sound_is_known_to_be(text: str) -> None:
    assert find_flaw(text) == ""
    assert find_flaw(text, None) == ""


@pytest.mark.parametrize("text", FLAWED)
def test_flaws_are_named(text: str) -> None:
    assert find_flaw(text) == FLAWED[text]


def test_no_prefix_of_a_formula_is_too_much_for_the_parser() -> None:
    for text in SOUND:
        for end in range(len(text)):
            assert isinstance(find_flaw(text[:end]), str)


def test_commands_of_the_project_are_known() -> None:
    assert find_flaw(r"\half{x}", {"half"}) == ""
    assert find_flaw(r"\half{x", {"half"}) == "} is missing"


def test_where_any_command_is_known_only_the_structure_counts() -> None:
    assert find_flaw(r"\bra{x} \begin{CD} A & B & C \end{CD}", None) == ""
    assert find_flaw(r"\bra{x", None) == "} is missing"
    assert find_flaw(r"\begin{CD} A", None) == r"\end is missing"
    assert find_flaw(r"x \right)", None) == r"\right"


def test_displays_become_what_may_stand_in_one() -> None:
    align = "\\begin{align*}\na &= b \\\\ c &= d\n\\end{align*}\n"
    assert find_flaw(adapt_display(align)) == ""
    assert adapt_display(r"\begin{equation}x\end{equation}") == "x"
    assert adapt_display("$x$") == "$x$"


@pytest.mark.parametrize(
    "text", ["$x$", r"\[x\]", r" \(x\)", r"\begin{align*}x", r"\begin{tabular}"]
)
def test_delimiters_make_a_formula(text: str) -> None:
    assert is_formula(text)


@pytest.mark.parametrize(
    "text", ["'word'", "A matrix:", r"\begin{enumerate*}\item 1", r"\textbf{a}"]
)
def test_other_latex_is_no_formula(text: str) -> None:
    assert not is_formula(text)

"""The commands and environments of LaTeX and amsmath that a value's formula may hold.

What is not here may be defined or not: nobody knows before TeX runs, and TeX would stop.
"""

from __future__ import annotations


def _split(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LETTERS = """
alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda mu nu
xi pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta
Lambda Xi Pi Sigma Upsilon Phi Psi Omega varGamma varDelta varTheta varLambda varXi varPi varSigma
varUpsilon varPhi varPsi varOmega aleph beth gimel daleth hbar hslash imath jmath ell wp Re Im
partial infty prime nabla emptyset varnothing surd top bot angle triangle forall exists nexists
neg lnot complement flat natural sharp clubsuit diamondsuit heartsuit spadesuit square blacksquare
bigstar checkmark circ S P
"""
_OPERATORS = """
pm mp times div ast star bullet cdot cap cup uplus sqcap sqcup vee wedge lor land setminus wr
amalg oplus ominus otimes oslash odot dagger ddagger diamond smallsetminus ltimes rtimes bmod pmod
"""
_RELATIONS = """
leq le geq ge neq ne equiv approx cong sim simeq propto doteq ll gg prec succ preceq succeq subset
supset subseteq supseteq subsetneq supsetneq sqsubseteq sqsupseteq in notin ni owns mid nmid
parallel perp vdash dashv models leqslant geqslant lesssim gtrsim triangleq bowtie asymp not
leftarrow gets rightarrow to leftrightarrow Leftarrow Rightarrow Leftrightarrow longleftarrow
longrightarrow longleftrightarrow Longleftarrow Longrightarrow Longleftrightarrow mapsto
longmapsto uparrow downarrow updownarrow Uparrow Downarrow nearrow searrow swarrow nwarrow
hookrightarrow hookleftarrow rightharpoonup rightharpoondown rightleftharpoons iff implies
impliedby leadsto
"""
_FUNCTIONS = """
arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg ln log max min
Pr sec sin sinh sup tan tanh
"""
_DELIMITERS = """
langle rangle lbrace rbrace lbrack rbrack lceil rceil lfloor rfloor lvert rvert lVert rVert vert
Vert backslash uparrow downarrow
"""
_SPACES = "quad qquad thinspace medspace thickspace negthinspace enspace colon"
_DOTS = "dots ldots cdots vdots ddots dotsc dotsb dotsm dotsi"
STYLES = _split("displaystyle textstyle scriptstyle scriptscriptstyle rm bf it sf tt")

LIMITED = _split("""
sum prod coprod int iint iiint oint bigcap bigcup bigvee bigwedge bigoplus bigotimes bigodot
biguplus bigsqcup lim limsup liminf max min sup inf det gcd Pr operatorname operatorname*
""")
"""What may have ``\\limits``."""

LETTERS = _split(_LETTERS)
"""What may be an argument or a script without braces."""
DELIMITERS = _split(_DELIMITERS + "{ } |")
SIZES = frozenset(
    f"{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m")
)
"""What needs a delimiter behind it, as ``\\left`` and ``\\right`` do."""

_ONE = """
sqrt operatorname operatorname* mathrm mathbf mathit mathsf mathtt mathcal mathbb mathfrak
mathnormal boldsymbol overline underline overbrace underbrace widehat widetilde overrightarrow
overleftarrow hat check breve acute grave tilde bar vec dot ddot dddot mathring boxed phantom
hphantom vphantom pmod
"""
_TEXTS = "text textrm textbf textit textsf texttt textnormal emph mbox"
_TWO = "frac dfrac tfrac cfrac binom dbinom tbinom overset underset stackrel"

MATH: dict[str, int] = {
    **dict.fromkeys(
        " ".join(
            (_LETTERS, _OPERATORS, _RELATIONS, _FUNCTIONS, _DELIMITERS, _SPACES, _DOTS)
        ).split(),
        0,
    ),
    **dict.fromkeys(LIMITED | STYLES, 0),
    **dict.fromkeys(_ONE.split(), 1),
    **dict.fromkeys(_TWO.split(), 2),
}
"""How many arguments a command of formulas has."""
TEXTS = _split(_TEXTS)
"""Commands with text as their argument, in formulas and in text."""
WORDS = _split("ldots dots quad qquad textbackslash dag S P")
"""Commands of text without an argument."""
RULES = _split("hline toprule midrule bottomrule")
"""What may stand only where a row of a table begins."""
SYMBOLS = frozenset("{}$&#%_|,:;!> ")
"""What may follow a backslash."""

COLUMNS: dict[str, int] = {
    **{f"{kind}matrix": 10 for kind in ("", "p", "b", "B", "v", "V", "small")},
    "cases": 2,
    "aligned": 20,
    "gathered": 1,
    "split": 2,
}
"""Environments of formulas, and how many columns they may have."""
TABLES = frozenset({"array", "tabular"})
"""Environments that say what columns they have."""

"""Equations as lines of text, and how they look as plain text, LaTeX and HTML.

An expression is a string in which ``_{…}`` and ``^{…}`` mark what is below and above:
``w_{2,3}^{(2)} a_{3}^{(1)} + b``. The rest is Unicode as people write it: Σ ∂ δ − · ½ e⁻ᶻ.
"""

import html
import re
from collections.abc import Callable

RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ᶻʲᵏᵀ", "0123456789-+zjkT", strict=True))
LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))
LATEX = {
    "Σ": r"\sum ",
    "∂": r"\partial ",
    "δ": r"\delta ",
    "η": r"\eta ",
    "θ": r"\theta ",
    "λ": r"\lambda ",
    "μ": r"\mu ",
    "ρ": r"\rho ",
    "σ": r"\sigma ",
    "Φ": r"\Phi ",
    "φ": r"\varphi ",
    "α": r"\alpha ",
    "ε": r"\varepsilon ",
    "β": r"\beta ",
    "π": r"\pi ",
    "Δ": r"\Delta ",
    "−": "-",
    "·": r"\cdot ",
    "×": r"\times ",
    "⊙": r"\odot ",
    "→": r"\to ",
    "←": r"\leftarrow ",
    "≥": r"\ge ",
    "≤": r"\le ",
    "√": r"\surd ",
    "½": r"\tfrac12 ",
    "∞": r"\infty ",
    "′": "'",
    "…": r"\dots ",
    "—": r"\text{---}",
    "#": r"\#",
    "%": r"\%",
    "&": r"\&",
}
# Letters with something above them.
MARKED = {"ã": r"\tilde{a}", "ẑ": r"\hat{z}", "Ẑ": r"\hat{Z}", "ŷ": r"\hat{y}"}
MARKED |= {"W̃": r"\tilde{W}", "v̂": r"\hat{v}", "m̂": r"\hat{m}"}
FUNCTIONS = {"log", "exp", "max", "min", "tanh"}

_SCRIPT = re.compile(r"([_^])\{([^{}]*)\}")
_SHOWN = re.compile(
    f"(?P<raised>[{''.join(RAISED)}]+)|(?P<lowered>[{''.join(LOWERED)}]+)"
    f"|(?P<marked>{'|'.join(MARKED)})|(?P<script>[_^]\\{{)"
    "|(?P<word> ?[A-Za-z]{2,}(?:[_ ][A-Za-z]{2,})* ?)"
    "|(?P<other>.)",
    re.DOTALL,
)


def plain(expression: str) -> str:
    """Return an expression as text: w_2,3^(2)."""
    return _SCRIPT.sub(r"\1\2", expression)


def latex(expression: str) -> str:
    """Return an expression as LaTeX, without the dollars: ASCII only."""
    return "".join(_latex_of(found) for found in _SHOWN.finditer(expression)).strip()


def as_html(expression: str) -> str:
    """Return an expression as HTML: w<sub>2,3</sub><sup>(2)</sup>."""
    tags = {"_": "sub", "^": "sup"}

    def tagged(found: re.Match[str]) -> str:
        tag = tags[found[1]]
        return f"<{tag}>{found[2]}</{tag}>"

    return _SCRIPT.sub(tagged, html.escape(expression, quote=False))


def dollars(expression: str) -> str:
    """Return an expression as mathematics in Markdown or LaTeX."""
    return f"${latex(expression)}$"


FORMATS: dict[str, Callable[[str], str]] = {
    "text": plain,
    "markdown": dollars,
    "latex": dollars,
    "html": as_html,
}


def number(value: float, digits: int = 4) -> str:
    """Return a number as people write it, with so many digits: 0.1234, −2.5, 1.2·10^{−7}."""
    if value != value:
        return "undefined"
    if value in (float("inf"), float("-inf")):
        return "∞" if value > 0 else "−∞"
    mantissa, _, power = f"{value or 0.0:.{digits}g}".partition("e")  # or: −0 is 0
    text = f"{mantissa}·10^{{{int(power)}}}" if power else mantissa
    return text.replace("-", "−")


def factor(value: float, digits: int = 4) -> str:
    """Return a number as it stands inside a product or after a sign: negative in parentheses."""
    text = number(value, digits)
    return f"({text})" if text.startswith("−") else text


def total(terms: list[str], last: str = "") -> str:
    """Return terms with plus signs between them; one that begins with − is subtracted."""
    text = ""
    for term in [*terms, last] if last else terms:
        if not text:
            text = term
        elif term.startswith("−"):
            text += f" − {term[1:]}"
        else:
            text += f" + {term}"
    return text or "0"


def put_in(formula: str, values: dict[str, str]) -> str:
    """Return a formula with what its letters stand for in their place.

    Letters inside words (the a of max) are none; a letter that is raised, as in e⁻ᶻ, is one.
    """
    raised = {"ᶻ": "z"}
    for sign, letter in raised.items():
        if letter in values:
            formula = formula.replace(f"e⁻{sign}", f"exp(−{values[letter]})")
            formula = formula.replace(f"e{sign}", f"exp({values[letter]})")

    def put(found: re.Match[str]) -> str:
        if found[0] not in values:
            return found[0]
        times = "·" if found.start() and formula[found.start() - 1].isdigit() else ""
        return times + values[found[0]]

    return re.sub("[A-Za-zΑ-Ωα-ω]+", put, formula)


def _latex_of(found: re.Match[str]) -> str:
    text = found[0]
    match found.lastgroup:
        case "raised":
            return f"^{{{''.join(RAISED[c] for c in text)}}}"
        case "lowered":
            return f"_{{{''.join(LOWERED[c] for c in text)}}}"
        case "marked":
            return MARKED[text]
        case "word" if text.strip() in FUNCTIONS:
            return rf"\{text.strip()} "
        case "word":
            return rf"\text{{{text}}}".replace("_", r"\_")
        case "other":
            return LATEX.get(text, text)
    return text

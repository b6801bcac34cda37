"""Names as LaTeX: w₁₁⁽²⁾ becomes w_{11}^{(2)}, and whatever LaTeX takes for a command becomes text."""

from __future__ import annotations

import re
import unicodedata

from .notation import visible

BELOW = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789+-=()aehijklmnoprstuvx", strict=True))
ABOVE = dict(
    zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵃᵇᶜᵈᵉᶠᵍʰʲᵏˡᵐᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", "0123456789+-=()niabcdefghjklmoprstuvwxyz", strict=True)
)
RAISED = {char: above for above, char in ABOVE.items()} | {"−": "⁻"}
ESCAPES = {char: f"\\{char}" for char in "$%_{} "} | {
    "\\": "\\backslash ",
    "^": "\\wedge ",
    "~": "\\sim ",
    "#": "\\sharp ",
    "&": "＆",
    "−": "-",
    "·": "\\cdot ",
    "′": "'",
    "…": "\\ldots ",
    "`": "‘",
    '"': "″",
    "<": "< ",  # no tag, where the formula stands in Markdown
    "[": "\\lbrack ",  # no link there, nor a length behind the end of a line
    "]": "\\rbrack ",
    ":": "{:}",
}
"""What LaTeX, MathJax and matplotlib's mathtext would not take as it is."""

PRIMES = "'′"
MACRON = "\u0304"
ACCENTS = {MACRON: "bar", "\u0302": "hat", "\u0303": "tilde", "\u0307": "dot"}
"""Signs above a letter, and LaTeX's commands for them."""
PIECES = re.compile(
    f"(?P<below>[{''.join(BELOW)}]+)|(?P<above>[{''.join(ABOVE)}]+)|(?P<word>[A-Za-z_]{{2,}})|(?P<other>.[{''.join(ACCENTS)}]?)"
)


def raised(text: str) -> str | None:
    """Text as superscript, None where a letter has none."""
    letters = [RAISED.get(char) for char in text]
    return "".join(filter(None, letters)) if all(letters) else None


def with_bar(name: str) -> str | None:
    """The name of the gradient with respect to a value, Ȳ for Y; None for a name that is a word."""
    letter, rest = name[:1], name[1:]
    if not letter.isalpha() or any(char not in BELOW and char not in ABOVE for char in rest):
        return None
    return unicodedata.normalize("NFC", letter + MACRON) + rest


def latex_of(name: str) -> str:
    r"""A name as LaTeX.

    >>> print(latex_of("w₁₁⁽²⁾"), latex_of("R(θ)"), latex_of("learning_rate"))
    w_{11}^{(2)} R(\theta ) \mathrm{learning\_rate}
    """
    written, indices = [], {"below": "", "above": ""}
    for piece in PIECES.finditer(visible(name)):
        kind = piece.lastgroup or ""
        if kind in indices:
            letters = BELOW if kind == "below" else ABOVE
            indices[kind] += "".join(letters[char] for char in piece[0])
            continue
        own = "{}" if indices["above"] and piece[0] in PRIMES else ""  # a prime is an exponent, too
        written += [_attached(indices), own, _word(piece[0]) if kind == "word" else _letter(piece[0])]
        indices = {"below": "", "above": ""}
    return "".join([*written, _attached(indices)])


def _attached(indices: dict[str, str]) -> str:
    below, above = indices["below"], indices["above"]
    return (f"_{{{below}}}" if below else "") + (f"^{{{above}}}" if above else "")


def _word(text: str) -> str:
    return f"\\mathrm{{{''.join(ESCAPES.get(char, char) for char in text)}}}"


def _letter(char: str) -> str:
    """One letter: Greek ones by their commands, those with a bar above likewise."""
    if char in ESCAPES:
        return ESCAPES[char]
    plain = unicodedata.normalize("NFD", char)
    if len(plain) == 2 and plain[1] in ACCENTS:
        return f"\\{ACCENTS[plain[1]]}{{{_letter(plain[0])}}}"
    greek = re.fullmatch(r"GREEK (SMALL|CAPITAL) LETTER (\w+)", unicodedata.name(char, ""))
    if not greek or not "α" <= char.lower() <= "ω" or greek[2] == "OMICRON":
        return char
    command = greek[2].replace("LAMDA", "LAMBDA").lower()
    if greek[1] == "SMALL":
        return f"\\{command} "
    own = ("gamma", "delta", "theta", "lambda", "xi", "pi", "sigma", "upsilon", "phi", "psi", "omega")
    return f"\\{command.capitalize()} " if command in own else char

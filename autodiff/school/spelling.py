r"""How names are spelled: as letters with indices, x₁⁽²⁾, and in LaTeX, x_1^{(2)}, \hat{y}, \theta."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

from ..text.lettering import ABOVE, BELOW
from ..text.letters import LETTERS
from .misreading import misread

RAISED = "".join(ABOVE)
MARKED = {"hat": "\u0302", "bar": "\u0304", "overline": "\u0304", "tilde": "\u0303", "dot": "\u0307"}
MARKS = "\u0300-\u036f"
FUNCTIONS = (
    "arccos", "arcsin", "arctan", "cosh", "cos", "exp", "ln", "log", "max", "min", "sinh", "sin", "tanh",
    "tan",
)  # fmt: skip
COMMANDS = (
    {name: letter for name, letter in LETTERS.items() if name.isalpha()}
    | {"varepsilon": "ε", "vartheta": "θ", "varphi": "φ"}
    | {name: name for name in FUNCTIONS}
)
"""LaTeX's commands that are names, and what they are."""

WORD = rf"(?![{RAISED}])[^\W\d_][{MARKS}]*(?:(?![{RAISED}]|_\{{)\w[{MARKS}]*)*"
COMMAND = rf"\\(?:{'|'.join(sorted(COMMANDS, key=len, reverse=True))})(?![A-Za-z])"
ACCENTED = rf"\\(?:{'|'.join(MARKED)})(?:\s*\{{\s*(?:[^\W\d_]|{COMMAND})\s*\}}|\s+[A-Za-z])"
ROMAN = r"\\(?:mathrm|operatorname|text|mathit|mathbf|boldsymbol)\s*\{(?:[A-Za-z0-9]|\\?_)+\}"
BELOW_IT = r"\s*_\{[^{}]*\}|_(?:[0-9]+|[A-Za-z])"
ABOVE_IT = r"\s*\^\{\s*\(\s*[0-9]+\s*\)\s*\}|⁽[⁰¹²³⁴⁵⁶⁷⁸⁹]+⁾"
BRACKETED = r"\^\([0-9]+\)"
"""An index above only for a name that has no meaning without it."""

WHICH = r"\[[0-9]+\]|\\lbrack\s*[0-9]+\s*\\rbrack(?![A-Za-z])"
PRIMES = r"['′]+|″|\^\{\s*(?:\\prime\s*)+\}|\^\\prime(?![A-Za-z])"
HEAD, INDEX = rf"(?:{WORD}|{ACCENTED}|{ROMAN}|{COMMAND})", rf"(?:{BELOW_IT}|{ABOVE_IT}|{WHICH})"
NAME = rf"(?:∇|\\nabla\s*)?{HEAD}{INDEX}*(?:{PRIMES})?"

PARTS = re.compile(
    rf"(?P<nabla>∇|\\nabla\s*)|(?P<accented>{ACCENTED})|(?P<roman>{ROMAN})|(?P<command>{COMMAND})"
    rf"|(?P<below>{BELOW_IT})|(?P<above>{ABOVE_IT}|{BRACKETED})|(?P<which>{WHICH})|(?P<primes>{PRIMES})|(?P<word>{WORD})"
)
LOWERED = {letter: char for char, letter in BELOW.items()}
UPPERED = {letter: char for char, letter in ABOVE.items()}
INDEXED = re.compile(r"([^\W\d_]+)_?([0-9]+)")


def spelled(name: str) -> str:
    r"""A name as Unicode writes it; one that is typed in letters, digits and underscores stays as it is.

    >>> spelled(r"w_{12}^{(2)}"), spelled(r"\hat{y}_1"), spelled("a_1^{(2)}"), spelled("w12_2")
    ('w₁₂⁽²⁾', 'ŷ₁', 'a₁⁽²⁾', 'w12_2')
    """
    found: dict[str, str] = dict.fromkeys(("nabla", "head", "below", "above", "which", "primes"), "")
    position = 0
    while match := PARTS.match(name, position):
        kind = str(match.lastgroup)
        part = "head" if kind in ("accented", "roman", "command", "word") else kind
        found[part] += _MEANINGS[kind](match[0])
        position = match.end()
    head = found["head"]
    if (found["below"] or found["above"]) and (indexed := INDEXED.fullmatch(head)):
        head = indexed[1] + _below(indexed[2])
    return found["nabla"] + head + found["below"] + found["above"] + found["which"] + found["primes"]


def _accented(text: str) -> str:
    command, letter = re.split(r"[\s{]+", text.strip("\\} "), maxsplit=1)
    return unicodedata.normalize("NFC", _command(letter.strip()) + MARKED[command])


def _command(text: str) -> str:
    return COMMANDS.get(text.strip("\\ "), text)


def _below(text: str) -> str:
    index = re.sub(r"[\s,_{}]", "", text)
    lowered = [LOWERED.get(char) for char in index]
    return "".join(filter(None, lowered)) if all(lowered) else f"_{index}"


def _above(text: str) -> str:
    digits = "".join(re.findall("[0-9⁰¹²³⁴⁵⁶⁷⁸⁹]", text))
    return f"⁽{''.join(UPPERED.get(digit, digit) for digit in digits)}⁾"


def _primes(count: int) -> str:
    return "″" if count == 2 else "′" * count


_MEANINGS: Mapping[str, Callable[[str], str]] = {
    "nabla": lambda text: "∇",
    "accented": _accented,
    "roman": lambda text: text.partition("{")[2].strip("}").replace("\\_", "_"),
    "command": _command,
    "word": lambda text: text,
    "below": _below,
    "above": _above,
    "which": lambda text: f"[{''.join(re.findall('[0-9]+', text))}]",
    "primes": lambda text: _primes(len(re.findall("['′]|prime", text)) + 2 * text.count("″")),
}


def check_letters(name: str, text: str, column: int) -> None:
    """Names are made of letters, 0 to 9, underscores and subscripts; ½ is none of these."""
    word = re.match(WORD, name)
    for place, char in enumerate(word[0] if word else "", column):
        plain = char.isalpha() or char in "_" or char in BELOW or ("0" <= char <= "9")
        if not (plain or unicodedata.combining(char)) or (place == column and char in BELOW):
            raise misread(f"unexpected {char!r} in a name", text, place)

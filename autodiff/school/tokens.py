"""The text of an expression cut into numbers, names and signs, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

from ..text.lettering import ABOVE, BELOW
from .misreading import misread

Kind: TypeAlias = Literal["number", "name", "sign", "end"]

RAISED = "".join(ABOVE)
PIECES = re.compile(
    r"(?P<blank>\s+)"
    r"|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+−]?[0-9]+)?)"
    rf"|(?P<name>√|(?:(?![{RAISED}])[^\W\d_])(?:(?![{RAISED}])\w)*(?:⁽[⁰¹²³⁴⁵⁶⁷⁸⁹]+⁾)?)"
    rf"|(?P<raised>[{RAISED}]+)"
    r"|(?P<sign>\*\*|[-+*/^(),;=−–·⋅∙×÷∕])"
)
ALIKE = dict.fromkeys("−–", "-") | dict.fromkeys("·⋅∙×", "*") | dict.fromkeys("÷∕", "/") | {"**": "^"}
LETTERS = {ord(char): letter for char, letter in ABOVE.items()}
INSTEAD = {
    "|": "; write abs(x)",
    "'": "; a prime is not read, write the formula out",
    **dict.fromkeys("[]{}", "; use round brackets"),
}


class Token(NamedTuple):
    """A piece of text that means something; `column` counts from 0."""

    kind: Kind
    text: str
    column: int


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a text, the last of which is its end.

    Superscripts are powers: x² is x^(2), and e⁻ˣ is e^(-x). Those in brackets belong to the name: a⁽¹⁾.

    >>> [token.text for token in tokens("3x² − 1")]
    ['3', 'x', '^', '(', '2', ')', '-', '1', '']

    Raises SyntaxError, with its place, for a character that has no meaning.
    """
    yield from _cut(text, text, 0)
    yield Token("end", "", len(text.rstrip()))


def _cut(piece: str, text: str, start: int) -> Iterator[Token]:
    """The tokens of a piece of the text that begins at a column."""
    position = 0
    while position < len(piece):
        match = PIECES.match(piece, position)
        column = start + position
        if match is None:
            char = text[column]
            raise misread(f"unexpected {char!r}{INSTEAD.get(char, '')}", text, column)
        yield from _meaning(str(match.lastgroup), match[0], text, column)
        position = match.end()


def _meaning(kind: str, piece: str, text: str, column: int) -> Iterator[Token]:
    if kind == "number":
        number = piece.replace("−", "-")
        if float(number) == float("inf"):
            raise misread(f"{number} is more than the largest number, 1.8e308", text, column)
        yield Token("number", number, column)
    elif kind == "name":
        _check_letters(piece, text, column)
        yield Token("name", piece, column)
    elif kind == "sign":
        yield Token("sign", ALIKE.get(piece, piece), column)
    elif kind == "raised":
        yield from (Token("sign", "^", column), Token("sign", "(", column))
        yield from _cut(piece.translate(LETTERS), text, column)
        yield Token("sign", ")", column + len(piece) - 1)


def _check_letters(name: str, text: str, column: int) -> None:
    """Names are made of letters, 0 to 9, underscores and subscripts; ½ is none of these."""
    for place, char in enumerate(name.partition("⁽")[0], column):
        plain = char.isalpha() or char in "_√" or char in BELOW or ("0" <= char <= "9")
        if not plain or (place == column and char in BELOW):
            raise misread(f"unexpected {char!r} in a name", text, place)

"""The text of an expression cut into numbers, names and signs, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

from ..text.lettering import ABOVE
from .misreading import misread
from .spelling import BRACKETED, NAME, RAISED, check_letters, spelled
from .vocabulary import USUAL, Vocabulary

Kind: TypeAlias = Literal["number", "name", "sign", "end"]

PIECES = re.compile(
    r"(?P<blank>\s+|^\$+|\$+\s*$|\\(?:[,;:! ]|(?:quad|left|right|[bB]igg?[lr]?)(?![A-Za-z]))"
    r"|(?:np|numpy|math)\.(?=[^\W\d_])|\.(?=[\s$]*$))"
    r"|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+−]?[0-9]+)?)"
    rf"|(?P<name>√|{NAME})"
    rf"|(?P<raised>[{RAISED}]+)"
    r"|(?P<sign>\*\*|[-+*/^(),;=|\[\]>−–·⋅∙×÷∕]|\\(?:cdot|times|div)(?![A-Za-z]))"
    r"|(?P<brace>[{}])"
    r"|(?P<fraction>\\[dt]?frac(?![A-Za-z]))"
    r"|(?P<root>\\sqrt(?![A-Za-z]))"
)
ALIKE = (
    dict.fromkeys("−–", "-")
    | dict.fromkeys((*"·⋅∙×", "\\cdot", "\\times"), "*")
    | dict.fromkeys((*"÷∕", "\\div"), "/")
    | {"**": "^"}
)
LETTERS = {ord(char): letter for char, letter in ABOVE.items()}
INSTEAD = {
    "'": "; a prime follows the name of a function, as in σ′(z)",
    "′": "; a prime follows the name of a function, as in σ′(z)",
    "∂": "; write the formula of this derivative out",
    "Σ": "; write the terms of the sum out",
    "\\": "; of LaTeX \\frac, \\sqrt, \\cdot, Greek letters, functions, ^ and _ are read",
}
INDEX = re.compile(BRACKETED)
LONE_EXPONENT = re.compile(r"[0-9.]+(?=([eE][0-9]+)$)")


class Token(NamedTuple):
    """A piece of text that means something; `column` counts from 0."""

    kind: Kind
    text: str
    column: int


def tokens(text: str, words: Vocabulary = USUAL) -> Iterator[Token]:
    r"""The tokens of a text, the last of which is its end.

    Superscripts are powers: x² is x^(2), and e⁻ˣ is e^(-x). Those in brackets belong to the name: a⁽¹⁾. What
    LaTeX writes is a spelling of the same: \frac{a}{b} is ((a)/(b)), and w_{11}^{(2)} the name w₁₁⁽²⁾.

    >>> [token.text for token in tokens("3x² − 1")]
    ['3', 'x', '^', '(', '2', ')', '-', '1', '']
    >>> [token.text for token in tokens(r"\frac{x_{1}}{2} \cdot \sigma(z)")]
    ['(', '(', 'x₁', ')', '/', '(', '2', ')', ')', '*', 'σ', '(', 'z', ')', '']

    Raises SyntaxError, with its place, for a character that has no meaning.
    """
    cutter = _Cutter(text, words)
    yield from cutter.cut(text, 0)
    cutter.end()
    yield Token("end", "", len(text.rstrip()))


class _Cutter:
    """Cuts a text, and knows which of its brackets are open, and what LaTeX's commands wait for."""

    def __init__(self, text: str, words: Vocabulary) -> None:
        self.text, self.words = text, words
        self.open: list[
            tuple[str, int]
        ] = []  # "(", or for a brace what it is: a group, or a part of a fraction
        self.wanted: tuple[str, int] | None = None  # the part of a fraction that must come now

    def cut(self, piece: str, start: int) -> Iterator[Token]:
        """The tokens of a piece of the text that begins at a column."""
        position = 0
        while position < len(piece):
            match = self.words.verbatim.match(piece, position) or PIECES.match(piece, position)
            column = start + position
            if match is None:
                char = self.text[column]
                raise self.wrong(f"unexpected {char!r}{INSTEAD.get(char, '')}", column)
            kind, found = str(match.lastgroup or "name"), match[0]
            if self.wanted and kind != "blank" and found != "{":
                found = found[0]
                yield from self._short_part(kind, found, column)
            else:
                found = self._in_known_words(kind, found, piece[position:])
                yield from getattr(self, f"_{kind}")(found, column)
            position += len(found)

    def _in_known_words(self, kind: str, found: str, rest: str) -> str:
        """A piece, but for 2e1 where a value is called e1, and for a_1^(2) where one is called a₁⁽²⁾."""
        value = self.words.value
        if kind == "number" and (lone := LONE_EXPONENT.match(found)) and value(lone[1]):
            return lone[0]
        if kind == "name" and (index := INDEX.match(rest, len(found))) and not value(spelled(found)):
            longer = rest[: index.end()]
            return longer if value(spelled(longer)) else found
        return found

    def wrong(self, message: str, column: int) -> SyntaxError:
        return misread(message, self.text, column)

    def end(self) -> None:
        """Raises SyntaxError for what is not complete."""
        if self.wanted:
            raise self._incomplete(self.wanted[1])
        for bracket, column in reversed(self.open):
            if bracket != "(":
                raise self.wrong("this brace is never closed", column)

    # -- numbers, names and signs ----------------------------------------------------------------

    def _blank(self, piece: str, column: int) -> Iterator[Token]:
        return iter(())

    def _number(self, piece: str, column: int) -> Iterator[Token]:
        number = piece.replace("−", "-")
        if float(number) == float("inf"):
            raise self.wrong(f"{number} is more than the largest number, 1.8e308", column)
        yield Token("number", number, column)

    def _name(self, piece: str, column: int) -> Iterator[Token]:
        if piece == "√" or self.words.verbatim.fullmatch(piece):
            yield Token("name", piece, column)
            return
        check_letters(piece, self.text, column)
        yield Token("name", spelled(piece), column)

    def _sign(self, piece: str, column: int) -> Iterator[Token]:
        if piece == "(":
            self.open.append(("(", column))
        elif piece == ")":
            self._close(")", column)
        yield Token("sign", ALIKE.get(piece, piece), column)

    def _raised(self, piece: str, column: int) -> Iterator[Token]:
        yield from (Token("sign", "^", column), Token("sign", "(", column))
        yield from self.cut(piece.translate(LETTERS), column)
        yield Token("sign", ")", column + len(piece) - 1)

    # -- what LaTeX writes -----------------------------------------------------------------------

    def _root(self, piece: str, column: int) -> Iterator[Token]:
        yield Token("name", "√", column)

    def _fraction(self, piece: str, column: int) -> Iterator[Token]:
        self.wanted = "over", column
        yield Token("sign", "(", column)

    def _brace(self, piece: str, column: int) -> Iterator[Token]:
        if piece == "{":
            part, self.wanted = (self.wanted or ("group", column))[0], None
            self.open.append((part, column))
            yield Token("sign", "(", column)
        else:
            yield from self._closed(self._close("}", column), column)

    def _closed(self, part: str, column: int) -> Iterator[Token]:
        """What the end of a group, or of a part of a fraction, means."""
        yield Token("sign", ")", column)
        if part == "over":
            self.wanted = "under", column
            yield Token("sign", "/", column)
        elif part == "under":
            yield Token("sign", ")", column)

    def _short_part(self, kind: str, char: str, column: int) -> Iterator[Token]:
        r"""A part of a fraction without braces is one character: \frac12."""
        assert self.wanted
        part, begun = self.wanted
        if not char.isalnum():
            raise self._incomplete(begun)
        self.wanted = None
        yield Token("sign", "(", column)
        yield Token("number" if char.isdigit() else "name", char, column)
        yield from self._closed(part, column)

    def _incomplete(self, column: int) -> SyntaxError:
        return self.wrong("a fraction has two parts in braces: \\frac{a}{b}", column)

    def _close(self, closing: str, column: int) -> str:
        """What is closed here. A bracket that was never opened is said where it is read."""
        if not self.open and closing == ")":
            return "("
        opened, begun = self.open.pop() if self.open else ("(", column)
        if (opened == "(") != (closing == ")"):
            kind = "bracket" if opened == "(" else "brace"
            known = f"this {kind} is never closed" if begun != column else "this brace was never opened"
            raise self.wrong(known, begun)
        return opened

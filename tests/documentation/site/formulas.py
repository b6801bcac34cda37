r"""Formulas as docstrings write them, in Unicode, as LaTeX: y = √x is y=\sqrt{x}.

What is not read from its first letter to its end, or to a word, is not a formula: it stays text. Spaces tell
what binds, as they do to the eye: in Δx·Δx / Δx·Δg the line of the fraction is between the products, in
x·π/180 it is below π alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from .signs import (
    ABOVE,
    ACCENTS,
    BRACKETS,
    END,
    FUNCTIONS,
    LETTERS,
    PRODUCTS,
    RELATIONS,
    ROOTS,
    SIGNS,
    SUMS,
    Token,
    plain,
    tokens,
)

BEHIND_A_WORD = re.compile(r"[A-Za-z`]{2,}[.,;:]? ")

DANGLING = re.compile(rf"\\((sum|prod) |text\{{({'|'.join(sorted(FUNCTIONS))})\}})([_^]\{{[^{{}}]*\}})*$")
"""A sign or a function whose operand follows behind a space: Σᵢ xᵢ, log x."""
OPEN = re.compile(rf"{DANGLING.pattern}|^\\frac\{{\\partial[^/]*$|\\dots $")
"""What an operand may follow: those, ∂/∂x y, and 0 … n."""


class UnreadableError(Exception):
    """The text is not a formula."""


def pieces(text: str, words: Collection[str] = (), anywhere: bool = True) -> Iterator[tuple[bool, str]]:
    """A text cut into formulas, as LaTeX, and prose: whether it is a formula, and what it says.

    A formula has a relation, or a sign that prose has not; it begins the text or, where it may be `anywhere`,
    follows a word. `words` are names of variables.
    """
    text = "".join(unicodedata.normalize("NFD", char) if char.isalpha() else char for char in text)
    done = 0
    for start in [0, *(found.end() for found in BEHIND_A_WORD.finditer(text))] if anywhere else [0]:
        if start < done or text.count("`", 0, start) % 2:
            continue
        try:
            latex, length = read(text[start:], words)
        except UnreadableError:
            continue
        if start > done:
            yield False, unicodedata.normalize("NFC", text[done:start])
        yield True, latex
        done = start + length
    if done < len(text):
        yield False, unicodedata.normalize("NFC", text[done:])


def read(text: str, words: Collection[str]) -> tuple[str, int]:
    r"""The LaTeX of the formula with which a text begins, and its length.

    Raises UnreadableError where there is none.

    >>> print(*read("y = √x for all", ()))
    y=\sqrt{x} 6
    """
    reader = _Reader(text, words)
    latex = reader.several()
    end = reader.tokens[reader.place - 1].end
    is_formula = reader.related or SIGNS.search(text[:end])
    if not is_formula or not re.match(r"$| +(?=[^\W\d_]|$)|[.,;:]( |$)", text[end:]):
        raise UnreadableError(text)
    return latex, end


class _Part(NamedTuple):
    """LaTeX, and what is between its brackets, if it is in brackets as a whole."""

    latex: str
    inner: str = ""

    @property
    def bare(self) -> str:
        return self.inner or self.latex


class _Reader:
    """Reads from left to right; each method reads what binds tighter than what the one before it reads."""

    def __init__(self, text: str, words: Collection[str]) -> None:
        self.words, self.place, self.related = words, 0, False
        self.closing: list[str] = []
        self.tokens = tokens(text)

    @property
    def next(self) -> Token:
        return self.tokens[self.place] if self.place < len(self.tokens) else END

    def take(self) -> Token:
        token = self.next
        self.place += 1
        return token

    def maybe(self, method: Callable[[], str]) -> str | None:
        """What a method reads; where it reads nothing, None, and nothing is taken."""
        place = self.place
        try:
            return method()
        except UnreadableError:
            self.place = place
            return None

    # -- from loose to tight -------------------------------------------------------------------

    def several(self) -> str:
        """Relations with commas between them."""
        parts = [self.relation()]
        while self.next.text == "," and (further := self.maybe(self._further)) is not None:
            parts.append(further)
        return r",\; ".join(parts)

    def _further(self) -> str:
        self.take()
        return self.relation()

    def relation(self) -> str:
        """Sums and what is said of them; a sign without spaces is that of an option."""
        latex = self.sum()
        while self.next.text in RELATIONS and self.next.spaced:
            latex += RELATIONS[self.take().text] + self.sum()
            self.related = True
        return latex

    def sum(self) -> str:
        latex = SUMS[self.take().text] if self.next.text in SUMS else ""
        latex += self.product()
        while self.next.text in SUMS:
            latex += SUMS[self.take().text] + self.product()
        return latex

    def product(self) -> str:
        """Products and quotients with spaces around their signs, from left to right."""
        left = self.row()
        while self.next.spaced and (self.next.text in PRODUCTS or self.next.text == "/"):
            sign = self.take().text
            right = self.row()
            if sign == "/":
                left = _Part(rf"\frac{{{left.bare}}}{{{right.bare}}}")
            else:
                left = _Part(left.latex + PRODUCTS[sign] + right.latex)
        return left.latex

    def row(self) -> _Part:
        """What is beside each other with a space: log x, Σᵢ xᵢ."""
        first = self.tight()
        parts = [first.latex]
        while self.next.spaced and self.begins() and (OPEN.search(parts[-1]) or self.next.text == "…"):
            parts.append(self.tight().latex)
        if DANGLING.search(parts[-1]):
            raise UnreadableError(parts[-1])
        return _Part(r"\,".join(parts)) if len(parts) > 1 else first

    def tight(self) -> _Part:
        """Products and quotients without spaces; a quotient is of what is next to its sign."""
        parts = [self.run()]
        signs = [""]
        while not self.next.spaced and (self.next.text in PRODUCTS or self.next.text == "/"):
            sign = self.take().text
            part = self.run()
            if sign == "/":
                parts[-1] = _Part(rf"\frac{{{parts[-1].bare}}}{{{part.bare}}}")
            else:
                parts.append(part)
                signs.append(PRODUCTS[sign])
        if len(parts) == 1:
            return parts[0]
        return _Part("".join(sign + part.latex for sign, part in zip(signs, parts, strict=True)))

    def run(self) -> _Part:
        """What is next to each other without a sign: 2x, f(x), ∂xᵢ."""
        first = self.atom()
        rest = ""
        while not self.next.spaced and self.begins():
            rest += self.atom().latex
        return _Part(first.latex + rest) if rest else first

    # -- atoms ---------------------------------------------------------------------------------

    def begins(self) -> bool:
        """Whether an atom begins here; a bar may end what is between bars."""
        token = self.next
        if token.kind == "sign":
            closes = self.closing and self.closing[-1] == token.text
            return not closes and any(token.text in signs for signs in (LETTERS, ROOTS, BRACKETS))
        if token.kind == "word":
            return self._known(token.text) or self._is_name()
        return token.kind in ("number", "differential", "indexed", "letter") and not self._article()

    def _known(self, word: str) -> bool:
        return word in FUNCTIONS or word in self.words

    @property
    def _after(self) -> Token:
        return self.tokens[self.place + 1] if self.place + 1 < len(self.tokens) else END

    def _is_name(self) -> bool:
        """Whether a word is called, or has an index, as no word of prose has."""
        after = self._after
        return not after.spaced and (after.text == "(" or after.kind == "below")

    def _article(self) -> bool:
        """Whether this is the English word "a": one letter with a word behind it."""
        after = self._after
        is_word = after.spaced and after.kind == "word" and not self._known(after.text)
        return self.next.text == "a" and is_word

    def atom(self) -> _Part:
        """A letter, a number, a function's name or what is in brackets, with what is above and below it."""
        if not self.begins():
            raise UnreadableError(self.next.text)
        token = self.take()
        if token.text in ROOTS:
            return _Part(f"{ROOTS[token.text]}{{{self.atom().bare}}}")
        part = self._bracketed(token.text) if token.text in BRACKETS else _Part(self._written(token))
        scripted = self._with_scripts(part.latex, token)
        return part if scripted == part.latex else _Part(scripted)

    def _bracketed(self, opening: str) -> _Part:
        closing, left, right = BRACKETS[opening]
        self.closing.append(closing)
        inner = self.several()
        if self.take().text != self.closing.pop():
            raise UnreadableError(opening)
        if opening in "([⌊" and (r"\frac" in inner or r"\sqrt" in inner):
            left, right = rf"\left{left}", rf"\right{right}"
        return _Part(f"{left}{inner}{right}", inner if opening == "(" else "")

    def _written(self, token: Token) -> str:
        if token.kind == "word":
            return rf"\text{{{token.text}}}"
        if token.kind == "number" and "e" in token.text:
            mantissa, exponent = token.text.split("e")
            return ("" if mantissa == "1" else rf"{mantissa}\cdot ") + f"10^{{{exponent}}}"
        if token.kind == "differential":
            return "".join(f"^{{{plain(char)}}}" if char in ABOVE else char for char in token.text)
        if token.text in LETTERS:
            return LETTERS[token.text]
        letter, accent = token.text[0], token.text[1:] if token.kind == "letter" else ""
        if token.kind == "indexed":
            return LETTERS.get(letter, letter)
        return rf"\{ACCENTS[accent]}{{{letter}}}" if accent else token.text

    def _with_scripts(self, latex: str, token: Token) -> str:
        below = [_index(token.text[2:])] if token.kind == "indexed" else []
        above: list[str] = []
        while not self.next.spaced and (self.next.kind in ("above", "below") or self.next.text in "^′″"):
            script = self.take()
            if script.kind == "below":
                below.append(plain(script.text))
            else:
                above.append(_small(self.atom().bare) if script.text == "^" else plain(script.text))
        if len(below) > 1:
            raise UnreadableError(token.text)
        return latex + "".join(f"_{{{x}}}" for x in below) + (f"^{{{''.join(above)}}}" if above else "")


def _small(exponent: str) -> str:
    """An exponent, in which a fraction of two letters is on one line."""
    return re.sub(r"\\frac\{(\w+)\}\{(\w+)\}", r"\1/\2", exponent)


def _index(written: str) -> str:
    """What is behind _: letters, or a sum in braces."""
    inner = written.strip("{}").replace("−", "-")
    return rf"\text{{{inner}}}" if inner.isalpha() and len(inner) > 2 else inner

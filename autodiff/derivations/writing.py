"""Writing expressions with as few brackets as their meaning allows.

What needs brackets, a sign, a dot or a line is decided here; `typesetting` says how each looks.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from string import Formatter

from ..text.lettering import ABOVE
from ..text.notation import printable, text_of
from ..values.data import Data, shape_of
from .expression import ONE, Call, Given, Number, Power, Product, Sum, Symbol, Term, shape_of_term, written
from .notation import ATOM, POWER, PRODUCT, SUM, Notation, Piece
from .simplification import product

__all__ = ["Writer"]

LARGE = 1e15
"""Whole numbers below it are written with all their digits."""


class Writer(Notation):
    """Writes terms; names that are among `numbers` are written as these.

    Of a sum of more than `most_terms` the first and the last are written, and how many are between.
    """

    def __init__(
        self,
        numbers: Mapping[str, Data] | None = None,
        number_format: str = ".6g",
        most_terms: float = math.inf,
    ) -> None:
        self.numbers = numbers or {}
        self.number_format = number_format
        self.most_terms = most_terms

    def write(self, term: Term) -> str:
        """The whole term."""
        return self.part(term, SUM)

    def part(self, term: Term, least: int) -> str:
        """A term in a place that takes what binds at least so strongly without brackets."""
        text, strength = self.piece(term)
        return text if strength >= least else self.bracketed(text)

    def bracketed(self, text: str) -> str:
        """Text in brackets that fit it."""
        return f"{self.open}{text}{self.close}"

    def piece(self, term: Term) -> Piece:
        """A term, and how strongly its outermost operation binds."""
        match term:
            case Number(value):
                return self.number(value)
            case Given(data):
                return self.array(data), ATOM
            case Symbol():
                return self.symbol(term)
            case Sum(terms):
                return self.sum(terms), SUM
            case Product(factors):
                return self.product(factors)
            case Power():
                return self.power(term)
        return self.call(term)

    # -- numbers and names -------------------------------------------------------------------

    def number(self, value: float) -> Piece:
        """A number; a negative one binds as a sum, so that it stands in brackets inside a product."""
        value += 0.0  # −0 is written as 0
        whole = value.is_integer() and abs(value) < LARGE
        digits, _, exponent = format(value, ".0f" if whole else self.number_format).partition("e")
        digits = digits.replace("-", self.minus).replace("inf", "∞")
        if exponent:
            digits = (
                f"{digits}{self.times}{self.superscript('10', str(int(exponent)).replace('-', self.minus))}"
            )
        return digits, SUM if value < 0.0 else PRODUCT if exponent else ATOM

    def array(self, data: Data) -> str:
        """An array in few characters."""
        return self.plain(self.entries(data))

    def entries(self, data: Data) -> str:
        """The entries of a small array, the range of a large one: between square brackets."""
        text = text_of(data, self.number_format)
        return text if text.startswith("[") else f"[{text}]"

    def symbol(self, symbol: Symbol) -> Piece:
        """A name, or the number in its place."""
        name = written(symbol)
        if name in self.numbers:
            data = self.numbers[name]
            return (self.array(data), ATOM) if shape_of(data) else self.number(float(data))
        if symbol.lower is not None:
            return self.derivative(symbol.sign, symbol.name, symbol.lower), ATOM
        return self.name(symbol.name), POWER if _is_indexed(symbol.name) else ATOM

    # -- sums and products -------------------------------------------------------------------

    def sum(self, terms: tuple[Term, ...]) -> str:
        """Terms with their signs between them; one with a positive sign comes first, if there is one."""
        first = next((i for i, term in enumerate(terms) if not _is_negative(term)), 0)
        ordered = (terms[first], *terms[:first], *terms[first + 1 :])
        if len(ordered) <= self.most_terms:
            return self.signed(ordered)
        half = int(self.most_terms) // 2
        left_out = self.left_out(f"{len(ordered) - 2 * half:,} more terms")
        return f"{self.signed(ordered[:half])} + {left_out} {self.signed(ordered[-half:], after=True)}"

    def signed(self, terms: Sequence[Term], after: bool = False) -> str:
        """Terms with their signs between them; in front of the first only a minus, unless it comes after."""
        text = ""
        for term in terms:
            negative = _is_negative(term)
            sign, size = (self.minus if negative else "+"), (_negated(term) if negative else term)
            if text or after:
                text += f" {sign} {self.part(size, PRODUCT)}"
            else:
                text = f"{sign}{self.part(size, PRODUCT)}" if negative else self.part(term, SUM)
        return text.lstrip()

    def product(self, factors: tuple[Term, ...]) -> Piece:
        """Factors, those with negative exponents as a denominator; a minus in front."""
        if _is_negative(factors[0]):
            return f"{self.minus}{self.part(_negated(Product(factors)), PRODUCT)}", SUM
        over = [factor for factor in factors if not _divides(factor)]
        under = [_inverse(factor) for factor in factors if _divides(factor)]
        under.sort(key=lambda factor: not isinstance(factor, Number))
        if not under:
            return self.joined(over), PRODUCT
        return self.fraction(_product(over), _product(under))

    def joined(self, factors: list[Term]) -> str:
        """Factors side by side: with a dot, except 2x and a(1 − a)."""
        text: str = ""
        previous: Term = ONE
        for factor in factors:
            written = self.part(factor, PRODUCT if isinstance(factor, Product) else POWER)
            text += self.between(text, previous, factor, written) + written
            previous = factor
        return text

    def between(self, text: str, previous: Term, factor: Term, written: str) -> str:
        """What stands between two factors."""
        if not text:
            return ""
        if shape_of_term(previous) and shape_of_term(factor):
            return self.circle
        if _is_partial(previous) or _is_partial(factor):
            return f" {self.dot.strip()} "
        coefficient = isinstance(previous, Number) and not written[0].isdigit()
        known = isinstance(factor, Symbol) and factor.name in self.numbers
        if written.startswith(self.open) or (coefficient and not known):
            return ""
        return self.dot

    def power(self, term: Power) -> Piece:
        """A power; roots with their sign, negative ones as a fraction."""
        base, exponent = term.base, term.exponent
        if _divides(term):
            return self.fraction(ONE, _inverse(term))
        if exponent == Number(0.5):
            return self.root(base), POWER
        return self.superscript(self.part(base, ATOM), self.write(exponent)), POWER

    # -- other operations --------------------------------------------------------------------

    def call(self, call: Call) -> Piece:
        """An operation as it is typeset, or as a function."""
        template, arguments = call.operation.typeset, call.arguments
        if template and call.is_usual:
            return self.typeset(template, call)
        if "′" in call.name:
            output = 0 if call.operation.elementwise else 1  # what a rule takes beside the operands
            arguments = (*arguments[:output], *arguments[output + 1 :])
        inner = ", ".join(map(self.write, arguments))
        told = f", {self.plain(call.told)}" if call.told else ""
        return self.function(call.operation.symbol, f"{inner}{told}"), ATOM

    def typeset(self, template: str, call: Call) -> Piece:
        """An operation by its own notation: between signs, with one in front, behind, or between operands."""
        first = call.arguments[0]
        if template == "{}":
            return self.piece(first)
        if template == "e^{}":
            return self.exponential(first), POWER
        if template == "{}ᵀ":
            return self.superscript(self.part(first, POWER), self.transposed), POWER
        begins, ends = not template.startswith("{"), not template.endswith("}")
        least = SUM if begins and ends else ATOM if ends else POWER
        waiting, text = iter(call.arguments), ""
        for sign, name, _, _ in Formatter().parse(template):
            text += self.sign(sign)
            if name is not None:
                text += _index(call.metadata[name]) if name else self.part(next(waiting), least)
        return text, ATOM if ends else PRODUCT

    def sign(self, text: str) -> str:
        """What a template has between operands; words are set as such."""
        own = {"(": self.open, ")": self.close, "·": self.dot}
        pieces = re.split(r"([()·]|\w+)", text)
        return "".join(own.get(x) or (self.plain(x) if n % 2 else x) for n, x in enumerate(pieces))

    def function(self, name: str, inner: str) -> str:
        """A function of something."""
        return f"{self.plain(name)}{self.bracketed(inner)}"


def _is_indexed(name: str) -> bool:
    """Whether a name needs brackets below an exponent: it has one already, or is no single word."""
    return name[-1:] in ABOVE or not all(char.isalnum() or char in "_′" for char in name)


def _is_partial(term: Term) -> bool:
    return isinstance(term, Symbol) and term.lower is not None


def _is_negative(term: Term) -> bool:
    first = term.factors[0] if isinstance(term, Product) else term
    return isinstance(first, Number) and first.value < 0.0


def _negated(term: Term) -> Term:
    return product([Number(-1.0), term])


def _divides(factor: Term) -> bool:
    """Whether a factor is written below the line."""
    return isinstance(factor, Power) and _is_negative(factor.exponent)


def _inverse(factor: Term) -> Term:
    assert isinstance(factor, Power)
    exponent = _negated(factor.exponent)
    return factor.base if exponent == ONE else Power(factor.base, exponent)


def _product(factors: list[Term]) -> Term:
    return Product(tuple(factors)) if len(factors) > 1 else factors[0] if factors else ONE


def _index(index: object) -> str:
    """An index as it is written in Python."""
    entries = index if isinstance(index, tuple) else (index,)
    return ", ".join("…" if entry is ... else _range(entry) for entry in entries)


def _range(entry: object) -> str:
    if not isinstance(entry, slice):
        return printable(str(entry))
    ends = ["" if end is None else str(end) for end in (entry.start, entry.stop)]
    return ":".join(ends) + (f":{entry.step}" if entry.step is not None else "")

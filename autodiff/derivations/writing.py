"""Writing expressions with as few brackets as their meaning allows, as Unicode on one line.

What needs brackets, a sign, a dot or a line is decided here; how each looks, in `marks`, and for LaTeX in
`typesetting`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np

from ..text.lettering import raised
from ..text.notation import FEW, text_of
from ..values.data import Data, Shape, shape_of
from .expression import (
    ONE,
    Call,
    Given,
    Number,
    Power,
    Product,
    StepSum,
    Sum,
    Symbol,
    Term,
    is_column,
    is_row,
    multiplied,
    shape_of_term,
)
from .marks import Marks, is_indexed
from .signs import compared, divisor_of, is_negative, negated, positive_first
from .simplification import bare, descending
from .templates import (
    OPTION,
    Place,
    below,
    exponent_in,
    function_name,
    index_text,
    operands_of,
    options_left,
    places,
)

SUM, PRODUCT, POWER, ATOM = range(4)

Piece: TypeAlias = tuple[str, int]
"""A text, and how strongly its outermost operation binds."""

MOST_LISTED = 2
"""Operands at either end of very many."""

LARGE = 1e15
"""Whole numbers below it are written with all their digits."""


class Text(Marks):
    """Writes terms; names that are among `numbers` are written as these.

    Of a sum of more than `most_terms` the first and the last are written, and how many are between.

    >>> from autodiff.expression import Number, Symbol
    >>> from autodiff.simplification import power, product, total
    >>> x = Symbol("x")
    >>> Text().write(product([Number(-2.0), total([Number(1.0), x]), power(x, Number(-3.0))]))
    '−2(1 + x)/x³'
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
            case Sum(terms, omitted):
                return self.sum(terms, omitted), SUM
            case StepSum():
                return f"{self.series(term)}{self.part(term.term, PRODUCT)}", PRODUCT
            case Product(factors):
                return self.product(factors)
            case Power():
                return self.power(term)
        return self.call(term)

    # -- numbers and names -------------------------------------------------------------------

    def number(self, value: float) -> Piece:
        """A number; a negative one binds as a sum, so that it stands in brackets inside a product."""
        value += 0.0  # −0 is written as 0
        if value == math.e:
            return "e", ATOM
        whole = value.is_integer() and abs(value) < LARGE
        digits, _, exponent = format(value, ".0f" if whole else self.number_format).partition("e")
        digits = digits.replace("-", self.minus).replace("inf", "∞")
        if exponent:
            digits += self.times + self.superscript("10", str(int(exponent)).replace("-", self.minus))
        return digits, SUM if value < 0.0 else PRODUCT if exponent else ATOM

    def array(self, data: Data) -> str:
        """An array in few characters."""
        return self.plain(self.entries(data))

    def spread(self, value: float, shape: Shape) -> Piece:
        """An array of equal entries: a small one in full, a larger one as a multiple of that of ones."""
        if math.prod(shape) <= FEW:
            return self.array(np.full(shape, value)), ATOM
        number = self.part(Number(value), POWER)
        return (
            (self.ones(shape), ATOM) if value == 1.0 else (f"{number}{self.times}{self.ones(shape)}", PRODUCT)
        )

    def entries(self, data: Data) -> str:
        """The entries of a small array, the range of a large one: between square brackets."""
        text = text_of(data, self.number_format)
        return text if text.startswith("[") else f"[{text}]"

    def symbol(self, symbol: Symbol) -> Piece:
        """A name, or the number in its place."""
        name = symbol.text
        if name in self.numbers:
            data = self.numbers[name]
            return (self.array(data), ATOM) if shape_of(data) else self.number(float(data))
        if symbol.lower is not None:
            return self.derivative(symbol.sign, symbol.name, symbol.lower), ATOM
        return self.name(symbol.name), POWER if is_indexed(symbol.name) else ATOM

    # -- sums and products -------------------------------------------------------------------

    def sum(self, terms: tuple[Term, ...], omitted: int = 0) -> str:
        """Terms with their signs between them, the highest power or a positive one first."""
        ordered = bare(terms) if omitted else descending(bare(terms)) or positive_first(bare(terms))
        if len(ordered) <= self.most_terms and not omitted:
            return self.signed(ordered)
        half = len(ordered) // 2 if omitted else int(self.most_terms) // 2
        left_out = self.left_out(f"{len(ordered) - 2 * half + omitted:,} more terms")
        return f"{self.signed(ordered[:half])} + {left_out} {self.signed(ordered[-half:], after=True)}"

    def signed(self, terms: Sequence[Term], after: bool = False) -> str:
        """Terms with their signs between them; in front of the first only a minus, unless it comes after."""
        text = ""
        for term in terms:
            negative = is_negative(term)
            sign, size = (self.minus if negative else "+"), (negated(term) if negative else term)
            if text or after:
                text += f" {sign} {self.part(size, PRODUCT)}"
            else:
                text = f"{sign}{self.part(size, PRODUCT)}" if negative else self.part(term, SUM)
        return text.lstrip()

    def product(self, factors: tuple[Term, ...]) -> Piece:
        """Factors, those with negative exponents as a denominator; a minus in front."""
        if is_negative(factors[0]):
            return f"{self.minus}{self.part(negated(Product(factors)), PRODUCT)}", SUM
        over = [factor for factor in factors if divisor_of(factor) is None]
        under = [divisor for divisor in map(divisor_of, factors) if divisor is not None]
        if not under:
            return self.joined(over), PRODUCT
        under.sort(key=lambda factor: not isinstance(factor, Number))
        return self.fraction(multiplied(over), multiplied(under))

    def joined(self, factors: list[Term]) -> str:
        """Factors side by side: with a dot, except 2x and a(1 − a)."""
        text: str = ""
        previous: Term = ONE
        for factor in sorted(factors, key=is_row):  # a column times a row is a matrix, in this order
            written = self.part(factor, PRODUCT if isinstance(factor, Product) else POWER)
            text += self.between(text, previous, factor, written) + written
            previous = factor
        return text

    def between(self, text: str, previous: Term, factor: Term, written: str) -> str:
        """What stands between two factors."""
        if not text:
            return ""
        if is_column(previous) and is_row(factor):
            return self.dot
        if shape_of_term(previous) and shape_of_term(factor):
            return self.circle
        if any(isinstance(term, Symbol) and term.lower is not None for term in (previous, factor)):
            return f" {self.dot.strip()} "
        coefficient = isinstance(previous, Number) and not written[0].isdigit()
        known = isinstance(factor, Symbol) and factor.name in self.numbers
        if written.startswith(self.open) or (coefficient and not known):
            return ""
        return self.times if written[0].isdigit() else self.dot  # x·2ˣ: never a number behind a gap

    def power(self, term: Power) -> Piece:
        """A power; roots with their sign, negative ones as a fraction."""
        divisor = divisor_of(term)
        if divisor is not None:
            return self.fraction(ONE, divisor)
        if term.exponent == Number(0.5):
            return self.root(term.base), POWER
        if term.base == Number(math.e):
            return self.exponential(term.exponent), POWER
        return self.superscript(self.part(term.base, ATOM), self.write(term.exponent)), POWER

    # -- other operations --------------------------------------------------------------------

    def call(self, call: Call) -> Piece:
        """An operation as it is typeset, or as a function f(x; option)."""
        told = options_left(call)
        if call.operation.typeset and not told:
            return self.typeset(call.operation.typeset, call)
        inner = self.listed(operands_of(call)) + (f"; {self.plain(told)}" if told else "")
        return self.plain(function_name(call)) + self.bracketed(inner), ATOM

    def listed(self, operands: Sequence[Term]) -> str:
        """Operands side by side; of very many the first and the last."""
        cut = len(operands) > self.most_terms // 2
        shown = [*operands[:MOST_LISTED], *operands[-MOST_LISTED:]] if cut else operands
        written = [*map(self.write, shown)]
        return ", ".join([*written[:MOST_LISTED], "…", *written[MOST_LISTED:]] if cut else written)

    def typeset(self, template: str, call: Call) -> Piece:
        """An operation by its own notation: between signs, with one in front, behind, or between operands."""
        first = call.arguments[0]
        if template == "{}":
            if isinstance(first, Number):
                return self.spread(first.value, call.shape)
            return self.piece(first)
        if is_column(call):
            return self.piece(first)
        if template == "{}ᵀ" or is_row(call):
            return self.superscript(self.part(first, POWER), self.transposed), POWER
        if exponent := exponent_in(template):
            return self.superscript(self.part(first, POWER), exponent.replace("-", self.minus)), POWER
        return self.filled(template, call)

    def filled(self, template: str, call: Call) -> Piece:
        """A template with operands and options in their places."""
        waiting, text = iter(compared(template, operands_of(call))), ""
        shown = OPTION.sub("", template)
        begins, ends = not shown.startswith("{"), not shown.endswith("}")
        joins = "/" in shown or ">" in shown or "^" in shown
        least = POWER if joins else SUM if begins and ends else ATOM if ends else POWER
        for place in places(template):
            raises = place.name == "" and place.before.endswith("^")
            text += self.sign(place.before[:-2] if raises else place.before)
            if raises:
                text += self.raised(place.before[-2], next(waiting))
            elif place.name == "*":
                text += self.listed([*waiting])
            elif place.name:
                text += self.option(call, place)
            elif place.name == "":
                text += self.part(next(waiting), least)
        return text, ATOM if ends else POWER if shown.endswith("^{}") else PRODUCT

    def option(self, call: Call, place: Place) -> str:
        """An option in its place."""
        if not place.style:
            return index_text(call.metadata[place.name or ""])
        text = below(call, place)
        if place.style == "primes":
            return self.plain("′") * int(text or 0)
        return self.subscript(text) if text else ""

    def raised(self, base: str, exponent: Term) -> str:
        """A base, e or a number, to the power of a term."""
        return self.exponential(exponent) if base == "e" else self.superscript(base, self.write(exponent))

    def sign(self, text: str) -> str:
        """What a template has between operands; words are set as such."""
        own = {"(": self.open, ")": self.close, "·": self.dot}
        pieces = re.split(r"([()·]|[\w⁻]+)", text)
        return "".join(own.get(x) or (self.plain(x) if n % 2 else x) for n, x in enumerate(pieces))

    def root(self, base: Term) -> str:
        """A square root."""
        return f"√{self.part(base, ATOM)}"

    def exponential(self, exponent: Term) -> str:
        """A power of e."""
        inner = self.write(exponent)
        above = raised(inner)
        return f"e{above}" if above else f"exp({inner})"

    def fraction(self, over: Term, under: Term) -> Piece:
        """A quotient."""
        return f"{self.part(over, PRODUCT)}/{self.part(under, POWER)}", PRODUCT

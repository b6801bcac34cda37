"""Slips of the pen in a formula: one sign, one factor, one exponent or one transpose of it is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from ...derivations.expression import (
    MINUS_ONE,
    ZERO,
    Call,
    Number,
    Power,
    Product,
    Sum,
    Symbol,
    Term,
    multiplied,
)
from ...derivations.forms import operated
from ...derivations.simplification import power, product, total
from ...ops import transpose

TRANSPOSE = vars(transpose)["operation"]


def slips(term: Term) -> list[Term]:
    """The term with one slip, in an order that is the same for terms of one form; none that leaves nothing.

    >>> from autodiff.derivations.typesetting import Text
    >>> from autodiff.derivations.expression import ONE
    >>> y = Symbol("y")
    >>> [Text().write(slip) for slip in slips(product([y, total([ONE, product([MINUS_ONE, y])])]))]
    ['1 − y', 'y', 'y(−1 − y)', 'y(1 + y)']
    """
    return [slip for slip in dict.fromkeys(_slips(term)) if slip != ZERO]


def _slips(term: Term) -> Iterator[Term]:
    match term:
        case Sum(terms):
            for i, one in enumerate(terms):
                yield total([*terms[:i], product([MINUS_ONE, one]), *terms[i + 1 :]])
            yield from _inside(terms, total)
        case Product(factors):
            for i in range(len(factors)):
                yield multiplied([*factors[:i], *factors[i + 1 :]])
            yield from _inside(factors, product)
        case Power(base, exponent):
            yield base
            yield power(base, product([MINUS_ONE, exponent]))
            yield from (power(slip, exponent) for slip in slips(base))
        case Number(value) if value < 0.0:
            yield Number(-value)
        case Call() if term.operation.typeset == TRANSPOSE.typeset and term.is_usual:
            yield term.arguments[0]
        case Call():
            yield from _inside(term.arguments, partial(_called_again, term))
        case Symbol() if len(term.shape) == 2 and term.shape[0] == term.shape[1]:
            yield operated(TRANSPOSE, [term], TRANSPOSE.defaults, term.shape)


def _inside(parts: Sequence[Term], whole: Callable[[list[Term]], Term]) -> Iterator[Term]:
    """What slips in one of the parts make of the whole."""
    for i, part in enumerate(parts):
        for slip in slips(part):
            yield whole([*parts[:i], slip, *parts[i + 1 :]])


def _called_again(call: Call, arguments: list[Term]) -> Term:
    return replace(call, arguments=tuple(arguments))

"""Symbolic expressions: what a recorded graph is written as, and what it comes to in numbers.

A sum, a product, a power, a name, a number; every other operation is a `Call`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, TypeAlias

import numpy as np

from ..ops.arithmetic import power as power_of
from ..values.data import Data, Shape, shape_of
from ..values.operation import Operation, ieee


@dataclass(frozen=True, slots=True)
class Number:
    """A number, written as it is."""

    value: float


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """An array without a name."""

    data: Data


@dataclass(frozen=True, slots=True)
class Symbol:
    """A named value; ∂name/∂lower where it has a `lower` name, or dname/dlower."""

    name: str
    shape: Shape = ()
    lower: str | None = None
    sign: str = "∂"

    @property
    def text(self) -> str:
        """The name by which it is known."""
        return self.name if self.lower is None else f"{self.sign}{self.name}/{self.sign}{self.lower}"


@dataclass(frozen=True, slots=True)
class Sum:
    """Two or more terms; so many more in the middle are not written."""

    terms: tuple[Term, ...]
    omitted: int = 0


@dataclass(frozen=True, slots=True)
class StepSum:
    """A term for each of the steps of a loop, added up: of `first` to `last`, `whole` if these are all."""

    term: Term
    counter: str
    first: int
    last: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Product:
    """Two or more factors, at most one of them, the first, a number."""

    factors: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Power:
    """A base and an exponent."""

    base: Term
    exponent: Term


@dataclass(frozen=True, slots=True)
class Call:
    """Any other operation; `told` stands for the metadata where calls are compared."""

    operation: Operation = field(compare=False)
    arguments: tuple[Term, ...]
    shape: Shape = ()
    metadata: Mapping[str, Any] = field(default_factory=dict, compare=False)
    name: str = ""
    told: str = ""

    @property
    def is_usual(self) -> bool:
        """Whether all options that have a default value have it."""
        defaults = self.operation.defaults
        return all(repr(self.metadata[name]) == repr(usual) for name, usual in defaults.items())


Term: TypeAlias = Number | Given | Symbol | Sum | StepSum | Product | Power | Call

ZERO, ONE, MINUS_ONE = Number(0.0), Number(1.0), Number(-1.0)


# -- what a term is made of --------------------------------------------------------------------


def parts(term: Term) -> tuple[Term, ...]:
    """The terms that a term is made of."""
    match term:
        case Sum(terms):
            return terms
        case StepSum(term):
            return (term,)
        case Product(factors):
            return factors
        case Power(base, exponent):
            return base, exponent
        case Call():
            return term.arguments
    return ()


def is_row(term: Term) -> bool:
    """Whether a term is a vector as the one row of a matrix."""
    return _stands(term) and shape_of_term(term)[0] == 1


def is_column(term: Term) -> bool:
    """Whether a term is a vector as the one column of a matrix."""
    return _stands(term) and shape_of_term(term)[1] == 1


def _stands(term: Term) -> bool:
    """Whether a term is a vector as a matrix."""
    if not isinstance(term, Call) or term.operation.typeset != "{}[{index}]":
        return False
    n, shape = len(shape_of_term(term.arguments[0])), term.shape
    return n == 1 and len(shape) == 2 and shape != (1, 1) and 1 in shape


def multiplied(factors: Sequence[Term]) -> Term:
    """The product of factors as they are; 1 if there are none."""
    return Product(tuple(factors)) if len(factors) > 1 else factors[0] if factors else ONE


def walked(term: Term) -> Iterator[Term]:
    """A term, and all the numbers, names and operations in it."""
    stack = [term]
    while stack:
        term = stack.pop()
        yield term
        stack.extend(parts(term))


def shape_of_term(term: Term) -> Shape:
    """The shape of what a term stands for."""
    match term:
        case Symbol() | Call():
            return term.shape
        case Given(data):
            return shape_of(data)
    return np.broadcast_shapes(*map(shape_of_term, parts(term)))


# -- in numbers --------------------------------------------------------------------------------


POWER: Operation = vars(power_of)["operation"]


@np.errstate(all="ignore")
def evaluated(term: Term, numbers: Mapping[str, Data]) -> Data:
    """What a term is where its names stand for these numbers or arrays."""
    inner = [evaluated(part, numbers) for part in parts(term)]
    match term:
        case Number(value):
            return value
        case Given(data):
            return data
        case Symbol():
            return numbers[term.text]
        case Sum():
            return reduce(lambda x, y: x + y, inner)
        case Product():
            return reduce(lambda x, y: x * y, inner)
        case Power():
            return ieee(POWER.forward, *inner)
        case Call(operation):
            return ieee(operation.forward, *inner, **term.metadata)
    raise TypeError("a sum over steps is written, not computed: each step has numbers of its own")

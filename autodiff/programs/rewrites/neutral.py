"""Lines that change nothing: products with one, sums with zero, identities, signs taken twice.

All are exact, for infinities and nan, too, and to the sign of a zero.
"""

from __future__ import annotations

import math
from operator import attrgetter

from ...ops import (
    add,
    divide,
    expand_dims,
    getitem,
    multiply,
    reshape,
    squeeze,
    subtract,
    transpose,
)
from ...values.operation import Operation
from ..listing import Line
from .draft import Draft, is_a, rule

__all__ = ["RULES"]


def _is_operand(operation: Operation) -> bool:
    return operation.formula in operation.arguments


@rule("x·1 and x/1 are x", multiply, divide)
def factor_one(draft: Draft, line: Line) -> int | None:
    x, y = line.inputs
    if draft.number(y) == 1.0:
        return x
    return y if is_a(line, multiply) and draft.number(x) == 1.0 else None


@rule("x + (−0) is x; so is x + 0 where x is a square, an exponential and the like, which is never −0", add)
def zero_added(draft: Draft, line: Line) -> int | None:
    for x, y in (line.inputs, line.inputs[::-1]):
        if draft.number(y) == 0.0 and (_is_minus(draft, y) or _never_minus_zero(draft, x)):
            return x
    return None


@rule("x − 0 is x", subtract)
def zero_subtracted(draft: Draft, line: Line) -> int | None:
    x, y = line.inputs
    return x if draft.number(y) == 0.0 and not _is_minus(draft, y) else None


def _is_minus(draft: Draft, position: int) -> bool:
    number = draft.number(position)
    return number is not None and math.copysign(1.0, number) < 0.0


def _never_minus_zero(draft: Draft, position: int) -> bool:
    operation = draft.lines[position].operation
    return operation is not None and operation.nonnegative


@rule("+x is x, as is an activation that returns its operand", suits=_is_operand)
def identity(draft: Draft, line: Line) -> int | None:
    return line.inputs[0]


@rule("x in the shape or dtype that it has already is x", suits=attrgetter("conforming"))
def as_it_is(draft: Draft, line: Line) -> int | None:
    x = draft.lines[line.inputs[0]]
    return line.inputs[0] if x.shape == line.shape and line.metadata.get("order", "C") == "C" else None


@rule("axes of size 1 come and go by a reshape", expand_dims, squeeze)
def axes_of_one(draft: Draft, line: Line) -> int | None:
    return draft.add(reshape, *line.inputs, shape=line.shape)


@rule("a reshape of a reshape is the last one", reshape)
def reshaped_twice(draft: Draft, line: Line) -> int | None:
    inner = draft.made_by(line.inputs[0], reshape)
    if inner is None or not inner.metadata["order"] == line.metadata["order"] == "C":
        return None
    return draft.add(reshape, *inner.inputs, shape=line.shape)


@rule("x[...] is x", getitem)
def all_entries(draft: Draft, line: Line) -> int | None:
    return line.inputs[0] if line.metadata["index"] is Ellipsis else None


@rule("the transpose of a transpose is x, the transpose of a vector the vector", transpose)
def transposed_twice(draft: Draft, line: Line) -> int | None:
    (x,) = line.inputs
    if len(line.shape) < 2:
        return x
    inner = draft.made_by(x, transpose)
    reversing = inner is not None and inner.metadata["axes"] is line.metadata["axes"] is None
    return inner.inputs[0] if inner and reversing else None


RULES = [
    factor_one,
    zero_added,
    zero_subtracted,
    identity,
    as_it_is,
    axes_of_one,
    reshaped_twice,
    all_entries,
    transposed_twice,
]

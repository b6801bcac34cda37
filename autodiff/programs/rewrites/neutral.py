"""Lines that change nothing: products with one, sums with zero, transposes taken twice.

All are exact, for infinities and nan, too, and to the sign of a zero.
"""

from __future__ import annotations

import math
from operator import attrgetter

from ... import ops
from ...ops.selection import bounded, larger, smaller
from ...values.operation import Operation
from ..listing import Line
from .draft import Draft, is_a, rule


def _is_operand(operation: Operation) -> bool:
    return operation.formula in operation.arguments


@rule("x·1 and x/1 are x", ops.multiply, ops.divide)
def factor_one(draft: Draft, line: Line) -> int | None:
    x, y = line.inputs
    if draft.number(y) == 1.0:
        return x
    return y if is_a(line, ops.multiply) and draft.number(x) == 1.0 else None


@rule("x + (−0) is x; so is x + 0 where x is a square, an exponential or the like, never −0", ops.add)
def zero_added(draft: Draft, line: Line) -> int | None:
    for x, y in (line.inputs, line.inputs[::-1]):
        if draft.number(y) == 0.0 and (_is_minus(draft, y) or _never_minus_zero(draft, x)):
            return x
    return None


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


@rule("axes of size 1 come and go by a reshape", ops.expand_dims, ops.squeeze)
def axes_of_one(draft: Draft, line: Line) -> int | None:
    return draft.instead(line, ops.reshape, *line.inputs, shape=line.shape)


@rule("x[i,] is x[i]", ops.getitem)
def single_index(draft: Draft, line: Line) -> int | None:
    index = line.metadata["index"]
    if type(index) is not tuple or len(index) != 1 or type(index[0]) is not int:
        return None
    return draft.instead(line, ops.getitem, *line.inputs, index=index[0])


@rule("x[...] is x", ops.getitem)
def all_entries(draft: Draft, line: Line) -> int | None:
    return line.inputs[0] if line.metadata["index"] is Ellipsis else None


@rule("the transpose of a transpose is x, the transpose of a vector the vector", ops.transpose)
def transposed_twice(draft: Draft, line: Line) -> int | None:
    (x,) = line.inputs
    if len(line.shape) < 2:
        return x
    inner = draft.made_by(x, ops.transpose)
    reversing = inner is not None and inner.metadata["axes"] is line.metadata["axes"] is None
    return inner.inputs[0] if inner and reversing else None


@rule("an array reshaped twice is reshaped once", ops.reshape)
def reshaped_twice(draft: Draft, line: Line) -> int | None:
    inner = draft.made_by(line.inputs[0], ops.reshape)
    if inner is None or not inner.metadata["order"] == line.metadata["order"] == "C":
        return None
    return draft.instead(line, ops.reshape, *inner.inputs, shape=line.shape)


@rule("a bound at ∞ or −∞ is none: clip is a maximum, or a minimum", bounded)
def bound_at_infinity(draft: Draft, line: Line) -> int | None:
    x, low, high = line.inputs
    if line.shape and draft.number(low) == -math.inf:
        return draft.add(smaller, x, high)
    return draft.add(larger, x, low) if line.shape and draft.number(high) == math.inf else None

"""Minus signs: taken into factors and into sums, so that no line is there for a sign alone. All are exact.

They are so for infinities and nan, too, and to the sign of a zero.
"""

from __future__ import annotations

from collections.abc import Sequence

from ... import ops
from ..listing import Line
from .draft import Draft, is_a, rule


@rule("x·(−1) and x/(−1) are −x", ops.multiply, ops.divide)
def factor_minus_one(draft: Draft, line: Line) -> int | None:
    x, y = line.inputs
    if draft.number(y) == -1.0:
        return draft.add(ops.negative, x)
    return draft.add(ops.negative, y) if is_a(line, ops.multiply) and draft.number(x) == -1.0 else None


@rule("−(−x) is x, and −(c·x) is (−c)·x", ops.negative)
def sign_of_multiple(draft: Draft, line: Line) -> int | None:
    if inner := draft.made_by(line.inputs[0], ops.negative):
        return inner.inputs[0]
    product = draft.made_by(line.inputs[0], ops.multiply)
    return _multiple(draft, product.inputs, -1.0) if product else None


@rule("(−x)·c is x·(−c)", ops.multiply)
def sign_of_factor(draft: Draft, line: Line) -> int | None:
    for x, c in (line.inputs, line.inputs[::-1]):
        if inner := draft.made_by(x, ops.negative):
            return _multiple(draft, (inner.inputs[0], c), -1.0)
    return None


def _multiple(draft: Draft, factors: Sequence[int], sign: float) -> int | None:
    """A product of which one factor is a number, times 1 or −1; None for others."""
    for x, y in (factors, factors[::-1]):
        if (c := draft.number(y)) is not None:
            return draft.add(ops.multiply, draft.constant(sign * c), x)
    return None


@rule("a + (−b) is a − b, a − (−b) is a + b; so with (−b)·c, and −2·b", ops.add, ops.subtract)
def sign_of_term(draft: Draft, line: Line) -> int | None:
    x, y = line.inputs
    other = ops.subtract if is_a(line, ops.add) else ops.add
    if (found := _opposite(draft, y)) is not None:
        return draft.add(other, x, found)
    if is_a(line, ops.add) and (found := _opposite(draft, x)) is not None:
        return draft.add(other, y, found)
    return None


def _opposite(draft: Draft, position: int) -> int | None:
    """−x of a line that has a minus sign; None for others."""
    if inner := draft.made_by(position, ops.negative):
        return inner.inputs[0]
    product = draft.made_by(position, ops.multiply)
    for x, y in (product.inputs, product.inputs[::-1]) if product else ():
        c, inner = draft.number(y), draft.made_by(x, ops.negative)
        if c is not None and c < 0.0:
            return draft.add(ops.multiply, draft.constant(-c), x)
        if inner:
            return draft.add(ops.multiply, inner.inputs[0], y)
    return None

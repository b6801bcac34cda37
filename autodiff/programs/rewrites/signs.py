"""Minus signs move to where they cost nothing: into constants, sums and differences. All are exact."""

from __future__ import annotations

from ...ops import add, divide, multiply, negative, square, subtract
from ..listing import Line
from .draft import Draft, is_a, rule

__all__ = ["RULES"]


@rule("x·(−1) and x/(−1) are −x", multiply, divide)
def factor_minus_one(draft: Draft, line: Line) -> int | None:
    x, y = line.inputs
    if draft.number(y) == -1.0:
        return draft.add(negative, x)
    return draft.add(negative, y) if is_a(line, multiply) and draft.number(x) == -1.0 else None


@rule("−(−x) is x", negative)
def minus_twice(draft: Draft, line: Line) -> int | None:
    inner = draft.made_by(line.inputs[0], negative)
    return inner.inputs[0] if inner else None


@rule("a + (−b) is a − b", add)
def minus_added(draft: Draft, line: Line) -> int | None:
    for x, y in (line.inputs, line.inputs[::-1]):
        if inner := draft.made_by(y, negative):
            return draft.add(subtract, x, inner.inputs[0])
    return None


@rule("a − (−b) is a + b", subtract)
def minus_subtracted(draft: Draft, line: Line) -> int | None:
    x, y = line.inputs
    inner = draft.made_by(y, negative)
    return draft.add(add, x, inner.inputs[0]) if inner else None


@rule("(−a)·(−b) is a·b, and (−a)·c is a·(−c) for a number c", multiply)
def minus_multiplied(draft: Draft, line: Line) -> int | None:
    for x, y in (line.inputs, line.inputs[::-1]):
        if a := draft.made_by(x, negative):
            if b := draft.made_by(y, negative):
                return draft.add(multiply, a.inputs[0], b.inputs[0])
            if (c := draft.number(y)) is not None:
                return draft.add(multiply, a.inputs[0], draft.constant(-c))
    return None


@rule("−(c·x) is (−c)·x for a number c", negative)
def minus_product(draft: Draft, line: Line) -> int | None:
    inner = draft.made_by(line.inputs[0], multiply)
    if inner is None:
        return None
    for x, y in (inner.inputs, inner.inputs[::-1]):
        if (c := draft.number(x)) is not None:
            return draft.add(multiply, draft.constant(-c), y)
    return None


@rule("(−x)² is x²", square)
def minus_squared(draft: Draft, line: Line) -> int | None:
    inner = draft.made_by(line.inputs[0], negative)
    return draft.add(square, inner.inputs[0]) if inner else None


RULES = [
    factor_minus_one,
    minus_twice,
    minus_added,
    minus_subtracted,
    minus_multiplied,
    minus_product,
    minus_squared,
]

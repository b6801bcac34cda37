"""Powers with a whole number as exponent as products, and factors that are joined."""

from __future__ import annotations

import math

import numpy as np

from ...ops import add, divide, multiply, power, square
from ...ops.arithmetic import power_derivative, power_slope
from ...values.data import canonical
from ..listing import Line
from .draft import Draft, rule


@rule("x·x is x²", multiply)
def product_with_itself(draft: Draft, line: Line) -> int | None:
    x, y = line.inputs
    return draft.add(square, x) if x == y else None


@rule("x⁰ is 1, x¹ is x; x² of arrays is x·x, as NumPy has it", power)
def small_power(draft: Draft, line: Line) -> int | None:
    x, y = line.inputs
    exponent = draft.number(y) if draft.lines[y].is_float else None
    if exponent == 0.0:
        return _filled(draft, line, 1.0)
    if exponent == 1.0:
        return x
    return draft.add(square, x) if exponent == 2.0 and line.shape else None


@rule("x² of a number is x·x, to the last digit of what Python's power gives", power, exact=False)
def squared_number(draft: Draft, line: Line) -> int | None:
    x, y = line.inputs
    return draft.add(square, x) if not line.shape and draft.number(y) == 2.0 else None


@rule("x³ and x⁴ of arrays are products, to the last digits", power, exact=False)
def whole_power(draft: Draft, line: Line) -> int | None:
    x, y = line.inputs
    if not line.shape or draft.number(y) not in (3.0, 4.0):
        return None
    squared = draft.add(square, x)
    return draft.add(multiply, squared, x) if draft.number(y) == 3.0 else draft.add(square, squared)


@rule("the slope of a power with a number c as exponent is c·xᶜ⁻¹", power_slope)
def slope_of_power(draft: Draft, line: Line) -> int | None:
    return _falling_power(draft, line, 1)


@rule("so are its higher derivatives: c·(c − 1)·…·xᶜ⁻ⁿ, to the last digits", power_derivative, exact=False)
def derivative_of_power(draft: Draft, line: Line) -> int | None:
    return _falling_power(draft, line, line.metadata["order"])


def _falling_power(draft: Draft, line: Line, order: int) -> int | None:
    x, y = line.inputs
    c = draft.number(y)
    if c is None or c in range(order):
        return None
    factor, rest = math.prod(c - k for k in range(order)), c - order
    if rest == 0.0:
        return _filled(draft, line, factor)
    return draft.add(multiply, draft.constant(factor), draft.add(power, x, draft.constant(rest)))


def _filled(draft: Draft, line: Line, number: float) -> int:
    """A constant of one number in the shape of a line."""
    return draft.constant(canonical(np.full(line.shape, number, line.dtype)))


# -- multiples -----------------------------------------------------------------------------------


@rule("c·(d·x) is (c·d)·x where c or d is ±1, ±2, ±4 …; but for numbers below 10⁻³⁰⁷ exactly", multiply)
def factors_joined(draft: Draft, line: Line) -> int | None:
    for outer, product in (line.inputs, line.inputs[::-1]):
        c, inner = draft.number(outer), draft.made_by(product, multiply)
        if c is None or inner is None:
            continue
        for factor, x in (inner.inputs, inner.inputs[::-1]):
            d = draft.number(factor)
            if d is not None and _exact(c, d):
                return draft.add(multiply, draft.constant(c * d), x)
    return None


@rule("c·x + c·x is (2·c)·x", add)
def multiple_doubled(draft: Draft, line: Line) -> int | None:
    x, y = line.inputs
    product = draft.made_by(x, multiply) if x == y else None
    if product is None or all(draft.number(i) is None for i in product.inputs):
        return None
    return draft.add(multiply, draft.constant(2.0), x)


def _exact(c: float, d: float) -> bool:
    """Whether c·(d·x) rounds, and overflows, as (c·d)·x does."""
    if abs(c) < 1.0 or not math.isfinite(c * d):
        return False
    return _power_of_two(c) or (_power_of_two(d) and abs(d) >= 1.0)


@rule("x/2, x/4, … are x·½, x·¼, …", divide)
def division_by_power_of_two(draft: Draft, line: Line) -> int | None:
    x, y = line.inputs
    c = draft.number(y)
    if c is None or not _power_of_two(c) or not 1e-30 < abs(c) < 1e30:
        return None
    return draft.add(multiply, x, draft.constant(1.0 / c))


def _power_of_two(c: float) -> bool:
    return abs(math.frexp(c)[0]) == 0.5

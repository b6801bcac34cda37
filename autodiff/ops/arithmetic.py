"""Arithmetic: what the operators of Python mean."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from ..values.data import Data, Operand
from ..values.declaration import elementwise

__all__ = [
    "add",
    "conj",
    "conjugate",
    "divide",
    "divmod",
    "float_power",
    "floor_divide",
    "mod",
    "multiply",
    "negative",
    "positive",
    "power",
    "real",
    "reciprocal",
    "square",
    "subtract",
]


@elementwise(symbol="+", formula="x + y", scalar=operator.add, symmetric=True, dx=1.0, dy=1.0)
def add(x: Data, y: Data, /) -> Data:
    """Sum.   z = x + y;   ∂z/∂x = 1,  ∂z/∂y = 1."""
    return x + y


@elementwise(symbol="−", formula="x - y", scalar=operator.sub, dx=1.0, dy=-1.0)
def subtract(x: Data, y: Data, /) -> Data:
    """Difference.   z = x − y;   ∂z/∂x = 1,  ∂z/∂y = −1."""
    return x - y


@elementwise(
    symbol="·",
    formula="x*y",
    scalar=operator.mul,
    symmetric=True,
    dx=lambda z, x, y: y,
    dy=lambda z, x, y: x,
)
def multiply(x: Data, y: Data, /) -> Data:
    """Product.   z = x·y;   ∂z/∂x = y,  ∂z/∂y = x."""
    return x * y


@elementwise(
    symbol="/",
    formula="x/y",
    scalar=operator.truediv,
    dx=lambda z, x, y: 1.0 / y,
    dy=lambda z, x, y: -(z / y),
    remedy="where the divisor can be 0, choose a safe one first: x / where(y == 0, 1, y); "
    "a division by a norm needs a small constant added to the norm",
)
def divide(x: Data, y: Data, /) -> Data:
    """Quotient.   z = x/y;   ∂z/∂x = 1/y,  ∂z/∂y = −z/y."""
    return x / y


@elementwise(
    symbol="//",
    typeset="⌊{}/{}⌋",
    scalar=operator.floordiv,
    dx=0.0,
    dy=0.0,
    kink="floor_divide′(2, 1) = 0",
)
def floor_divide(x: Data, y: Data, /) -> Data:
    """Quotient rounded down.   z = ⌊x/y⌋;   its derivatives are 0."""
    return np.floor_divide(x, y)


@elementwise(symbol="mod", scalar=operator.mod, dx=1.0, dy=lambda z, x, y: -floor_divide(x, y))
def mod(x: Data, y: Data, /) -> Data:
    """Remainder with the sign of y.   z = x − y·⌊x/y⌋;   ∂z/∂x = 1,  ∂z/∂y = −⌊x/y⌋."""
    return np.mod(x, y)


def divmod(x: Operand, y: Operand, /) -> tuple[Any, Any]:
    """Quotient rounded down, and remainder.   x = q·y + r."""
    return floor_divide(x, y), mod(x, y)


def _power(x: float, y: float) -> Any:
    return x**y  # complex for a negative x and a broken y: then the body decides


def _slope(x: float, y: float) -> Any:
    return y * _power(x, y - 1.0) if y else 0.0


def _falling(y: Data, n: int, upto: int) -> list[Data]:
    """p(y) = y·(y − 1)·…·(y − n + 1), the factor of the n-th derivative of a power, p′(y), p″(y), …"""
    found: list[Data] = [1.0] + [0.0] * upto
    for k in range(n):
        found = [d * (y - float(k)) + (i * found[i - 1] if i else 0.0) for i, d in enumerate(found)]
    return found


@elementwise(
    dx=lambda z, x, y, order, logs: power_derivative(x, y, order + 1, logs),
    dy=lambda z, x, y, order, logs: power_derivative(x, y, order, logs + 1),
)
def power_derivative(x: Data, y: Data, /, order: int, logs: int) -> Data:
    """Derivative of a power, of any order.   z = ∂ⁿ/∂xⁿ ∂ᵐ/∂yᵐ xʸ = Σⱼ (m over j)·p⁽ᵐ⁻ʲ⁾(y)·xʸ⁻ⁿ·(log x)ʲ.

    Here n is `order`, m `logs`, and p(y) = y·(y − 1)·…·(y − n + 1). A term whose factor is 0 is 0, also at
    x = 0, and so is one with y > n there: xʸ is right to any order.
    """
    if type(y) is float and not logs and (falling := _falling(y, order, 0)[0]):
        return falling * x ** (y - order)  # one exponent: see `power_slope`
    total: Data = 0.0
    for j, factor in enumerate(reversed(_falling(y, order, logs))):
        nothing = np.equal(factor, 0.0) | (np.equal(x, 0.0) & np.greater(y, order))
        term = factor * np.power(x, np.where(nothing, 1.0, np.subtract(y, order)))
        if j:
            term = math.comb(logs, j) * term * np.log(np.where(nothing, 1.0, x)) ** j
        total = total + np.where(nothing, 0.0, term)
    return np.where(np.less(x, 0.0), np.nan, total) if logs else total


@elementwise(
    formula="y*x**(y - 1)",
    scalar=_slope,
    dx=lambda z, x, y: power_derivative(x, y, 2, 0),
    dy=lambda z, x, y: power_derivative(x, y, 1, 1),
)
def power_slope(x: Data, y: Data, /) -> Data:
    """Slope of a power.   z = y·xʸ⁻¹, and 0 where y = 0, also at x = 0."""
    if type(y) is float and y:  # one exponent: NumPy's operator is fast, and for a square there is less to do
        return y * (x if y == 2.0 else x ** (y - 1.0))
    zero = np.equal(y, 0.0)
    return np.where(zero, 0.0, y * np.power(x, np.where(zero, 1.0, np.subtract(y, 1.0))))


@elementwise(
    formula="x**y*log(x)",
    scalar=lambda x, y: 0.0 if x == 0.0 <= y else math.log(x) * x**y,
    dx=lambda z, x, y: power_derivative(x, y, 1, 1),
    dy=lambda z, x, y: power_derivative(x, y, 0, 2),
)
def power_log(x: Data, y: Data, /) -> Data:
    """Slope of a power in its exponent.   z = xʸ·log x, and 0 at x = 0 for y ≥ 0."""
    nothing = np.equal(x, 0.0) & np.greater_equal(y, 0.0)
    return np.where(nothing, 0.0, np.power(x, y) * np.log(np.where(nothing, 1.0, x)))


@elementwise(
    symbol="**",
    formula="x**y",
    scalar=_power,
    kink="power′(0, 0) = 0",
    dx=lambda z, x, y: power_slope(x, y),
    dy=lambda z, x, y: power_log(x, y),
    remedy="xᵖ with p < 1 has an infinite slope at 0, and with a fraction p is nan for x < 0: add a small "
    "constant to x, or choose where it is positive first: where(x > 0, x, 1)**p",
)
def power(x: Data, y: Data, /) -> Data:
    """Power.   z = xʸ;   ∂z/∂x = y·xʸ⁻¹,  ∂z/∂y = xʸ·log x.

    x⁰ = 1 has slope 0 everywhere, and 0ʸ has slope 0 in y for y ≥ 0.
    A negative x with a fractional y is nan.
    """
    return x**y  # NumPy's operator, unlike np.power, is fast for the usual exponents


float_power = power


@elementwise(symbol="neg", formula="-x", scalar=operator.neg, linear=True, dx=-1.0)
def negative(x: Data, /) -> Data:
    """Negation.   y = −x;   dy/dx = −1."""
    return -x


@elementwise(symbol="pos", formula="x", scalar=operator.pos, dx=1.0)
def positive(x: Data, /) -> Data:
    """The number itself, as a new node.   y = x;   dy/dx = 1."""
    return np.positive(x)


conj = conjugate = real = positive


@elementwise(formula="1/x", scalar=lambda x: 1.0 / x, dx=lambda y, x: -(y * y))
def reciprocal(x: Data, /) -> Data:
    """Reciprocal.   y = 1/x;   dy/dx = −y²."""
    return np.reciprocal(x)


@elementwise(formula="x**2", scalar=lambda x: x * x, nonnegative=True, dx=lambda y, x: 2.0 * x)
def square(x: Data, /) -> Data:
    """Square.   y = x²;   dy/dx = 2x."""
    return np.square(x)

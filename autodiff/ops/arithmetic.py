"""Arithmetic: what the operators of Python stand for."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from ..data import Data, Operand
from ..declaration import elementwise
from .elementary import log
from .selection import where

__all__ = [
    "add",
    "divide",
    "floor_divide",
    "mod",
    "multiply",
    "negative",
    "positive",
    "power",
    "reciprocal",
    "square",
    "subtract",
]


@elementwise(symbol="+", scalar=operator.add, dx=1.0, dy=1.0)
def add(x: Data, y: Data, /) -> Data:
    """Sum.   z = x + y;   ∂z/∂x = 1,  ∂z/∂y = 1."""
    return x + y


@elementwise(symbol="−", scalar=operator.sub, dx=1.0, dy=-1.0)
def subtract(x: Data, y: Data, /) -> Data:
    """Difference.   z = x − y;   ∂z/∂x = 1,  ∂z/∂y = −1."""
    return x - y


@elementwise(symbol="·", scalar=operator.mul, dx=lambda z, x, y: y, dy=lambda z, x, y: x)
def multiply(x: Data, y: Data, /) -> Data:
    """Product.   z = x·y;   ∂z/∂x = y,  ∂z/∂y = x."""
    return x * y


@elementwise(
    symbol="/",
    scalar=operator.truediv,
    dx=lambda z, x, y: 1.0 / y,
    dy=lambda z, x, y: -(z / y),
    remedy="where the divisor can be 0, choose a safe one first: x / where(y == 0, 1, y); "
    "a division by a norm needs a small constant added to the norm",
)
def divide(x: Data, y: Data, /) -> Data:
    """Quotient.   z = x/y;   ∂z/∂x = 1/y,  ∂z/∂y = −z/y."""
    return x / y


@elementwise(symbol="//", scalar=operator.floordiv, dx=0.0, dy=0.0)
def floor_divide(x: Data, y: Data, /) -> Data:
    """Quotient rounded down.   z = ⌊x/y⌋;   its derivatives are 0, at the jumps by convention."""
    return np.floor_divide(x, y)


@elementwise(symbol="mod", scalar=operator.mod, dx=1.0, dy=lambda z, x, y: -floor_divide(x, y))
def mod(x: Data, y: Data, /) -> Data:
    """Remainder with the sign of y.   z = x − y·⌊x/y⌋;   ∂z/∂x = 1,  ∂z/∂y = −⌊x/y⌋."""
    return np.mod(x, y)


def _power(x: float, y: float) -> Any:
    return x**y  # complex for a negative x and a broken y: then the body decides


def _slope(x: float, y: float) -> Any:
    return y * _power(x, y - 1.0) if y else 0.0


def _log_times(z: Operand, x: Operand, vanishing: Data) -> Operand:
    """z·log x, and its limit 0 where z vanishes at x = 0."""
    return where((x == 0.0) & vanishing, 0.0, z * log(x))


def _falling(y: Operand, order: int) -> tuple[Operand, Operand]:
    """y·(y − 1)·…·(y − n + 1), the factor of the n-th derivative of a power, and its slope."""
    factor, slope = 1.0, 0.0
    for k in range(order):
        factor, slope = factor * (y - float(k)), slope * (y - float(k)) + factor
    return factor, slope


@elementwise(
    dx=lambda z, x, y, order: power_derivative(x, y, order + 1),
    dy=lambda z, x, y, order: (
        power(x, y - float(order)) * _falling(y, order)[1] + _log_times(z, x, y > order)
    ),
)
def power_derivative(x: Data, y: Data, /, order: int) -> Data:
    """Derivative of a power in x.   z = dⁿ/dxⁿ xʸ = y·(y − 1)·…·(y − n + 1)·xʸ⁻ⁿ.

    Where y is one of 0, 1, …, n − 1 it is 0, also at x = 0, so that xʸ is right to any order.
    """
    factor, _ = _falling(y, order)
    zero = np.equal(factor, 0.0)
    return np.where(zero, 0.0, factor * np.power(x, np.where(zero, 1.0, np.subtract(y, order))))


@elementwise(
    scalar=_slope,
    dx=lambda z, x, y: power_derivative(x, y, 2),
    dy=lambda z, x, y: power(x, y - 1.0) + _log_times(z, x, y > 1.0),
)
def power_slope(x: Data, y: Data, /) -> Data:
    """Slope of a power.   z = y·xʸ⁻¹, and 0 where y = 0, also at x = 0."""
    if type(y) is float and y:  # one exponent: NumPy's operator is fast, and for a square there is less to do
        return y * (x if y == 2.0 else x ** (y - 1.0))
    zero = np.equal(y, 0.0)
    return np.where(zero, 0.0, y * np.power(x, np.where(zero, 1.0, np.subtract(y, 1.0))))


@elementwise(
    symbol="**",
    scalar=_power,
    dx=lambda z, x, y: power_slope(x, y),
    dy=lambda z, x, y: _log_times(z, x, y >= 0.0),
    remedy="xᵖ with p < 1 has an infinite slope at 0, and with a fraction p is nan for x < 0: add a small "
    "constant to x, or choose where it is positive first: where(x > 0, x, 1)**p",
)
def power(x: Data, y: Data, /) -> Data:
    """Power.   z = xʸ;   ∂z/∂x = y·xʸ⁻¹,  ∂z/∂y = xʸ·log x.

    x⁰ = 1 has slope 0 everywhere, and 0ʸ has slope 0 in y for y ≥ 0.
    A negative x with a fractional y is nan.
    """
    return x**y  # NumPy's operator, unlike np.power, is fast for the usual exponents


@elementwise(symbol="neg", scalar=operator.neg, dx=-1.0)
def negative(x: Data, /) -> Data:
    """Negation.   y = −x;   dy/dx = −1."""
    return -x


@elementwise(symbol="pos", scalar=operator.pos, dx=1.0)
def positive(x: Data, /) -> Data:
    """The number itself, as a new node.   y = x;   dy/dx = 1."""
    return np.positive(x)


@elementwise(scalar=lambda x: 1.0 / x, dx=lambda y, x: -(y * y))
def reciprocal(x: Data, /) -> Data:
    """Reciprocal.   y = 1/x;   dy/dx = −y²."""
    return np.reciprocal(x)


@elementwise(scalar=lambda x: x * x, dx=lambda y, x: 2.0 * x)
def square(x: Data, /) -> Data:
    """Square.   y = x²;   dy/dx = 2x."""
    return np.square(x)

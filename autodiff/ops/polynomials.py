"""Polynomials by their coefficients, the highest power first, as NumPy's older functions take them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..values.data import Operand, dtype_of, shape_of
from ..values.declaration import composed
from .arithmetic import add, divide, multiply, positive, power, subtract
from .convolutions import convolve
from .editing import unstack
from .joining import array, concatenate
from .plain import FUNCTIONS
from .repeating import pad
from .shaping import astype, atleast_1d, broadcast_to, reshape

__all__ = ["polyadd", "polyder", "polyint", "polymul", "polysub", "polyval", "vander"]


@composed
def polyval(p: Operand, x: Operand, /) -> Any:
    """Value of a polynomial, by Horner's scheme.   y = p₀·xⁿ⁻¹ + … + pₙ₋₂·x + pₙ₋₁.

        ∂y/∂x = (n − 1)·p₀·xⁿ⁻² + … + pₙ₋₂,  ∂y/∂pᵢ = xⁿ⁻¹⁻ⁱ

    Raises TypeError for a poly1d as x, which composes polynomials.

    >>> polyval([1.0, 0.0, 2.0], 3.0)
    11.0
    """
    if isinstance(x, np.poly1d):
        raise TypeError("polyval: x must be numbers, not a poly1d; numpy.polyval composes plain polynomials")
    first, *others = unstack(p) if shape_of(p)[:1] != (0,) else [0.0]
    y = add(first, multiply(FUNCTIONS["zeros_like"](x), 1.0)) if shape_of(x) else add(first, 0.0)
    for coefficient in others:
        y = add(multiply(y, x), coefficient)
    return y


@composed
def vander(x: Operand, /, N: int | None = None, increasing: bool = False) -> Any:
    """Powers of the entries as columns, the highest first.   yᵢⱼ = xᵢᴺ⁻¹⁻ʲ.

    N columns, as many as there are entries if it is None. Raises ValueError unless x has one axis and N ≥ 0.

    >>> vander([1, 2, 3], 3)
    array([[1., 1., 1.],
           [4., 2., 1.],
           [9., 3., 1.]])
    """
    shape = shape_of(x)
    count = shape[0] if N is None and shape else N or 0
    if len(shape) != 1 or count < 0:
        raise ValueError(f"vander: expected one axis and N ≥ 0, got shape {shape} and N = {N}")
    exponents = np.arange(count) if increasing else np.arange(count)[::-1]
    return power(reshape(x, (-1, 1)), exponents.astype(dtype_of(x)))


def _degree_first(name: str, p: Operand) -> Any:
    """Coefficients in a line. Raises ValueError for more than one axis."""
    if len(shape_of(p)) > 1:
        raise ValueError(f"{name}: expected coefficients in one axis, got shape {shape_of(p)}")
    return atleast_1d(array(p))


@composed
def polyder(p: Operand, /, m: int = 1) -> Any:
    """Coefficients of the m-th derivative of a polynomial.   yᵢ = (n − 1 − i)·pᵢ.

    Raises ValueError for a negative m.

    >>> polyder([1, 0, 5])
    array([2., 0.])
    """
    p = _degree_first("polyder", p)
    if m < 0:
        raise ValueError(f"polyder: expected m ≥ 0, got {m}")
    for _ in range(min(m, shape_of(p)[0])):
        p = multiply(p[:-1], np.arange(shape_of(p)[0] - 1, 0, -1).astype(dtype_of(p)))
    return positive(p)


@composed
def polyint(p: Operand, /, m: int = 1, k: Operand = 0.0) -> Any:
    """Coefficients of the m-th antiderivative of a polynomial.   yᵢ = pᵢ/(n − i), and a constant behind them.

    k: the constants, in the order of integration; one number is all of them.
    Raises ValueError for a negative m and for other than m constants.

    >>> polyint([2, 0], k=5)
    array([1., 0., 5.])
    """
    p = _degree_first("polyint", p)
    k = astype(k, dtype_of(p)) if isinstance(k, (int, float)) else k
    constants = broadcast_to(k, (m,)) if shape_of(k) in ((), (1,)) and m >= 0 else k
    if m < 0 or shape_of(constants) != (m,):
        raise ValueError(f"polyint: expected m ≥ 0 and one constant or m, got m = {m}, shape {shape_of(k)}")
    for i in range(m):
        p = concatenate(
            [divide(p, np.arange(shape_of(p)[0], 0, -1).astype(dtype_of(p))), array(constants)[i : i + 1]]
        )
    return positive(p)


def _aligned(name: str, *given: Operand) -> Iterator[Any]:
    """Coefficients with zeros before the shorter ones."""
    lines = [_degree_first(name, p) for p in given]
    most = max(shape_of(p)[0] for p in lines)
    return (pad(p, (most - shape_of(p)[0], 0)) for p in lines)


@composed
def polyadd(a1: Operand, a2: Operand, /) -> Any:
    """Coefficients of the sum of two polynomials."""
    return add(*_aligned("polyadd", a1, a2))


@composed
def polysub(a1: Operand, a2: Operand, /) -> Any:
    """Coefficients of the difference of two polynomials."""
    return subtract(*_aligned("polysub", a1, a2))


@composed
def polymul(a1: Operand, a2: Operand, /) -> Any:
    """Coefficients of the product of two polynomials: their `convolve`, also where the first are 0."""
    return convolve(a1, a2)

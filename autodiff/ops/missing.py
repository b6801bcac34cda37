"""Sums, means and extremes of the entries that are numbers: nan is left out, and has slope 0."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..values.data import Operand, as_float, dtype_of
from ..values.declaration import composed
from ..values.methods import Axis
from .accumulations import cumprod, cumsum, prod
from .arithmetic import divide, square
from .elementary import sqrt
from .joining import array
from .norms import vector_norm
from .plain import FUNCTIONS
from .reductions import max, min, sum
from .selection import maximum, minimum, where
from .shaping import astype

__all__ = [
    "nancumprod",
    "nancumsum",
    "nanmax",
    "nanmean",
    "nanmin",
    "nanprod",
    "nanstd",
    "nansum",
    "nanvar",
]


def _filled(a: Operand, number: float) -> Any:
    """The entries, with a number in place of nan."""
    a = array(a)
    return where(FUNCTIONS["isnan"](a), number, a)


def present(a: Operand, axis: Axis, keepdims: bool = False) -> Any:
    """How many entries are numbers, in the precision of a."""
    return astype(sum(where(FUNCTIONS["isnan"](a), 0.0, 1.0), axis, keepdims), dtype_of(a))


@composed
def nansum(a: Operand, /, axis: Axis = None, keepdims: bool = False) -> Any:
    """Sum of the entries that are not nan.   ∂y/∂xᵢ = 1, and 0 where xᵢ is nan.

    >>> nansum([1.0, float("nan"), 2.0])
    3.0
    """
    return sum(_filled(a, 0.0), axis, keepdims)


@composed
def nanprod(a: Operand, /, axis: Axis = None, keepdims: bool = False) -> Any:
    """Product of the entries that are not nan: see `prod`.   ∂y/∂xᵢ = Πⱼ≠ᵢ xⱼ, and 0 where xᵢ is nan.

    >>> nanprod([3.0, float("nan"), 2.0])
    6.0
    """
    return prod(_filled(a, 1.0), axis, keepdims)


@composed
def nancumsum(a: Operand, /, axis: int | None = None) -> Any:
    """Running total in which nan counts as 0: see `cumsum`.

    >>> nancumsum([1.0, float("nan"), 2.0])
    array([1., 1., 3.])
    """
    return cumsum(_filled(a, 0.0), axis)


@composed
def nancumprod(a: Operand, /, axis: int | None = None) -> Any:
    """Running product in which nan counts as 1: see `cumprod`.

    >>> nancumprod([3.0, float("nan"), 2.0])
    array([3., 3., 6.])
    """
    return cumprod(_filled(a, 1.0), axis)


@composed
def nanmean(a: Operand, /, axis: Axis = None, keepdims: bool = False) -> Any:
    """Mean of the n entries that are not nan.   ∂y/∂xᵢ = 1/n, and 0 where xᵢ is nan.

    nan where all are.

    >>> nanmean([1.0, float("nan"), 2.0])
    1.5
    """
    a = array(a)
    return divide(sum(_filled(a, 0.0), axis, keepdims), present(a, axis, keepdims))


@composed
def nanvar(a: Operand, /, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Any:
    """Variance of the n entries that are not nan.   y = Σᵢ (xᵢ − x̄)² / (n − ddof), nan for n ≤ ddof.

    ∂y/∂xᵢ = 2·(xᵢ − x̄) / (n − ddof), and 0 where xᵢ is nan

    >>> nanvar([1.0, float("nan"), 3.0])
    1.0
    """
    a = array(a)
    deviations = where(FUNCTIONS["isnan"](a), 0.0, a - nanmean(a, axis, keepdims=True))
    return sum(square(deviations), axis, keepdims) / _freedom(a, axis, ddof, keepdims)


@composed
def nanstd(a: Operand, /, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Any:
    """Standard deviation of the n entries that are not nan.   y = √(Σᵢ (xᵢ − x̄)² / (n − ddof)).

    ∂y/∂xᵢ = (xᵢ − x̄) / ((n − ddof)·y);   by convention 0 where all entries are equal

    >>> nanstd([1.0, float("nan"), 5.0])
    2.0
    """
    a = array(a)
    low, high = (f(a, axis, keepdims=True) for f in (nanmin, nanmax))
    # Of equal entries, rounding may take the mean away from them.
    centre = maximum(low, minimum(high, nanmean(a, axis, keepdims=True)))
    length = vector_norm(where(FUNCTIONS["isnan"](a), 0.0, a - centre), axis=axis, keepdims=keepdims)
    return length / sqrt(_freedom(a, axis, ddof, keepdims))


def _freedom(a: Any, axis: Axis, ddof: float, keepdims: bool) -> Any:
    """Degrees of freedom, nan where there are none."""
    found = present(a, axis, keepdims) - as_float(ddof, "ddof")
    return where(found > 0.0, found, np.nan)


@composed
def nanmax(a: Operand, /, axis: Axis = None, keepdims: bool = False) -> Any:
    """Largest of the entries that are not nan; nan where all are.   Ties share the slope evenly, as in `max`.

    >>> nanmax([1.0, float("nan"), 2.0])
    2.0
    """
    return _extreme(max, a, -np.inf, axis, keepdims)


@composed
def nanmin(a: Operand, /, axis: Axis = None, keepdims: bool = False) -> Any:
    """Smallest of the entries that are not nan; nan where all are.   Ties share the slope, as in `min`.

    >>> nanmin([1.0, float("nan"), 2.0])
    1.0
    """
    return _extreme(min, a, np.inf, axis, keepdims)


def _extreme(find: Callable[..., Any], a: Operand, other: float, axis: Axis, keepdims: bool) -> Any:
    a = array(a)
    found = find(_filled(a, other), axis, keepdims)
    return where(FUNCTIONS["all"](FUNCTIONS["isnan"](a), axis=axis, keepdims=keepdims), np.nan, found)

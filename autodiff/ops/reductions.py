"""Sums, means, extremes and products over axes, and what accumulates along one.

`axis` is an int, a tuple or None for all axes; negative ones count from the end. With `keepdims`
the reduced axes stay with size 1.
"""

from __future__ import annotations

import builtins
import math
from typing import Any, TypeAlias

import numpy as np

from ..values.axes import axis_in
from ..values.data import Data, Operand, Shape, dtype_of, shape_of
from ..values.declaration import primitive
from ..values.lazy import holds_tasks
from ..values.value import data_of
from .elementary import exp
from .joining import concatenate
from .selection import ratio, where
from .shaping import broadcast_to, flip, moveaxis, reshape
from .totals import narrowed, total, widened

__all__ = [
    "cumprod",
    "cumsum",
    "log_softmax",
    "logsumexp",
    "max",
    "mean",
    "min",
    "prod",
    "softmax",
    "std",
    "sum",
    "var",
]

Axis: TypeAlias = int | tuple[int, ...] | None


def _axes(shape: Shape, axis: Axis) -> tuple[int, ...]:
    """The reduced axes, counted from the start; a number has none, whatever NumPy lets one ask for."""
    if axis is None or not shape:
        return tuple(range(len(shape)))
    return tuple(i % len(shape) for i in (axis if isinstance(axis, tuple) else (axis,)))


def _kept(shape: Shape, axis: Axis) -> Shape:
    """The shape with size 1 along the reduced axes."""
    axes = _axes(shape, axis)
    return tuple(1 if i in axes else n for i, n in enumerate(shape))


def _count(shape: Shape, axis: Axis) -> int:
    """How many entries make one of the result."""
    if axis is None:
        return math.prod(shape)
    return math.prod(shape[i] for i in _axes(shape, axis))


def _spread(g: Operand, x: Operand, axis: Axis, keepdims: bool) -> Operand:
    """What was reduced, back in the shape of x: the adjoint of a sum."""
    shape = shape_of(x)
    if axis is not None and not keepdims:
        g = reshape(g, _kept(shape, axis))
    if holds_tasks(data_of(x)):
        return g * np.ones_like(x)  # in the chunks of x
    return broadcast_to(g, shape)


def _divided(g: Operand, n: float) -> Operand:
    """g/n; for a count that is infinite in half precision in two steps, the first of which is exact."""
    scale = 2.0 ** builtins.max(math.frexp(n)[1] - 15, 0)
    return g / n if scale == 1.0 else g / scale / (n / scale)


# -- sums and means ----------------------------------------------------------------------------


@primitive(linear=True, symbol="Σ", dx=lambda g, y, x, axis, keepdims: _spread(g, x, axis, keepdims))
def sum(x: Data, /, axis: Axis = None, keepdims: bool = False) -> Data:
    """Sum.   y = Σᵢ xᵢ;   ∂y/∂xᵢ = 1.

    >>> sum([[1.0, 2.0], [3.0, 4.0]], axis=0)
    array([4., 6.])
    """
    return total(x, axis, keepdims)


@primitive(
    linear=True,
    dx=lambda g, y, x, axis, keepdims: _spread(
        _divided(g, float(_count(shape_of(x), axis))), x, axis, keepdims
    ),
)
def mean(x: Data, /, axis: Axis = None, keepdims: bool = False) -> Data:
    """Mean of n entries.   y = Σᵢ xᵢ / n;   ∂y/∂xᵢ = 1/n."""
    if isinstance(x, np.ndarray) and x.dtype.itemsize > 2:  # half precision needs a longer sum
        return total(x, axis, keepdims) / _count(x.shape, axis)  # a third of the time of np.mean
    return np.mean(x, axis=axis, keepdims=keepdims)


def _deviation(x: Operand, axis: Axis) -> Operand:
    return x - mean(x, axis=axis, keepdims=True)


@primitive(
    dx=lambda g, y, x, axis, ddof, keepdims: (
        _spread(_divided(g, _freedom(x, axis, ddof) / 2.0), x, axis, keepdims) * _deviation(x, axis)
    )
)
def var(x: Data, /, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Data:
    """Variance of n entries.   y = Σᵢ (xᵢ − x̄)² / (n − ddof);   ∂y/∂xᵢ = 2(xᵢ − x̄) / (n − ddof)."""
    return narrowed(np.var(widened(x), axis=axis, ddof=ddof, keepdims=keepdims), x)


def _freedom(x: Operand, axis: Axis, ddof: float) -> float:
    """Degrees of freedom: the number of entries less ddof."""
    return _count(shape_of(x), axis) - float(ddof)


def _standard_scores(y: Operand, x: Operand, axis: Axis, keepdims: bool) -> Operand:
    """(xᵢ − x̄)/y, and 0 where all entries are equal, whatever rounding left of y.

    It is nan where the squares that y was computed from have left the range of numbers.
    """
    if 0 in shape_of(x):
        return x  # no entries, no slopes
    equal = np.max(x, axis=axis, keepdims=True) == np.min(x, axis=axis, keepdims=True)
    if axis is not None and not keepdims:
        y = reshape(y, _kept(shape_of(x), axis))
    sound = where((y > 0.0) & (y < math.inf), y, math.nan)
    return ratio(_deviation(x, axis), where(equal, 0.0, sound))


@primitive(
    kink="std′([1, 1]) = 0",
    dx=lambda g, y, x, axis, ddof, keepdims: (
        _spread(_divided(g, _freedom(x, axis, ddof)), x, axis, keepdims)
        * _standard_scores(y, x, axis, keepdims)
    ),
)
def std(x: Data, /, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Data:
    """Standard deviation of n entries.

    y = √(Σᵢ (xᵢ − x̄)² / (n − ddof));   ∂y/∂xᵢ = (xᵢ − x̄) / ((n − ddof)·y)
    """
    return narrowed(np.std(widened(x), axis=axis, ddof=ddof, keepdims=keepdims), x)


# -- extremes ----------------------------------------------------------------------------------


def _share(y: Operand, x: Operand, axis: Axis, keepdims: bool) -> Data:
    """1 for the entry that was chosen, an even share for each that ties with it, else 0."""
    chosen = x == _spread(y, x, axis, keepdims)
    share = chosen / np.sum(chosen, axis=axis, keepdims=True)
    return share.astype(dtype_of(x))


@primitive(
    selecting=True,
    kink="max′([1, 1]) = ½",
    dx=lambda g, y, x, axis, keepdims: _spread(g, x, axis, keepdims) * _share(y, x, axis, keepdims),
)
def max(x: Data, /, axis: Axis = None, keepdims: bool = False) -> Data:
    """Largest entry.   y = maxᵢ xᵢ;   ∂y/∂xᵢ = 1 for the largest, shared evenly by ties, else 0."""
    return np.max(x, axis=axis, keepdims=keepdims)


@primitive(
    selecting=True,
    kink="min′([1, 1]) = ½",
    dx=lambda g, y, x, axis, keepdims: _spread(g, x, axis, keepdims) * _share(y, x, axis, keepdims),
)
def min(x: Data, /, axis: Axis = None, keepdims: bool = False) -> Data:
    """Smallest entry.   y = minᵢ xᵢ;   ∂y/∂xᵢ = 1 for the smallest, shared evenly by ties, else 0."""
    return np.min(x, axis=axis, keepdims=keepdims)


# -- sums of exponentials ----------------------------------------------------------------------


SHORT = 32
"""Entries of rows up to which their maxima are found in a tenth of the time where they are columns."""


def _largest(x: Data, axis: Axis) -> Data:
    """The largest entry, −∞ where there is none: what is subtracted before exponentials."""
    if 0 in shape_of(x):
        return np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    if isinstance(x, np.ndarray):
        if axis == -1 and x.shape[-1] <= SHORT:
            x = np.array(x, order="F")
        return np.maximum.reduce(x, axis=axis, keepdims=True)  # half the time of np.max
    return np.max(x, axis=axis, keepdims=True)


def _shares(y: Operand, x: Operand, axis: Axis, keepdims: bool) -> Operand:
    """exp(xᵢ − y), which sums to 1 also where y is rounded to a multiple of more than 1; 0 where y = −∞."""
    nothing = _spread(y, x, axis, keepdims) == -math.inf
    return where(nothing, 0.0, softmax(where(nothing, 0.0, x), axis))


@primitive(
    kink="logsumexp′([-inf, -inf]) = 0",
    dx=lambda g, y, x, axis, keepdims: _spread(g, x, axis, keepdims) * _shares(y, x, axis, keepdims),
)
def logsumexp(x: Data, /, axis: Axis = None, keepdims: bool = False) -> Data:
    """Smooth maximum, without overflow.   y = log Σᵢ exp xᵢ;   ∂y/∂xᵢ = exp(xᵢ − y), 0 where y = −∞.

    >>> logsumexp([1000.0, 1000.0])
    1000.6931471805599
    """
    largest = _largest(x, axis)
    largest = np.where(np.isfinite(largest), largest, 0.0).astype(dtype_of(x))
    with np.errstate(divide="ignore"):
        logs = narrowed(np.log(total(np.exp(widened(x - largest)), axis, keepdims=True)) + largest, x)
    return logs if keepdims else np.squeeze(logs, axis=_axes(shape_of(x), axis))


@primitive(dx=lambda g, y, x, axis: y * (g - sum(g * y, axis=axis, keepdims=True)))
def softmax(x: Data, /, axis: Axis = -1) -> Data:
    """Shares that sum to 1, without overflow.   yᵢ = exp xᵢ / Σₖ exp xₖ;   x̄ = y·(ȳ − Σₖ ȳₖyₖ)."""
    e = np.exp(widened(x - _largest(x, axis)))
    return narrowed(e / total(e, axis, keepdims=True), x)


@primitive(dx=lambda g, y, x, axis: g - exp(y) * sum(g, axis=axis, keepdims=True))
def log_softmax(x: Data, /, axis: Axis = -1) -> Data:
    """Logarithm of softmax, without overflow.   yᵢ = xᵢ − log Σₖ exp xₖ;   x̄ = ȳ − eʸ·Σₖ ȳₖ."""
    shifted = widened(x - _largest(x, axis))
    return narrowed(shifted - np.log(total(np.exp(shifted), axis, keepdims=True)), x)


# -- products and running totals ---------------------------------------------------------------


def _reversed_scan(a: Operand, b: Operand) -> Operand:
    """rᵢ = bᵢ + aᵢ₊₁·rᵢ₊₁ along the last axis: the adjoint of a scan with the same a."""
    return flip(scan(flip(_moved_up(a, 0.0), -1), flip(b, -1)), -1)


def _moved_up(x: Operand, last: float) -> Operand:
    """xᵢ₊₁ in place of xᵢ along the last axis."""
    edge = np.full((*shape_of(x)[:-1], 1), last, dtype_of(x))
    return concatenate([x, edge], axis=-1)[..., 1:]


def _moved_down(x: Operand, first: float) -> Operand:
    """xᵢ₋₁ in place of xᵢ along the last axis."""
    edge = np.full((*shape_of(x)[:-1], 1), first, dtype_of(x))
    return concatenate([edge, x], axis=-1)[..., :-1]


@primitive(
    da=lambda g, r, a, b: _reversed_scan(a, g) * _moved_down(r, 0.0),
    db=lambda g, r, a, b: _reversed_scan(a, g),
)
def scan(a: Data, b: Data, /) -> Data:
    """Linear recurrence along the last axis.   rᵢ = bᵢ + aᵢ·rᵢ₋₁, with r₋₁ = 0.

    Its adjoint is the same recurrence run backwards, so it is exact where entries of a are 0.
    """
    r = np.copy(b)
    for i in range(1, r.shape[-1]):
        r[..., i] += a[..., i] * r[..., i - 1]
    return r


@primitive(dx=lambda g, y, x: _moved_down(y, 1.0) * _reversed_scan(x, g))
def running_product(x: Data, /) -> Data:
    """Products along the last axis.   yᵢ = Πₖ≤ᵢ xₖ;   x̄ᵢ = yᵢ₋₁·rᵢ with rᵢ = ȳᵢ + xᵢ₊₁·rᵢ₊₁."""
    return np.cumprod(x, axis=-1)


def _others(x: Operand) -> Operand:
    """The product of all other entries, along the last axis."""
    before = _moved_down(running_product(x), 1.0)
    after = _moved_up(flip(running_product(flip(x, -1)), -1), 1.0)
    return before * after


def _each_other(x: Operand, axis: Axis) -> Operand:
    """For each entry, the product of those that are multiplied with it: exact with zeros."""
    shape = shape_of(x)
    axes = _axes(shape, axis)
    last = tuple(range(len(shape) - len(axes), len(shape)))
    moved = moveaxis(x, axes, last)
    rows = reshape(moved, (*shape_of(moved)[: len(shape) - len(axes)], _count(shape, axis)))
    return moveaxis(reshape(_others(rows), shape_of(moved)), last, axes)


@primitive(
    symbol="Π", dx=lambda g, y, x, axis, keepdims: _spread(g, x, axis, keepdims) * _each_other(x, axis)
)
def prod(x: Data, /, axis: Axis = None, keepdims: bool = False) -> Data:
    """Product.   y = Πᵢ xᵢ;   ∂y/∂xᵢ = Πₖ≠ᵢ xₖ, exact with any number of zeros."""
    return np.prod(x, axis=axis, keepdims=keepdims)


@primitive(linear=True, dx=lambda g, y, x, axis: _summed_from_the_end(g, x, axis))
def cumsum(x: Data, /, axis: int | None = None) -> Data:
    """Running total, of the flattened x when axis is None.   yᵢ = Σₖ≤ᵢ xₖ;   x̄ᵢ = Σₖ≥ᵢ ȳₖ."""
    return np.cumsum(x, axis=axis)


def _summed_from_the_end(g: Operand, x: Operand, axis: int | None) -> Operand:
    along = 0 if axis is None else axis
    return reshape(flip(cumsum(flip(g, along), axis=along), along), shape_of(x))


def cumprod(x: Operand, /, axis: int | None = None) -> Any:
    """Running product, of the flattened x when axis is None.   yᵢ = Πₖ≤ᵢ xₖ, exact with zeros."""
    if axis is None or not shape_of(x):
        axis_in(0 if axis is None else axis, 1, "cumprod")
        return running_product(reshape(x, (-1,)))
    return moveaxis(running_product(moveaxis(x, axis, -1)), -1, axis)

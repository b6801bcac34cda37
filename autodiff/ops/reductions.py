"""Sums, means and extremes over axes.

`axis` is an int, a tuple or None for all axes; negative ones count from the end. With `keepdims`
the reduced axes stay with size 1.
"""

from __future__ import annotations

import builtins
import math
from typing import Any

import numpy as np

from ..values.data import Data, Operand, dtype_of, shape_of
from ..values.declaration import primitive
from ..values.methods import Axis
from .accumulations import cumprod as cumprod  # pickles of earlier versions name them here
from .accumulations import cumsum as cumsum
from .accumulations import prod as prod
from .elementary import exp
from .reduced_axes import axes_of, behind, entries, kept, spread
from .selection import ratio, where
from .shaping import reshape
from .totals import narrowed, total, total_product, widened

__all__ = [
    "log_softmax",
    "logsumexp",
    "max",
    "mean",
    "min",
    "softmax",
    "std",
    "sum",
    "var",
]


def _divided(g: Operand, n: float) -> Operand:
    """g/n; for a count that is infinite in half precision in two steps, the first of which is exact."""
    scale = 2.0 ** builtins.max(math.frexp(n)[1] - 15, 0)
    return g / n if scale == 1.0 else g / scale / (n / scale)


def average(x: Operand, axis: Axis = None, keepdims: bool = False) -> Any:
    """np.mean of anything; of NumPy's arrays in a third of the time."""
    if isinstance(x, np.ndarray) and x.dtype.itemsize > 2:  # half precision needs a longer sum
        return total(x, axis, keepdims) / entries(x.shape, axis)
    return np.mean(x, axis=axis, keepdims=keepdims)


# -- sums and means ----------------------------------------------------------------------------


@primitive(
    linear=True,
    symbol="Σ",
    batched=behind,
    typeset="Σ{axis:axes}({}){keepdims:unsaid}",
    dx=lambda g, y, x, axis, keepdims: spread(g, x, axis, keepdims),
)
def sum(x: Data, /, axis: Axis = None, keepdims: bool = False) -> Data:
    """Sum.   y = Σᵢ xᵢ;   ∂y/∂xᵢ = 1.

    >>> sum([[1.0, 2.0], [3.0, 4.0]], axis=0)
    array([4., 6.])
    """
    return total(x, axis, keepdims)


@primitive(
    linear=True,
    batched=behind,
    typeset="mean{axis:axes}({}){keepdims:unsaid}",
    dx=lambda g, y, x, axis, keepdims: spread(
        _divided(g, float(entries(shape_of(x), axis))), x, axis, keepdims
    ),
)
def mean(x: Data, /, axis: Axis = None, keepdims: bool = False) -> Data:
    """Mean of n entries.   y = Σᵢ xᵢ / n;   ∂y/∂xᵢ = 1/n."""
    return average(x, axis, keepdims)


def _deviation(x: Operand, axis: Axis) -> Operand:
    return x - mean(x, axis=axis, keepdims=True)


@primitive(
    batched=behind,
    typeset="var{axis:axes}({}){ddof:unsaid}{keepdims:unsaid}",
    dx=lambda g, y, x, axis, ddof, keepdims: (
        spread(_divided(g, _freedom(x, axis, ddof) / 2.0), x, axis, keepdims) * _deviation(x, axis)
    ),
)
def var(x: Data, /, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Data:
    """Variance of n entries.   y = Σᵢ (xᵢ − x̄)² / (n − ddof);   ∂y/∂xᵢ = 2(xᵢ − x̄) / (n − ddof)."""
    return narrowed(np.var(widened(x), axis=axis, ddof=ddof, keepdims=keepdims), x)


def _freedom(x: Operand, axis: Axis, ddof: float) -> float:
    """Degrees of freedom: the number of entries less ddof."""
    return entries(shape_of(x), axis) - float(ddof)


def _standard_scores(y: Operand, x: Operand, axis: Axis, keepdims: bool) -> Operand:
    """(xᵢ − x̄)/y, and 0 where all entries are equal, whatever rounding left of y.

    It is nan where the squares that y was computed from have left the range of numbers.
    """
    if 0 in shape_of(x):
        return x  # no entries, no slopes
    equal = np.max(x, axis=axis, keepdims=True) == np.min(x, axis=axis, keepdims=True)
    if axis is not None and not keepdims:
        y = reshape(y, kept(shape_of(x), axis))
    sound = where((y > 0.0) & (y < math.inf), y, math.nan)
    return ratio(_deviation(x, axis), where(equal, 0.0, sound))


@primitive(
    batched=behind,
    typeset="std{axis:axes}({}){ddof:unsaid}{keepdims:unsaid}",
    kink="std′([1, 1]) = 0",
    dx=lambda g, y, x, axis, ddof, keepdims: (
        spread(_divided(g, _freedom(x, axis, ddof)), x, axis, keepdims)
        * _standard_scores(y, x, axis, keepdims)
    ),
)
def std(x: Data, /, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Data:
    """Standard deviation of n entries.

    y = √(Σᵢ (xᵢ − x̄)² / (n − ddof));   ∂y/∂xᵢ = (xᵢ − x̄) / ((n − ddof)·y)
    """
    return narrowed(np.std(widened(x), axis=axis, ddof=ddof, keepdims=keepdims), x)


# -- extremes ----------------------------------------------------------------------------------


def _of_chosen(g: Operand, y: Operand, x: Operand, axis: Axis, keepdims: bool) -> Operand:
    """The gradient for the entry that was chosen, an even share for each that ties with it, else 0."""
    chosen = x == spread(y, x, axis, keepdims)
    ties = np.sum(chosen, axis=axis, keepdims=keepdims).astype(dtype_of(x))
    return spread(g / ties, x, axis, keepdims) * chosen


@primitive(
    selecting=True,
    batched=behind,
    typeset="max{axis:axes}({}){keepdims:unsaid}",
    kink="max′([1, 1]) = ½",
    dx=_of_chosen,
)
def max(x: Data, /, axis: Axis = None, keepdims: bool = False) -> Data:
    """Largest entry.   y = maxᵢ xᵢ;   ∂y/∂xᵢ = 1 for the largest, shared evenly by ties, else 0."""
    return np.max(x, axis=axis, keepdims=keepdims)


@primitive(
    selecting=True,
    batched=behind,
    typeset="min{axis:axes}({}){keepdims:unsaid}",
    kink="min′([1, 1]) = ½",
    dx=_of_chosen,
)
def min(x: Data, /, axis: Axis = None, keepdims: bool = False) -> Data:
    """Smallest entry.   y = minᵢ xᵢ;   ∂y/∂xᵢ = 1 for the smallest, shared evenly by ties, else 0."""
    return np.min(x, axis=axis, keepdims=keepdims)


# -- sums of exponentials ----------------------------------------------------------------------


SHORT = 32
"""Entries of rows up to which their maxima are found in a tenth of the time where they are columns."""


def largest(x: Data, axis: Axis) -> Data:
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
    nothing = spread(y, x, axis, keepdims) == -math.inf
    return where(nothing, 0.0, softmax(where(nothing, 0.0, x), axis))


@primitive(
    batched=behind,
    typeset="logsumexp{axis:axes}({}){keepdims:unsaid}",
    kink="logsumexp′([-inf, -inf]) = 0",
    dx=lambda g, y, x, axis, keepdims: spread(g, x, axis, keepdims) * _shares(y, x, axis, keepdims),
)
def logsumexp(x: Data, /, axis: Axis = None, keepdims: bool = False) -> Data:
    """Smooth maximum, without overflow.   y = log Σᵢ exp xᵢ;   ∂y/∂xᵢ = exp(xᵢ − y), 0 where y = −∞.

    >>> logsumexp([1000.0, 1000.0])
    1000.6931471805599
    """
    shift = largest(x, axis)
    shift = np.where(np.isfinite(shift), shift, 0.0).astype(dtype_of(x))
    with np.errstate(divide="ignore"):
        logs = narrowed(np.log(total(np.exp(widened(x - shift)), axis, keepdims=True)) + shift, x)
    return logs if keepdims else np.squeeze(logs, axis=axes_of(shape_of(x), axis))


# What is fresh is changed in place: arrays are, and of Values there is a new one.


def _of_softmax(g: Operand, y: Operand, x: Operand, axis: Axis) -> Operand:
    slopes = g - total_product(g, y, axis, keepdims=True)
    slopes *= y
    return slopes


@primitive(batched=behind, typeset="softmax{axis:axes}({})", dx=_of_softmax)
def softmax(x: Data, /, axis: Axis = -1) -> Data:
    """Shares that sum to 1, without overflow.   yᵢ = exp xᵢ / Σₖ exp xₖ;   x̄ = y·(ȳ − Σₖ ȳₖyₖ)."""
    e = np.exp(widened(x - largest(x, axis)))
    e /= total(e, axis, keepdims=True)
    return narrowed(e, x)


def _of_log_softmax(g: Operand, y: Operand, x: Operand, axis: Axis) -> Operand:
    shares = exp(y)
    shares *= total(g, axis, keepdims=True)
    return g - shares


@primitive(batched=behind, typeset="log softmax{axis:axes}({})", dx=_of_log_softmax)
def log_softmax(x: Data, /, axis: Axis = -1) -> Data:
    """Logarithm of softmax, without overflow.   yᵢ = xᵢ − log Σₖ exp xₖ;   x̄ = ȳ − eʸ·Σₖ ȳₖ."""
    logs = widened(x - largest(x, axis))
    logs -= np.log(total(np.exp(logs), axis, keepdims=True))
    return narrowed(logs, x)

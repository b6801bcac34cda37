"""Order statistics: entries of the sorted array, and what lies between two of them.

Entries that tie keep their order, as in `sort`: the slope goes to one of them. Where an entry is nan, so is
the result, and the slope goes to it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..values.axes import axes_in
from ..values.data import Operand, Shape, as_data, dtype_of, is_lazy, shape_of
from ..values.declaration import composed
from ..values.methods import Axis
from ..values.value import Value, holds_values
from .gathering import gathered
from .indexing import getitem, partition, sort
from .joining import array
from .missing import present
from .plain import FUNCTIONS
from .reductions import mean
from .selection import ceil, clip, floor, maximum, minimum, nan_to_num, rint, where
from .shaping import astype, moveaxis, ravel, reshape

__all__ = ["median", "nanmedian", "nanpercentile", "nanquantile", "percentile", "quantile"]


# -- positions ---------------------------------------------------------------------------------

Position = Callable[[Any, Any], Any]
"""Where the share q of n sorted entries is behind: a place from 0 to n − 1, also between two."""


def _plotting(alpha: float, beta: float) -> Position:
    return lambda n, q: clip(n * q + (alpha + q * (1.0 - alpha - beta)) - 1.0, 0.0, n - 1.0)


POSITIONS: dict[str, Position] = {
    "inverted_cdf": lambda n, q: ceil(n * q) - 1.0,
    "averaged_inverted_cdf": lambda n, q: (ceil(n * q) + floor(n * q) - 1.0) / 2.0,
    "closest_observation": lambda n, q: rint(n * q) - 1.0,
    "interpolated_inverted_cdf": _plotting(0.0, 1.0),
    "hazen": _plotting(0.5, 0.5),
    "weibull": _plotting(0.0, 0.0),
    "linear": lambda n, q: (n - 1.0) * q,
    "median_unbiased": _plotting(1.0 / 3.0, 1.0 / 3.0),
    "normal_unbiased": _plotting(3.0 / 8.0, 3.0 / 8.0),
    "lower": lambda n, q: floor((n - 1.0) * q),
    "higher": lambda n, q: ceil((n - 1.0) * q),
    "midpoint": lambda n, q: (floor((n - 1.0) * q) + ceil((n - 1.0) * q)) / 2.0,
    "nearest": lambda n, q: rint((n - 1.0) * q),
}
"""By NumPy's `method`, numbered by R. J. Hyndman and Y. Fan, "Sample quantiles in packages" (1996)."""


def _position(method: str, n: Any, q: Any, name: str) -> tuple[Any, Any]:
    """The place of the entry below, and the share of the one above."""
    if method not in POSITIONS:
        raise ValueError(f"{name}: method must be one of {', '.join(POSITIONS)}, got {method!r}")
    place = POSITIONS[method](n, q)
    if method != "linear":  # which is never outside, and has a slope at both ends
        place = clip(place, 0.0, n - 1.0)
    below = nan_to_num(maximum(minimum(floor(place), n - 2.0), 0.0))
    return below, place - below


# -- the entries -------------------------------------------------------------------------------


def _in_front(a: Operand, axis: Axis, name: str) -> tuple[Any, Shape]:
    """The entries to be sorted along a first axis, and the shape with size 1 in place of theirs."""
    shape = shape_of(a)
    if axis is None:
        return a if len(shape) == 1 else ravel(a), (1,) * len(shape)
    axes = axes_in(axis, len(shape), name)
    moved = a if axes == (0,) else moveaxis(a, axes, tuple(range(len(axes))))
    rest = tuple(n for i, n in enumerate(shape) if i not in axes)
    kept = tuple(1 if i in axes else n for i, n in enumerate(shape))
    return moved if len(axes) == 1 else reshape(moved, (-1, *rest)), kept


def _shaped(y: Any, shape: Shape) -> Any:
    """y in a shape, which it mostly has."""
    return y if shape_of(y) == shape else reshape(y, shape)


def _unless_nan(y: Any, ordered: Any) -> Any:
    """y, or the last entry where that is nan: sorted, nan is behind all numbers."""
    last = getitem(ordered, -1)
    return where(FUNCTIONS["isnan"](last), last, y)


def _shares(q: Operand, scale: float, name: str) -> Any:
    """Shares from 0 to 1: a Value as it is, else plain. Raises ValueError for others."""
    if holds_values(q):
        q = array(q)
    recorded = isinstance(q, Value)
    given = q if recorded else np.asarray(as_data(q, copy=False, what=f"{name}: q"))
    outside = FUNCTIONS["logical_not"](FUNCTIONS["logical_and"](given >= 0.0, given <= scale))
    if isinstance(outside, Value) or is_lazy(outside):  # the numbers are not known
        return where(outside, np.nan, given) / scale
    if np.any(outside):
        raise ValueError(
            f"{name}: q must be from 0 to {scale:g}, got {np.asarray(q if not recorded else q.data)}"
        )
    return given / scale


def _of_known_places(x: Any, below: Any, share: Any) -> Any:
    """What is between entries whose places are plain numbers: so few need not all be sorted."""
    n = shape_of(x)[0]
    met = np.reshape(share, np.shape(below))
    first = np.asarray(below, np.intp) + (met == 1.0) * (n > 1)  # an entry that is met needs no other,
    share = where(share == 1.0, 0.0, share)  # which may be infinite
    second = np.where((met == 0.0) | (met == 1.0), first, np.minimum(first + 1, n - 1))
    ordered = partition(x, sorted({*first.flat, *second.flat, n - 1}), 0)
    y = getitem(ordered, first if first.ndim else int(first))
    if np.any(share):
        y = _on_the_way(y, getitem(ordered, second if first.ndim else int(second)), share)
    return _unless_nan(y, ordered)


def _of_computed_places(ordered: Any, n: Any, below: Any, share: Any) -> Any:
    """What is between two of n entries whose places are not known when a program is recorded."""
    above = maximum(minimum(below + 1.0, n - 1.0), 0.0)
    return _on_the_way(gathered(ordered, below), gathered(ordered, above), share)


def _on_the_way(below: Any, above: Any, share: Any) -> Any:
    """The way from one entry to the next, a share of it done."""
    return below + (above - below) * share


def _quantile(
    name: str, a: Operand, q: Operand, scale: float, axis: Axis, method: str, keepdims: bool, missing: bool
) -> Any:
    """The quantiles of NumPy's four functions; `missing` says that nan is left out."""
    x, kept = _in_front(a, axis, name)
    if not shape_of(x)[0]:
        raise ValueError(f"{name}: there is nothing between no entries, got shape {shape_of(a)}, axis={axis}")
    q = _shares(q, scale, name)
    shape, rest = shape_of(q), shape_of(x)[1:]
    column = reshape(q, (-1,) + (1,) * len(rest)) if shape or missing or isinstance(q, Value) else float(q)
    n = present(x, 0) if missing else float(shape_of(x)[0])
    below, share = _position(method, n, column, name)
    if not isinstance(q, Value):  # plain shares have no precision of their own
        share = astype(share, dtype_of(x))
    if not (missing or isinstance(column, Value)):
        y = _of_known_places(x, np.ravel(below) if shape else below, share)
    else:
        ordered = sort(x, 0)
        y = _of_computed_places(ordered, n, below, share)
        y = y if missing else _unless_nan(y, ordered)
    return _shaped(y, shape + (kept if keepdims else rest))


# -- NumPy's functions -------------------------------------------------------------------------


@composed
def median(a: Operand, /, axis: Axis = None, keepdims: bool = False) -> Any:
    """The entry in the middle of the sorted ones, the mean of two where their number is even.

        ∂y/∂xᵢ = 1 for the entry in the middle, ½ for each of two, else 0

    nan where an entry is nan.

    >>> median([3.0, 1.0, 10.0])
    3.0
    """
    x, kept = _in_front(a, axis, "median")
    n = shape_of(x)[0]
    first, last = (n - 1) // 2, n // 2
    if n == 0:
        return _shaped(mean(x, 0), kept if keepdims else shape_of(x)[1:])
    ordered = partition(x, sorted({first, last, n - 1}), 0)
    y = getitem(ordered, first) if first == last else mean(getitem(ordered, slice(first, last + 1)), 0)
    return _shaped(_unless_nan(y, ordered), kept if keepdims else shape_of(x)[1:])


@composed
def quantile(
    a: Operand, q: Operand, /, axis: Axis = None, method: str = "linear", keepdims: bool = False
) -> Any:
    """What a share q of the entries is below, from 0 to 1: an entry of the sorted ones, or between two.

        y = x₍ₖ₎ + t·(x₍ₖ₊₁₎ − x₍ₖ₎),  k + t = (n − 1)·q
        ∂y/∂x₍ₖ₎ = 1 − t,  ∂y/∂x₍ₖ₊₁₎ = t,  ∂y/∂q = (n − 1)·(x₍ₖ₊₁₎ − x₍ₖ₎)

    x₍₀₎ ≤ x₍₁₎ ≤ … are the entries in order. `method` is one of NumPy's thirteen, which place q otherwise
    among them; those that choose one entry have slope 0 in q. Where q meets an entry, its slope is that
    of the way to the next one, for q = 1 of the last. The axes of q come first in the shape of the result.
    nan where an entry is nan.

    Raises ValueError for q outside of 0 to 1 (in a program, where there are no errors, the result is nan),
    for no entries, and for an unknown method; TypeError for weights, which have no slopes.

    Source: R. J. Hyndman and Y. Fan, "Sample quantiles in statistical packages" (1996).

    >>> quantile([4.0, 1.0, 3.0, 2.0], 0.5)
    2.5
    """
    return _quantile("quantile", a, q, 1.0, axis, method, keepdims, False)


@composed
def percentile(
    a: Operand, q: Operand, /, axis: Axis = None, method: str = "linear", keepdims: bool = False
) -> Any:
    """What q percent of the entries are below: `quantile` of q/100.

    >>> percentile([4.0, 1.0, 3.0, 2.0], [0.0, 50.0])
    array([1. , 2.5])
    """
    return _quantile("percentile", a, q, 100.0, axis, method, keepdims, False)


@composed
def nanmedian(a: Operand, /, axis: Axis = None, keepdims: bool = False) -> Any:
    """Median of the entries that are not nan, which have slope 0; nan where all are: see `median`.

    >>> nanmedian([3.0, float("nan"), 1.0, 10.0])
    3.0
    """
    x, kept = _in_front(a, axis, "nanmedian")
    if not shape_of(x)[0]:
        return median(a, axis, keepdims)
    ordered, n = sort(x, 0), reshape(present(x, 0), (1, *shape_of(x)[1:]))
    first, last = (gathered(ordered, maximum(floor(place), 0.0)) for place in ((n - 1.0) / 2.0, n / 2.0))
    return _shaped((first + last) / 2.0, kept if keepdims else shape_of(x)[1:])


@composed
def nanquantile(
    a: Operand, q: Operand, /, axis: Axis = None, method: str = "linear", keepdims: bool = False
) -> Any:
    """Quantile of the entries that are not nan, which have slope 0; nan where all are: see `quantile`.

    >>> nanquantile([4.0, float("nan"), 2.0], 0.5)
    3.0
    """
    return _quantile("nanquantile", a, q, 1.0, axis, method, keepdims, True)


@composed
def nanpercentile(
    a: Operand, q: Operand, /, axis: Axis = None, method: str = "linear", keepdims: bool = False
) -> Any:
    """Percentile of the entries that are not nan, which have slope 0; nan where all are: see `percentile`.

    >>> nanpercentile([4.0, float("nan"), 2.0], 50.0)
    3.0
    """
    return _quantile("nanpercentile", a, q, 100.0, axis, method, keepdims, True)

"""What is chosen or counted by value, or filled: choices and counts are plain, the numbers have slopes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..values.axes import axis_in
from ..values.data import Operand, dtype_of, shape_of
from ..values.value import Value, holds_values
from .arithmetic import multiply
from .composed import diff
from .indexing import along, getitem, scatter_add
from .joining import array
from .plain import FUNCTIONS, question, raw
from .reductions import max, min, sum
from .shaping import astype, ravel

__all__ = ["bincount", "full_like", "histogram", "unique"]

_unique, _histogram, _full_like = (question(f, 1) for f in (np.unique, np.histogram, np.full_like))
_bincount = question(np.bincount, 0)


def _recorded(*operands: Any) -> bool:
    return any(isinstance(x, Value) or holds_values(x) for x in operands)


def unique(
    ar: Operand,
    /,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    *,
    equal_nan: bool = True,
    sorted: bool = True,
) -> Any:
    """The distinct entries in ascending order; along an axis, the distinct parts.

        yᵢ = x at the first place where it is found;   x̄ = ȳ at those places, else 0

    With `return_index`, `return_inverse` and `return_counts` plain arrays follow: these places, the
    place in y of each entry of x, and how often it occurs. They are sorted even without `sorted`.

    >>> unique([3, 1, 3])
    array([1., 3.])
    """
    values, places, *more = _unique(ar, True, return_inverse, return_counts, axis, equal_nan=equal_nan)
    values = (
        getitem(ravel(ar), places)
        if axis is None
        else getitem(ar, along(axis_in(axis, len(shape_of(ar)), "unique"), places))
    )
    results = (values, *([places] if return_index else []), *more)
    return results if len(results) > 1 else values


def bincount(x: Any, /, weights: Operand = None, minlength: int = 0) -> Any:
    """How often each number occurs, from 0 on, or the sum of its weights.

        yₖ = Σ wᵢ where xᵢ = k;   w̄ᵢ = ȳ at xᵢ

    x is plain whole numbers. Raises ValueError unless there is one weight for each.

    >>> bincount([0, 1, 1], weights=[1, 2, 3])
    array([1., 5.])
    """
    if _recorded(x):
        raise TypeError("bincount: x must be plain whole numbers, not a Value: x.data.astype(int)")
    counts = _bincount(x, None, minlength)
    if weights is None:
        return counts
    places = np.asarray(x, np.intp)
    if shape_of(weights) != places.shape:
        raise ValueError(f"bincount: got {places.shape} numbers, and weights of shape {shape_of(weights)}")
    return scatter_add(weights, places, counts.shape)


def histogram(
    a: Operand,
    /,
    bins: Any = 10,
    range: Any = None,
    density: bool | None = None,
    weights: Operand = None,
) -> tuple[Any, Any]:
    """How many entries are in each bin, or the sum of their weights, and the edges of the bins.

        yₖ = Σ wᵢ where xᵢ is in bin k;   w̄ᵢ = ȳ of the bin of xᵢ

    The edges have the slopes of the ends: those of `range`, of `bins` where they are edges, else of the
    smallest and the largest entry. Counts are plain, unless a weight, or with `density` an edge, has a slope.

    >>> histogram([1, 2, 4], bins=[0, 2, 4], weights=[1, 1, 3])
    (array([1., 4.]), array([0., 2., 4.]))
    """
    if isinstance(bins, str) and weights is not None:
        raise TypeError(f"histogram: with weights, bins must be a number or edges, got {bins!r}")
    if np.ndim(raw(bins)):
        bins = array(bins)
    counts, edges = _histogram(a, bins, range)
    if weights is not None:
        counts = _weighed(a, edges, weights)
    edges = _moving_edges(edges, a, bins, range)
    if density:
        counts = counts / diff(edges) / sum(counts)
    return counts, edges


def _weighed(a: Operand, edges: Any, weights: Operand) -> Any:
    """The sum of the weights of the entries in each bin; the last bin has its upper edge, too."""
    if shape_of(weights) != shape_of(a):
        raise ValueError(f"histogram: got weights of shape {shape_of(weights)} for {shape_of(a)}")
    x = np.ravel(raw(a))
    inside = np.flatnonzero((x >= edges[0]) & (x <= edges[-1]))
    last = len(edges) - 2
    places = np.minimum(np.searchsorted(edges, x[inside], "right") - 1, last)
    return bincount(places, getitem(ravel(weights), inside), last + 1)


def _moving_edges(edges: Any, a: Operand, bins: Any, range: Any) -> Any:
    """The edges, with the slopes of what they are made of."""
    if np.ndim(raw(bins)):
        return bins if _recorded(bins) else edges
    first, last = (min(a), max(a)) if range is None else range
    if not _recorded(first, last):
        return edges
    share = np.linspace(0.0, 1.0, len(edges))
    moving = first * (1.0 - share) + last * share
    return moving + (edges - raw(moving))  # NumPy's numbers, to the last digit


def full_like(
    a: Operand,
    /,
    fill_value: Operand,
    dtype: Any = None,
    order: str = "K",
    subok: bool = True,
    shape: Any = None,
) -> Any:
    """An array of the shape and dtype of another, filled with numbers.   The slope of these is the sum of ȳ.

    >>> full_like([1.0, 2.0], 3.0)
    array([3., 3.])
    """
    if not _recorded(fill_value):
        return _full_like(a, fill_value, dtype, order, subok, shape)
    like = FUNCTIONS["ones_like"](a, dtype=dtype, shape=shape)
    filled = multiply(fill_value, like)
    if filled.shape != like.shape:
        raise ValueError(f"full_like: the shape {filled.shape} does not broadcast to {like.shape}")
    return filled if filled.dtype == dtype_of(like) else astype(filled, dtype_of(like))

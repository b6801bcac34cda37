"""Arrays with entries left out, put in or put together: NumPy's functions that return a new array."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..values.axes import axis_in
from ..values.data import Operand, dtype_of, shape_of
from ..values.declaration import composed
from .arithmetic import add, divide, multiply, power, subtract
from .diagonals import diag
from .indexing import getitem, take
from .joining import concatenate
from .shaping import broadcast_to, expand_dims, moveaxis, ravel, reshape

__all__ = [
    "block",
    "broadcast_arrays",
    "compress",
    "copy",
    "delete",
    "diagflat",
    "ediff1d",
    "extract",
    "geomspace",
    "insert",
    "linspace",
    "logspace",
    "meshgrid",
    "unstack",
]


@composed
def copy(a: Operand, /) -> Any:
    """The same numbers as a Value of their own.   y = x;   x̄ = ȳ."""
    return getitem(a, ...)


# -- entries left out, and put in --------------------------------------------------------------


def _line(x: Operand, axis: int | None, name: str) -> tuple[Any, int]:
    """An array and an axis counted from 0; the flattened array where none is given."""
    if axis is None:
        return ravel(x), 0
    return x, axis_in(axis, len(shape_of(x)), name)


@composed
def compress(condition: Operand, a: Operand, /, axis: int | None = None) -> Any:
    """The entries along an axis for which a condition holds; of the flattened a if it is None.

    Raises ValueError for a condition of more than one axis, IndexError for one that is longer than the axis.
    """
    kept = np.asarray(condition, bool)
    if kept.ndim != 1:
        raise ValueError(f"compress: the condition must have one axis, got shape {kept.shape}")
    return take(a, np.flatnonzero(kept), axis)


@composed
def extract(condition: Operand, arr: Operand, /) -> Any:
    """The entries for which a condition holds, in a line."""
    return take(arr, np.flatnonzero(np.asarray(condition)))


@composed
def delete(arr: Operand, /, obj: Any, axis: int | None = None) -> Any:
    """The entries along an axis without those at the indices `obj`; of the flattened array if it is None.

    Raises IndexError for an index out of bounds.

    >>> delete([1, 2, 3], 1)
    array([1., 3.])
    """
    x, axis = _line(arr, axis, "delete")
    return take(x, np.delete(np.arange(shape_of(x)[axis]), obj), axis)


@composed
def insert(arr: Operand, /, obj: Any, values: Operand, axis: int | None = None) -> Any:
    """The entries along an axis with others before the indices `obj`; of the flattened array if it is None.

        y = x and the values, each in its place;   their gradients are the entries of ȳ there

    Raises IndexError for an index out of bounds.

    >>> insert([1, 2, 3], 1, 9)
    array([1., 9., 2., 3.])
    """
    x, axis = _line(arr, axis, "insert")
    shape = shape_of(x)
    n = shape[axis]
    if not isinstance(obj, slice) and np.ndim(obj) == 0:
        values = _stacked(values, len(shape), axis)
        count = shape_of(values)[axis]
    else:
        count = np.insert(np.arange(n), obj, 0).size - n
    put = broadcast_to(values, (*shape[:axis], count, *shape[axis + 1 :]))
    places = np.insert(np.arange(n), obj, np.arange(n, n + count))
    return take(concatenate([x, put], axis), places, axis)


def _stacked(values: Operand, ndim: int, axis: int) -> Any:
    """What is inserted in one place: its first axis is the one along which it is inserted."""
    missing = max(ndim - len(shape_of(values)), 0)
    values = reshape(values, (1,) * missing + shape_of(values))
    return moveaxis(values, 0, axis)


@composed
def ediff1d(ary: Operand, /, to_end: Operand = None, to_begin: Operand = None) -> Any:
    """Differences of neighbours in the flattened array, between what is put before and behind them."""
    x = ravel(ary)
    differences = subtract(x[1:], x[:-1])
    parts = [ravel(part) for part in (to_begin, differences, to_end) if part is not None]
    return concatenate(parts) if len(parts) > 1 else differences


@composed
def diagflat(v: Operand, /, k: int = 0) -> Any:
    """The flattened array as the k-th diagonal of a square matrix."""
    return diag(ravel(v), k)


# -- several arrays ----------------------------------------------------------------------------


def unstack(x: Operand, /, *, axis: int = 0) -> tuple[Any, ...]:
    """The arrays along an axis, as a tuple.

    >>> unstack([[1, 2], [3, 4]], axis=1)
    (array([1., 3.]), array([2., 4.]))
    """
    axis = axis_in(axis, len(shape_of(x)), "unstack")
    return tuple(take(x, i, axis) for i in range(shape_of(x)[axis]))


def broadcast_arrays(*args: Operand) -> tuple[Any, ...]:
    """All arrays in the shape that they have together. Raises ValueError where there is none."""
    shape = np.broadcast_shapes(*map(shape_of, args))
    return tuple(broadcast_to(x, shape) for x in args)


def meshgrid(*xi: Operand, indexing: str = "xy", sparse: bool = False) -> tuple[Any, ...]:
    """The coordinates of all points of a grid, from those along each axis.

    Of shape (n₂, n₁, n₃ …), or (n₁, n₂, n₃ …) with indexing "ij"; with `sparse`, one entry on the other axes.
    Raises ValueError for any other `indexing`.

    >>> meshgrid([1, 2], [5, 6, 7])[0].shape
    (3, 2)
    """
    if indexing not in ("xy", "ij"):
        raise ValueError(f"meshgrid: indexing must be 'xy' or 'ij', got {indexing!r}")
    order = [*range(len(xi))]
    if indexing == "xy" and len(xi) > 1:
        order[:2] = 1, 0
    lines = [
        reshape(x, (1,) * axis + (-1,) + (1,) * (len(xi) - 1 - axis))
        for x, axis in zip(xi, order, strict=True)
    ]
    return tuple(map(copy, lines)) if sparse else broadcast_arrays(*lines)


def block(arrays: Any) -> Any:
    """An array from nested lists of blocks: the innermost side by side, lists of them below each other.

    Raises ValueError for lists of different depths and for blocks that do not fit.

    >>> import numpy as np
    >>> block([[np.eye(1), np.zeros((1, 1))], [1, 2]])
    array([[1., 0.],
           [1., 2.]])
    """
    depth = _depth(arrays)
    ndim = max(depth, _most_axes(arrays))
    return _blocks(arrays, depth, ndim)


def _depth(arrays: Any) -> int:
    if not isinstance(arrays, list):
        return 0
    depths = {_depth(part) for part in arrays}
    if len(depths) != 1:
        raise ValueError("block: the lists must be of the same depth, and not empty")
    return 1 + depths.pop()


def _most_axes(arrays: Any) -> int:
    return max(map(_most_axes, arrays)) if isinstance(arrays, list) else len(shape_of(arrays))


def _blocks(arrays: Any, depth: int, ndim: int) -> Any:
    if not isinstance(arrays, list):
        shape = shape_of(arrays)
        return reshape(arrays, (1,) * (ndim - len(shape)) + shape)
    return concatenate([_blocks(part, depth - 1, ndim) for part in arrays], -depth)


@composed
def linspace(start: Operand, stop: Operand, /, num: int = 50, endpoint: bool = True, axis: int = 0) -> Any:
    """Numbers at equal distances from start to stop, along a new axis.

        yᵢ = start·(1 − tᵢ) + stop·tᵢ,   tᵢ = i/(num − 1), or i/num without the end point

    Raises ValueError for a negative number of them.

    >>> linspace(0, 1, 3)
    array([0. , 0.5, 1. ])
    """
    if num < 0:
        raise ValueError(f"linspace: the number of entries must be 0 or more, got {num}")
    t = np.arange(num) / max(num - 1 if endpoint else num, 1)
    lows, highs = broadcast_arrays(start, stop)
    t = t.reshape((num,) + (1,) * len(shape_of(lows))).astype(np.result_type(dtype_of(start), dtype_of(stop)))
    return moveaxis(add(multiply(1.0 - t, lows), multiply(t, highs)), 0, axis)


@composed
def logspace(
    start: Operand,
    stop: Operand,
    /,
    num: int = 50,
    endpoint: bool = True,
    base: Operand = 10.0,
    *,
    axis: int = 0,
) -> Any:
    """Powers of a base, with exponents at equal distances: `linspace`.   yᵢ = bᵗ.

    >>> logspace(0, 2, 3)
    array([  1.,  10., 100.])
    """
    if shape_of(base):
        start, stop, base = broadcast_arrays(start, stop, base)
        base = expand_dims(base, axis)
    return power(base, linspace(start, stop, num, endpoint, axis))


@composed
def geomspace(
    start: Operand, stop: Operand, /, num: int = 50, endpoint: bool = True, *, axis: int = 0
) -> Any:
    """Numbers of equal ratios from start to stop, along a new axis.   yᵢ = start·(stop/start)ᵗ, t as there.

    Both have the same sign; where one has not, or is 0, there is nan.

    >>> geomspace(1, 16, 3)
    array([ 1.,  4., 16.])
    """
    lows, ratios = broadcast_arrays(start, divide(stop, start))
    zeros, ones = (np.full(shape_of(lows), t, dtype_of(ratios)) for t in (0.0, 1.0))
    powers = power(expand_dims(ratios, axis), linspace(zeros, ones, num, endpoint, axis))
    return multiply(expand_dims(lows, axis), powers)

"""Choosing entries by position, and by their order; the adjoint lays them back where they came from."""

from __future__ import annotations

from collections.abc import Sequence
from types import EllipsisType
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from .. import modes
from ..data import Data, Operand, Shape, is_lazy, shape_of, zeros_for
from ..declaration import primitive
from ..lazy import holds_tasks
from ..operation import not_an_option
from ..value import Value
from .selection import where
from .shaping import ravel

__all__ = [
    "getitem",
    "partition",
    "scatter_add",
    "select",
    "sort",
    "take",
    "take_along_axis",
]

BASIC = (int, np.integer, np.bool_, slice, EllipsisType, type(None))


def along(axis: int, index: Any) -> tuple[Any, ...]:
    """The index of entries along one axis, counted from the first: all of the axes before it."""
    return (slice(None),) * axis + (index,)


def _parts(index: Any) -> tuple[Any, ...]:
    return index if type(index) is tuple else (index,)


def _refuse_values(index: Any) -> None:
    for part in _parts(index):
        if type(part) is Value and modes.tracer() is not None:
            raise TypeError(f"an index {not_an_option()}")
        if type(part) is Value:
            raise TypeError("an index must be plain integers, not a Value: int(x.item()), or x.data")
        if holds_tasks(part):
            raise TypeError("an index must be plain integers, not a dask array: compute() it, or use where")


def _may_repeat(index: Any) -> bool:
    """Whether an index may name an entry twice: only arrays of integers can."""
    return any(np.asarray(part).dtype.kind != "b" for part in _parts(index) if not isinstance(part, BASIC))


@primitive(linear=True, symbol="[ ]", dx=lambda g, y, x, index: scatter_add(g, index, shape_of(x)))
def getitem(x: Data, /, index: Any) -> Data:
    """The entries at an index: integers, slices, None, Ellipsis, integer and boolean arrays.

        y = x[index];   x̄ = zeros, with ȳ added at the index

    An entry chosen several times gets the sum. Raises IndexError for an index out of bounds, and
    TypeError for a Value as index.

    >>> getitem([1, 2, 3], slice(None, None, -1))
    array([3., 2., 1.])
    """
    _refuse_values(index)
    return (x if shape_of(x) or is_lazy(x) else np.asarray(x))[index]


@primitive(linear=True, dx=lambda g, y, x, index, shape: getitem(g, index))
def scatter_add(x: Data, /, index: Any, shape: Shape) -> Data:
    """Zeros of a shape, with x added at an index: the adjoint of `getitem`.   x̄ = ȳ[index].

    >>> scatter_add([1, 2, 4], [0, 2, 0], (3,))
    array([5., 0., 2.])
    """
    _refuse_values(index)
    result = zeros_for(x, shape)
    if _may_repeat(index):
        np.add.at(result, index, x)
        return result
    if is_lazy(x):  # Dask assigns to places without new axes only
        index = tuple(part for part in _parts(index) if part is not None)
        x = np.reshape(x, shape_of(result[index]))
    result[index] = x
    return result


def take(x: Operand, /, indices: Any, axis: int | None = None) -> Any:
    """The entries at integer indices along an axis; of x as one row, if None.   x̄ as of `getitem`.

    Raises IndexError for an index out of bounds, TypeError for one that is no integer.

    >>> take([[1, 2], [3, 4]], [1, 1, 0], axis=1)
    array([[2., 2., 1.],
           [4., 4., 3.]])
    """
    _refuse_values(indices)
    places = np.asarray(indices)
    if places.dtype.kind not in "iub":
        raise TypeError(f"take: the indices must be integers, got dtype {places.dtype}")
    if axis is None:
        x, axis = ravel(x), 0
    axis = normalize_axis_index(axis, len(shape_of(x)), "take")
    return getitem(x, along(axis, places.astype(np.intp) if places.ndim else int(places)))


def take_along_axis(x: Operand, /, indices: Any, axis: int | None = -1) -> Any:
    """Along an axis, the entries at indices that differ from row to row, as argsort gives them.

    y[i, j] = x[i, indices[i, j]] for axis 1. The indices have as many axes as x, and broadcast
    against it on the others. Without axis, x is taken as one row.
    """
    _refuse_values(indices)
    if axis is None:
        x, axis = ravel(x), 0
    shape, places = shape_of(x), np.asarray(indices)
    axis = normalize_axis_index(axis, len(shape), "take_along_axis")
    if places.ndim != len(shape):
        raise ValueError(
            f"take_along_axis: got indices of shape {places.shape} for an array of shape {shape}"
        )
    grid = np.ix_(*map(range, shape))
    return getitem(x, (*grid[:axis], places, *grid[axis + 1 :]))


# -- by order ----------------------------------------------------------------------------------


@primitive(selecting=True, dx=lambda g, y, x, old, new, axis: _moved(g, new, old, axis), dold=0.0, dnew=0.0)
def _moved(x: Data, old: Data, new: Data, /, axis: int) -> Data:
    """Entries moved as those of `old` were moved to make `new`, the same numbers in another order.

    Between ties the moves are constant, so the adjoint moves back: x̄ = ȳ, moved from new to old.
    """
    by_rank = np.take_along_axis(x, _order(old, axis), axis)
    return np.take_along_axis(by_rank, _order(_order(new, axis), axis), axis)


def _order(key: Data, axis: int) -> Data:
    return np.argsort(key, axis=axis, kind="stable")


@primitive(selecting=True, dx=lambda g, y, x, axis: _moved(g, y, x, axis))
def _sort(x: Data, /, axis: int = -1) -> Data:
    return np.sort(x, axis)


@primitive(selecting=True, dx=lambda g, y, x, kth, axis: _moved(g, y, x, axis))
def _partition(x: Data, /, kth: int | Sequence[int], axis: int = -1) -> Data:
    return np.partition(x, kth, axis)


def sort(x: Operand, /, axis: int | None = -1) -> Any:
    """Entries in ascending order along an axis; of x as one row, if None.

        yᵢ = x at the i-th place of argsort(x);   x̄ = ȳ, each entry at the place it came from

    Of equal entries, the first in x is the first in y: each gets the gradient of one place.

    >>> sort([3, 1, 2])
    array([1., 2., 3.])
    """
    return _sort(ravel(x)) if axis is None else _sort(x, axis)


def partition(x: Operand, /, kth: int | Sequence[int], axis: int | None = -1) -> Any:
    """The kth entry where sorting would put it, smaller entries before, larger behind.

    x̄ = ȳ, each entry at the place it came from. Raises ValueError for a kth out of bounds.
    """
    return _partition(ravel(x), kth) if axis is None else _partition(x, kth, axis)


# -- by condition ------------------------------------------------------------------------------


def select(condlist: Sequence[Any], choicelist: Sequence[Operand], default: Operand = 0.0) -> Any:
    """Entry by entry, the choice of the first condition that holds, else the default.

    The gradient flows to the choice taken alone. Raises ValueError where there is not one choice
    for each condition.

    >>> select([[True, False], [True, True]], [[1, 2], [3, 4]])
    array([1., 4.])
    """
    if len(condlist) != len(choicelist) or not len(condlist):
        raise ValueError(
            f"select: expected a choice for each condition, got {len(condlist)} conditions "
            f"and {len(choicelist)} choices"
        )
    result = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        result = where(condition, choice, result)
    return result

"""Choosing entries by position, and by their order; the adjoint lays them back where they came from."""

from __future__ import annotations

from collections.abc import Sequence
from types import EllipsisType
from typing import Any

import numpy as np

from ..values import modes
from ..values.axes import axis_in
from ..values.data import Data, Operand, Shape, is_lazy, shape_of, zeros_for
from ..values.declaration import composed, primitive
from ..values.lazy import holds_tasks
from ..values.operation import not_an_option
from ..values.value import Value
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
    arrays = (part for part in _parts(index) if not isinstance(part, BASIC))
    return any((getattr(part, "dtype", None) or np.asarray(part).dtype).kind != "b" for part in arrays)


def _behind(front: Shape, own: Shape, index: Any) -> dict[str, Any] | None:
    """The index of entries of each row, if it is of integers and slices."""
    return {"index": (slice(None),) * len(front) + _parts(index)} if _slices(index) else None


@primitive(
    linear=True,
    batched=_behind,
    symbol="[ ]",
    typeset="{}[{index}]",
    dx=lambda g, y, x, index: scatter_add(g, index, shape_of(x)),
)
def getitem(x: Data, /, index: Any) -> Data:
    """The entries at an index: integers, slices, None, Ellipsis, integer and boolean arrays.

        y = x[index];   x̄ = zeros, with ȳ added at the index

    An entry chosen several times gets the sum. Raises IndexError for an index out of bounds, and
    TypeError for a Value as index.

    >>> getitem([1, 2, 3], slice(None, None, -1))
    array([3., 2., 1.])
    """
    _refuse_values(index)
    return (x if shape_of(x) or is_lazy(x) else np.reshape(x, ()))[index]


@primitive(
    linear=True,
    typeset="({} at [{index}])",
    example=lambda x, index, shape: np.broadcast_to(np.ravel(x)[:1], shape),
    dx=lambda g, y, x, index, shape: getitem(g, index),
)
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
    if is_lazy(x) and _slices(index):
        return _laid_back(x, _parts(index), shape) if x.size else result
    result[index] = x
    return result


def _slices(index: Any) -> bool:
    """Whether an index is of integers and slices alone."""
    return not any(
        isinstance(part, (bool, np.bool_)) or not isinstance(part, BASIC) for part in _parts(index)
    )


def _laid_back(x: Data, index: tuple[Any, ...], shape: Shape) -> Data:
    """The same by borders of zeros: Dask assigns wrongly to places that go backwards, or in steps."""
    chosen = [part for part in index if part is not None]
    at = chosen.index(...) if ... in chosen else len(chosen)
    full = [slice(None)] * (len(shape) - len(chosen) + (... in chosen))
    parts = [*chosen[:at], *full, *chosen[at + 1 :]]
    rows = [
        range(n)[i] if isinstance(i, slice) else range(n)[i:][:1] for n, i in zip(shape, parts, strict=True)
    ]
    x = np.reshape(x, tuple(map(len, rows)))
    for axis, (n, places) in enumerate(zip(shape, rows, strict=True)):
        if places.step < 0:
            x, places = np.flip(x, axis), places[::-1]
        if places.step > 1:
            x = _spread(x, places.step, axis)
        x = _bordered(x, places[0], n - 1 - places[-1], axis)
    return x


def _bordered(x: Data, before: int, behind: int, axis: int) -> Data:
    """Zeros around the entries of an axis."""
    if not (before or behind):
        return x
    return np.pad(x, [(before, behind) if i == axis else (0, 0) for i in range(len(shape_of(x)))])


def _spread(x: Data, step: int, axis: int) -> Data:
    """Zeros between the entries of an axis, so that each is a step behind the other."""
    m = shape_of(x)[axis]
    source = np.full((m - 1) * step + 1, m)  # the place of the only 0
    source[::step] = np.arange(m)
    return _bordered(x, 0, 1, axis)[along(axis, source)]


@composed
def take(x: Operand, /, indices: Any, axis: int | None = None) -> Any:
    """The entries at integer indices along an axis; of the flattened x if it is None.   x̄ as for `getitem`.

    Raises IndexError for an index out of bounds, TypeError for one that is not an integer.

    >>> take([[1, 2], [3, 4]], [1, 1, 0], axis=1)
    array([[2., 2., 1.],
           [4., 4., 3.]])
    """
    _refuse_values(indices)
    places = np.asarray(indices)
    if places.dtype.kind not in "iub":
        raise TypeError(f"take: the indices must be integers, got dtype {places.dtype}")
    if axis is None or not shape_of(x):  # a number has one row
        x, axis = ravel(x), 0 if axis is None else axis
    axis = axis_in(axis, len(shape_of(x)), "take")
    return getitem(x, along(axis, places.astype(np.intp) if places.ndim else int(places)))


@composed
def take_along_axis(x: Operand, /, indices: Any, axis: int | None = -1) -> Any:
    """Along an axis, the entries at indices that differ from row to row, as argsort gives them.

    y[i, j] = x[i, indices[i, j]] for axis 1. The indices have as many axes as x, and broadcast
    against it on the others. If the axis is None, x is flattened.
    """
    _refuse_values(indices)
    if axis is None:
        x, axis = ravel(x), 0
    shape, places = shape_of(x), np.asarray(indices)
    axis = axis_in(axis, len(shape), "take_along_axis")
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


@composed
def sort(x: Operand, /, axis: int | None = -1) -> Any:
    """Entries in ascending order along an axis; of the flattened x if it is None.

        yᵢ = x at the i-th place of argsort(x);   x̄ = ȳ, each entry at the place it came from

    Of equal entries, the first in x is the first in y: each gets the gradient of one place.

    >>> sort([3, 1, 2])
    array([1., 2., 3.])
    """
    return _sort(ravel(x)) if axis is None else _sort(x, axis)


@composed
def partition(x: Operand, /, kth: int | Sequence[int], axis: int | None = -1) -> Any:
    """The kth entry where sorting would put it, smaller entries before it, larger ones after.

    x̄ = ȳ, each entry at the place it came from. Raises ValueError for a kth out of bounds.
    """
    return _partition(ravel(x), kth) if axis is None else _partition(x, kth, axis)


# -- by condition ------------------------------------------------------------------------------


def select(condlist: Sequence[Any], choicelist: Sequence[Operand], default: Operand = 0.0) -> Any:
    """Entry by entry, the choice of the first condition that holds, else the default.

    The gradient flows only to the choice taken. Raises ValueError unless there is one choice
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

"""Shapes: the same entries in another arrangement, and the pair broadcast_to and sum_to.

All are linear, so each derivative is the adjoint: the arrangement undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import index
from typing import TYPE_CHECKING, Any

import numpy as np

from ..values import modes
from ..values.axes import axes_in
from ..values.data import Data, Operand, Shape, dtype_of, shape_of
from ..values.declaration import composed, primitive
from ..values.value import Value
from .totals import row_total

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

__all__ = [
    "astype",
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "broadcast_to",
    "expand_dims",
    "flip",
    "moveaxis",
    "ravel",
    "reshape",
    "roll",
    "squeeze",
    "sum_to",
    "swapaxes",
    "transpose",
]


# -- broadcasting ------------------------------------------------------------------------------


@primitive(typeset="{}", conforming=True, linear=True, dx=lambda g, y, x, shape: sum_to(g, shape_of(x)))
def broadcast_to(x: Data, /, shape: int | Shape) -> Data:
    """The array repeated along new axes and along axes of size 1.   x̄ = sum_to(ȳ, shape of x).

    Raises ValueError where the shape of x does not broadcast to `shape`.

    >>> broadcast_to([1, 2], (2, 2))
    array([[1., 2.],
           [1., 2.]])
    """
    if type(x) is float and not modes.switch.tracing:  # what the gradient of a sum starts with
        filled = np.empty(shape)
        filled.fill(x)
        return filled
    try:
        return np.broadcast_to(x, shape)
    except ValueError:
        raise ValueError(f"the shape {shape_of(x)} does not broadcast to {shape}") from None


@primitive(
    typeset="Σ({})",
    conforming=True,
    linear=True,
    example=lambda x, shape: np.broadcast_to(x[(0,) * x.ndim], shape),
    dx=lambda g, y, x, shape: broadcast_to(g, shape_of(x)),
)
def sum_to(x: Data, /, shape: Shape) -> Data:
    """Sum over the axes along which `shape` broadcasts to the shape of x.   x̄ = ȳ, broadcast.

    Raises ValueError where `shape` does not broadcast to the shape of x.

    >>> sum_to([[1, 2], [3, 4]], (2,))
    array([4., 6.])
    """
    given = shape_of(x)
    if given == shape:
        return x
    if type(x) is np.ndarray and given[1:] == shape:  # a bias: what follows takes several times the time
        return row_total(x)
    total = np.sum(x, axis=_stretched(shape, given))
    return total if total.shape == shape else total.reshape(shape)


def _stretched(shape: Shape, given: Shape) -> Shape:
    """The axes of a shape that another was stretched along to become it."""
    extra = len(given) - len(shape)
    if extra < 0 or any(n not in (1, m) for n, m in zip(shape, given[extra:], strict=True)):
        raise ValueError(f"the shape {shape} does not broadcast to {given}")
    return (*range(extra), *(i for i, n in enumerate(shape, extra) if n == 1 != given[i]))


# -- sizes of the axes -------------------------------------------------------------------------


def _rows_in_shape(front: Shape, own: Shape, shape: int | Sequence[int], order: str) -> dict[str, Any] | None:
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    return {"shape": (*front, *sizes), "order": order} if order == "C" else None


def _first_in_shape(x: Data, shape: int | Sequence[int], order: str = "C") -> Data:
    """The first entry in all places."""
    return np.broadcast_to(x[(slice(1),) * x.ndim], x.shape).reshape(shape)  # a view: all strides are 0


@primitive(
    conforming=True,
    linear=True,
    batched=_rows_in_shape,
    example=_first_in_shape,
    dx=lambda g, y, x, shape, order: reshape(g, shape_of(x), order),
)
def reshape(x: Data, /, shape: int | Sequence[int], order: str = "C") -> Data:
    """The entries of x in another shape, one size of which may be −1.   x̄ = ȳ in the shape of x.

    Entries are read and laid out row by row, or column by column with order "F". Raises ValueError
    for any other order, and for a shape with another number of entries.
    """
    if order == "C":
        return np.reshape(x, shape)
    if order == "F":
        return np.reshape(x, shape, order="F")
    raise ValueError(f"the order must be 'C' or 'F', got {order!r}")


def interleaved(first: Iterable[int], second: Iterable[int]) -> Shape:
    """Sizes of axes in turn: those of blocks, and of what is in each of them."""
    return tuple(n for pair in zip(first, second, strict=True) for n in pair)


@composed
def ravel(x: Operand, /, order: str = "C") -> Any:
    """The entries of x along one axis, in the order of `reshape`."""
    return reshape(x, (-1,), order)


@primitive(linear=True, dx=lambda g, y, x, axis: reshape(g, shape_of(x)))
def expand_dims(x: Data, /, axis: int | tuple[int, ...]) -> Data:
    """New axes of size 1, at `axis` of the result.   x̄ = ȳ in the shape of x."""
    return np.expand_dims(x, axis)


@primitive(linear=True, dx=lambda g, y, x, axis: reshape(g, shape_of(x)))
def squeeze(x: Data, /, axis: int | tuple[int, ...] | None = None) -> Data:
    """The entries without axes of size 1, or without those given.   x̄ = ȳ in the shape of x."""
    return np.squeeze(x, axis)


def _at_least(arrays: tuple[Operand, ...], ndim: int) -> Any:
    shaped = []
    for x in arrays:
        shape = shape_of(x)
        missing = ndim - len(shape)
        # NumPy's rule for three axes: a vector becomes (1, n, 1), a matrix (m, n, 1).
        behind = 1 if ndim == 3 and shape and missing > 0 else 0
        wanted = (1,) * (missing - behind) + shape + (1,) * behind
        shaped.append(x if type(x) is Value and shape == wanted else reshape(x, wanted))
    return shaped[0] if len(shaped) == 1 else tuple(shaped)


def atleast_1d(*arrays: Operand) -> Any:
    """Each array with one axis or more: a number becomes (1,). One result, or a tuple of them."""
    return _at_least(arrays, 1)


def atleast_2d(*arrays: Operand) -> Any:
    """Each array with two axes or more: a vector becomes (1, n). One result, or a tuple of them."""
    return _at_least(arrays, 2)


def atleast_3d(*arrays: Operand) -> Any:
    """Each array with three axes or more: a vector becomes (1, n, 1), a matrix (m, n, 1)."""
    return _at_least(arrays, 3)


# -- order of the axes -------------------------------------------------------------------------


def _inverse(axes: Sequence[int] | None, ndim: int) -> tuple[int, ...] | None:
    """The permutation that undoes one of the axes."""
    if axes is None:
        return None
    return tuple(np.argsort(axes_in(axes, ndim, "transpose")).tolist())


def _rows_turned(front: Shape, own: Shape, axes: Sequence[int] | None) -> dict[str, Any]:
    order = range(len(own))[::-1] if axes is None else axes_in(axes, len(own), "transpose")
    return {"axes": (*range(len(front)), *[len(front) + axis for axis in order])}


@primitive(
    symbol="ᵀ",
    batched=_rows_turned,
    typeset="{}ᵀ",
    linear=True,
    dx=lambda g, y, x, axes: transpose(g, _inverse(axes, len(shape_of(x)))),
)
def transpose(x: Data, /, axes: Sequence[int] | None = None) -> Data:
    """Axis i of y is axis `axes[i]` of x; without axes, their order reversed.   x̄ = ȳ, permuted back."""
    return np.transpose(x, axes)


@primitive(linear=True, dx=lambda g, y, x, axis1, axis2: swapaxes(g, axis1, axis2))
def swapaxes(x: Data, /, axis1: int, axis2: int) -> Data:
    """Two axes exchanged.   x̄ = ȳ, exchanged again."""
    return np.swapaxes(x, axis1, axis2)


@primitive(linear=True, dx=lambda g, y, x, source, destination: moveaxis(g, destination, source))
def moveaxis(x: Data, /, source: int | Sequence[int], destination: int | Sequence[int]) -> Data:
    """Axes moved to other places, the others in their order.   x̄ = ȳ, moved back."""
    return np.moveaxis(x, source, destination)


# -- order of the entries ----------------------------------------------------------------------


@primitive(linear=True, dx=lambda g, y, x, axis: flip(g, axis))
def flip(x: Data, /, axis: int | tuple[int, ...] | None = None) -> Data:
    """The order along the axes reversed, along all if None.   x̄ = ȳ, reversed."""
    return np.flip(x, axis)


def _whole(shift: Any) -> int | tuple[int, ...]:
    """A shift, or one for each axis, as Python's whole numbers."""
    several = isinstance(shift, (list, tuple)) or np.ndim(shift)
    return tuple(map(index, shift)) if several else index(shift)


def _back(shift: Any) -> int | tuple[int, ...]:
    shifts = _whole(shift)
    return tuple(-n for n in shifts) if isinstance(shifts, tuple) else -shifts


@primitive(linear=True, dx=lambda g, y, x, shift, axis: roll(g, _back(shift), axis))
def roll(x: Data, /, shift: int | Sequence[int], axis: int | Sequence[int] | None = None) -> Data:
    """Entries shifted cyclically, the last to the front; of the flattened x if None.   x̄ = ȳ, shifted back.

    >>> roll([1, 2, 3], 1)
    array([3., 1., 2.])
    """
    if axis is None:
        return np.roll(x, _whole(shift))
    # Dask takes as many shifts as axes: NumPy stretches the one or the other.
    shifts, axes = np.broadcast_arrays(
        np.atleast_1d(_whole(shift)), axes_in(axis, np.ndim(x), "roll", repeated=True)
    )
    return np.roll(x, tuple(shifts.tolist()), tuple(axes.tolist()))


# -- dtype -------------------------------------------------------------------------------------


@primitive(conforming=True, linear=True, dx=lambda g, y, x, dtype: astype(g, dtype_of(x)))
def astype(x: Data, /, dtype: DTypeLike) -> Data:
    """Another precision.   x̄ = ȳ in the dtype of x.

    A leaf keeps its own: `Value(x.data.astype(dtype))` is another leaf, and `model.astype(dtype)` casts those
    of a model.

    Raises TypeError for a dtype that is not floating-point.
    """
    if np.dtype(dtype).kind != "f":
        raise TypeError(f"a Value holds floating-point numbers, got dtype {np.dtype(dtype)}; cast its .data")
    return (np.float64(x) if type(x) is float else x).astype(dtype)

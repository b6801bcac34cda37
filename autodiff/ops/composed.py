"""Functions of NumPy that are compositions of other operations: their derivatives follow."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..values.axes import axes_in, axis_in
from ..values.data import Operand, as_data, dtype_of, shape_of
from ..values.declaration import composed
from ..values.value import Value
from .arithmetic import negative, positive, subtract
from .indexing import along, getitem
from .joining import concatenate
from .plain import FUNCTIONS
from .selection import absolute, sign, trunc, where
from .shaping import broadcast_to, flip, moveaxis, swapaxes, transpose

__all__ = [
    "copysign",
    "diff",
    "fliplr",
    "flipud",
    "gradient",
    "heaviside",
    "matrix_transpose",
    "modf",
    "real_if_close",
    "rollaxis",
    "rot90",
]


@composed
def flipud(m: Operand, /) -> Any:
    """The rows in reverse order."""
    return flip(m, 0)


@composed
def fliplr(m: Operand, /) -> Any:
    """The columns in reverse order."""
    return flip(m, 1)


@composed
def copysign(x1: Operand, x2: Operand, /) -> Any:
    """The size of x with the sign of y, that of −0, too.

    z = |x|·sign y;   ∂z/∂x = sign x · sign y,  ∂z/∂y = 0
    """
    size = absolute(x1)
    return where(FUNCTIONS["signbit"](x2), negative(size), size)


@composed
def heaviside(x1: Operand, x2: Operand, /) -> Any:
    """Step from 0 to 1 at x = 0, where it is y.   ∂z/∂x = 0;   ∂z/∂y = 1 where x = 0, else 0."""
    return where(FUNCTIONS["equal"](x1, 0.0), x2, (sign(x1) + 1.0) / 2.0)


def modf(x: Operand, /) -> tuple[Any, Any]:
    """What is behind the point, and the whole number towards 0.   x = r + trunc x;   ∂r/∂x = 1."""
    whole = trunc(x)
    return where(FUNCTIONS["isinf"](x), 0.0, subtract(x, whole)), whole


@composed
def real_if_close(a: Operand, /, tol: float = 100) -> Any:
    """The number itself, which is real however much of an imaginary part `tol` allows."""
    return positive(a)


@composed
def matrix_transpose(x: Operand, /) -> Any:
    """Each matrix transposed: the last two axes change places."""
    return swapaxes(x, -1, -2)


@composed
def rot90(m: Operand, /, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Any:
    """Quarter turns, k of them, in the plane of two axes, from the first towards the second.

    Raises ValueError for axes that are not two different ones.

    >>> rot90([[1, 2], [3, 4]])
    array([[2., 4.],
           [1., 3.]])
    """
    ndim = len(shape_of(m))
    first, second = axes_in(axes, ndim, "rot90")
    if k % 4 == 0:
        return getitem(m, ...)
    if k % 4 == 2:
        return flip(m, (first, second))
    order = list(range(ndim))
    order[first], order[second] = second, first
    return flip(transpose(m, order), first if k % 4 == 1 else second)


@composed
def rollaxis(a: Operand, /, axis: int, start: int = 0) -> Any:
    """An axis moved back until it is before the one at `start`."""
    ndim = len(shape_of(a))
    axis = axis_in(axis, ndim, "rollaxis")
    # The place behind the last axis is a start, too.
    start = axis_in(start + ndim if start < 0 else start, ndim + 1, "rollaxis")
    return moveaxis(a, axis, start - 1 if axis < start else start)


def _cuts(x: Operand, axis: int) -> tuple[Any, Any]:
    """Entries without the last along an axis, and without the first."""
    return getitem(x, along(axis, slice(None, -1))), getitem(x, along(axis, slice(1, None)))


@composed
def diff(a: Operand, /, n: int = 1, axis: int = -1, prepend: Operand = None, append: Operand = None) -> Any:
    """Differences of neighbours along an axis, n times.   yᵢ = xᵢ₊₁ − xᵢ.

    `prepend` and `append` are joined to x first; a number stands for one entry. Raises ValueError
    for a negative n and for a number.

    >>> diff([1, 2, 4, 8])
    array([1., 2., 4.])
    """
    if n == 0:
        return getitem(a, ...)
    shape = shape_of(a)
    if n < 0 or not shape:
        raise ValueError(
            f"diff: expected n ≥ 0 and an array of one axis or more, got n = {n} and shape {shape}"
        )
    axis = axis_in(axis, len(shape), "diff")
    one = (*shape[:axis], 1, *shape[axis + 1 :])
    joined = [x if shape_of(x) else broadcast_to(x, one) for x in (prepend, a, append) if x is not None]
    result = concatenate(joined, axis) if len(joined) > 1 else getitem(a, ...)
    for _ in range(min(n, shape_of(result)[axis])):  # nothing is left after so many
        left, right = _cuts(result, axis)
        result = right - left
    return result


# -- numerical gradient ------------------------------------------------------------------------


def gradient(f: Operand, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """Slopes of a function sampled on a grid, from parabolas through three neighbours.

        y = sl + dl·(sr − sl)/(dl + dr)      with the steps d and the slopes s to the left and right

    `varargs` are the spacing: nothing for 1; one number for all axes; or for each axis a number
    or the coordinates of the points. At the edges the slope of the nearest two points, or with
    edge_order 2 of the nearest parabola. One result, or a tuple with one for each axis. Differentiable
    in f, not in the spacing.

    Raises ValueError for coordinates that do not fit and for too few points, TypeError for a wrong
    number of spacings.

    >>> gradient([0, 1, 4, 9])
    array([1., 2., 4., 5.])
    """
    shape = shape_of(f)
    axes = axes_in(range(len(shape)) if axis is None else axis, len(shape), "gradient")
    if edge_order not in (1, 2):
        raise ValueError(f"gradient: edge_order must be 1 or 2, got {edge_order}")
    if len(varargs) <= 1 and not any(map(np.ndim, varargs)):
        varargs = (varargs or (1.0,)) * len(axes)
    if len(varargs) != len(axes):
        raise TypeError(f"gradient: expected no spacing, one number, or {len(axes)}; got {len(varargs)}")
    results = tuple(
        _gradient(f, _steps(f, spacing, k), k, edge_order) for k, spacing in zip(axes, varargs, strict=True)
    )
    return results[0] if len(results) == 1 else results


def _steps(f: Operand, spacing: Any, axis: int) -> Any:
    """Steps between the points along an axis, shaped to broadcast against f."""
    if isinstance(spacing, Value):
        raise TypeError("gradient: the spacing must be plain numbers, not a Value: use .data")
    shape = shape_of(f)
    points = np.asarray(as_data(spacing, copy=False, what="gradient: the spacing"))
    if points.ndim == 0:
        steps = np.full(max(shape[axis] - 1, 0), points)
    elif points.shape == (shape[axis],):
        steps = np.diff(points)
    else:
        raise ValueError(f"gradient: expected {shape[axis]} coordinates, got shape {points.shape}")
    return steps.astype(dtype_of(f)).reshape((-1,) + (1,) * (len(shape) - axis - 1))


def _gradient(f: Operand, steps: Any, axis: int, edge_order: int) -> Any:
    if shape_of(f)[axis] <= edge_order:
        raise ValueError(f"gradient: expected {edge_order + 1} points or more, got {shape_of(f)[axis]}")
    slopes = diff(f, axis=axis) / steps
    left, right = _cuts(slopes, axis)
    bend = (right - left) / (steps[:-1] + steps[1:])
    first, last = along(axis, slice(None, 1)), along(axis, slice(-1, None))
    start, end = slopes[first], slopes[last]
    if edge_order == 2:
        start, end = start - steps[:1] * bend[first], end + steps[-1:] * bend[last]
    return concatenate([start, left + steps[:-1] * bend, end], axis)

"""Means with weights, areas, ranges and running totals, by operations that exist."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ..values.axes import axis_in
from ..values.data import Operand, dtype_of, shape_of
from ..values.declaration import composed
from ..values.methods import Axis
from .accumulations import cumprod, cumsum
from .arithmetic import add, divide, multiply, subtract
from .composed import diff
from .indexing import along, getitem
from .joining import concatenate
from .reductions import max, mean, min, sum
from .shaping import astype, broadcast_to, reshape

__all__ = ["average", "cumulative_prod", "cumulative_sum", "ptp", "trapezoid"]


@composed
def ptp(a: Operand, /, axis: Axis = None, keepdims: bool = False) -> Any:
    """Range of the entries.   y = max x − min x."""
    return subtract(max(a, axis, keepdims), min(a, axis, keepdims))


@composed
def average(
    a: Operand, /, axis: Axis = None, weights: Operand = None, returned: bool = False, keepdims: bool = False
) -> Any:
    """Mean with weights.   y = Σ wᵢxᵢ / Σ wᵢ.

    The weights have the shape of a, or are one per entry along the axis. With `returned`, also Σ wᵢ.
    Raises ValueError for weights of another shape.
    """
    if weights is None:
        found = mean(a, axis, keepdims)
        count = math.prod(shape_of(a)) / (math.prod(shape_of(found)) or 1)
        return (found, broadcast_to(count, shape_of(found))) if returned else found
    weights = _beside(a, weights, axis)
    total = sum(weights, axis, keepdims)
    found = divide(sum(multiply(weights, a), axis, keepdims), total)
    return (found, broadcast_to(total, shape_of(found))) if returned else found


def _beside(a: Operand, weights: Operand, axis: Axis) -> Any:
    """Weights as an array that broadcasts along the other axes."""
    shape, given = shape_of(a), shape_of(weights)
    if given == shape:
        return weights
    if isinstance(axis, int) and given == (shape[axis_in(axis, len(shape), "average")],):
        return broadcast_to(reshape(weights, given + (1,) * (len(shape) - 1 - axis % len(shape))), shape)
    raise ValueError(
        f"average: the weights must have shape {shape}, or be one per entry along one axis, got {given}"
    )


@composed
def trapezoid(y: Operand, /, x: Operand = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """Area under straight lines between points.   A = Σᵢ (xᵢ₊₁ − xᵢ)·(yᵢ + yᵢ₊₁)/2.

    >>> trapezoid([1, 2, 3])
    4.0
    """
    ndim = len(shape_of(y))
    axis = axis_in(axis, ndim, "trapezoid")
    widths = dx if x is None else diff(x, axis=axis if len(shape_of(x)) > 1 else 0)
    if len(shape_of(widths)) == 1:
        widths = reshape(widths, (-1,) + (1,) * (ndim - 1 - axis))
    ends = [getitem(y, along(axis, part)) for part in (slice(1, None), slice(None, -1))]
    return sum(multiply(widths, add(*ends)) / 2.0, axis)


@composed
def cumulative_sum(x: Operand, /, *, axis: int | None = None, include_initial: bool = False) -> Any:
    """Running total along an axis, which only an array of one axis may leave out; from 0 if so wished."""
    return _running("cumulative_sum", cumsum, x, axis, 0.0, include_initial)


@composed
def cumulative_prod(x: Operand, /, *, axis: int | None = None, include_initial: bool = False) -> Any:
    """Running product along an axis, which only an array of one axis may leave out; from 1 if so wished."""
    return _running("cumulative_prod", cumprod, x, axis, 1.0, include_initial)


def _running(
    name: str, accumulate: Callable[..., Any], x: Operand, axis: int | None, initial: float, included: bool
) -> Any:
    shape = shape_of(x)
    if axis is None and len(shape) != 1:
        raise ValueError(f"{name}: an array of shape {shape} needs an axis")
    axis = axis_in(0 if axis is None else axis, len(shape), name)
    found = accumulate(x, axis)
    if not included:
        return found
    first = broadcast_to(initial, (*shape[:axis], 1, *shape[axis + 1 :]))
    return concatenate([astype(first, dtype_of(found)), found], axis)

"""Straight lines between points.

The interpolant is linear in the heights of the points, y = A(x, xp)·fp, and A has two entries per row. Its
slopes along x and along xp are those of the segments, so two operations, A and its adjoint, are all that
derivatives of any order need.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..values.data import Data, Operand, as_data, dtype_of, shape_of, zeros_for
from ..values.declaration import composed, primitive
from .arithmetic import mod
from .composed import diff
from .gathering import gathered
from .indexing import _moved, getitem, sort
from .joining import array, concatenate
from .selection import where
from .shaping import ravel, reshape

__all__ = ["interp"]


def _segments(x: Data, xp: Data) -> tuple[Data, Data]:
    """The segment that each x is in, and how much of it is behind x; a knot begins the next segment."""
    k: Any = np.clip(np.searchsorted(xp, x, "right") - 1, 0, max(xp.shape[0] - 2, 0))
    start = np.take_along_axis(xp, k, 0)
    width = np.take_along_axis(xp, np.minimum(k + 1, xp.shape[0] - 1), 0) - start
    divided = np.clip((x - start) / np.where(width == 0.0, 1.0, width), 0.0, 1.0)
    share = np.where(width == 0.0, x >= start, divided)
    return k, share.astype(xp.dtype)


@primitive(dx=0.0, dxp=0.0)
def _segment(x: Data, xp: Data, /) -> Data:
    """The number of the segment that each x is in; outside it is one more, whose slope is 0."""
    k, _ = _segments(x, xp)
    inside = (x >= xp[0]) & (x <= xp[-1]) | np.isnan(x)
    return np.where(inside, k, xp.shape[0] - 1).astype(xp.dtype)


def _slope(x: Operand, xp: Operand, fp: Operand) -> Any:
    """The slope of the line at each x, 0 outside of the points."""
    nothing = np.zeros(1, dtype_of(fp))
    return gathered(concatenate([diff(fp) / diff(xp), nothing]), _segment(x, xp))


@primitive(
    dx=lambda g, y, x, xp, fp: g * _slope(x, xp, fp),
    dxp=lambda g, y, x, xp, fp: -_to_knots(g * _slope(x, xp, fp), x, xp),
    dfp=lambda g, y, x, xp, fp: _to_knots(g, x, xp),
)
def _interp(x: Data, xp: Data, fp: Data, /) -> Data:
    """Straight lines between points.   y = A·fp, with 1 − t and t at the ends of each segment."""
    return np.interp(x, xp, fp).astype(np.result_type(x, xp, fp))


@primitive(
    dg=lambda h, y, g, x, xp: _interp(x, xp, h),
    dx=lambda h, y, g, x, xp: g * _slope(x, xp, h),
    dxp=lambda h, y, g, x, xp: -_to_knots(g * _slope(x, xp, h), x, xp),
)
def _to_knots(g: Data, x: Data, xp: Data, /) -> Data:
    """Numbers at x shared out to the points around: the adjoint Aᵀ·g of the interpolant in the heights."""
    k, share = _segments(x, xp)
    result = zeros_for(g, xp.shape)
    np.add.at(result, k, g * (1.0 - share))
    np.add.at(result, np.minimum(k + 1, xp.shape[0] - 1), g * share)
    return result


@composed
def interp(
    x: Operand,
    xp: Operand,
    fp: Operand,
    /,
    left: Operand = None,
    right: Operand = None,
    period: float | None = None,
) -> Any:
    """Straight lines between points (xp, fp), at x.

        y = fpₖ + s·(x − xpₖ),  s = (fpₖ₊₁ − fpₖ)/(xpₖ₊₁ − xpₖ),  t = (x − xpₖ)/(xpₖ₊₁ − xpₖ)
        ∂y/∂x = s;   ∂y/∂fpₖ = 1 − t,  ∂y/∂fpₖ₊₁ = t;   ∂y/∂xpₖ = −s·(1 − t),  ∂y/∂xpₖ₊₁ = −s·t

    At a point the slope is that of the line behind it, at the last one of the line before it. Outside of the
    points, y is `left` or `right`, which are the first and the last height if not given, and has no slope
    in x. With a `period`, x and xp count modulo it, and the points are put in order. Else xp must ascend.
    x may have any shape; xp and fp are vectors of one size.

    Raises ValueError without points, unless there are as many heights as points, and for a period of 0.

    >>> interp([0.5, 3.0], [0.0, 1.0, 2.0], [0.0, 10.0, 30.0])
    array([ 5., 30.])
    """
    x, xp, fp = array(x), array(xp), array(fp)
    if len(shape_of(xp)) != 1 or shape_of(xp) != shape_of(fp) or 0 in shape_of(xp):
        shapes = f"{shape_of(xp)} and {shape_of(fp)}"
        raise ValueError(f"interp: xp and fp must be vectors of one size with entries, got shapes {shapes}")
    if period is not None:
        x, xp, fp = _wrapped(x, xp, fp, period)
        left = right = None
    y = reshape(_interp(ravel(x), xp, fp), shape_of(x))
    if left is not None:
        y = where(x < getitem(xp, 0), left, y)
    return y if right is None else where(x > getitem(xp, -1), right, y)


def _wrapped(x: Any, xp: Any, fp: Any, period: float) -> tuple[Any, Any, Any]:
    """Points of one period in order, with the last before them and the first behind them."""
    period = abs(float(as_data(period, what="interp: the period")))
    if period == 0.0:
        raise ValueError("interp: the period must not be 0")
    place = mod(xp, period)
    ordered = sort(place)
    fp = _moved(fp, place, ordered, 0)
    ends = getitem(ordered, slice(-1, None)) - period, getitem(ordered, slice(None, 1)) + period
    heights = concatenate([getitem(fp, slice(-1, None)), fp, getitem(fp, slice(None, 1))])
    return mod(x, period), concatenate([ends[0], ordered, ends[1]]), heights

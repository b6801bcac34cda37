"""Lengths of vectors and sizes of matrices, as one operation with NumPy's arguments."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from ..values.axes import axes_in
from ..values.data import Data, Operand, as_float, is_lazy, shape_of
from ..values.declaration import composed, elementwise, primitive
from ..values.methods import Axis
from .decompositions import svd
from .reductions import max, min, sum
from .selection import absolute, ratio, sign
from .shaping import expand_dims, moveaxis, reshape, squeeze
from .totals import narrowed, widened

Order: TypeAlias = float | str | None

# Of absolute values, whose slope is 0 at 0, so that the gradient at the matrix 0 is 0.
OF_SINGULAR_VALUES: dict[Any, Callable[[Operand], Any]] = {
    "nuc": lambda s: sum(absolute(s), -1),
    2: lambda s: absolute(max(s, -1)),
    -2: lambda s: absolute(min(s, -1)),
}


@composed
def norm(x: Operand, /, ord: Order = None, axis: Axis = None, keepdims: bool = False) -> Any:
    """Norm of vectors along one axis, or of matrices along two.

        y = (Σᵢ |xᵢ|ᵖ)^(1/p);   ∂y/∂xᵢ = sign xᵢ · (|xᵢ|/y)ᵖ⁻¹;   for p = 2, xᵢ/y, and 0 at x = 0

    For vectors, `ord` is p: 2 when None, ∞ the largest and −∞ the smallest |xᵢ|, 0 the number of
    entries that are not 0, whose slope is 0. For matrices it is None or "fro", the length of all entries;
    "nuc", 2, −2 the sum, the largest and the smallest of the singular values; 1 and ∞ the largest
    sum of |xᵢⱼ| over a column and over a row, −1 and −∞ the smallest. Without `axis` it is x as a whole, of
    any number of axes when `ord` is None. Lengths neither overflow nor underflow on the way.
    Raises ValueError for any other `ord`, or another number of axes.

    >>> norm([3.0, 4.0])
    5.0
    """
    n = len(shape_of(x))
    if axis is None and ord is None:
        return _norm(x, 2, None, keepdims)
    axes = tuple(range(n)) if axis is None else axes_in(axis, n, "norm")
    if len(axes) == 1:
        return _of_vectors(x, ord, axes[0], keepdims)
    if len(axes) == 2:
        return _of_matrices(x, ord, axes, keepdims)
    raise ValueError(f"norm: ord={ord!r} is for one axis or two, got {len(axes)}; choose them with axis=")


@composed
def vector_norm(x: Operand, /, *, axis: Axis = None, keepdims: bool = False, ord: Order = 2) -> Any:
    """Norm of the entries along one axis, several, or all, as of one vector: see `norm`."""
    shape = shape_of(x)
    axes = tuple(range(len(shape))) if axis is None else axes_in(axis, len(shape), "vector_norm")
    kept = [n for i, n in enumerate(shape) if i not in axes]
    line = reshape(moveaxis(x, axes, tuple(range(len(kept), len(shape)))), (*kept, -1))
    found = norm(line, ord, -1)
    return reshape(found, [1 if i in axes else n for i, n in enumerate(shape)]) if keepdims else found


@composed
def matrix_norm(x: Operand, /, *, keepdims: bool = False, ord: Order = "fro") -> Any:
    """Norm of each matrix, in the last two axes: see `norm`."""
    return norm(x, ord, (-2, -1), keepdims)


def _of_vectors(x: Operand, ord: Order, axis: int, keepdims: bool) -> Any:
    if isinstance(ord, str):
        raise ValueError(f"norm: ord={ord!r} is not a norm of vectors; give a number, or two axes")
    if ord == 0:
        return sum(absolute(sign(x)), axis, keepdims)
    if ord == 1:
        return sum(absolute(x), axis, keepdims)
    if ord is not None and math.isinf(as_float(ord, "norm: ord")):
        return (max if ord > 0 else min)(absolute(x), axis, keepdims)
    return _norm(x, 2 if ord is None else ord, axis, keepdims)


def _of_matrices(x: Operand, ord: Order, axes: tuple[int, ...], keepdims: bool) -> Any:
    if ord is None or ord == "fro":
        return _norm(x, 2, axes, keepdims)
    if ord in OF_SINGULAR_VALUES:
        y = OF_SINGULAR_VALUES[ord](svd(moveaxis(x, axes, (-2, -1)), compute_uv=False))
        return expand_dims(y, axes) if keepdims else y
    if ord not in (1, -1, math.inf, -math.inf):
        raise ValueError(f"norm: ord={ord!r} is not a norm of matrices; it is None, fro, nuc, ±1, ±2 or ±inf")
    along, across = axes if ord in (1, -1) else reversed(axes)
    sums = sum(absolute(x), along, keepdims=True)
    y = (min if ord in (-1, -math.inf) else max)(sums, across, keepdims=True)
    return y if keepdims else squeeze(y, axes)


# -- lengths -----------------------------------------------------------------------------------


@elementwise(
    dx=lambda z, x, y, p: (p - 1.0) * absolute(x / y) ** (p - 2.0) * (y / y / y),  # nan at y = 0
    dy=lambda z, x, y, p: -((p - 1.0) * z / y),
)
def share(x: Data, y: Data, /, p: float) -> Data:
    """Slope of a norm of order p.   z = sign x · |x/y|ᵖ⁻¹, and 0 where x or y is 0.

    ∂z/∂x = (p − 1)·|x/y|ᵖ⁻²/y,  ∂z/∂y = −(p − 1)·z/y, both nan where y = 0
    """
    nothing = np.equal(x, 0.0) | np.equal(y, 0.0)
    size = np.where(nothing, 1.0, np.abs(x / np.where(nothing, 1.0, y)))
    return np.where(nothing, 0.0, np.sign(x) * size ** (p - 1.0))


def _rule(g: Operand, y: Operand, x: Operand, ord: float, axis: Axis, keepdims: bool) -> Operand:
    if axis is not None and not keepdims:
        g, y = expand_dims(g, axis), expand_dims(y, axis)
    return g * (ratio(x, y) if ord == 2 else share(x, y, ord))


@primitive(
    typeset="‖{}‖{ord:below}{axis:axes}{keepdims:unsaid}",
    kink="norm′([0, 0]) = 0",
    dx=lambda g, y, x, ord, axis, keepdims: _rule(g, y, x, ord, axis, keepdims),
)
def _norm(x: Data, /, ord: float = 2, axis: Axis = None, keepdims: bool = False) -> Data:
    """Norm of order p along one axis; of order 2 along any.   y = (Σᵢ |xᵢ|ᵖ)^(1/p)."""
    return narrowed(_length(widened(x), ord, axis, keepdims), x)


def _length(x: Data, ord: float, axis: Axis, keepdims: bool) -> Data:
    if is_lazy(x) and axis is None:  # Dask's norm of all entries is one of vectors and matrices alone
        return np.sqrt(np.sum(x * x, keepdims=keepdims))
    order = None if ord == 2 else ord
    with np.errstate(over="ignore"):  # what overflows on the way is computed again
        y = np.linalg.norm(x, order, axis, keepdims)
    if is_lazy(x) or _tame(y, ord):
        return y
    largest = np.max(np.abs(x), axis=axis, keepdims=True, initial=0.0)
    scale = np.where((largest > 0.0) & np.isfinite(largest), largest, 1.0)
    y = scale * np.linalg.norm(x / scale, order, axis, keepdims=True)
    return y if keepdims else np.squeeze(y, axis)


def _tame(y: Data, ord: float) -> bool:
    """Whether lengths are so far from overflow and underflow that the powers were, too."""
    bound = float(np.finfo(y.dtype).max) ** (0.5 / (1.0 + abs(ord)))
    return bool(np.all((y > 1.0 / bound) & (y < bound)))

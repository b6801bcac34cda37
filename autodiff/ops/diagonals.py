"""Diagonals and triangles of matrices, and of stacks of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..values.axes import axes_in
from ..values.data import Data, Operand, Shape, shape_of, zeros_for
from ..values.declaration import composed, primitive
from .shaping import expand_dims

__all__ = ["diag", "diagonal", "on_diagonal", "trace", "tril", "triu"]


@primitive(
    linear=True,
    dx=lambda g, y, x, offset, axis1, axis2: on_diagonal(g, shape_of(x), offset, axis1, axis2),
)
def diagonal(x: Data, /, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Data:
    """The entries x[i, i + offset] of two axes, as a last axis.   x̄ = ȳ on the diagonal of zeros."""
    return np.diagonal(x, offset, axis1, axis2)


@primitive(
    linear=True,
    dx=lambda g, y, x, shape, offset, axis1, axis2: diagonal(g, offset, axis1, axis2),
)
def on_diagonal(x: Data, /, shape: Shape, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Data:
    """Zeros of a shape with the last axis of x on a diagonal: the adjoint of `diagonal`.

    >>> on_diagonal([1, 2], (2, 3), offset=1)
    array([[0., 1., 0.],
           [0., 0., 2.]])
    """
    if len(shape) < 2:
        raise ValueError(f"expected a shape of two axes or more, got {shape}")
    axis1, axis2 = axes_in((axis1, axis2), len(shape), "on_diagonal")
    rows, columns = shape[axis1], shape[axis2]
    above, left = max(-offset, 0), max(offset, 0)
    n = min(rows - above, columns - left)
    if n <= 0:  # an offset outside of the matrix leaves an empty diagonal
        return zeros_for(x, tuple(shape))
    result = np.where(np.eye(n, dtype=bool), np.expand_dims(x, -1), 0.0)
    if (n, n) != (rows, columns):
        border = [(above, rows - above - n), (left, columns - left - n)]
        result = np.pad(result, [(0, 0)] * (len(shape) - 2) + border)
    return np.moveaxis(result, (-2, -1), (axis1, axis2))


@composed
def diag(x: Operand, /, k: int = 0) -> Any:
    """A vector as the k-th diagonal of a square matrix, or the k-th diagonal of a matrix.

    Raises ValueError for arrays that are neither.

    >>> diag([1, 2])
    array([[1., 0.],
           [0., 2.]])
    """
    shape = shape_of(x)
    if len(shape) == 1:
        n = shape[0] + abs(k)
        return on_diagonal(x, (n, n), k)
    if len(shape) == 2:
        return diagonal(x, k)
    raise ValueError(f"diag: expected a vector or a matrix, got shape {shape}; use diagonal")


@primitive(
    linear=True,
    dx=lambda g, y, x, offset, axis1, axis2: on_diagonal(
        expand_dims(g, -1), shape_of(x), offset, axis1, axis2
    ),
)
def trace(x: Data, /, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Data:
    """Sum of a diagonal.   y = Σᵢ x[i, i + offset];   x̄ = ȳ on the diagonal of zeros."""
    return np.sum(np.diagonal(x, offset, axis1, axis2), -1)


@primitive(linear=True, dx=lambda g, y, x, k: tril(g, k))
def tril(x: Data, /, k: int = 0) -> Data:
    """Lower triangle of the last two axes, 0 above the k-th diagonal.   x̄ = ȳ, 0 there too."""
    return np.tril(x, k)


@primitive(linear=True, dx=lambda g, y, x, k: triu(g, k))
def triu(x: Data, /, k: int = 0) -> Data:
    """Upper triangle of the last two axes, 0 below the k-th diagonal.   x̄ = ȳ, 0 there too."""
    return np.triu(x, k)

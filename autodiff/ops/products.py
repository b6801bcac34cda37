"""Products of vectors, matrices and arrays of any number of axes.

In the formulas Ȳ is the gradient with respect to the product Y, Ā and B̄ those of its factors.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..values.data import Data, Operand, shape_of
from ..values.declaration import composed, primitive
from .arithmetic import multiply
from .contractions import einsum, tensordot, tensordot_left, tensordot_right
from .reductions import sum
from .shaping import expand_dims, interleaved, moveaxis, ravel, reshape, squeeze

__all__ = [
    "cross",
    "dot",
    "einsum",
    "inner",
    "kron",
    "matmul",
    "matvec",
    "outer",
    "tensordot",
    "vdot",
    "vecdot",
    "vecmat",
]


def transposed(x: Operand) -> Operand:
    """The last two axes exchanged, of an array or a Value."""
    return x.T if x.ndim == 2 else x.swapaxes(-1, -2)


# -- matrices and vectors ----------------------------------------------------------------------


def _rows(x: Operand) -> Operand:
    """All vectors along the last axis as the rows of one matrix."""
    return x.reshape((math.prod(x.shape[:-1]), x.shape[-1]))


def _multiplied(a: Operand, b: Operand) -> Operand:
    """Product of two matrices, of NumPy's by `dot`, which takes half the time where they are small.

    A matrix of one entry `dot` would take for a number, and 0·∞ for 0.
    """
    usual = type(a) is type(b) is np.ndarray and a.size > 1 and b.size > 1
    return a.dot(b) if usual else a @ b


def _left(g: Operand, y: Operand, a: Operand, b: Operand) -> Operand:
    """Ȳ·Bᵀ, where a vector on the left is a row, and one on the right a column."""
    if a.ndim == b.ndim == 2:
        return _multiplied(g, b.T)
    if b.ndim == 1:
        return g * b if a.ndim == 1 else g[..., None] * b[None, :]
    if a.ndim == 1:
        return b @ g if b.ndim == 2 else (b @ g[..., None])[..., 0]
    return g @ transposed(b)


def _right(g: Operand, y: Operand, a: Operand, b: Operand) -> Operand:
    """Aᵀ·Ȳ, where a vector on the left is a row, and one on the right a column."""
    if a.ndim == b.ndim == 2:
        return _multiplied(a.T, g)
    if a.ndim == 1:
        return g * a if b.ndim == 1 else a[:, None] * g[..., None, :]
    if b.ndim == 1:
        return g.ravel() @ _rows(a)
    if a.ndim > b.ndim == 2:
        # One product of tall matrices sums over the batch: a batch of small ones would be stored first.
        return transposed(_rows(a)) @ _rows(g)
    return transposed(a) @ g


def _mismatch(a: Data, b: Data) -> str:
    """Why two arrays have no matrix product."""
    if not (np.ndim(a) and np.ndim(b)):
        return "a number is not a matrix; multiply with *"
    n, m = a.shape[-1], b.shape[-min(b.ndim, 2)]
    if n != m:
        return f"expected inner sizes to agree, {n} and {m} do not; transpose one of them?"
    return "expected the axes before the last two to broadcast"


def first_of_products(a: Data, b: Data) -> Data:
    """As many entries as a product of matrices has, each that of the first row and the first column."""
    row, column = (a if a.ndim == 1 else a[..., :1, :]), (b if b.ndim == 1 else b[..., :1])
    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    return np.broadcast_to(np.matmul(row, column), (*batch, *a.shape[-2:-1], *b.shape[1:][-1:]))


@primitive(
    linear=True,
    symbol="@",
    typeset="{}·{}",
    example=first_of_products,
    da=_left,
    db=_right,
)
def matmul(a: Data, b: Data, /) -> Data:
    """Matrix product.   Y = A·B;   Ā = Ȳ·Bᵀ,  B̄ = Aᵀ·Ȳ.

    (…, m, n) @ (…, n, p) is (…, m, p), the axes before the last two broadcast. A vector on the left
    is a row, one on the right a column, and its axis of size 1 is dropped from the result.
    Raises ValueError for sizes that do not agree, and for numbers.

    >>> matmul([[1.0, 2.0], [3.0, 4.0]], [1.0, 10.0])
    array([21., 43.])
    """
    if type(a) is type(b) is np.ndarray and a.ndim == b.ndim == 2 and a.shape[1] == len(b):
        return _multiplied(a, b)
    try:
        return np.matmul(a, b)
    except ValueError:
        raise ValueError(_mismatch(a, b)) from None


def _dot_left(g: Operand, y: Operand, a: Operand, b: Operand) -> Operand:
    if not (shape_of(a) and shape_of(b)):
        return g * b
    return _left(g, y, a, b) if b.ndim < 3 else tensordot_left(g, a, b, (-1, -2))


def _dot_right(g: Operand, y: Operand, a: Operand, b: Operand) -> Operand:
    if not (shape_of(a) and shape_of(b)):
        return g * a
    return _right(g, y, a, b) if b.ndim < 3 else tensordot_right(g, a, b, (-1, -2))


@primitive(
    linear=True,
    typeset="{}·{}",
    da=_dot_left,
    db=_dot_right,
    remedy="transpose one of them?",
)
def dot(a: Data, b: Data, /) -> Data:
    """Product of numbers, vectors or matrices: sums over the last axis of a, the last but one of b.

        y = Σᵢ aᵢ·bᵢ;   ∂y/∂aᵢ = bᵢ,  ∂y/∂bᵢ = aᵢ

    >>> dot([1.0, 2.0], [3.0, 4.0])
    11.0
    """
    if not (shape_of(a) and shape_of(b)):
        return a * b
    # np.dot gives ∞·0 = 0 where a matrix has one entry
    return np.matmul(a, b) if len(b.shape) < 3 else np.dot(a, b)


@composed
def vdot(a: Operand, b: Operand, /) -> Any:
    """Sum of the products of all entries, in order.   y = Σᵢ aᵢ·bᵢ."""
    return matmul(ravel(a), ravel(b))


@composed
def inner(a: Operand, b: Operand, /) -> Any:
    """Sum of products over the last axis of both.   Of vectors:  y = Σᵢ aᵢ·bᵢ."""
    if not (shape_of(a) and shape_of(b)):
        return multiply(a, b)
    return matmul(a, b) if len(shape_of(b)) == 1 else tensordot(a, b, (-1, -1))


@composed
def vecdot(x1: Operand, x2: Operand, /, axis: int = -1) -> Any:
    """Sum of products of vectors along an axis; the other axes broadcast.   y = Σᵢ x₁ᵢ·x₂ᵢ."""
    return sum(multiply(moveaxis(x1, axis, -1), moveaxis(x2, axis, -1)), -1)


@composed
def matvec(x1: Operand, x2: Operand, /) -> Any:
    """Matrices times vectors; the other axes broadcast.   yᵢ = Σⱼ Aᵢⱼ·xⱼ."""
    return squeeze(matmul(x1, expand_dims(x2, -1)), -1)


@composed
def vecmat(x1: Operand, x2: Operand, /) -> Any:
    """Vectors times matrices; the other axes broadcast.   yⱼ = Σᵢ xᵢ·Aᵢⱼ."""
    return squeeze(matmul(expand_dims(x1, -2), x2), -2)


@composed
def outer(a: Operand, b: Operand, /) -> Any:
    """All products of two vectors; arrays are flattened.   Yᵢⱼ = aᵢ·bⱼ;   ā = Ȳ·b,  b̄ = Ȳᵀ·a."""
    return multiply(reshape(a, (-1, 1)), ravel(b))


@composed
def kron(a: Operand, b: Operand, /) -> Any:
    """Kronecker product: each entry of a times the whole of b, side by side.

    The shape is that of a times that of b, axis by axis, the shorter one padded with 1 in front.
    """
    p, q = shape_of(a), shape_of(b)
    axes = max(len(p), len(q))
    p, q = (1,) * (axes - len(p)) + p, (1,) * (axes - len(q)) + q
    blocks = reshape(a, interleaved(p, (1,) * axes))
    tiles = reshape(b, interleaved((1,) * axes, q))
    return reshape(multiply(blocks, tiles), tuple(m * n for m, n in zip(p, q, strict=True)))


@primitive(
    symbol="×",
    da=lambda g, y, a, b: _cross(b, g),
    db=lambda g, y, a, b: _cross(g, a),
    remedy="the product is one of vectors in space; append a 0 to those of the plane",
)
def _cross(a: Data, b: Data, /) -> Data:
    """Vector product along the last axis.   y = a × b;   ā = b × ȳ,  b̄ = ȳ × a."""
    if np.shape(a)[-1:] != (3,) or np.shape(b)[-1:] != (3,):
        raise ValueError("expected vectors of 3 entries")
    return np.cross(a, b)


@composed
def cross(
    a: Operand, b: Operand, /, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Any:
    """Vector product of vectors of 3 entries.   y = a × b;   ā = b × ȳ,  b̄ = ȳ × a.

    The vectors lie along `axisa` and `axisb`, the results along `axisc`; `axis` sets all three.
    The other axes broadcast. Raises ValueError for vectors of another size.

    >>> cross([1.0, 0.0, 0.0], [0.0, 1.0, 0.0])
    array([0., 0., 1.])
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    a = a if axisa == -1 else moveaxis(a, axisa, -1)
    b = b if axisb == -1 else moveaxis(b, axisb, -1)
    return _cross(a, b) if axisc == -1 else moveaxis(_cross(a, b), -1, axisc)

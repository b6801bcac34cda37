"""Linear systems, inverses and determinants, batched over all axes but the last two.

The rules are those of M. Giles, "Collected matrix derivative results for forward and reverse mode
algorithmic differentiation" (2008), unless another source is named. In the formulas Ȳ is the
gradient with respect to the result Y, and Ā that with respect to A.
"""

from __future__ import annotations

import numpy as np

from ..data import Data, Operand, dtype_of, shape_of
from ..declaration import primitive
from .products import transposed
from .reductions import sum
from .shaping import expand_dims

__all__ = ["det", "inv", "slogdet", "solve"]

SQUARE = "the last two axes must be a square matrix"
INVERTIBLE = f"{SQUARE} of full rank; pinv takes any"


def _scaled(g: Operand, matrix: Operand) -> Operand:
    """Each matrix times its number."""
    return expand_dims(g, (-2, -1)) * matrix


def _nothing(x: Operand) -> Data:
    return np.zeros(shape_of(x), dtype_of(x))


def _adjoint_solution(g: Operand, a: Operand, b: Operand) -> Operand:
    """A⁻ᵀ·x̄, where a vector b stands for one column in each system."""
    if b.ndim > 1:
        return solve(transposed(a), g)
    return solve(transposed(a), g[..., None])[..., 0]


def _solve_left(g: Operand, x: Operand, a: Operand, b: Operand) -> Operand:
    """−b̄·xᵀ."""
    b_bar = _adjoint_solution(g, a, b)
    if b.ndim > 1:
        return -(b_bar @ transposed(x))
    return -(b_bar[..., :, None] * x[..., None, :])


@primitive(
    da=lambda g, x, a, b: _solve_left(g, x, a, b),
    db=lambda g, x, a, b: _adjoint_solution(g, a, b),
    remedy=INVERTIBLE,
)
def solve(a: Data, b: Data, /) -> Data:
    """Solution x of A·x = b.   b̄ = A⁻ᵀ·x̄,  Ā = −b̄·xᵀ.

    (…, n, n) and (n,) give (…, n); with (…, n, k) on the right, (…, n, k).
    Raises LinAlgError for a singular matrix, ValueError for one that is not square.

    >>> solve([[2.0, 0.0], [0.0, 4.0]], [1.0, 1.0])
    array([0.5 , 0.25])
    """
    return np.linalg.solve(a, b)


@primitive(da=lambda g, y, a: -(transposed(y) @ g @ transposed(y)), remedy=INVERTIBLE)
def inv(a: Data, /) -> Data:
    """Inverse.   Y = A⁻¹;   Ā = −Yᵀ·Ȳ·Yᵀ.   Raises LinAlgError for a singular matrix."""
    return np.linalg.inv(a)


@primitive(da=lambda g, y, a: _scaled(g, cofactor(a)), remedy=SQUARE)
def det(a: Data, /) -> Data:
    """Determinant.   y = det A;   Ā = ȳ·cof A, exact for singular matrices, too.

    Second derivatives need an invertible matrix.
    """
    return np.linalg.det(a)


def _cofactor_rule(g: Operand, y: Operand, a: Operand) -> Operand:
    inside = sum(g * y, axis=(-2, -1), keepdims=True)
    return (y * inside - y @ transposed(g) @ y) / expand_dims(det(a), (-2, -1))


@primitive(da=lambda g, y, a: _cofactor_rule(g, y, a))
def cofactor(a: Data, /) -> Data:
    """Cofactors: the gradient of the determinant.   C = det A · A⁻ᵀ;   Ā = (⟨C̄, C⟩·C − C·C̄ᵀ·C) / det A.

    From the singular values, A = U·S·Vᵀ: C = det U · det V · U·diag(Πₖ≠ᵢ sₖ)·Vᵀ, which needs no inverse.
    """
    u, s, vh = np.linalg.svd(a)
    others = np.where(np.eye(s.shape[-1], dtype=bool), s.dtype.type(1.0), s[..., None, :]).prod(axis=-1)
    orientation = np.sign(np.linalg.det(u) * np.linalg.det(vh))
    return orientation[..., None, None] * (u * others[..., None, :]) @ vh


@primitive(
    da=lambda g, y, a: _nothing(a) if g[1] is None else _scaled(g[1], transposed(inv(a))),
    remedy=SQUARE,
)
def slogdet(a: Data, /) -> Data:
    """Sign and logarithm of the determinant.   y = log|det A|;   Ā = ȳ·A⁻ᵀ; the sign has slope 0.

    Raises LinAlgError in the backward pass of a singular matrix, whose logarithm is −∞.
    """
    return np.linalg.slogdet(a)

"""Linear systems whose matrix is a triangle."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..values.data import Data, Operand, dtype_of, shape_of
from ..values.declaration import composed, primitive
from .diagonals import triu
from .joining import array
from .products import transposed
from .shaping import expand_dims, flip, squeeze
from .systems import SQUARE

BLOCK = 64
"""Rows up to which a triangle is solved as a whole."""


def _substituted(u: Data, b: Data) -> Data:
    """Back substitution in blocks, whose products are most of the work."""
    n = u.shape[-1]
    if n <= BLOCK:
        # Below the diagonal there are zeros, so no rows are exchanged.
        return np.linalg.solve(np.triu(u), b)
    half = n // 2
    lower = _substituted(u[..., half:, half:], b[..., half:, :])
    upper = _substituted(u[..., :half, :half], b[..., :half, :] - u[..., :half, half:] @ lower)
    return np.concatenate([upper, lower], -2)


@primitive(
    typeset="{}⁻¹·{}",
    da=lambda g, x, a, b: -triu(solve_triangular(a, g, 1) @ transposed(x)),
    db=lambda g, x, a, b: solve_triangular(a, g, 1),
    remedy=f"{SQUARE}, without 0 on its diagonal",
)
def _solve_upper(a: Data, b: Data, /) -> Data:
    """Solution X of U·X = B, with U the upper triangle of A.   B̄ = U⁻ᵀ·X̄,  Ā = −triu(B̄·Xᵀ)."""
    shape = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    return _substituted(np.broadcast_to(a, shape + a.shape[-2:]), np.broadcast_to(b, shape + b.shape[-2:]))


@composed
def solve_triangular(
    a: Operand,
    b: Operand,
    /,
    trans: int | str = 0,
    lower: bool = False,
    unit_diagonal: bool = False,
) -> Any:
    """Solution x of T·x = b, with T one triangle of A: the upper one, or with `lower` the lower one.

        b̄ = T⁻ᵀ·x̄,  Ā = −(b̄·xᵀ) in that triangle, 0 in the other

    The other triangle is not read. With `trans` 1 or "T" it is Tᵀ·x = b; with `unit_diagonal` the diagonal
    counts as 1, and is not read. (…, n, n) and (n,) give (…, n); with (…, n, k) on the right, (…, n, k).
    NumPy has no such function; the arguments are those of scipy.linalg.

    Raises LinAlgError for a 0 on the diagonal, ValueError for shapes that do not fit.

    >>> solve_triangular([[2.0, 1.0], [0.0, 4.0]], [4.0, 8.0])
    array([1., 2.])
    """
    a, b = array(a), array(b)
    shape, others = shape_of(a), shape_of(b)
    if len(shape) < 2 or shape[-1] != shape[-2] or not others or others[-min(2, len(others))] != shape[-1]:
        raise ValueError(
            f"solve_triangular: expected (…, n, n) and (n,) or (…, n, k), got {shape} and {others}"
        )
    if trans not in (0, 1, 2, "N", "T", "C"):
        raise ValueError(f"solve_triangular: trans must be 0, 1, 2, 'N', 'T' or 'C', got {trans!r}")
    if len(others) == 1:
        column = expand_dims(b, -1)
        return squeeze(solve_triangular(a, column, trans, lower, unit_diagonal), -1)
    if trans not in (0, "N"):
        a, lower = transposed(a), not lower
    if lower:
        return flip(solve_triangular(flip(a, (-2, -1)), flip(b, -2), 0, False, unit_diagonal), -2)
    if unit_diagonal:
        a = triu(a, 1) + np.eye(shape[-1], dtype=dtype_of(a))
    return _solve_upper(a, b)

"""The exponential of matrices.

N. J. Higham, "The scaling and squaring method for the matrix exponential revisited" (2005).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..values.data import Data, Operand, shape_of
from ..values.declaration import composed, primitive
from .joining import array
from .products import transposed

PADE = (
    64764752532480000.0, 32382376266240000.0, 7771770303897600.0, 1187353796428800.0, 129060195264000.0,
    10559470521600.0, 670442572800.0, 33522128640.0, 1323241920.0, 40840800.0, 960960.0, 16380.0, 182.0, 1.0,
)  # fmt: skip
"""Coefficients of the approximant of order 13, of the numerator; the denominator alternates their signs."""

LARGEST = 5.371920351148152
"""The 1-norm up to which the approximant is exact to rounding in float64."""


def _approximant(a: Data) -> Data:
    """r₁₃(A) = (V − U)⁻¹·(V + U), with U the odd powers and V the even ones."""
    b, one = PADE, np.eye(a.shape[-1], dtype=a.dtype)
    a2 = a @ a
    a4 = a2 @ a2
    a6 = a4 @ a2
    u = a @ (a6 @ (b[13] * a6 + b[11] * a4 + b[9] * a2) + b[7] * a6 + b[5] * a4 + b[3] * a2 + b[1] * one)
    v = a6 @ (b[12] * a6 + b[10] * a4 + b[8] * a2) + b[6] * a6 + b[4] * a4 + b[2] * a2 + b[0] * one
    return np.linalg.solve(v - u, v + u)


def _exponential(a: Data) -> Data:
    """exp(A) = r₁₃(A/2ˢ) to the power 2ˢ, with s for each matrix; nan where A is not finite."""
    size = np.abs(a).sum(-2).max(-1, initial=0.0)[..., None, None]
    finite = np.isfinite(size)
    halvings = np.maximum(np.frexp(np.where(finite, size, 0.0) / LARGEST)[1], 0)
    y = _approximant(np.ldexp(np.where(finite, a, 0.0), -halvings))
    for i in range(int(halvings.max(initial=0))):
        y = np.where(i < halvings, y @ y, y)
    return np.where(finite, y, np.nan).astype(a.dtype)


def _along(a: Data, directions: Sequence[Data]) -> Data:
    """The derivative of exp at A along directions, the upper right block of exp([[A, E], [0, A]]).

    Of several, blocks of blocks. It is linear in each, so they are scaled to the size of A by powers of two.
    """
    for k, direction in enumerate(directions):
        nothing = np.zeros_like(a)
        copies = np.kron(np.eye(2**k, dtype=a.dtype), direction) if direction.ndim == 2 else _repeated(direction, k)
        a = np.concatenate(
            [np.concatenate([a, copies], -1), np.concatenate([nothing, a], -1)], -2
        )
    return a


def _repeated(e: Data, k: int) -> Data:
    """Copies of each matrix along a diagonal, 2ᵏ of them."""
    n, copies = e.shape[-1], 2**k
    blocks = np.einsum("pq,...ij->...piqj", np.eye(copies, dtype=e.dtype), e)
    return blocks.reshape(*e.shape[:-2], copies * n, copies * n)

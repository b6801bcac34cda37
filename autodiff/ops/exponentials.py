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
    for i in range(halvings.max(initial=0).item()):
        y = np.where(i < halvings, y @ y, y)
    return np.where(finite, y, np.nan).astype(a.dtype)


@primitive(typeset="exp({*})", dmatrices=lambda g, y, matrices, i: _rule(g, matrices, i))
def _expm(*matrices: Data) -> Data:
    """exp A; of A and k directions E, the k-th derivative of exp along them, which is linear in each.

    That of one is the upper right block of exp([[A, E], [0, A]]), of more than one that of blocks of blocks.
    Directions are scaled by powers of two to size 1, so that they decide nothing but the result.
    """
    blocks, n = matrices[0], matrices[0].shape[-1]
    doublings: Any = 0
    for k, direction in enumerate(matrices[1:]):
        size = np.abs(direction).sum(-2).max(-1, initial=0.0)[..., None, None]
        exponent = np.frexp(np.where(np.isfinite(size), size, 1.0))[1]
        doublings = doublings + exponent
        beside = _repeated(np.ldexp(direction, -exponent), 2**k)
        blocks = np.concatenate(
            [
                np.concatenate([blocks, beside], -1),
                np.concatenate([np.zeros_like(blocks), blocks], -1),
            ],
            -2,
        )
    return np.ldexp(_exponential(blocks)[..., :n, blocks.shape[-1] - n :], doublings)


def _repeated(e: Data, copies: int) -> Data:
    """Copies of each matrix along a diagonal."""
    n = copies * e.shape[-1]
    blocks = np.einsum("pq,...ij->...piqj", np.eye(copies, dtype=e.dtype), e)
    return blocks.reshape(*e.shape[:-2], n, n)


def _rule(g: Operand, matrices: Sequence[Operand], i: int) -> Operand:
    """The derivative at Aᵀ along all directions transposed, and along g: in place of Eᵢ, or besides for A."""
    turned = [transposed(x) for x in matrices]
    return _expm(*turned, g) if i == 0 else _expm(*turned[:i], g, *turned[i + 1 :])


@composed
def expm(a: Operand, /) -> Any:
    """Exponential of a matrix.   Y = I + A + A²/2! + A³/3! + …

        Ā = L(Aᵀ, Ȳ), the derivative of exp at Aᵀ along Ȳ: the upper right block of exp([[Aᵀ, Ȳ], [0, Aᵀ]])

    Derivatives of any order are exact to rounding; that of order k takes matrices of 2ᵏ·n rows. NumPy has no
    such function; it is that of scipy.linalg. (…, n, n) gives (…, n, n). nan where an entry is not finite.
    Raises ValueError for matrices that are not square.

    >>> expm([[0.0, 1.0], [0.0, 0.0]])
    array([[1., 1.],
           [0., 1.]])
    """
    a = array(a)
    shape = shape_of(a)
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise ValueError(f"expm: expected square matrices, got shape {shape}")
    return _expm(a)

"""The decomposition of a matrix into orthogonal columns and a triangle."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..values.data import Data, Operand, dtype_of, shape_of
from ..values.declaration import composed, primitive
from .decompositions import ROUNDING
from .diagonals import tril
from .joining import array, concatenate
from .products import matmul, transposed
from .reductions import max
from .selection import absolute, where
from .triangular import solve_triangular


def _regular(r: Operand) -> Operand:
    """R, and nan in place of what is 0 up to rounding on its diagonal."""
    own = np.eye(r.shape[-1], dtype=bool)
    size = absolute(r)
    bound = ROUNDING * float(np.finfo(dtype_of(r)).eps) * max(size, (-2, -1), keepdims=True)
    return where(own & (size <= bound), np.nan, r)


def _rule(g: Any, y: Any) -> Operand:
    (g_q, g_r), (q, r) = g, y
    inside: Any = 0.0
    if g_r is not None:
        inside = r @ transposed(g_r)
    if g_q is not None:
        inside = inside - transposed(g_q) @ q
    lower = tril(inside, -1)
    # Symmetric, with the lower triangle of what is inside.
    common = lower + transposed(lower) + tril(inside) - lower
    left = q @ common if g_q is None else g_q + q @ common
    return transposed(solve_triangular(_regular(r), transposed(left)))


@primitive(da=lambda g, y, a: _rule(g, y))
def _qr(a: Data, /) -> Data:
    """Q and R of matrices that are not wider than high."""
    return np.linalg.qr(a)


RESULT: Any = type(np.linalg.qr(np.eye(1)))


@composed
def qr(a: Operand, /, mode: str = "reduced") -> Any:
    """Orthonormal columns Q and an upper triangle R.   A = Q·R,  Qᵀ·Q = I.

        Ā = (Q̄ + Q·sym(M))·R⁻ᵀ,  M = R·R̄ᵀ − Q̄ᵀ·Q, where sym(M) is symmetric and has M's lower triangle

    (…, m, n) gives Q (…, m, k) and R (…, k, n), k = min(m, n); with mode "r" R alone. The signs of the
    rows of R are LAPACK's. Where the first k columns depend on each other, the gradient is nan.
    Source: S. F. Walter and L. Lehmann, "Algorithmic differentiation of linear algebra functions …" (2010).

    Raises ValueError for an unknown mode; TypeError for "complete" where m > n, whose further columns are not
    determined, and for "raw".

    >>> q, r = qr([[3.0, 1.0], [4.0, 2.0]])
    >>> bool(abs(q @ r - [[3.0, 1.0], [4.0, 2.0]]).max() < 1e-15)
    True
    """
    a = array(a)
    shape = shape_of(a)
    if len(shape) < 2:
        raise ValueError(f"qr: expected matrices, got shape {shape}")
    if mode not in ("reduced", "r", "complete", "raw"):
        raise ValueError(f"qr: mode must be reduced, complete, r or raw, got {mode!r}")
    m, n = shape[-2:]
    if mode == "raw":
        raise TypeError("qr: mode='raw' gives LAPACK's reflectors, which have no derivative; use 'reduced'")
    if mode == "complete" and m > n:
        raise TypeError("qr: of mode='complete', the columns beyond n are not determined by A; use 'reduced'")
    if m >= n:
        q, r = _qr(a)
    else:
        q, r = _qr(a[..., :m])
        r = concatenate([r, matmul(transposed(q), a[..., m:])], -1)
    return r if mode == "r" else RESULT(q, r)

"""Decompositions of matrices, batched over all axes but the last two, and the pseudo-inverse.

The rules are those of M. Giles, "Collected matrix derivative results for forward and reverse mode
algorithmic differentiation" (2008), unless another source is named. In the formulas Ȳ is the
gradient with respect to the result Y, and Ā that with respect to A. sym(X) is ½(X + Xᵀ), and ∘ the
product entry by entry.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from ..values.data import Data, Operand, dtype_of, shape_of
from ..values.declaration import primitive
from .products import transposed
from .reductions import max
from .selection import absolute, where
from .systems import SQUARE, solve


def _symmetric(x: Operand) -> Operand:
    """½(X + Xᵀ)."""
    return 0.5 * (x + transposed(x))


def _square(a: Data) -> Data:
    """What is given, if it is square matrices."""
    shape = shape_of(a)
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise ValueError("expected square matrices")
    return a


def _halved(x: Operand) -> Operand:
    """Φ: the lower triangle, with half of the diagonal."""
    n, dtype = x.shape[-1], dtype_of(x)
    return x * (np.tri(n, dtype=dtype) - np.eye(n, dtype=dtype) / 2)


def _cholesky_rule(g: Operand, y: Operand, upper: bool) -> Operand:
    if upper:
        g, y = transposed(g), transposed(y)
    half = solve(transposed(y), _halved(transposed(y) @ g))
    return _symmetric(solve(transposed(y), transposed(half)))


@primitive(
    da=lambda g, y, a, upper: _cholesky_rule(g, y, upper),
    remedy="the matrix must be square, symmetric and positive definite; add a small multiple of eye?",
)
def cholesky(a: Data, /, *, upper: bool = False) -> Data:
    """Triangular root of a symmetric matrix.   A = L·Lᵀ;   Ā = sym(L⁻ᵀ·Φ(Lᵀ·L̄)·L⁻¹).

    Φ takes the lower triangle and half of the diagonal. With `upper`, U = Lᵀ. It is a function of
    ½(A + Aᵀ). Source: I. Murray, "Differentiation of the Cholesky decomposition" (2016).
    Raises LinAlgError for a matrix that is not positive definite.
    """
    root = np.linalg.cholesky(_symmetric(_square(a)))
    return transposed(root) if upper else root


ROUNDING = 32.0
"""Times ε·max|λ|: below that eigenvalues that are equal are found to differ, in matrices of any size."""


def _over_gaps(values: Operand, moving: Operand | None) -> Operand:
    """Fᵢⱼ = 1/(λⱼ − λᵢ), nan where two are equal up to rounding; 0 on the diagonal, and between two vectors
    of which it is known that neither is moving.
    """
    n = values.shape[-1]
    apart = np.eye(n, dtype=bool)
    gaps = values[..., None, :] - values[..., :, None]
    largest = max(absolute(values), -1, keepdims=True)[..., None] if n else 0.0
    equal = absolute(gaps) <= ROUNDING * float(np.finfo(dtype_of(values)).eps) * largest
    safe = where(apart, 1.0, where(equal, np.nan, gaps))
    if moving is not None:
        apart = apart | (moving[..., None, :] + moving[..., :, None] == 0.0)
    return where(apart, 0.0, 1.0 / safe)


def _moving(mask: Operand | None) -> Operand | None:
    """Of vectors as columns, how many entries have a live gradient, if that is known."""
    return None if mask is None else mask.sum(-2)


def _eigh_rule(g: Any, y: Any, mask: Any = None) -> Operand:
    (g_values, g_vectors), (values, vectors) = g, y
    back = transposed(vectors)
    if g_vectors is None:
        return _symmetric((vectors * g_values[..., None, :]) @ back)
    inside = _over_gaps(values, _moving(mask and mask[1])) * (back @ g_vectors)
    if g_values is not None:
        inside = inside + g_values[..., None, :] * np.eye(values.shape[-1], dtype=dtype_of(values))
    return _symmetric(vectors @ inside @ back)


@primitive(
    da=lambda g, y, a, UPLO: _eigh_rule(g, y),
    masked=lambda g, mask, y, a: _eigh_rule(g, y, mask),
    remedy=SQUARE,
)
def eigh(a: Data, /, UPLO: Literal["L", "U"] = "L") -> Data:
    """Eigenvalues λ, ascending, and eigenvectors of a symmetric matrix.

        A = V·diag(λ)·Vᵀ;   Ā = sym(V·(diag(λ̄) + F∘(Vᵀ·V̄))·Vᵀ),  Fᵢⱼ = 1/(λⱼ − λᵢ)

    Where two eigenvalues differ by no more than rounding, 32ε times the largest, F is nan. It is a function
    of ½(A + Aᵀ), so `UPLO` ("L" or "U") makes no difference.
    """
    if not isinstance(UPLO, str):
        raise TypeError(f"UPLO must be 'L' or 'U', got {UPLO!r}")
    return np.linalg.eigh(_symmetric(_square(a)), UPLO)


def svd(a: Operand, /, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    """Singular values s, descending, and vectors.   A = U·diag(s)·Vᵀ, the last result is Vᵀ.

        Ā = U·(diag(s̄) + (F∘(Uᵀ·Ū − Ūᵀ·U))·S + S·(F∘(Vᵀ·V̄ − V̄ᵀ·V)))·Vᵀ
            + (I − U·Uᵀ)·Ū·S⁻¹·Vᵀ + U·S⁻¹·V̄ᵀ·(I − V·Vᵀ),  Fᵢⱼ = 1/(sⱼ² − sᵢ²)

    With `full_matrices`, what U or V has beyond min(m, n) columns is not determined, and a gradient
    of that factor raises an error. Without `compute_uv` the result is s alone. Source: J. Townsend,
    "Differentiating the singular value decomposition" (2016). Raises TypeError for `hermitian`.
    """
    if hermitian:
        raise TypeError("svd: hermitian=True is not supported; use eigh, whose values may be negative")
    return _svd(a, full_matrices) if compute_uv else _svd(a, False)[1]


def _svd_rule(g: Any, y: Any, a: Operand, mask: Any = None) -> Operand:
    u, s, vh = y
    g_u, g_s, g_vh = g
    n = s.shape[-1]
    if (g_u is not None and u.shape[-1] > n) or (g_vh is not None and vh.shape[-2] > n):
        raise ValueError("svd: columns beyond min(m, n) have no gradient; pass full_matrices=False")
    if g_u is None and g_vh is None:
        # Decomposed anew where vectors were in excess, so that this can be differentiated again.
        u, s, vh = y if u.shape[-1] == n == vh.shape[-2] else _svd(a, False)
        return (u * g_s[..., None, :]) @ vh
    u, vh = u[..., :n], vh[..., :n, :]
    row, column = s[..., None, :], s[..., :, None]
    # F is times the share of a sum: squares of values at 1e±160 leave the range of numbers.
    total = where(row + column == 0.0, 1.0, row + column)
    inside, beside = 0.0 if g_s is None else g_s[..., None, :] * np.eye(n, dtype=dtype_of(s)), 0.0
    if g_u is not None:
        turned, f = transposed(u) @ g_u, _over_gaps(s, _moving(mask and mask[0]))
        inside = inside + f * (turned - transposed(turned)) * (row / total)
        if u.shape[-2] > n:
            beside = beside + ((g_u - u @ turned) / row) @ vh
    if g_vh is not None:
        turned, f = vh @ transposed(g_vh), _over_gaps(s, _moving(mask and transposed(mask[2])))
        inside = inside + (column / total) * f * (turned - transposed(turned))
        if vh.shape[-1] > n:
            beside = beside + (u / row) @ (g_vh - transposed(turned) @ vh)
    return u @ inside @ vh + beside


@primitive(
    typeset="svd({}){full_matrices:unsaid}",
    da=lambda g, y, a, full_matrices: _svd_rule(g, y, a),
    masked=lambda g, mask, y, a: _svd_rule(g, y, a, mask),
)
def _svd(a: Data, /, full_matrices: bool) -> Data:
    """Singular value decomposition in three parts: U, s, Vᵀ."""
    return np.linalg.svd(a, full_matrices)


def _pinv_rule(g: Operand, y: Operand, a: Operand) -> Operand:
    g, yt = transposed(g), transposed(y)
    left = (g - a @ (y @ g)) @ y @ yt
    right = yt @ (y @ (g - (g @ y) @ a))  # not (Yᵀ·Y), which overflows sooner than what it is for
    return left + right - yt @ transposed(g) @ yt


@primitive(typeset="{}⁺{rcond:unsaid}", da=lambda g, y, a, rcond: _pinv_rule(g, y, a))
def _pinv(a: Data, /, rcond: Any = None) -> Data:
    """Pseudo-inverse, with singular values up to rcond times the largest as 0."""
    return np.linalg.pinv(a) if rcond is None else np.linalg.pinv(a, rcond)


def pinv(a: Operand, /, rcond: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    """Pseudo-inverse of Moore and Penrose, of any matrix.

        Y = A⁺;   Ā = −Yᵀ·Ȳ·Yᵀ + (I − A·Y)·Ȳᵀ·Y·Yᵀ + Yᵀ·Y·Ȳᵀ·(I − Y·A)

    Singular values up to `rcond` (or `rtol`) times the largest count as 0. The gradient is that at
    constant rank. Source: G. H. Golub and V. Pereyra, "The differentiation of pseudo-inverses …"
    (1973). Raises TypeError for `hermitian`, and where both bounds are given.
    """
    if hermitian:
        raise TypeError("pinv: hermitian=True is not supported; leave it out, the result is the same")
    if rcond is not None and rtol is not None:
        raise TypeError("pinv: give rcond or rtol, which mean the same")
    return _pinv(a, rtol if rcond is None else rcond)

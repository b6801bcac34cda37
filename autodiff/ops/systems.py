"""Linear systems, inverses and determinants, batched over all axes but the last two.

The rules are those of M. Giles, "Collected matrix derivative results for forward and reverse mode
algorithmic differentiation" (2008), unless another source is named. In the formulas Ȳ is the
gradient with respect to the result Y, and Ā that with respect to A.
"""

from __future__ import annotations

import string
from collections.abc import Sequence

import numpy as np

from ..values.data import Data, Operand, dtype_of, shape_of
from ..values.declaration import primitive
from .products import transposed
from .shaping import expand_dims

SQUARE = "the last two axes must be a square matrix"
INVERTIBLE = f"{SQUARE} of full rank; pinv takes any"

PLACES = string.ascii_lowercase


def _scaled(g: Operand, matrix: Operand) -> Operand:
    """Each matrix times its number."""
    return expand_dims(g, (-2, -1)) * matrix


def _nothing(x: Operand) -> Data:
    return np.zeros(shape_of(x), dtype_of(x))


def _adjoint_solution(g: Operand, a: Operand, b: Operand) -> Operand:
    """A⁻ᵀ·x̄, where a vector b stands for one column in each system."""
    if b.ndim > 1 or a.ndim == 2:
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


@primitive(typeset="{}⁻¹", da=lambda g, y, a: -(transposed(y) @ g @ transposed(y)), remedy=INVERTIBLE)
def inv(a: Data, /) -> Data:
    """Inverse.   Y = A⁻¹;   Ā = −Yᵀ·Ȳ·Yᵀ.   Raises LinAlgError for a singular matrix."""
    return np.linalg.inv(a)


@primitive(da=lambda g, y, a: _scaled(g, cofactor(a)), remedy=SQUARE)
def det(a: Data, /) -> Data:
    """Determinant.   y = det A;   Ā = ȳ·cof A.

    Derivatives of any order are exact for singular matrices, too; that of order k takes nᵏ⁺¹ numbers.
    """
    return np.linalg.det(a)


@primitive(dmatrices=lambda g, y, matrices, i: _cofactor_rule(g, matrices, i))
def cofactor(*matrices: Data) -> Data:
    """Cofactors of A: the gradient of det A; of A and k − 1 directions G, that of its derivative along these.

        C = det U · det V · U·M·Vᵀ,  Mₘₗ = Σ (−1)^σ · Πⱼ∉{i,…,m} sⱼ · G′ᵢσ₍ᵢ₎·…,  with l = σ(m)

    A = U·diag(s)·Vᵀ and G′ = Uᵀ·G·V. The sum is over k different places i, …, m and their permutations σ.
    It is that of det(A + t₁G₁ + …), written out in the bases of U and V, and divides by nothing. Before, rows
    and columns are scaled to one size, by powers of two, or rounding of the large would drown the small.
    They are nan where A is not finite: LAPACK's svd of ∞ may never return.
    """
    finite = np.isfinite(matrices[0]).all(axis=(-2, -1), keepdims=True)
    matrices = (np.where(finite, matrices[0], 0.0), *matrices[1:])
    rows, columns = _sizes(matrices[0])
    a, *directions = [np.ldexp(np.ldexp(m, -rows), -columns) for m in matrices]
    u, s, vh = np.linalg.svd(a)
    turned = [np.swapaxes(u, -1, -2) @ g @ np.swapaxes(vh, -1, -2) for g in directions]
    orientation = np.sign(np.linalg.det(u @ vh))
    scaled = orientation[..., None, None] * (u @ _minors(s, turned) @ vh)
    others = rows.sum(-2, keepdims=True) - rows + columns.sum(-1, keepdims=True) - columns
    return np.where(finite, np.ldexp(scaled, others), np.nan).astype(scaled.dtype)


def _sizes(a: Data) -> tuple[Data, Data]:
    """The binary exponents of the rows, and of the columns where the rows are scaled by theirs."""
    rows = np.frexp(np.max(np.abs(a), axis=-1, keepdims=True, initial=0.0))[1]
    scaled = np.abs(np.ldexp(a, -rows))
    return rows, np.frexp(np.max(scaled, axis=-2, keepdims=True, initial=0.0))[1]


def _cofactor_rule(g: Operand, matrices: Sequence[Operand], i: int) -> Operand:
    """The derivative along G, whose gradient in any direction is the derivative along g in place of it."""
    return cofactor(*matrices, g) if i == 0 else cofactor(*matrices[:i], g, *matrices[i + 1 :])


def _minors(s: Data, directions: list[Data]) -> Data:
    """M: cofactors of the diagonal matrix of s, or what they gain along directions."""
    k, n = len(directions) + 1, s.shape[-1]
    others, eye = _products_of_others(s, k), np.eye(n, dtype=s.dtype)
    total = np.zeros((*s.shape, n), s.dtype)
    for order, sign in _orders(k):
        places = PLACES[: k + 1]
        terms = [places[:k], *(places[i] + places[order[i]] for i in range(k - 1))]
        subscripts = f"...{',...'.join(terms)},{places[order[-1]]}{places[k]}->...{places[k - 1 :]}"
        total = total + sign * np.einsum(subscripts, others, *directions, eye)
    return total


def _products_of_others(s: Data, k: int) -> Data:
    """P[i, j, …], the product of all of s but those at k places; 0 where two of the places are one."""
    n, one, zero = s.shape[-1], s.dtype.type(1.0), s.dtype.type(0.0)
    others = elsewhere = ~np.eye(n, dtype=bool)
    for _ in range(k - 1):
        others = others[..., None, :] & elsewhere
    factors = np.where(others, s.reshape(*s.shape[:-1], *(1,) * k, n), one)
    return np.where(others.sum(axis=-1) == n - k, factors.prod(axis=-1), zero)


def _orders(k: int) -> list[tuple[tuple[int, ...], float]]:
    """All permutations of k numbers, each with its sign: every number takes all places among those before."""
    found: list[tuple[tuple[int, ...], float]] = [((), 1.0)]
    for i in range(k):
        found = [((*o[:j], i, *o[j:]), s * (-1.0) ** (i - j)) for o, s in found for j in range(i + 1)]
    return found


@primitive(
    da=lambda g, y, a: _nothing(a) if g[1] is None else _scaled(g[1], transposed(inv(a))),
    remedy=SQUARE,
)
def slogdet(a: Data, /) -> Data:
    """Sign and logarithm of the determinant.   y = log|det A|;   Ā = ȳ·A⁻ᵀ; the sign has slope 0.

    Raises LinAlgError in the backward pass of a singular matrix, whose logarithm is −∞.
    """
    return np.linalg.slogdet(a)

"""NumPy's `linalg` by operations that exist: its own forms of products and values of a matrix."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache, reduce
from typing import Any, Literal

import numpy as np

from ..values.data import Operand, dtype_of, shape_of
from ..values.declaration import composed
from . import diagonals, products
from .arithmetic import divide, multiply
from .decompositions import eigh, svd
from .indexing import getitem
from .norms import Order, norm
from .products import matmul
from .shaping import moveaxis, ravel, reshape
from .systems import inv, solve

__all__ = [
    "cond",
    "cross",
    "diagonal",
    "eigvalsh",
    "matrix_power",
    "multi_dot",
    "outer",
    "svdvals",
    "tensorinv",
    "tensorsolve",
    "trace",
]


@composed
def trace(x: Operand, /, *, offset: int = 0) -> Any:
    """Sum of the diagonal of each matrix, in the last two axes.   y = Σᵢ xᵢᵢ."""
    return diagonals.trace(x, offset, -2, -1)


@composed
def diagonal(x: Operand, /, *, offset: int = 0) -> Any:
    """The diagonal of each matrix, in the last two axes.   yᵢ = xᵢᵢ."""
    return diagonals.diagonal(x, offset, -2, -1)


@composed
def cross(x1: Operand, x2: Operand, /, *, axis: int = -1) -> Any:
    """Vector product along an axis of 3 entries.   y = a × b;   ā = b × ȳ,  b̄ = ȳ × a."""
    return products.cross(x1, x2, axis=axis)


@composed
def outer(x1: Operand, x2: Operand, /) -> Any:
    """All products of two vectors.   Yᵢⱼ = aᵢ·bⱼ.   Raises ValueError for arrays of other shapes."""
    if len(shape_of(x1)) != 1 or len(shape_of(x2)) != 1:
        shapes = f"{shape_of(x1)} and {shape_of(x2)}"
        raise ValueError(f"outer: expected two vectors, got {shapes}; autodiff.outer flattens them")
    return products.outer(x1, x2)


def multi_dot(arrays: Sequence[Operand]) -> Any:
    """The product of several matrices, in the order that takes the fewest multiplications.

    The first and the last may be vectors. Raises ValueError for fewer than two arrays.

    >>> import numpy as np
    >>> multi_dot([np.ones((2, 3)), np.ones((3, 2)), np.ones(2)])
    array([6., 6.])
    """
    factors, shapes = [*arrays], list(map(shape_of, arrays))
    last = len(factors) - 1
    if last < 1 or any(len(s) not in ((1, 2) if i in (0, last) else (2,)) for i, s in enumerate(shapes)):
        raise ValueError(f"multi_dot: expected two matrices or more, vectors at the ends, got {shapes}")
    sizes = [shapes[0][0] if len(shapes[0]) > 1 else 1, *[s[0] for s in shapes[1:]], (*shapes[last], 1)[1]]

    @cache
    def cheapest(i: int, j: int) -> tuple[int, int]:
        """Multiplications for factors i … j, and the last factor of the left half."""
        if i == j:
            return 0, i
        halves = range(i, j)
        costs = [
            cheapest(i, k)[0] + cheapest(k + 1, j)[0] + sizes[i] * sizes[k + 1] * sizes[j + 1] for k in halves
        ]
        return min(zip(costs, halves, strict=True))

    def product(i: int, j: int) -> Any:
        k = cheapest(i, j)[1]
        return factors[i] if i == j else matmul(product(i, k), product(k + 1, j))

    return product(0, last)


@composed
def matrix_power(a: Operand, /, n: int) -> Any:
    """The product of n times the same matrix, of its inverse for a negative n.   Y = Aⁿ.

    >>> matrix_power([[1, 1], [0, 1]], 3)
    array([[1., 3.],
           [0., 1.]])
    """
    shape = shape_of(a)
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise ValueError(f"matrix_power: expected square matrices, got shape {shape}")
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)):
        raise TypeError(f"matrix_power: the exponent must be a whole number, got {n!r}")
    if n == 0:
        return matmul(a, np.zeros(shape[-2:], dtype_of(a))) + np.eye(shape[-1], dtype=dtype_of(a))
    square, factors = inv(a) if n < 0 else getitem(a, ...), []
    for i, bit in enumerate(reversed(f"{abs(n):b}")):
        square = matmul(square, square) if i else square
        factors += [square] if bit == "1" else []
    return reduce(matmul, factors)


@composed
def svdvals(x: Operand, /) -> Any:
    """Singular values, descending: those of `svd`."""
    return svd(x, compute_uv=False)


@composed
def eigvalsh(a: Operand, /, UPLO: Literal["L", "U"] = "L") -> Any:
    """Eigenvalues of a symmetric matrix, ascending: those of `eigh`."""
    return eigh(a, UPLO)[0]


@composed
def cond(x: Operand, /, p: Order | None = None) -> Any:
    """Condition of each matrix.   y = ‖A‖·‖A⁻¹‖, of the largest and least singular values if p is None.

    p: a norm of matrices, see `norm`. Raises LinAlgError for a singular matrix, if it is inverted for that.

    >>> cond([[2, 0], [0, 4]])
    2.0
    """
    if p in (None, 2, -2):
        s = svdvals(x)
        large, small = getitem(s, (..., 0)), getitem(s, (..., -1))
        return divide(small, large) if p == -2 else divide(large, small)
    return multiply(norm(x, p, (-2, -1)), norm(inv(x), p, (-2, -1)))


@composed
def tensorsolve(a: Operand, b: Operand, /, axes: Sequence[int] | None = None) -> Any:
    """The x with tensordot(a, x, x.ndim) = b, after the `axes` of a were moved to its end: see `solve`.

    Raises ValueError unless the first axes of a are those of b, and the others have as many entries.
    """
    if axes is not None:
        a = moveaxis(a, tuple(axes), tuple(range(-len(axes), 0)))
    shape, n = shape_of(a), math.prod(shape_of(b))
    inner = shape[len(shape_of(b)) :]
    if math.prod(shape) != n * n or math.prod(inner) != n:
        raise ValueError(
            f"tensorsolve: expected (*b.shape, …) of as many entries each, got {shape} and {shape_of(b)}"
        )
    return reshape(solve(reshape(a, (n, n)), ravel(b)), inner)


@composed
def tensorinv(a: Operand, /, ind: int = 2) -> Any:
    """The inverse of tensordot by a, whose first `ind` axes are those of its results: see `inv`.

    Raises ValueError unless these have as many entries as the others.
    """
    shape = shape_of(a)
    outer, inner = shape[:ind], shape[ind:]
    n = math.prod(outer)
    if ind <= 0 or math.prod(inner) != n:
        raise ValueError(
            f"tensorinv: expected as many entries in the first {ind} axes as in the others, got {shape}"
        )
    return reshape(inv(reshape(a, (n, n))), (*inner, *outer))

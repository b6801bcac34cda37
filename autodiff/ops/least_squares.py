"""Systems with more equations than unknowns."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..values.data import Operand, as_float, dtype_of, shape_of
from ..values.declaration import composed
from ..values.value import Value
from .arithmetic import square
from .decompositions import pinv, svd
from .indexing import getitem
from .joining import array
from .plain import FUNCTIONS
from .products import matmul
from .reductions import sum
from .shaping import atleast_1d


@composed
def lstsq(a: Operand, b: Operand, /, rcond: float | None = None) -> Any:
    """Solution x of least squares, of the shortest length: that of A·x ≈ b.

        x = A⁺·b, which minimises ‖A·x − b‖;   b̄ = A⁺ᵀ·x̄, and Ā by the rule of `pinv`, at constant rank

    (m, n) and (m,) give (n,); with (m, k) on the right, (n, k). The results are x; the sums of squared
    residuals, one per column, none where A has not n independent columns or has no more rows; the rank, a
    plain number; and the singular values of A. Those up to `rcond` times the largest count as 0; it is
    ε·max(m, n) if not given, ε if it is −1. A program, which fixes shapes, has the residuals for every rank.

    Raises ValueError for shapes that do not fit.

    >>> lstsq([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]], [1.0, 3.0, 5.0])[0].round(12)
    array([1., 2.])
    """
    a, b = array(a), array(b)
    shape, others = shape_of(a), shape_of(b)
    if len(shape) != 2 or len(others) not in (1, 2) or shape[0] != others[0]:
        raise ValueError(f"lstsq: expected (m, n) and (m,) or (m, k), got {shape} and {others}")
    epsilon = float(np.finfo(dtype_of(a)).eps)
    bound = epsilon * max(shape) if rcond is None else as_float(rcond, "lstsq: rcond")
    bound = epsilon if bound == -1.0 else bound
    x, s = matmul(pinv(a, bound), b), svd(a, compute_uv=False)
    rank = FUNCTIONS["count_nonzero"](s > bound * getitem(s, 0)) if 0 not in shape else 0
    if shape[0] > shape[1] and (isinstance(rank, Value) or rank == shape[1]):
        residuals = atleast_1d(sum(square(matmul(a, x) - b), 0))
    else:
        residuals = np.zeros(0, dtype_of(a))
    return x, residuals, rank, s

"""Linear algebra: NumPy's `np.linalg`, batched as there over all axes but the last two.

Conventions: `cholesky` and `eigh` are functions of a symmetric matrix, ½(A + Aᵀ) of what is given,
so their gradients are symmetric. Gradients of eigenvalues and singular values are finite where some
are equal; those of the vectors, which are not determined there, are nan, and so are second
derivatives. The gradient of a norm at 0 is 0; that of a determinant is exact for singular matrices.
"""

from .composed import matrix_transpose
from .decompositions import cholesky, eigh, pinv, svd
from .exponentials import expm
from .least_squares import lstsq
from .matrices import (
    cond,
    cross,
    diagonal,
    eigvalsh,
    matrix_power,
    multi_dot,
    outer,
    svdvals,
    tensorinv,
    tensorsolve,
    trace,
)
from .norms import matrix_norm, norm, vector_norm
from .orthogonal import qr
from .products import matmul, tensordot, vecdot
from .systems import det, inv, slogdet, solve
from .triangular import solve_triangular

__all__ = [
    "cholesky",
    "cond",
    "cross",
    "det",
    "diagonal",
    "eigh",
    "eigvalsh",
    "expm",
    "inv",
    "lstsq",
    "matmul",
    "matrix_norm",
    "matrix_power",
    "matrix_transpose",
    "multi_dot",
    "norm",
    "outer",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "solve_triangular",
    "svd",
    "svdvals",
    "tensordot",
    "tensorinv",
    "tensorsolve",
    "trace",
    "vecdot",
    "vector_norm",
]

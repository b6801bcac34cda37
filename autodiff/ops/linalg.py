"""Linear algebra: NumPy's `np.linalg`, batched as there over all axes but the last two.

Conventions: `cholesky` and `eigh` are functions of a symmetric matrix, ½(A + Aᵀ) of what is given,
so their gradients are symmetric. Gradients of eigenvalues and singular values are finite where some
are equal; those of the vectors, which are not determined there, are nan, and so are second
derivatives. The gradient of a norm at 0 is 0; that of a determinant is exact for singular matrices.
"""

from .decompositions import cholesky, eigh, pinv, svd
from .norms import norm
from .systems import det, inv, slogdet, solve

__all__ = ["cholesky", "det", "eigh", "inv", "norm", "pinv", "slogdet", "solve", "svd"]

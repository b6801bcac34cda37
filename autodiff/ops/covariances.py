"""Covariances and correlations of variables that were observed together."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..values.data import Data, Operand, as_float, dtype_of, shape_of
from ..values.declaration import composed, elementwise
from .averages import average
from .elementary import sqrt
from .joining import array, concatenate
from .products import matmul, transposed
from .reductions import sum
from .selection import where
from .shaping import astype, reshape, squeeze

__all__ = ["corrcoef", "cov"]


def _variables(m: Operand, rowvar: bool) -> Any:
    """One row per variable, one column per observation."""
    m = array(m)
    shape = shape_of(m)
    if len(shape) > 2:
        raise ValueError(f"cov: expected a vector or a matrix, got shape {shape}")
    if len(shape) < 2:
        return reshape(m, (1, -1))
    return m if rowvar or shape[0] == 1 else transposed(m)


@composed
def cov(
    m: Operand,
    y: Operand = None,
    /,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    fweights: Any = None,
    aweights: Operand = None,
) -> Any:
    """Covariances of variables, one in each row.   Cᵢⱼ = Σₖ wₖ·(xᵢₖ − x̄ᵢ)·(xⱼₖ − x̄ⱼ) / f.

    The weights w are 1, or `fweights`, how often an observation occurs, times `aweights`, how much it counts.
    f = Σw − ddof·Σw·aweights / Σw, with ddof 1, or 0 with `bias`. `y` adds more variables; without `rowvar`
    there is one in each column. (n, k) gives (n, n), and (k,) a number.

    Raises ValueError for arrays of more axes, and for weights that are not one per observation.

    >>> cov([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0]])
    array([[ 1., -1.],
           [-1.,  1.]])
    """
    x = _variables(m, rowvar)
    if y is not None:
        x = concatenate([x, _variables(y, rowvar)], 0)
    n = shape_of(x)[1]
    fewer = float(not bias) if ddof is None else as_float(ddof, "cov: ddof")
    if not fewer.is_integer():
        raise ValueError(f"cov: ddof must be a whole number, got {ddof}")
    weights = _weights(n, fweights, aweights, dtype_of(x))
    if weights is None:
        deviation = x - average(x, 1, keepdims=True)
        freedom: Any = max(n - fewer, 0.0)
        weighted = deviation
    else:
        mean, total = average(x, 1, weights, returned=True)
        deviation, total = x - reshape(mean, (-1, 1)), total[0]
        counted = total if aweights is None else matmul(weights, astype(aweights, dtype_of(x)))
        freedom = total - fewer * counted / total
        freedom = where(freedom > 0.0, freedom, 0.0)
        weighted = deviation * weights
    found = matmul(deviation, transposed(weighted)) / freedom
    return squeeze(found)


def _weights(n: int, fweights: Any, aweights: Operand, dtype: Any) -> Any:
    """The product of both kinds of weights, None without any. Raises ValueError for other shapes."""
    for name, given in (("fweights", fweights), ("aweights", aweights)):
        if given is not None and shape_of(given) != (n,):
            raise ValueError(f"cov: {name} must be one per observation, ({n},), got shape {shape_of(given)}")
    given = [astype(x, dtype) for x in (fweights, aweights) if x is not None]
    return None if not given else given[0] if len(given) == 1 else given[0] * given[1]


@elementwise(typeset="{}", dx=1.0)
def _at_most_one(x: Data, /) -> Data:
    """x without what rounding took it beyond ±1; so the slope is that of x."""
    return np.clip(x, -1.0, 1.0)


@composed
def corrcoef(x: Operand, y: Operand = None, /, rowvar: bool = True) -> Any:
    """Correlations of variables, one in each row.   Rᵢⱼ = Cᵢⱼ / √(Cᵢᵢ·Cⱼⱼ), with C their `cov`.

    nan for a variable that is constant. (n, k) gives (n, n), and (k,) a number.

    >>> corrcoef([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0]])
    array([[ 1., -1.],
           [-1.,  1.]])
    """
    c = cov(x, y, rowvar)
    if not shape_of(c):
        return c / c
    own = np.eye(shape_of(c)[0], dtype=bool)
    spread = sqrt(sum(where(own, c, 0.0), 0))
    return _at_most_one(c / reshape(spread, (-1, 1)) / spread)

"""Sums over one axis as products with ones: BLAS takes a half to an eighth of the time of NumPy's sum."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import numpy as np

from ..values.data import Data, dtype_of

add_up: Callable[..., Data] = np.add.reduce
"""NumPy's own sum, without the cost of np.sum's wrapping."""

LONG = 65_536
"""Entries above which ones are not kept for their sum."""


@lru_cache(maxsize=16)
def _ones(n: int, dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    return np.ones(n, dtype if dtype.kind == "f" else float)


def row_total(x: np.ndarray[Any, Any]) -> Data:
    """Sum over the first axis.   yᵢ = Σₖ xₖᵢ.

    >>> row_total(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([4., 6.])
    """
    if x.ndim > 2 or len(x) > LONG:
        return add_up(x)
    return _ones(len(x), x.dtype).dot(x)


def total(x: Data, axis: Any = None, keepdims: bool = False) -> Data:
    """np.sum of any data; over the last axis, or the first of a matrix, of NumPy's arrays in less time."""
    if not isinstance(x, np.ndarray):
        return np.sum(x, axis=axis, keepdims=keepdims)
    if axis == 0 and x.ndim == 2:
        return row_total(x)[None] if keepdims else row_total(x)
    if x.ndim < 2 or axis not in (-1, x.ndim - 1) or x.shape[-1] > LONG:
        return add_up(x, axis=axis, keepdims=keepdims)
    sums = x @ _ones(x.shape[-1], x.dtype)
    return sums[..., None] if keepdims else sums


def total_product(x: Data, y: Data, axis: Any = None, keepdims: bool = False) -> Data:
    """np.sum of x·y; over the last axis of NumPy's arrays without storing the products."""
    if not (isinstance(x, np.ndarray) and isinstance(y, np.ndarray)) or axis not in (-1, x.ndim - 1):
        return total(x * y, axis, keepdims)
    sums = np.vecdot(x, y) if y.ndim > 1 else x @ y
    return sums[..., None] if keepdims else sums


def squares(parts: Iterable[Data | None]) -> float:
    """Sum of the squares of all entries: they do not cancel, so it is nan where one is, and ∞ where one is.

    None and tuples are left out. What overflows is infinite, too.

    >>> squares([3.0, None, np.array([1.0, 2.0])])
    14.0
    """
    sum = 0.0
    for x in parts:
        if type(x) is np.ndarray:
            entries = x.ravel()
            sum += float(entries.dot(entries))
        elif type(x) is float:
            sum += x * x
        elif not (x is None or isinstance(x, tuple)):
            sum += float(np.vdot(x, x))
    return sum


def widened(x: Data) -> Data:
    """x, half precision as single: the sum of a row, or of its squares, passes 65,504 and is infinite there.

    >>> widened(np.ones(70_000, np.float16)).sum()
    np.float32(70000.0)
    """
    return x.astype(np.float32) if dtype_of(x).itemsize == 2 else x


def narrowed(y: Data, x: Data) -> Data:
    """What was computed of `widened(x)`, in the precision of x."""
    return y.astype(np.float16) if dtype_of(x).itemsize == 2 else y

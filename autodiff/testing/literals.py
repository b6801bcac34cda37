"""Numbers and arrays as Python that makes them anew."""

from __future__ import annotations

import numpy as np

from ..values.data import Data


def literal(data: Data) -> str:
    """A number or an array as Python writes it, with all its digits; NumPy is `np`.

    >>> literal(0.5), literal(np.float32(0.5)), literal(np.zeros((2, 1))), literal(np.array([1, 0]))
    ('0.5', 'np.float32(0.5)', 'np.array([[0.0], [0.0]])', 'np.array([1, 0])')
    >>> literal(np.ones(2, np.float32)), literal(np.zeros((0, 2)))
    ('np.array([1.0, 1.0], dtype=np.float32)', 'np.zeros((0, 2))')
    """
    if type(data) is float:
        return repr(data)
    if isinstance(data, np.generic):
        return f"np.{data.dtype}({data.item()!r})"
    implied = np.array(data.tolist()).dtype  # float64 of what is empty
    dtype = "" if data.dtype == implied else f", dtype=np.{data.dtype}"
    return f"np.array({data.tolist()!r}{dtype})" if data.size else f"np.zeros({data.shape}{dtype})"

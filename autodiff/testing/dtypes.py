"""The dtypes of Values, as a strategy, and strategies in the place of one dtype."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

DTYPES = (np.dtype(np.float64), np.dtype(np.float32), np.dtype(np.float16))
"""In the order in which they shrink."""

Drawn = TypeVar("Drawn")


def dtypes() -> SearchStrategy[np.dtype[Any]]:
    """float64, float32 and float16; `dtype=` of every strategy accepts it.

    >>> from hypothesis import find
    >>> find(dtypes(), lambda dtype: dtype.itemsize < 8)
    dtype('float32')
    """
    return st.sampled_from(DTYPES)


def held_dtype(dtype: Any, strategy: str) -> np.dtype[Any]:
    """The dtype of that name.   Raises ValueError, for that strategy, unless Values compute in it."""
    held: np.dtype[Any] = np.dtype(dtype)
    if held not in DTYPES:
        raise ValueError(f"{strategy}: dtype must be float64, float32 or float16, got {held}")
    return held


def of_dtype(
    dtype: Any, made: Callable[[np.dtype[Any]], SearchStrategy[Drawn]], strategy: str
) -> SearchStrategy[Drawn]:
    """The strategy made for a dtype, or for each that a strategy of dtypes draws."""
    if isinstance(dtype, SearchStrategy):
        return dtype.flatmap(lambda drawn: made(held_dtype(drawn, strategy)))
    return made(held_dtype(dtype, strategy))

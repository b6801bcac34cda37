"""What layers are made with, checked when the layer is made: sizes and dtypes."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from autodiff.settings import required

Pair: TypeAlias = int | tuple[int, int]
"""One number for height and width, or one for each."""


def whole(n: int, name: str, least: int = 1) -> int:
    """A whole number. Raises ValueError where it is not, or less than `least`.

    >>> whole(3, "n_features")
    3
    """
    integer = isinstance(n, (int, np.integer)) and not isinstance(n, bool)
    return int(required(integer and n >= least, name, f"an integer ≥ {least}", n))


def pair(sizes: Pair, name: str, least: int = 1) -> tuple[int, int]:
    """Whole numbers for height and width. Raises ValueError as `whole`, and for another count.

    >>> pair(3, "stride"), pair((1, 2), "stride")
    ((3, 3), (1, 2))
    """
    both = tuple(sizes) if isinstance(sizes, (tuple, list)) else (sizes, sizes)
    required(len(both) == 2, name, "one number, or (height, width)", sizes)
    return whole(both[0], name, least), whole(both[1], name, least)


def floating(dtype: Any) -> np.dtype[Any]:
    """The dtype of parameters. Raises TypeError for one that has no fractions, and for what is none.

    >>> floating("f4")
    dtype('float32')
    """
    try:
        found: np.dtype[Any] = np.dtype(dtype)
    except TypeError:  # no dtype at all
        found = np.dtype(object)
    if found.kind != "f":
        raise TypeError(f"dtype must be a floating type, np.float64 or np.float32, got {dtype!r}")
    return found

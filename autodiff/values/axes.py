"""Axes as numbers from 0 on; errors name the operation that was asked for them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.exceptions import AxisError
from numpy.lib.array_utils import normalize_axis_index


def axis_in(axis: Any, ndim: int, name: str) -> int:
    """An axis counted from 0, of an array of `ndim` axes; −1 is the last.

    Raises AxisError, which is both a ValueError and an IndexError, where there is no such axis; TypeError for
    anything but a whole number.

    >>> axis_in(-1, 3, "stack")
    2
    """
    try:
        return normalize_axis_index(axis, ndim, name)
    except TypeError:
        raise TypeError(f"{name}: an axis must be a whole number, got {axis!r}") from None
    except OverflowError:
        raise AxisError(f"{name}: axis is out of bounds for array of dimension {ndim}") from None


def axes_in(axes: Any, ndim: int, name: str, repeated: bool = False) -> tuple[int, ...]:
    """One axis or several, as a tuple. Raises ValueError for one given twice, unless `repeated`."""
    several = axes if isinstance(axes, (list, tuple)) or np.ndim(axes) else (axes,)
    found = tuple(axis_in(axis, ndim, name) for axis in several)
    if len(set(found)) < len(found) and not repeated:
        raise ValueError(f"{name}: an axis is repeated in {axes}")
    return found

"""When data, or the options of an operation, are the same."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np

from ..values.data import compact

PLAIN = frozenset({int, bool, str, type(None)})
"""Types of which equal objects are the same, told apart by the type."""


def frozen(x: Any) -> Hashable:
    """Something hashable, equal for equal data or metadata: −0 differs from 0, and 1 from 1.0."""
    if type(x) in PLAIN:
        return type(x), x
    if isinstance(x, np.ndarray):
        return x.dtype.str, x.shape, compact(x).tobytes()
    if isinstance(x, (float, np.generic)):
        return type(x), np.asarray(x).tobytes()
    if isinstance(x, slice):
        return slice, frozen((x.start, x.stop, x.step))
    if isinstance(x, (tuple, list)):
        return type(x), *map(frozen, x)
    return (type(x), x) if isinstance(x, Hashable) else id(x)

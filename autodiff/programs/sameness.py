"""When data, or the options of an operation, are the same."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np

from ..values.data import compact
from ..values.value import SMALL

PLAIN = frozenset({int, bool, str, type(None)})
"""Types of which equal objects are the same, told apart by the type."""


def frozen(x: Any) -> Hashable:
    """Something hashable, equal for equal data or metadata: −0 differs from 0, and 1 from 1.0."""
    kind = type(x)
    if kind in PLAIN:
        return kind, x
    if kind is tuple or kind is list:
        return kind, *[frozen(part) for part in x]
    if kind is dict:
        return dict, *[(name, frozen(part)) for name, part in x.items()]
    if kind is slice:
        return slice, frozen(x.start), frozen(x.stop), frozen(x.step)
    if isinstance(x, np.ndarray):
        entries = x if x.size <= SMALL else compact(x)  # one everywhere, however it lies in memory
        return x.dtype.str, x.shape, entries.tobytes()
    if isinstance(x, (float, np.generic)):
        return kind, np.asarray(x).tobytes()
    if isinstance(x, (tuple, list)):
        return kind, *map(frozen, x)
    return (kind, x) if isinstance(x, Hashable) else id(x)

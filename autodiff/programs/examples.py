"""What is recorded as the result of an operation: of a large one, an example.

A program is made for shapes and dtypes, and traced where there are numbers, for functions that need likely
ones. Of large results one entry is computed, or what the operation declares, which takes no time and memory.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from ..values.data import Data, Shape, canonical, compact, shape_of
from ..values.operation import Operation

LARGE = 2**16
"""Entries from which on numbers are not looked at."""


def example(operation: Operation, data: Sequence[Data], metadata: dict[str, Any]) -> Data | None:
    """An array like the result, where one of both is large and that is less to compute; else None."""
    if not any(map(is_large, data)) and not _makes_many(metadata):
        return None
    try:
        if operation.elementwise:
            return one_entry(lambda *first: operation.computed(first, first, metadata), data)
        return None if operation.example is None else canonical(operation.example(*data, **metadata))
    except Exception:  # the operation itself tells what does not fit
        return None


def _makes_many(metadata: dict[str, Any]) -> bool:
    """Whether options tell the shape of a large result."""
    shape = metadata.get("shape")
    return isinstance(shape, tuple) and math.prod(shape) >= LARGE


def brief(x: Any) -> Any:
    """A large array in which one entry is everywhere, without the others; anything else as it is."""
    if not is_large(x) or compact(x) is not x:
        return x
    first = x[(slice(1),) * x.ndim]
    if x[(-1,) * x.ndim] != first.item() or not np.array_equal(x, np.broadcast_to(first, x.shape)):
        return x
    zeros_differ = not first.any() and np.signbit(x).any()
    return x if zeros_differ else np.broadcast_to(first.copy(), x.shape)


def is_large(x: Data) -> bool:
    """Whether an example will do for what is computed of it."""
    return type(x) is np.ndarray and x.size >= LARGE


def one_entry(compute: Any, data: Sequence[Data]) -> Data:
    """What an elementwise function gives, if all entries are as the first."""
    first = [x[(slice(1),) * x.ndim] if type(x) is np.ndarray else x for x in data]
    shape = np.broadcast_shapes(*map(shape_of, data))
    return np.broadcast_to(compute(*first), shape) if math.prod(shape) else compute(*data)


def blank(shape: Shape, dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    """Zeros. Of many, no memory is taken before they are looked at: NumPy would fill what it had before."""
    size = math.prod(shape)
    with suppress(ImportError):  # a browser's Python has none
        if size >= LARGE:
            from mmap import mmap

            return np.ndarray(shape, dtype, mmap(-1, size * dtype.itemsize))
    return np.zeros(shape, dtype)


def blank_like(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Zeros with the axes of an array, as they lie in memory."""
    axes = sorted(range(x.ndim), key=lambda axis: -x.strides[axis])
    return blank(tuple([x.shape[axis] for axis in axes]), x.dtype).transpose(np.argsort(axes))

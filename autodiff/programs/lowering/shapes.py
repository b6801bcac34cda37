"""Whether the shape of a result follows from the shapes of what it is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..spelling.reading import undecorated
from .calls import Options, UnwritableError
from .instructions import Slot, example, is_array, is_known

SHAPED = frozenset(
    {
        np.dot,
        np.matmul,
        np.reshape,
        np.swapaxes,
        np.transpose,
        np.vdot,
        np.copyto,
        np.concatenate,
        np.stack,
        np.broadcast_to,
    }
)
"""What gives a shape that follows from shapes alone, and takes long to try."""

SHAPED_METHODS = frozenset({"astype", "copy", "dot", "reshape", "sum", "swapaxes", "transpose"})


def require_fixed_shape(f: Any, operands: Sequence[Any], options: Options) -> None:
    """Raise UnwritableError where other numbers give results of another shape, as those of a mask do."""
    shapes = []
    for first in (0, 1):
        named = {name: _filled(x, first) for name, x in options.items()}
        try:
            shapes.append(_shapes(undecorated(f)(*_filled(tuple(operands), first), **named)))
        except Exception:  # nothing is known of a function that such numbers do not suit
            return
    if shapes[0] != shapes[1]:
        raise UnwritableError


def _filled(x: Any, first: int) -> Any:
    """What is known, with this number and 0, again and again, in place of slots."""
    if isinstance(x, tuple) and not is_known(x):
        return tuple(_filled(part, first) for part in x)
    if not isinstance(x, Slot):
        return example(x)
    if is_array(x.example):
        numbers = np.zeros(x.example.shape, x.example.dtype)
        numbers.flat[::2] = first
        return numbers
    return type(x.example)(first) if isinstance(x.example, (float, np.generic)) else x.example


def _shapes(result: Any) -> Any:
    return tuple(map(_shapes, result)) if isinstance(result, tuple) else np.shape(result)

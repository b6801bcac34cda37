"""The axes that an operation reduces, and the way back over them."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from ..values.data import Operand, Shape, shape_of
from ..values.lazy import holds_tasks
from ..values.methods import Axis
from ..values.value import data_of
from .shaping import broadcast_to, reshape


def axes_of(shape: Shape, axis: Axis) -> tuple[int, ...]:
    """The reduced axes, counted from the start; a number has none, whatever NumPy lets one ask for."""
    if axis is None or not shape:
        return tuple(range(len(shape)))
    return tuple(i % len(shape) for i in (axis if isinstance(axis, tuple) else (axis,)))


def kept(shape: Shape, axis: Axis) -> Shape:
    """The shape with size 1 along the reduced axes."""
    axes = axes_of(shape, axis)
    return tuple(1 if i in axes else n for i, n in enumerate(shape))


def behind(front: Shape, own: Shape, axis: Axis, **options: Any) -> dict[str, Any]:
    """The options of an operation along axes, where others are in front of these."""
    axes = tuple(len(front) + i for i in axes_of(own, axis))
    return {"axis": axes[0] if isinstance(axis, int) else axes, **options}


@lru_cache(maxsize=256)
def entries(shape: Shape, axis: Axis) -> int:
    """How many entries make one of the result."""
    if axis is None:
        return math.prod(shape)
    return math.prod(shape[i] for i in axes_of(shape, axis))


def spread(g: Operand, x: Operand, axis: Axis, keepdims: bool) -> Operand:
    """What was reduced, back in the shape of x: the adjoint of a sum."""
    shape = shape_of(x)
    if axis is not None and not keepdims:
        g = reshape(g, kept(shape, axis))
    if holds_tasks(data_of(x)):
        return g * np.ones_like(x)  # in the chunks of x
    return broadcast_to(g, shape)

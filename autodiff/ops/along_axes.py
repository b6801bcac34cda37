"""A function of one's own along axes, phases without jumps, and choices by number."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..values.axes import axis_in
from ..values.data import Operand, as_float, dtype_of, shape_of
from ..values.declaration import composed
from ..values.value import Value
from .accumulations import cumsum
from .arithmetic import add, divide
from .composed import diff
from .editing import broadcast_arrays
from .indexing import along, take_along_axis
from .joining import array, concatenate, stack
from .plain import FUNCTIONS
from .selection import absolute, floor, where
from .shaping import expand_dims, moveaxis, reshape

__all__ = ["apply_along_axis", "apply_over_axes", "choose", "unwrap"]


def apply_along_axis(func1d: Callable[..., Any], axis: int, arr: Operand, *args: Any, **kwargs: Any) -> Any:
    """A function of one line, of each line along an axis: its result takes the place of the axis.

    Raises ValueError where there is no line.

    >>> import numpy as np
    >>> apply_along_axis(np.sum, 0, [[1, 2], [3, 4]])
    array([4., 6.])
    """
    shape = shape_of(arr)
    axis = axis_in(axis, len(shape), "apply_along_axis")
    lines = moveaxis(array(arr), axis, -1)
    outer = shape_of(lines)[:-1]
    if 0 in outer:
        raise ValueError(f"apply_along_axis: there is no line along axis {axis} of shape {shape}")
    found = [func1d(lines[index], *args, **kwargs) for index in np.ndindex(*outer)]
    inner = shape_of(found[0])
    joined = reshape(stack(found), (*outer, *inner))
    ends = range(len(outer), len(outer) + len(inner))
    return moveaxis(joined, tuple(ends), tuple(range(axis, axis + len(inner))))


def apply_over_axes(func: Callable[..., Any], a: Operand, axes: int | Sequence[int]) -> Any:
    """func(a, axis) for one axis after the other; an axis that is gone stays with one entry.

    Raises ValueError where more than the axis is gone.

    >>> import numpy as np
    >>> apply_over_axes(np.sum, [[1, 2], [3, 4]], [0, 1])
    array([[10.]])
    """
    a = array(a)
    ndim = len(shape_of(a))
    for axis in np.atleast_1d(axes).tolist():
        axis = axis_in(axis, ndim, "apply_over_axes")
        found = func(a, axis)
        a = found if len(shape_of(found)) == ndim else expand_dims(found, axis)
        if len(shape_of(a)) != ndim:
            raise ValueError(
                f"apply_over_axes: expected {ndim} axes or one less, got shape {shape_of(found)}"
            )
    return a


MODES = {"raise": lambda i, n: i, "wrap": lambda i, n: i % n, "clip": lambda i, n: i.clip(0, n - 1)}
"""What an index out of bounds becomes, among n choices."""


def choose(a: Any, choices: Sequence[Operand] | Operand, *, mode: str = "raise") -> Any:
    """In each place the entry of the array whose number is there.   y = choices[a].

    The gradient goes to what was chosen.

    All are broadcast against each other. An index out of bounds is an error, wraps around or is clipped.
    Raises TypeError for indices that are not whole numbers, ValueError for one out of bounds.

    >>> choose([0, 1, 0], [[1, 2, 3], [10, 20, 30]])
    array([ 1., 20.,  3.])
    """
    if mode not in MODES:
        raise ValueError(f"choose: mode must be raise, wrap or clip, got {mode!r}")
    index = a if isinstance(a, Value) else np.asarray(a)
    if isinstance(index, Value) or index.dtype.kind not in "biu":
        raise TypeError("choose: the indices must be whole numbers, not a Value or floating-point numbers")
    index = MODES[mode](index.astype(np.intp), len(choices))
    if ((index < 0) | (index >= len(choices))).any():
        raise ValueError(f"choose: an index is not among 0 … {len(choices) - 1}; mode= takes wrap or clip")
    shape = np.broadcast_shapes(index.shape, *map(shape_of, choices))
    offered = stack(broadcast_arrays(*choices, np.zeros(shape, dtype_of(choices[0])))[:-1])
    return take_along_axis(offered, np.broadcast_to(index, shape)[None], 0)[0]


@composed
def unwrap(p: Operand, /, discont: float | None = None, axis: int = -1, *, period: float = math.tau) -> Any:
    """Phases with whole periods added, so that neighbours differ by half a period at most.   ∂y/∂p = 1.

    Steps below `discont`, half a period if it is None, stay as they are.

    >>> unwrap([0.0, 3.0, 5.0], period=4)
    array([ 0., -1.,  1.])
    """
    p = array(p)
    axis = axis_in(axis, len(shape_of(p)), "unwrap")
    period = as_float(period, "unwrap: period")
    half = period / 2.0
    step = diff(p, axis=axis)
    turns = floor(divide(add(step, half), period))
    # Of a step up by half a period, the turn is undone.
    lowest = FUNCTIONS["equal"](step - period * turns, -half)
    undone = FUNCTIONS["logical_and"](lowest, FUNCTIONS["greater"](step, 0.0))
    turns = where(undone, turns - 1.0, turns)
    small = FUNCTIONS["less"](absolute(step), max(half, discont or 0.0))
    total = cumsum(where(small, 0.0, -period * turns), axis)
    first = p[along(axis, slice(None, 1))]
    return concatenate([first, add(p[along(axis, slice(1, None))], total)], axis)

"""Entries written several times, and a border around them; the adjoint sums what one entry became."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from ..values.axes import axis_in
from ..values.data import Data, Operand, Shape, shape_of
from ..values.declaration import composed, primitive
from .indexing import along, getitem, scatter_add, take
from .shaping import interleaved, reshape, sum_to

__all__ = ["pad", "repeat", "tile"]

GATHERED = ("edge", "reflect", "symmetric", "wrap")


def _gathered(g: Any, repeats: Any, axis: int | None, shape: Shape) -> Any:
    """The adjoint of `repeat`: the sum over the copies of each entry."""
    row = (prod(shape),) if axis is None else shape or (1,)
    axis = axis_in(0 if axis is None else axis, len(row), "repeat")
    counts = np.asarray(repeats, np.intp)
    if counts.size == 1:
        before, n, behind = row[:axis], row[axis], row[axis + 1 :]
        copies = reshape(g, (*before, n, counts.item(), *behind))
        return reshape(sum_to(copies, (*before, n, 1, *behind)), shape)
    sources = np.repeat(np.arange(row[axis]), counts)
    return reshape(scatter_add(g, along(axis, sources), row), shape)


@primitive(linear=True, dx=lambda g, y, x, repeats, axis: _gathered(g, repeats, axis, shape_of(x)))
def repeat(x: Data, /, repeats: int | Sequence[int], axis: int | None = None) -> Data:
    """Each entry several times in a row, along an axis; of the flattened x if it is None.

        x̄ᵢ = Σ ȳ over the copies of xᵢ

    `repeats` is one number, or one for each position along the axis.

    >>> repeat([1, 2], [1, 3])
    array([1., 2., 2., 2.])
    """
    return np.repeat(np.ravel(x), repeats, 0) if axis is None else np.repeat(x, repeats, axis)


def _untiled(g: Any, reps: Any, shape: Shape) -> Any:
    """The adjoint of `tile`: the sum over the tiles."""
    counts = np.atleast_1d(reps).tolist()
    ndim = max(len(counts), len(shape))
    counts = [1] * (ndim - len(counts)) + counts
    sizes = (1,) * (ndim - len(shape)) + shape
    tiles = reshape(g, interleaved(counts, sizes))
    return reshape(sum_to(tiles, interleaved([1] * ndim, sizes)), shape)


@primitive(linear=True, dx=lambda g, y, x, reps: _untiled(g, reps, shape_of(x)))
def tile(x: Data, /, reps: int | Sequence[int]) -> Data:
    """The whole array several times, along each of the last axes.   x̄ = Σ ȳ over the tiles.

    >>> tile([1, 2], 2)
    array([1., 2., 1., 2.])
    """
    return np.tile(x, reps)


# -- borders -----------------------------------------------------------------------------------


def _widths(pad_width: Any, ndim: int) -> tuple[tuple[int, int], ...]:
    """Entries to add before and behind, for each axis."""
    if isinstance(pad_width, dict):
        widths = np.zeros((ndim, 2), int)
        for axis, width in pad_width.items():
            widths[axis] = width
        pad_width = widths
    try:
        pairs = np.broadcast_to(pad_width, (ndim, 2)).tolist()
    except ValueError:
        raise ValueError(f"pad: expected (before, after) for each of {ndim} axes, got {pad_width}") from None
    return tuple((before, behind) for before, behind in pairs)


def _inside(widths: tuple[tuple[int, int], ...], shape: Shape) -> tuple[slice, ...]:
    return tuple(slice(before, before + n) for (before, _), n in zip(widths, shape, strict=True))


@primitive(linear=True, dx=lambda g, y, x, pad_width, constant_values: g[_inside(pad_width, shape_of(x))])
def _pad(x: Data, /, pad_width: tuple[tuple[int, int], ...], constant_values: Any) -> Data:
    """The array inside a border of constants.   x̄ = ȳ without the border."""
    return np.pad(x, pad_width, constant_values=constant_values)


@composed
def pad(x: Operand, /, pad_width: Any, mode: Any = "constant", *, constant_values: Any = 0.0) -> Any:
    """The array inside a border: constants, or its entries ("edge", "reflect", "symmetric", "wrap").

        x̄ = ȳ without its border, plus ȳ at each entry of the border that shows an entry of x

    `pad_width` is (before, after) for each axis, one such pair for all, one number, or pairs or
    numbers by axis. Raises ValueError for any other mode.

    >>> pad([1, 2, 3], 1, "reflect")
    array([2., 1., 2., 3., 2.])
    """
    shape = shape_of(x)
    widths = _widths(pad_width, len(shape))
    if mode == "constant":
        return _pad(x, widths, constant_values)
    if mode not in GATHERED:
        raise ValueError(f"pad: the modes are constant, {', '.join(GATHERED)}; got {mode!r}")
    padded = getitem(x, ...)
    for axis, width in enumerate(widths):
        if width != (0, 0):
            padded = take(padded, np.pad(np.arange(shape[axis]), width, mode=mode), axis)
    return padded

"""What bounds mean: pairs, arrays, scipy's `Bounds`, or a structure of them, as a box around a vector."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from numbers import Real
from typing import Any

import numpy as np

from autodiff.differentiation.structure import is_record, variable_fields
from autodiff.values.data import shape_of

from .box import Bounds
from .unknowns import Unknowns, Vector

MEANT = "a pair (low, high) for each number, None where there is no bound; or a pair of arrays"


def box_of(bounds: Any, over: Unknowns, names: Callable[[], Sequence[str]]) -> Bounds | None:
    """The box that bounds mean for these unknowns; None for None.

    Raises TypeError or ValueError for bounds of another structure or shape, for nan, and for a lower bound
    above the upper.
    """
    if bounds is None:
        return None
    pairs = list(_ends(bounds, over.tree(over.start), "bounds"))
    low, high = (np.concatenate([pair[side] for pair in pairs]) for side in (0, 1))
    for wrong, told in (
        (np.isnan(low) | np.isnan(high), "is nan"),
        (low > high, "has its lower bound above its upper"),
        ((low == np.inf) | (high == -np.inf), "leaves no finite number"),
    ):
        if wrong.any():
            i = int(np.argmax(wrong))
            raise ValueError(f"bounds: the pair of {names()[i]}, ({low[i]:g}, {high[i]:g}), {told}")
    return Bounds(low, high)


def _ends(bounds: Any, like: Any, where: str) -> Iterator[tuple[Vector, Vector]]:
    """The lower and upper bounds of each array in a structure."""
    if hasattr(bounds, "lb") and hasattr(bounds, "ub"):  # scipy.optimize.Bounds
        bounds = (np.asarray(bounds.lb), np.asarray(bounds.ub))
        if isinstance(like, (tuple, list)):  # a row for each entry
            bounds = list(zip(*(np.broadcast_to(end, len(like)) for end in bounds), strict=True))
    if is_record(like):
        like = variable_fields(like)
    if isinstance(like, dict):
        yield from _of_names(bounds, like, where)
    elif isinstance(like, (tuple, list)):
        yield from _of_sequence(bounds, like, where)
    else:
        yield _of_array(bounds, like, where)


def _of_names(bounds: Any, like: dict[Any, Any], where: str) -> Iterator[tuple[Vector, Vector]]:
    """Bounds by name; a name that is left out is free."""
    if bounds is not None and not isinstance(bounds, dict):
        raise TypeError(f"{where} must be a dict like x0, with {', '.join(map(str, like))}, got {bounds!r}")
    given = bounds or {}
    if strangers := [key for key in given if key not in like]:
        raise ValueError(f"{where} has {strangers[0]!r}, which x0 has not: {', '.join(map(str, like))}")
    for key, entry in like.items():
        yield from _ends(given.get(key), entry, f"{where}[{key!r}]")


def _of_sequence(bounds: Any, like: Sequence[Any], where: str) -> Iterator[tuple[Vector, Vector]]:
    """Bounds one by one."""
    if bounds is None:
        bounds = [None] * len(like)
    if isinstance(bounds, (str, bytes, dict)) or not hasattr(bounds, "__len__") or len(bounds) != len(like):
        raise ValueError(f"{where} must have an entry for each of the {len(like)} of x0, got {bounds!r}")
    for i, (entry, part) in enumerate(zip(bounds, like, strict=True)):
        yield from _ends(entry, part, f"{where}[{i}]")


def _of_array(bounds: Any, like: Any, where: str) -> tuple[Vector, Vector]:
    """The bounds of one number or array."""
    shape = shape_of(like)
    size = int(np.prod(shape))
    if bounds is None:
        return np.full(size, -np.inf), np.full(size, np.inf)
    try:
        low, high = _pair(bounds, size)
        ends = _end(low, -np.inf, shape), _end(high, np.inf, shape)
    except (TypeError, ValueError):
        raise ValueError(
            f"{where} must be {MEANT}, for {f'an array of shape {shape}' if shape else 'a number'}; "
            f"got {bounds!r}"
        ) from None
    return ends


def _pair(bounds: Any, rows: int) -> tuple[Any, Any]:
    """Lower and upper bounds: of a list with a row for each number, or of a pair of arrays.

    Two rows for two numbers are pairs, as scipy takes them, unless they are a tuple of arrays.
    """
    entries = list(bounds)
    arrays = isinstance(bounds, tuple) and all(isinstance(entry, np.ndarray) for entry in entries)
    listed = len(entries) == rows and not arrays and not all(map(_single, entries))
    if listed:
        pairs = [(None, None) if entry is None else tuple(entry) for entry in entries]
        low, high = zip(*pairs, strict=True)
        return low, high
    low, high = entries
    return low, high


def _single(end: Any) -> bool:
    """Whether this is one end of an interval."""
    return end is None or isinstance(end, Real)


def _end(end: Any, free: float, shape: tuple[int, ...]) -> Vector:
    """One end of all intervals, flat; None means that there is none."""
    array = np.asarray(end)
    if array.ndim > 1 and not isinstance(end, np.ndarray):  # nested lists may as well be pairs
        raise ValueError
    if array.dtype == object:
        ends = [free if entry is None else entry for entry in array.ravel().tolist()]
        array = np.array(ends).reshape(array.shape)
    if array.dtype.kind not in "fiub":  # text would be read as numbers, complex numbers would lose a part
        raise ValueError
    return np.broadcast_to(array.astype(np.float64).reshape(_fitting(array, shape)), shape).ravel()


def _fitting(array: Vector, shape: tuple[int, ...]) -> tuple[int, ...]:
    """A flat list of ends takes the shape of the unknowns."""
    return shape if array.ndim == 1 and array.size == int(np.prod(shape)) else array.shape

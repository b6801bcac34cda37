"""What an operation does with rows: each by itself, or their sum or mean; found by trying it on a few.

No table says so: what works entry by entry leaves rows as they are. Any other operation is computed on seven
random rows together, and on the first three and the last four, from where it has values and elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from ..listing import Line

Way: TypeAlias = Literal["rows", "sum", "mean"]
"""What a result is of the rows: one for each, or what chunks give added, or their mean by numbers of rows."""

FIRST = 3
"""Rows of the first part of a trial."""


class Sizes(NamedTuple):
    """Rows in a chunk, in the trial beside which it is put, and in all chunks."""

    chunk: int
    trial: int
    total: int


def row_axis(line: Line, trial: Line, sizes: Sizes) -> int | None:
    """The axis of the rows, along which two recordings differ; None without. Raises ValueError for others."""
    if isinstance(line.data, tuple) or len(line.shape) != len(trial.shape):
        raise ValueError("it is not one array of rows")
    pairs = enumerate(zip(line.shape, trial.shape, strict=True))
    found = [(axis, pair) for axis, pair in pairs if pair[0] != pair[1]]
    if any(pair != sizes[:2] for _, pair in found) or len(found) > 1:
        raise ValueError(f"its shape {line.shape} goes by the number of rows in another way")
    return found[0][0] if found else None


def way_of(
    line: Line, trial: Line, operands: Sequence[Line], axes: Sequence[int | None], sizes: Sizes
) -> Way:
    """What a line does with the rows of its operands, whose axes of rows are given.

    Raises ValueError where it does neither of the three.
    """
    axis = row_axis(line, trial, sizes)
    if axis is not None and line.operation is not None and line.operation.elementwise:
        return "rows"
    ways: set[Way | None] = set()
    for spread in SPREADS:
        draws = [_random([i, *x.shape], spread, x) for i, x in enumerate(operands)]
        whole, first, last = (_tried(trial, line, _cut(draws, axes, part), sizes, part) for part in PARTS)
        ways.add(_way(whole, first, last, axis, sizes))
    if len(ways) == 1 and (way := ways.pop()):
        return way
    raise ValueError("it is neither for each row alone, nor a sum or mean over the rows")


def _way(whole: Any, first: Any, last: Any, axis: int | None, sizes: Sizes) -> Way | None:
    """What two parts of the rows tell of them together."""
    if axis is not None:
        return "rows" if _same(whole, np.concatenate([first, last], axis)) else None
    if np.asarray(whole).dtype.kind != "f":  # that one holds of all rows, say, is no sum
        return None
    if _same(whole, first + last):
        return "sum"
    return "mean" if _same(whole, (FIRST * first + (sizes.trial - FIRST) * last) / sizes.trial) else None


PARTS = (slice(None), slice(None, FIRST), slice(FIRST, None))

SPREADS = ((0.5, 1.5), (-1.0, 1.0), (-9.0, 9.0))
"""From where numbers are drawn: where all has a value, and where signs and sizes differ."""


def _tried(trial: Line, line: Line, inputs: Sequence[Any], sizes: Sizes, part: slice) -> Any:
    """The operation on some of the rows."""
    count = len(range(sizes.trial)[part])
    metadata = {name: resized(x, trial.metadata[name], sizes, count) for name, x in line.metadata.items()}
    operation: Any = trial.operation
    with np.errstate(all="ignore"):
        return operation.forward(*inputs, **metadata)


def _random(seed: list[int], spread: tuple[float, float], line: Line) -> Any:
    """Numbers in place of those of a line."""
    if line.kind == "constant":
        return line.data
    draw = np.random.default_rng(seed)
    if line.dtype.kind == "b":
        return draw.random(line.shape) < 0.5
    numbers = draw.uniform(*spread, line.shape)
    return float(numbers) if line.is_float else np.asarray(numbers).astype(line.dtype)


def _cut(draws: Sequence[Any], axes: Sequence[int | None], part: slice) -> list[Any]:
    """Some of the rows of each that has rows."""
    pairs = zip(draws, axes, strict=True)
    return [x if axis is None else x[(slice(None),) * axis + (part,)] for x, axis in pairs]


def _same(x: Any, y: Any) -> bool:
    return np.shape(x) == np.shape(y) and np.allclose(x, y, 1e-5, 1e-8, equal_nan=True)


# -- numbers that go by the number of rows -----------------------------------------------------


def resized(x: Any, trial: Any, sizes: Sizes, count: int) -> Any:
    """A setting for another number of rows, by what it is in two recordings. Raises ValueError otherwise."""
    if isinstance(x, (tuple, list)) and type(x) is type(trial) and len(x) == len(trial):
        return type(x)([resized(a, b, sizes, count) for a, b in zip(x, trial, strict=True)])
    if isinstance(x, slice) and isinstance(trial, slice):
        return slice(*[resized(a, b, sizes, count) for a, b in zip(ends(x), ends(trial), strict=True)])
    if isinstance(x, np.ndarray) or isinstance(trial, np.ndarray):
        if np.array_equal(x, trial):
            return x
    elif type(x) is type(trial) and bool(x == trial):
        return x
    elif (x, trial) == sizes[:2] and isinstance(x, int):
        return count
    raise ValueError("a setting goes by the number of rows in another way")


def ends(x: slice) -> Iterator[Any]:
    """Start, stop and step."""
    yield from (x.start, x.stop, x.step)


def rescaled(x: Any, trial: Any, sizes: Sizes, axis: int | None) -> Any:
    """A constant for all rows, by what it is in two recordings: the same, or n times or 1/n times something.

    Along an axis of rows it must be the same for each.
    """
    once, other = (y if axis is None else np.take(y, 0, axis) for y in (x, trial))
    if axis is not None and not (
        np.all(x == np.take(x, [0], axis)) and np.all(trial == np.take(trial, [0], axis))
    ):
        raise ValueError("an array that f closes over has something else for each row")
    if np.array_equal(once, other, equal_nan=np.asarray(once).dtype.kind == "f"):
        return x
    dtype = np.asarray(once).dtype
    rounding = 16.0 * float(np.finfo(dtype).eps) if dtype.kind == "f" else 0.0
    for power in (1, -1):
        if np.allclose(once, other * (sizes.chunk / sizes.trial) ** power, rounding, 0.0):
            return x * (sizes.total / sizes.chunk) ** power
    raise ValueError(f"the number {once} goes by the number of rows in another way")

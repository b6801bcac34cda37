"""Sequences of positions as the loops that ran through them.

A loop over rows that loops over neurons meets the weights at 0 1 2 3, 0 1 2 3, … and the inputs at 0 0 0 0,
1 1 1 1, … Together these are a grid of rows and neurons, along whose axes positions grow by even steps.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import accumulate, pairwise
from operator import mul
from typing import Any, NamedTuple, TypeAlias

import numpy as np

Positions: TypeAlias = np.ndarray[Any, np.dtype[np.intp]]

Sizes: TypeAlias = tuple[int, ...]


def grid(sequences: Iterable[Positions]) -> Sizes:
    """The sizes of the loops that ran evenly through all sequences of one length, outermost first.

    >>> grid([np.array([0, 1, 0, 1, 0, 1]), np.array([0, 0, 1, 1, 2, 2])])
    (3, 2)
    >>> grid([np.array([3, 1, 4, 1])])
    (4,)
    """
    heads = np.stack([*sequences])
    count = heads.shape[1]
    sizes: list[int] = []
    while heads.shape[1] > 1:
        size = _innermost(heads)
        if size == 0:
            return (count,)
        sizes.insert(0, size)
        heads = heads[:, ::size]
    return tuple(sizes) or (1,)


def _innermost(sequences: Positions) -> int:
    """The length of the innermost loop: the longest blocks that all grow by the same steps; 0 if none do."""
    first, step, count = sequences[:, :1], sequences[:, 1:2] - sequences[:, :1], sequences.shape[1]
    uneven = (sequences != first + step * np.arange(count)).any(axis=0)
    longest = int(uneven.argmax()) or count
    for size in _divisors(count, longest):
        blocks = sequences.reshape(len(sequences), -1, size)
        if np.array_equal(blocks, blocks[:, :, :1] + step[:, :, None] * np.arange(size)):
            return size
    return 0


def _divisors(n: int, longest: int) -> Iterator[int]:
    """Those of n from `longest` on downwards, without 1."""
    small = [k for k in range(1, math.isqrt(n) + 1) if n % k == 0]
    for size in [*[n // k for k in small], *small[::-1]]:
        if 1 < size <= longest:
            yield size


def even_steps(positions: Positions) -> Sizes | None:
    """By how much positions grow along each axis of an array of them; None where unevenly."""
    start = positions[(0,) * positions.ndim]
    expected, steps = np.asarray(start), []
    for axis, size in enumerate(positions.shape):
        second = tuple(int(axis == i) for i in range(positions.ndim))
        step = 0 if size == 1 else int(positions[second] - start)
        steps.append(step)
        expected = expected[..., None] + step * np.arange(size)
    return tuple(steps) if np.array_equal(expected, positions) else None


def without_repeats(entries: np.ndarray[Any, Any], axes: int) -> np.ndarray[Any, Any]:
    """An array of size 1 along those of its first axes along which nothing changes, to the bit."""
    for axis in range(axes):
        first = entries[(slice(None),) * axis + (slice(0, 1),)]
        if entries.shape[axis] > 1 and _same(entries, first):
            entries = first
    return entries


def _same(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> bool:
    """Whether numbers are equal, signs of zeros, too."""
    if not np.all(a == b):
        return False
    return a.dtype.kind != "f" or bool(np.all(np.signbit(a) == np.signbit(b)))


class Section(NamedTuple):
    """Positions out of a row: a part of it, the sizes in which that is arranged, and what is taken."""

    part: slice
    sizes: Sizes
    taken: tuple[Any, ...]


def cut(count: int, start: int, sizes: Sizes, steps: Sizes) -> Section | None:
    """How to cut the positions start + Σ iₖ·stepₖ, iₖ < sizeₖ, with falling steps, out of `count` in a row.

    None where no cutting gives them.

    >>> cut(12, 1, (4, 2), (3, 1))
    Section(part=slice(0, 12, None), sizes=(4, 3), taken=(slice(None, None, None), slice(1, 3, None)))
    """
    if any(step <= 0 for step in steps) or any(a % b for a, b in pairwise(steps)):
        return None
    if len(steps) == 1:
        step = steps[0] if steps[0] > 1 else None
        return Section(slice(start, start + (sizes[0] - 1) * steps[0] + 1, step), sizes, ())
    if steps == tuple(accumulate(sizes[:0:-1], mul, initial=1))[::-1]:
        return Section(slice(start, start + math.prod(sizes)), sizes, ())
    used = sizes[0] * steps[0]
    begin = min(start, count - used)
    lengths = (sizes[0], *[a // b for a, b in pairwise(steps)], *([steps[-1]] if steps[-1] > 1 else []))
    index: list[Any] = []
    rest = start - begin
    for size, step, length in zip(sizes, steps, lengths, strict=False):
        first, rest = divmod(rest, step)
        if first + size > length:
            return None
        index.append(slice(None) if size == length else slice(first, first + size))
    index += [rest] * (len(lengths) - len(sizes))
    return Section(slice(begin, begin + used), lengths, tuple(index)) if begin >= 0 else None

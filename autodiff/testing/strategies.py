"""Strategies for numbers, arrays and Values at which a function can be checked.

What they draw is well-conditioned for finite differences: of moderate size, 0 or not tiny, and away
from the points that a domain excludes. It shrinks towards few entries and small whole numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, cast

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from hypothesis.strategies import SearchStrategy

from ..values.data import Data, Shape, canonical
from ..values.value import Value
from .domains import POSITIVE as POSITIVE
from .domains import REAL as REAL
from .domains import UNIT as UNIT
from .domains import Domain as Domain
from .domains import Interval
from .dtypes import of_dtype

TINY = 2.0**-10
"""Numbers nearer to 0 than this, except 0, are not drawn: their squares and reciprocals lose digits."""

MODERATE = 16.0
"""Where an end is infinite, half of the numbers are no further from 0, or from the other end, than this."""

MAX_AXES, MAX_SIDE = 3, 3

MANY = 2 * MAX_SIDE**MAX_AXES
"""Points of a grid from which unique entries are drawn."""

MOST = 4 * MANY
"""Points of a grid on either side of the one nearest to 0: those of wide domains are many."""


def numbers(domain: Domain = REAL, dtype: Any = np.float64) -> SearchStrategy[float]:
    """Floats of a domain that the dtype represents exactly: float64, float32, float16, or a strategy.

    Whole numbers, halves, and the ends of the domain's pieces come up often. Towards an infinite end, half of
    the numbers are moderate, and none is so large that its cube overflows.

    Raises ValueError for another dtype, and where the dtype represents no number of the domain.

    >>> from hypothesis import find
    >>> find(numbers(POSITIVE), lambda x: x > 2.5)
    3.0
    >>> find(numbers(Domain(0, math.inf)), lambda x: x > 1e6)
    1000001.0
    """
    return of_dtype(dtype, lambda dtype: _numbers(domain, dtype), "numbers")


@lru_cache(256)
def _numbers(domain: Domain, dtype: np.dtype[Any]) -> SearchStrategy[float]:
    """One strategy for each domain and dtype: making and validating it costs more than to draw from it."""
    pieces = [held for piece in domain.pieces() for held in [_held(piece, dtype)] if held[0] <= held[1]]
    if not pieces:
        raise ValueError(f"numbers: {dtype} holds no number of {domain}")
    near = [reachable(piece, domain, dtype, MODERATE) for piece in pieces]
    far = [reachable(piece, domain, dtype, _reach(dtype)) for piece in pieces]
    ends = {*chain(*pieces)} & {*chain(*far)}  # where infinity is cut off is no end: all would shrink to it
    special = sorted({*multiples(0.5, near), *ends}, key=_simplicity)
    width = cast(Any, 8 * dtype.itemsize)
    floats = [st.floats(low, high, allow_subnormal=False, width=width) for low, high in _apart([*near, *far])]
    return st.one_of(st.sampled_from(special), *floats)


def _reach(dtype: np.dtype[Any]) -> float:
    """How far numbers go towards infinity: 2²⁵⁶, 2³² or 2⁴, with cubes that do not overflow."""
    return 2.0 ** (np.finfo(dtype).maxexp // 4)


def reachable(piece: Interval, domain: Domain, dtype: np.dtype[Any], reach: float) -> Interval:
    """The part of an interval that is no further towards infinity than `reach`, or twice its other end."""
    (low, high), largest = piece, float(np.finfo(dtype).max)
    if domain.high == math.inf and high == largest:
        high = min(max(reach, low + reach, 2.0 * low), largest)
    if domain.low == -math.inf and low == -largest:
        low = max(min(-reach, high - reach, 2.0 * high), -largest)
    return _held((low, high), dtype)


def _held(piece: Interval, dtype: np.dtype[Any]) -> Interval:
    """The part of an interval whose ends the dtype represents as finite numbers."""
    largest = float(np.finfo(dtype).max)
    low, high = (dtype.type(min(max(end, -largest), largest)) for end in piece)
    if float(low) < piece[0]:  # a comparison in the dtype itself would round the bound
        low = np.nextafter(low, dtype.type(np.inf))
    if float(high) > piece[1]:
        high = np.nextafter(high, dtype.type(-np.inf))
    return float(low), float(high)


def _apart(pieces: Sequence[Interval]) -> list[Interval]:
    """The parts of intervals away from 0, each once, nearest to 0 first."""
    return sorted({part for piece in pieces for part in _away_from_zero(piece)}, key=_nearness)


def _away_from_zero(piece: Interval) -> list[Interval]:
    low, high = piece
    halves = [(low, min(high, -TINY)), (max(low, TINY), high)]
    return [(low, high) for low, high in halves if low <= high]


def _simplicity(x: float) -> tuple[bool, float, bool]:
    """Order of shrinking: whole before broken, small before large, positive before negative."""
    return x != round(x), abs(x), x < 0.0


def _nearness(interval: Interval) -> tuple[bool, float]:
    return interval[1] < 0.0, min(abs(end) for end in interval)


def multiples(spacing: float, pieces: Sequence[Interval]) -> list[float]:
    """The multiples of a power of two in some intervals, of each the MOST nearest to 0 on either side."""
    return [k * spacing for low, high in pieces for k in _multipliers(spacing, low, high)]


def _multipliers(spacing: float, low: float, high: float) -> range:
    nearest = min(max(0.0, low), high)
    if abs(nearest) >= spacing * 2.0**50:  # multiples are further apart than floats, or overflow
        return range(0)
    first, last = max(low, nearest - MOST * spacing), min(high, nearest + MOST * spacing)
    return range(math.ceil(first / spacing), math.floor(last / spacing) + 1)


def _grid(domain: Domain) -> list[float]:
    """Multiples of ⅛ in the domain, or of a smaller power of two if there are few of them."""
    spacing, points = 0.25, list[float]()
    while len(points) < MANY and spacing > TINY:
        spacing /= 2.0
        points = multiples(spacing, domain.pieces())
    return sorted(points, key=_simplicity)


def arrays(
    shape: Shape | SearchStrategy[Shape] | None = None,
    dtype: Any = np.float64,
    domain: Domain = REAL,
    unique: bool = False,
) -> SearchStrategy[Data]:
    """Arrays of a domain: of a shape, of shapes drawn from a strategy, or of any small shape.

    `dtype` is one, or a strategy such as `dtypes()`.
    None gives up to 3 axes of up to 3 entries, none of them empty; a strategy may draw empty axes. Shape ()
    gives a Python float, or a NumPy scalar of another dtype. With `unique`, entries come from a grid, no two
    of them equal: ties and near ties are kinks of max and sort.

    >>> from hypothesis import find
    >>> find(arrays((2,)), lambda x: x.sum() >= 1.0)
    array([0., 1.])
    """
    if shape is None:
        shape = hnp.array_shapes(min_dims=0, max_dims=MAX_AXES, max_side=MAX_SIDE)

    def made(dtype: np.dtype[Any]) -> SearchStrategy[Any]:
        elements = st.sampled_from(_grid(domain)) if unique else numbers(domain, dtype)
        # Without fill, entries differ, so that a mixed-up axis or index is noticed.
        return hnp.arrays(dtype, shape, elements=elements, fill=st.nothing(), unique=unique)

    return of_dtype(dtype, made, "arrays").map(canonical)


def broadcastable_arrays(
    n: int,
    dtype: Any = np.float64,
    domain: Domain | Sequence[Domain] = REAL,
) -> SearchStrategy[tuple[Data, ...]]:
    """Tuples of n arrays whose shapes broadcast together; some may be numbers.

    `domain` and `dtype` are one for all, or a list with one for each. A strategy of dtypes draws one for all;
    in a list, each draws its own.

    >>> from hypothesis import find
    >>> find(broadcastable_arrays(2, domain=[REAL, POSITIVE]), lambda pair: True)
    (0.0, 1.0)
    """
    domains = _one_each(domain, n, "domains")
    if isinstance(dtype, SearchStrategy):
        return of_dtype(dtype, lambda drawn: broadcastable_arrays(n, drawn, domains), "broadcastable_arrays")
    dtypes = _one_each(dtype, n, "dtypes")
    shapes = hnp.mutually_broadcastable_shapes(num_shapes=n, max_dims=MAX_AXES, max_side=MAX_SIDE)
    return shapes.flatmap(lambda drawn: st.tuples(*map(arrays, drawn.input_shapes, dtypes, domains)))


def _one_each(given: Any, n: int, what: str) -> list[Any]:
    """As many as there are arrays, from one for all or from a list."""
    each = list(given) if isinstance(given, (list, tuple)) else [given] * n
    if len(each) != n:
        raise ValueError(f"broadcastable_arrays: expected {n} {what}, got {len(each)}")
    return each


def values(
    data: SearchStrategy[Any] | None = None, name: str | None = None, dtype: Any = None
) -> SearchStrategy[Any]:
    """Values of what another strategy draws, arrays of any small shape by default.

    For a strategy of tuples, such as `broadcastable_arrays`, they are tuples of Values. `dtype` is that of
    the arrays drawn by default. `st.from_type(Value)` is `values()`.

    Raises TypeError for a dtype beside a strategy of data, which has its own.

    >>> from hypothesis import find
    >>> find(values(numbers(POSITIVE), name="x"), lambda x: True)
    Value(1.0, name='x')
    """
    if data is not None and dtype is not None:
        raise TypeError("values: give the dtype to the strategy of the data, as values(arrays(dtype=dtype))")

    strategy = arrays(dtype=np.float64 if dtype is None else dtype) if data is None else data
    # hypothesis would print what is mapped as a call of a function that nobody knows
    return strategy.flatmap(lambda drawn: st.just(_values(drawn, name)))


def _values(drawn: Any, name: str | None) -> Any:
    return tuple(_values(x, name) for x in drawn) if isinstance(drawn, tuple) else Value(drawn, name)

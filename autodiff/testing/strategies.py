"""Strategies for numbers, arrays and Values at which a function can be checked.

What they draw is well-conditioned for finite differences: of moderate size, 0 or not tiny, and away
from the points that a domain excludes. It shrinks towards few entries and small whole numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, cast

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from hypothesis.strategies import SearchStrategy

from ..values.data import Data, Shape, canonical
from ..values.value import Value

Interval: TypeAlias = tuple[float, float]

TINY = 2.0**-10
"""Numbers nearer to 0 than this, except 0, are not drawn: their squares and reciprocals lose digits."""

MAX_AXES, MAX_SIDE = 3, 3

MANY = 2 * MAX_SIDE**MAX_AXES
"""Points of a grid from which unique entries are drawn."""


@dataclass(frozen=True)
class Domain:
    """The interval from low to high, ends included, without what lies within `margin` of excluded points.

    Exclude kinks, and the ends where a function has a pole or an infinite slope.

    >>> 0.0 in Domain(-2.0, 2.0), 0.0 in Domain(-2.0, 2.0, exclude=(0.0,))
    (True, False)
    """

    low: float = -5.0
    high: float = 5.0
    exclude: tuple[float, ...] = ()
    margin: float = 0.125

    def __post_init__(self) -> None:
        if not self.pieces():
            raise ValueError(f"{self} holds no number")

    def __contains__(self, x: float) -> bool:
        return any(low <= x <= high for low, high in self.pieces())

    def without(self, *points: float) -> Domain:
        """The domain without the surroundings of more points.

        >>> REAL.without(0.0).pieces()
        [(-5.0, -0.125), (0.125, 5.0)]
        """
        return replace(self, exclude=self.exclude + points)

    def pieces(self) -> list[Interval]:
        """The intervals that are left, in order."""
        pieces, low = [], self.low
        for point in sorted(self.exclude):
            if point + self.margin >= self.low and point - self.margin <= self.high:
                pieces.append((low, point - self.margin))
                low = point + self.margin
        pieces.append((low, self.high))
        return [(low, high) for low, high in pieces if low <= high]


REAL = Domain()
"""From −5 to 5."""

POSITIVE = Domain(0.0, 5.0, exclude=(0.0,))
"""From 0.125 to 5: away from the pole of log, and the infinite slope of sqrt, at 0."""

UNIT = Domain(-1.0, 1.0, exclude=(-1.0, 1.0))
"""From −0.875 to 0.875: between −1 and 1, where arcsin and arctanh are infinitely steep."""


def numbers(domain: Domain = REAL, dtype: Any = np.float64) -> SearchStrategy[float]:
    """Floats of a domain that the dtype (float64, float32 or float16) represents exactly.

    Whole numbers, halves, and the ends of the domain's pieces come up often.

    >>> from hypothesis import find
    >>> find(numbers(POSITIVE), lambda x: x > 2.5)
    3.0
    """
    dtype = np.dtype(dtype)
    if dtype not in (np.float64, np.float32, np.float16):
        raise ValueError(f"numbers: dtype must be float64, float32 or float16, got {dtype}")
    pieces = [_held(piece, dtype) for piece in domain.pieces()]
    pieces = [(low, high) for low, high in pieces if low <= high]
    if not pieces:
        raise ValueError(f"numbers: {dtype} holds no number of {domain}")
    special = sorted({*_multiples(0.5, pieces), *(end for piece in pieces for end in piece)}, key=_simplicity)
    intervals = sorted((part for piece in pieces for part in _away_from_zero(piece)), key=_nearness)
    width = cast(Any, 8 * dtype.itemsize)
    floats = [st.floats(low, high, allow_subnormal=False, width=width) for low, high in intervals]
    return st.one_of(st.sampled_from(special), *floats)


def _held(piece: Interval, dtype: np.dtype[Any]) -> Interval:
    """The part of an interval whose ends the dtype represents."""
    low, high = dtype.type(piece[0]), dtype.type(piece[1])
    if float(low) < piece[0]:  # a comparison in the dtype itself would round the bound
        low = np.nextafter(low, dtype.type(np.inf))
    if float(high) > piece[1]:
        high = np.nextafter(high, dtype.type(-np.inf))
    return float(low), float(high)


def _away_from_zero(piece: Interval) -> list[Interval]:
    low, high = piece
    halves = [(low, min(high, -TINY)), (max(low, TINY), high)]
    return [(low, high) for low, high in halves if low <= high]


def _simplicity(x: float) -> tuple[bool, float, bool]:
    """Order of shrinking: whole before broken, small before large, positive before negative."""
    return x != round(x), abs(x), x < 0.0


def _nearness(interval: Interval) -> tuple[bool, float]:
    return interval[1] < 0.0, min(abs(end) for end in interval)


def _multiples(spacing: float, pieces: Sequence[Interval]) -> list[float]:
    """The multiples of a power of two in some intervals."""
    steps = [range(math.ceil(low / spacing), math.floor(high / spacing) + 1) for low, high in pieces]
    return [k * spacing for part in steps for k in part]


def _grid(domain: Domain) -> list[float]:
    """Multiples of ⅛ in the domain, or of a smaller power of two if there are few of them."""
    spacing, points = 0.25, list[float]()
    while len(points) < MANY and spacing > TINY:
        spacing /= 2.0
        points = _multiples(spacing, domain.pieces())
    return sorted(points, key=_simplicity)


def arrays(
    shape: Shape | SearchStrategy[Shape] | None = None,
    dtype: Any = np.float64,
    domain: Domain = REAL,
    unique: bool = False,
) -> SearchStrategy[Data]:
    """Arrays of a domain: of a shape, of shapes drawn from a strategy, or of any small shape.

    None gives up to 3 axes of up to 3 entries, none of them empty; a strategy may draw empty axes. Shape ()
    gives a Python float, or a NumPy scalar of another dtype. With `unique`, entries come from a grid, no two
    of them equal: ties and near ties are kinks of max and sort.

    >>> from hypothesis import find
    >>> find(arrays((2,)), lambda x: x.sum() >= 1.0)
    array([0., 1.])
    """
    if shape is None:
        shape = hnp.array_shapes(min_dims=0, max_dims=MAX_AXES, max_side=MAX_SIDE)
    elements = st.sampled_from(_grid(domain)) if unique else numbers(domain, dtype)
    # Without fill, entries differ, so that a mixed-up axis or index is noticed.
    drawn = hnp.arrays(np.dtype(dtype), shape, elements=elements, fill=st.nothing(), unique=unique)
    return drawn.map(canonical)


def broadcastable_arrays(
    n: int,
    dtype: Any = np.float64,
    domain: Domain | Sequence[Domain] = REAL,
) -> SearchStrategy[tuple[Data, ...]]:
    """Tuples of n arrays whose shapes broadcast together; some may be numbers.

    `domain` is one domain for all, or a list with one for each.

    >>> from hypothesis import find
    >>> find(broadcastable_arrays(2, domain=[REAL, POSITIVE]), lambda pair: True)
    (0.0, 1.0)
    """
    domains = [domain] * n if isinstance(domain, Domain) else list(domain)
    if len(domains) != n:
        raise ValueError(f"broadcastable_arrays: expected {n} domains, got {len(domains)}")
    shapes = hnp.mutually_broadcastable_shapes(num_shapes=n, max_dims=MAX_AXES, max_side=MAX_SIDE)
    return shapes.flatmap(
        lambda drawn: st.tuples(
            *(arrays(shape, dtype, domain) for shape, domain in zip(drawn.input_shapes, domains, strict=True))
        )
    )


def values(data: SearchStrategy[Any] | None = None, name: str | None = None) -> SearchStrategy[Any]:
    """Values of what another strategy draws, arrays of any small shape by default.

    For a strategy of tuples, such as `broadcastable_arrays`, they are tuples of Values.

    >>> from hypothesis import find
    >>> find(values(numbers(POSITIVE), name="x"), lambda x: True)
    Value(1.0, name='x')
    """

    def held(drawn: Any) -> Any:
        return tuple(map(held, drawn)) if isinstance(drawn, tuple) else Value(drawn, name)

    return (arrays() if data is None else data).map(held)

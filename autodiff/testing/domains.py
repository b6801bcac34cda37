"""Domains: the numbers at which a function is defined, and far enough from where it is steep."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

from ..settings import chosen

Interval: TypeAlias = tuple[float, float]

CLOSED = {"both": (True, True), "left": (True, False), "right": (False, True), "neither": (False, False)}
"""Which ends belong to an interval, in the words of pandas' Interval."""


@dataclass(frozen=True)
class Domain:
    """The interval from low to high without what lies within `margin` of excluded points.

    `closed` says which ends belong to it: "both", "left", "right" or "neither". An infinite end never does:
    `Domain(0, inf)` holds all numbers from 0 up, and `Domain(0, inf, closed="neither")` those above 0.
    Numbers as near to an open end as floats can be belong to it, and are drawn. Exclude kinks, and the ends
    where a function has a pole or an infinite slope, to keep a distance.

    Raises ValueError where no number is left, and for another word than the four.

    >>> from math import inf
    >>> 0.0 in Domain(-2.0, 2.0), 0.0 in Domain(-2.0, 2.0, exclude=(0.0,)), inf in Domain(0, inf)
    (True, False, False)
    >>> [x in Domain(0, 1, closed="left") for x in (0.0, 1.0)]
    [True, False]
    """

    low: float = -5.0
    high: float = 5.0
    exclude: tuple[float, ...] = ()
    margin: float = 0.125
    closed: str = "both"

    def __post_init__(self) -> None:
        object.__setattr__(self, "exclude", tuple(self.exclude))  # lists, too, and domains can be hashed
        chosen("closed", self.closed, CLOSED)
        if not self.pieces():
            raise ValueError(f"{self} holds no number")

    def __contains__(self, x: float) -> bool:
        return any(low <= x <= high for low, high in self._pieces)

    def without(self, *points: float) -> Domain:
        """The domain without the surroundings of more points.

        >>> REAL.without(0.0).pieces()
        [(-5.0, -0.125), (0.125, 5.0)]
        """
        return replace(self, exclude=self.exclude + points)

    def pieces(self) -> list[Interval]:
        """The intervals that are left, in order. Their ends belong to them: the last floats inside.

        >>> Domain(0, 1, closed="left").pieces()
        [(0.0, 0.9999999999999999)]
        """
        return [*self._pieces]

    @cached_property
    def _pieces(self) -> tuple[Interval, ...]:
        start, stop = self._ends()
        pieces, low = [], start
        for point in sorted(self.exclude):
            if point + self.margin >= start and point - self.margin <= stop:
                pieces.append((low, point - self.margin))
                low = point + self.margin
        pieces.append((low, stop))
        return tuple((low, high) for low, high in pieces if low <= high)

    def _ends(self) -> Interval:
        """The first and the last float."""
        has_low, has_high = chosen("closed", self.closed, CLOSED)
        low, high = float(self.low), float(self.high)
        if not has_low or low == -math.inf:
            low = math.nextafter(low, math.inf)
        if not has_high or high == math.inf:
            high = math.nextafter(high, -math.inf)
        return low, high


REAL = Domain()
"""From −5 to 5."""

ANY = Domain(-math.inf, math.inf)
"""All real numbers."""

POSITIVE = Domain(0.0, 5.0, exclude=(0.0,))
"""From 0.125 to 5: away from the pole of log, and the infinite slope of sqrt, at 0."""

UNIT = Domain(-1.0, 1.0, exclude=(-1.0, 1.0))
"""From −0.875 to 0.875: between −1 and 1, where arcsin and arctanh are infinitely steep."""

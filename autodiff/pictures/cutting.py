"""Where a long picture is best cut into rows: between its cards, through few arrows and boxes."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from .geometry import Layout, Rect, Spot

LANE = 7.0
"""From one arrow to the next, where they go from a row to the next one."""

CLEAR = 10.0
"""Between a row and what passes it."""

UNEASE = {"lines": 0.02, "boxes": 0.06}
"""What it costs to cut an arrow, and a box, as a part of the size of the text."""

LOOSER = (1.0, 1.1, 1.25)
"""How much wider rows may be than they have to be, for the sake of better places to cut."""

SEVERAL = 6
"""Ways to cut that are worth a closer look."""

EARLIEST = 0.6
"""The part of a row that is filled at least, if there is a better place to cut."""

Worth: TypeAlias = "Callable[[float, float, Sequence[Cut]], float]"
"""How good a picture of some width and height is, with these cuts."""


class Cut(NamedTuple):
    """Where a picture may be cut, and how many arrows and boxes are cut there."""

    x: float
    lines: int
    boxes: int

    @property
    def unease(self) -> float:
        """What it costs."""
        return UNEASE["lines"] * self.lines + UNEASE["boxes"] * self.boxes

    @property
    def gutter(self) -> float:
        """The width that the arrows take beside the rows, and the height between them."""
        return CLEAR + LANE * (self.lines + 1)


def best_cuts(layout: Layout, worth: Worth) -> list[tuple[Cut, ...]]:
    """The ways to cut that promise most, by estimates of width and height."""
    strips = _Strips(layout)
    found = {cuts: worth(*strips.size(cuts), cuts) for cuts in strips.ways()}
    return sorted(found, key=lambda cuts: -found[cuts])[:SEVERAL]


class _Strips:
    """A picture as strips between the places where it may be cut, each with its lower and upper end."""

    def __init__(self, layout: Layout) -> None:
        self.cuts, extent = _cuts(layout), layout.extent
        self.places = [extent.left, *(cut.x for cut in self.cuts), extent.right]
        self.lows = [math.inf] * (len(self.cuts) + 1)
        self.highs = [-math.inf] * (len(self.cuts) + 1)
        for spot in _outline(layout):
            strip = bisect_right(self.places, spot.x, 1, len(self.places) - 1) - 1
            self.lows[strip] = min(self.lows[strip], spot.y)
            self.highs[strip] = max(self.highs[strip], spot.y)

    def size(self, cuts: Sequence[Cut]) -> tuple[float, float]:
        """About the width and the height of the picture in rows."""
        ends = [0, *(bisect_left(self.cuts, cut) + 1 for cut in cuts), len(self.lows)]
        gutters = [cut.gutter for cut in cuts]
        widths = [
            self.places[end] - self.places[start] + gutter
            for (start, end), gutter in zip(pairwise(ends), [*gutters, 0.0], strict=True)
        ]
        heights = [max(self.highs[a:b]) - min(self.lows[a:b]) for a, b in pairwise(ends)]
        return max(widths) + max(gutters, default=0.0), sum(heights) + sum(gutters) + CLEAR * len(cuts)

    def ways(self) -> Iterator[tuple[Cut, ...]]:
        """For each number of rows that may be good, the cuts that make them narrow."""
        whole = self.places[-1] - self.places[0]
        tallest = max(self.highs) - min(self.lows)
        most = min(len(self.cuts) + 1, 4 + math.ceil(2.0 * math.sqrt(whole / tallest)))
        for rows in range(2, most + 1):
            for looser in LOOSER:
                for few in (False, True):
                    cuts = tuple(self._filled(looser * self._narrowest(rows), few))
                    if cuts:
                        yield cuts

    def _narrowest(self, rows: int) -> float:
        """About the smallest width of so many rows."""
        whole = self.places[-1] - self.places[0]
        widest = max(b - a for a, b in pairwise(self.places))
        found = bisect_left(
            range(FINE), True, key=lambda k: len(tuple(self._filled(widest + k / FINE * whole))) < rows
        )
        return widest + found / FINE * whole

    def _filled(self, width: float, few: bool = False) -> Iterator[Cut]:
        """The last cut that fits into each row; if `few`, the one near the end that cuts fewest arrows."""
        start, first = self.places[0], 0
        while first < len(self.cuts) and start + width < self.places[-1] - 1.0:
            end = bisect_right(self.places, start + width + 1e-6) - 2
            last = end = max(first, end)
            if few:
                early = bisect_left(self.places, start + EARLIEST * width) - 1
                near = range(max(first, early), end + 1)
                last = min(near, key=lambda k: (self.cuts[k].unease, -k), default=end)
            yield self.cuts[last]
            start, first = self.cuts[last].x, last + 1


FINE = 1 << 10
"""Widths that are told apart."""


def _outline(layout: Layout) -> Iterator[Spot]:
    """Corners of cards and boxes, and points of arrows."""
    for place in (*layout.cards.values(), *(box.title for box in layout.boxes.values())):
        yield from (Spot(place.middle.x, place.bottom), Spot(place.middle.x, place.top))
    for curve in layout.ways.values():
        yield from curve.points


def _cuts(layout: Layout) -> list[Cut]:
    """One place in each gap between the cards: where it cuts fewest boxes, and then fewest arrows."""
    heads = [Rect(*curve.points[-1], *curve.tip) for curve in layout.ways.values() if curve.tip]
    blocks = [*layout.cards.values(), *heads, *(box.title for box in layout.boxes.values())]
    lines = _Intervals([(curve.points[0].x, curve.points[-1].x) for curve in layout.ways.values()])
    boxes = _Intervals([(box.place.left, box.place.right) for box in layout.boxes.values()])
    found = []
    for left, right in _gaps(blocks):
        inside = [left, *boxes.between(left, right), right]
        middles = [(a + b) / 2.0 for a, b in pairwise(inside) if b - a > 1.0]
        cuts = [Cut(x, lines.around(x), boxes.around(x)) for x in middles]
        found.append(min(cuts, key=lambda cut: (cut.boxes, cut.lines)))
    return found


class _Intervals:
    """Intervals, counted."""

    def __init__(self, intervals: Sequence[tuple[float, float]]) -> None:
        self.starts, self.ends = sorted(a for a, _ in intervals), sorted(b for _, b in intervals)

    def around(self, x: float) -> int:
        """How many contain x."""
        return bisect_left(self.starts, x) - bisect_right(self.ends, x)

    def between(self, left: float, right: float) -> list[float]:
        """The ends that are between these, in order."""
        return sorted(
            {
                x
                for ends in (self.starts, self.ends)
                for x in ends[bisect_right(ends, left) : bisect_left(ends, right)]
            }
        )


def _gaps(blocks: Sequence[Rect]) -> Iterator[tuple[float, float]]:
    """The intervals that no block reaches into, between two that do."""
    reached = -math.inf
    for block in sorted(blocks):
        if -math.inf < reached < block.left - 2.0:
            yield reached, block.left
        reached = max(reached, block.right)

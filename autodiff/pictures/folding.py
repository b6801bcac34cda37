"""Long pictures folded into rows, as text is broken into lines: what reads from left to right goes on below.

A picture is cut where no card stands, between two layers. Each arrow that is cut leaves its row at the right,
and enters the next one at the left; arrows that do so together keep their order, and never cross.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from .cutting import CLEAR, LANE, Cut, best_cuts
from .geometry import Box, Curve, Layout, Rect, Spot, Turn, hull
from .sheet import Sheet

MARGIN = 8.0
"""Around the cards in a box."""

WORTH = 1.1
"""How many times larger text must become for a picture to be folded at all."""

LEGIBLE = 24.0 / 1080.0
"""The size of text, as a part of the height of a page, that pictures are folded for; larger is not better."""

BEND = 5.0
"""The radius of corners."""

FINE = 1 << 20
"""Places on a piece of a curve that are told apart."""


TURNS: dict[str, tuple[Turn, Turn]] = {
    "LR": (((1, 0), (0, 1)), ((1, 0), (0, 1))),
    "RL": (((-1, 0), (0, 1)), ((-1, 0), (0, 1))),
    "TB": (((0, -1), (-1, 0)), ((0, -1), (-1, 0))),
    "BT": (((0, 1), (-1, 0)), ((0, -1), (1, 0))),
}
"""How a picture is seen from left to right, and seen as before."""


def folded(layout: Layout, direction: str, sheet: Sheet, text: float) -> Layout:
    """The layout in rows, where its text would be small on the sheet: as many rows as make it largest.

    `text` is the size of text. From top to bottom the rows are columns.
    """
    turn, back = TURNS[direction]
    seen, upright = layout.seen(turn), direction in ("LR", "RL")

    def worth(width: float, height: float, cuts: Sequence[Cut]) -> float:
        size = sheet.letters(text, *((width, height) if upright else (height, width)))
        return min(size, LEGIBLE) / (1.0 + sum(cut.unease for cut in cuts))

    plain = worth(seen.extent.width, seen.extent.height, ())
    if plain >= LEGIBLE:
        return layout
    best, chosen = WORTH * plain, None
    for cuts in best_cuts(seen, worth):
        rows = _Rows(seen, cuts)
        found = worth(rows.width, rows.height, cuts)
        if found > best:
            best, chosen = found, rows
    return chosen.layout().seen(back) if chosen else layout


class _Rows:
    """A layout in rows. Rows count from 0, at the top."""

    def __init__(self, layout: Layout, cuts: Sequence[Cut]) -> None:
        self.source = layout
        extent = layout.extent
        self.places = [extent.left, *(cut.x for cut in cuts), extent.right]
        self.curves = {id: self._cut(way) for id, way in layout.ways.items()}
        self.crossings = [self._crossings(row) for row in range(len(cuts))]
        self.pieces = [self._pieces(row) for row in range(len(cuts) + 1)]
        self.hulls = [self._hull(row) for row in range(len(cuts) + 1)]
        self.gutters = [CLEAR + LANE * (len(lines) + 1) for lines in self.crossings]
        self.left = max(self.gutters, default=0.0)
        self.offsets = list(self._offsets())

    @property
    def width(self) -> float:
        """Of all rows, with what passes them."""
        widths = [place.width for place in self.hulls]
        ends = [width + gutter for width, gutter in zip(widths, [*self.gutters, 0.0], strict=True)]
        return max(ends) + self.left

    @property
    def height(self) -> float:
        """Of all rows, and of what is between them."""
        between = sum(CLEAR + gutter for gutter in self.gutters)
        return sum(place.height for place in self.hulls) + between

    def _row(self, x: float) -> int:
        return bisect_right(self.places, x, 1, len(self.places) - 1) - 1

    def _offsets(self) -> Iterator[tuple[float, float]]:
        """How far each row is moved."""
        top = 0.0
        for row, place in enumerate(self.hulls):
            yield -place.left, top - place.top
            top -= place.height + (CLEAR + self.gutters[row] if row < len(self.gutters) else 0.0)

    def _cut(self, way: Curve) -> dict[int, list[Spot]]:
        """The pieces of an arrow, by the row that they are in."""
        row, rest = self._row(way.points[0].x), list(way.points)
        pieces = {}
        while row < len(self.places) - 2 and way.points[-1].x > self.places[row + 1]:
            pieces[row], rest = _split(rest, _at(rest, self.places[row + 1]))
            row += 1
        return pieces | {row: rest}

    def _crossings(self, row: int) -> dict[str, float]:
        """The arrows that go on from a row to the next one, and at what height, the uppermost first."""
        found = {
            id: pieces[row][-1].y for id, pieces in self.curves.items() if {row, row + 1} <= pieces.keys()
        }
        return dict(sorted(found.items(), key=lambda item: -item[1]))

    def _pieces(self, row: int) -> dict[int, Rect]:
        """What of each box is in a row: around the cards that it has there, on to where it is cut."""
        left, right = self.places[row : row + 2]
        found: dict[int, Rect] = {}
        inner_first = sorted(
            self.source.boxes.items(), key=lambda item: item[1].place.width * item[1].place.height
        )
        for number, box in inner_first:
            place = box.place
            inside = [
                card
                for card in self.source.cards.values()
                if _within(card.middle, place) and left < card.middle.x < right
            ]
            if not inside:
                continue
            inside += [other for n, other in found.items() if n != number and _within(other.middle, place)]
            if left < box.title.middle.x < right:
                inside.append(box.title)
            around = hull(inside).grown(MARGIN)
            sides = max(place.left, left), min(place.right, right)
            found[number] = Rect(
                sides[0], max(around.bottom, place.bottom), sides[1], min(around.top, place.top)
            )
        return found

    def _hull(self, row: int) -> Rect:
        """What a row takes."""
        left, right = self.places[row : row + 2]
        cards = [card for card in self.source.cards.values() if left < card.middle.x < right]
        curves = [Rect(*p, *p) for pieces in self.curves.values() for p in pieces.get(row, ())]
        around = hull([*cards, *self.pieces[row].values(), *curves])
        return Rect(left, around.bottom, right, around.top)

    # -- the folded layout -------------------------------------------------------------------------

    def layout(self) -> Layout:
        """Everything where it is now."""
        cards = {
            id: card.moved(*self.offsets[self._row(card.middle.x)]) for id, card in self.source.cards.items()
        }
        boxes = {number: self._box(number, box) for number, box in self.source.boxes.items()}
        ways = {id: self._way(id, way) for id, way in self.source.ways.items()}
        return self.source._replace(cards=cards, boxes=boxes, ways=ways)

    def _box(self, number: int, box: Box) -> Box:
        places = [
            piece[number].moved(*self.offsets[row])
            for row, piece in enumerate(self.pieces)
            if number in piece
        ]
        title = box.title.moved(*self.offsets[self._row(box.title.middle.x)])
        return Box(places[0], title, tuple(places[1:]))

    def _way(self, id: str, way: Curve) -> Curve:
        """An arrow: its pieces in each row, and the ways from one row to the next."""
        points: list[Spot] = []
        for row, piece in self.curves[id].items():
            if points:
                points = _joined(points, self._passage(row - 1, id))
            points = _joined(points, [_moved(p, self.offsets[row]) for p in piece])
        tip = None if way.tip is None else _moved(way.tip, self.offsets[row])
        return Curve(tuple(points), tip)

    def _passage(self, row: int, id: str) -> list[Spot]:
        """From the right end of a row, below it, to the left end of the next one."""
        lines = self.crossings[row]
        rank, y = list(lines).index(id), lines[id]
        inner = len(lines) - 1 - rank
        (dx, dy), (ex, ey) = self.offsets[row : row + 2]
        x, back = self.places[row + 1] + dx, self.places[row + 1] + ex
        right, left = x + CLEAR + LANE * inner, back - CLEAR - LANE * rank
        below = self.hulls[row].bottom + dy - CLEAR - LANE * inner
        corners = [
            (x, y + dy),
            (right, y + dy),
            (right, below),
            (left, below),
            (left, y + ey),
            (back, y + ey),
        ]
        return _rounded([Spot(*corner) for corner in corners])


def _within(point: Spot, place: Rect) -> bool:
    return place.left <= point.x <= place.right and place.bottom <= point.y <= place.top


def _moved(point: Spot, offset: tuple[float, float]) -> Spot:
    return Spot(point.x + offset[0], point.y + offset[1])


# -- curves ----------------------------------------------------------------------------------------


def _at(points: Sequence[Spot], x: float) -> float:
    """Where a curve reaches x: the number of a piece, and the part of it."""
    ends = [p.x for p in points[::3]]
    piece = next(k for k in range(len(ends) - 1) if ends[k] <= x <= ends[k + 1])
    part = bisect_left(range(FINE), True, key=lambda k: _split(points, piece + k / FINE)[0][-1].x >= x)
    return piece + part / FINE


def _split(points: Sequence[Spot], at: float) -> tuple[list[Spot], list[Spot]]:
    """Two curves that one is cut into, by de Casteljau's construction."""
    k = min(int(at), (len(points) - 1) // 3 - 1)
    t, piece = at - k, list(points[3 * k : 3 * k + 4])
    left, right = [piece[0]], [piece[-1]]
    while len(piece) > 1:
        piece = [Spot(a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)) for a, b in pairwise(piece)]
        left.append(piece[0])
        right.append(piece[-1])
    return [*points[: 3 * k], *left], [*right[::-1], *points[3 * k + 4 :]]


def _joined(first: list[Spot], then: Sequence[Spot]) -> list[Spot]:
    return [*first, *then[1:]] if first else list(then)


def _rounded(corners: Sequence[Spot]) -> list[Spot]:
    """A curve through corners, which it rounds off."""
    points = [corners[0]]
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        start, end = _towards(corner, before), _towards(corner, after)
        points += [*_straight(points[-1], start), corner, corner, end]
    return [*points, *_straight(points[-1], corners[-1])]


def _towards(corner: Spot, other: Spot) -> Spot:
    """The point at which the rounding of a corner begins or ends."""
    length = math.hypot(other.x - corner.x, other.y - corner.y)
    part = min(BEND, length / 2.0) / length if length else 0.0
    return Spot(corner.x + part * (other.x - corner.x), corner.y + part * (other.y - corner.y))


def _straight(start: Spot, end: Spot) -> list[Spot]:
    """A line as a piece of a curve, without its start."""
    third = Spot((2.0 * start.x + end.x) / 3.0, (2.0 * start.y + end.y) / 3.0)
    other = Spot((start.x + 2.0 * end.x) / 3.0, (start.y + 2.0 * end.y) / 3.0)
    return [third, other, end]

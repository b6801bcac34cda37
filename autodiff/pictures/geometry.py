"""Where everything in a picture is: cards, labels, boxes and arrows, in points, as Graphviz lays them out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

INCH = 72.0
"""Points."""

Turn: TypeAlias = tuple[tuple[int, int], tuple[int, int]]
"""A picture turned by right angles, or seen in a mirror: what becomes of x, and of y."""


class Spot(NamedTuple):
    """A place in a picture; y grows upwards."""

    x: float
    y: float

    def seen(self, turn: Turn) -> Spot:
        """The same in a picture that is turned."""
        (a, b), (c, d) = turn
        return Spot(a * self.x + b * self.y, c * self.x + d * self.y)


class Rect(NamedTuple):
    """A rectangle."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def middle(self) -> Spot:
        """The point that Graphviz knows it by."""
        return Spot((self.left + self.right) / 2.0, (self.bottom + self.top) / 2.0)

    @property
    def width(self) -> float:
        """Its width."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Its height."""
        return self.top - self.bottom

    def seen(self, turn: Turn) -> Rect:
        """The same in a picture that is turned."""
        one, other = Spot(self.left, self.bottom).seen(turn), Spot(self.right, self.top).seen(turn)
        return Rect(min(one.x, other.x), min(one.y, other.y), max(one.x, other.x), max(one.y, other.y))

    def moved(self, dx: float, dy: float) -> Rect:
        """The same elsewhere."""
        return Rect(self.left + dx, self.bottom + dy, self.right + dx, self.top + dy)

    def grown(self, margin: float) -> Rect:
        """The same with a margin on all sides."""
        return Rect(self.left - margin, self.bottom - margin, self.right + margin, self.top + margin)


def hull(rects: Iterable[Rect]) -> Rect:
    """The smallest rectangle around all of these."""
    lefts, bottoms, rights, tops = zip(*rects, strict=True)
    return Rect(min(lefts), min(bottoms), max(rights), max(tops))


class Curve(NamedTuple):
    """An arrow: the points of its curve, a start and three for each piece, and its tip, if it has one."""

    points: tuple[Spot, ...]
    tip: Spot | None

    @property
    def extent(self) -> Rect:
        """A rectangle around it; the curve is inside the hull of its points."""
        points = self.points if self.tip is None else (*self.points, self.tip)
        return hull(Rect(x, y, x, y) for x, y in points)

    def seen(self, turn: Turn) -> Curve:
        """The same in a picture that is turned."""
        return Curve(tuple(point.seen(turn) for point in self.points), self.tip and self.tip.seen(turn))


class Box(NamedTuple):
    """A box, and where its title is. `pieces` are where it goes on in further rows."""

    place: Rect
    title: Rect
    pieces: tuple[Rect, ...] = ()

    def seen(self, turn: Turn) -> Box:
        """The same in a picture that is turned."""
        return Box(
            self.place.seen(turn), self.title.seen(turn), tuple(piece.seen(turn) for piece in self.pieces)
        )


class Layout(NamedTuple):
    """What is where: cards and labels by id, boxes by number, arrows by id.

    `fields` are the widths of the fields of cards that have several.
    """

    cards: Mapping[str, Rect]
    boxes: Mapping[int, Box]
    ways: Mapping[str, Curve]
    fields: Mapping[str, Sequence[float]]

    @property
    def extent(self) -> Rect:
        """The rectangle that all of it takes."""
        places = [place for box in self.boxes.values() for place in (box.place, *box.pieces)]
        return hull([*self.cards.values(), *places, *(way.extent for way in self.ways.values())])

    def seen(self, turn: Turn) -> Layout:
        """The same in a picture that is turned."""
        return self._replace(
            cards={id: card.seen(turn) for id, card in self.cards.items()},
            boxes={number: box.seen(turn) for number, box in self.boxes.items()},
            ways={id: way.seen(turn) for id, way in self.ways.items()},
        )


def read(drawn: bytes) -> Layout:
    """A layout from what Graphviz writes as JSON."""
    data = json.loads(drawn)
    objects = data.get("objects", [])
    clusters = [item for item in objects if item["name"].startswith("cluster_")]
    return Layout(
        {item["name"]: _rect(item) for item in objects if "pos" in item},
        {int(item["name"].partition("_")[2]): _box(item) for item in clusters},
        {item["id"]: _way(item["pos"]) for item in data.get("edges", [])},
        {
            item["name"]: [_place(rect).width for rect in item["rects"].split()]
            for item in objects
            if "rects" in item
        },
    )


def _rect(item: Mapping[str, Any]) -> Rect:
    return _around(_points(item["pos"])[0], item["width"], item["height"])


def _around(middle: Spot, width: str, height: str) -> Rect:
    """A rectangle by its middle, and its size in inches."""
    dx, dy = float(width) * INCH / 2.0, float(height) * INCH / 2.0
    return Rect(middle.x - dx, middle.y - dy, middle.x + dx, middle.y + dy)


def _place(corners: str) -> Rect:
    return Rect(*map(float, corners.split(",")))


def _box(item: Mapping[str, Any]) -> Box:
    return Box(_place(item["bb"]), _around(_points(item["lp"])[0], item["lwidth"], item["lheight"]))


def _way(text: str) -> Curve:
    words = text.split()
    tips = [word[2:] for word in words if word.startswith("e,")]
    points = _points(*[word for word in words if word[:2] not in ("e,", "s,")])
    return Curve(tuple(points), _points(tips[0])[0] if tips else None)


def _points(*words: str) -> Sequence[Spot]:
    return [Spot(*map(float, word.split(",")[:2])) for word in words]

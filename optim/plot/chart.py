"""A curve or contours as SVG, and ways on them of which each step can be shown by itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from autodiff.animation.svg import Element, element, picture, polyline, short, text, width_of
from autodiff.text.digits import superscript

from ..unknowns import Vector
from .canvas import number
from .landscape import profile, surface
from .room import Patch, Room
from .stationary import Stationary, stationary_points
from .window import Window

LEFT, TOP, RIGHT, BOTTOM = 74.0, 34.0, 16.0, 52.0
WIDE = (900.0, 480.0)
LONGEST = 560.0
ACROSS = 70

Segment = tuple[tuple[float, float], tuple[float, float]]

HEAD, SIGN = 10.0, 5.0
NUMBER, KIND = 13.0, 12.0
"""How large the numbers of iterates are, and the words of marks."""

RISES = (12.0, 26.0, 40.0)
"""How high above a mark its words begin: where no number of an iterate is, the first."""

SHAPES = {
    "maximum": ((0.0, -1.2), (1.1, 0.8), (-1.1, 0.8)),
    "saddle": ((0.0, -1.2), (1.2, 0.0), (0.0, 1.2), (-1.2, 0.0)),
}
"""Corners of marks; those of other kinds are round."""

COUNT = 14
"""Lines at different levels."""

SIDES = ((0, 1), (1, 2), (2, 3), (3, 0))
"""Corners of a cell at the ends of its sides: lower left, lower right, upper right, upper left."""


class Chart:
    """Axes over a window, in a picture; places are in the units of the axes.

    There may be room to the right of them, and the numbers upwards may be powers of ten.
    """

    def __init__(
        self,
        title: str,
        window: Window,
        size: tuple[float, float],
        labels: Sequence[str],
        grid: bool,
        beside: float = 0.0,
        powers: bool = False,
    ) -> None:
        self.low, self.high = window
        self.size = np.array(size)
        self.powers = powers
        self.drawn = picture(size[0] + LEFT + RIGHT + beside, size[1] + TOP + BOTTOM, title)
        frame = {"x": LEFT, "y": TOP, "width": size[0], "height": size[1]}
        element(element(self.drawn, "clipPath", id="inside"), "rect", **frame)
        self._axes(labels, grid)
        self.field, self.way = (
            element(self.drawn, "g", class_=name, clip_path="url(#inside)") for name in ("field", "way")
        )
        element(self.drawn, "rect", class_="frame", **frame)
        self._room = Room()

    def place(self, point: Vector) -> tuple[float, float]:
        """Where a point is in the picture; far outside, as far as drawing is precise."""
        with np.errstate(over="ignore"):
            part = np.clip((np.asarray(point) - self.low) / (self.high - self.low), -20.0, 20.0)
        return float(LEFT + part[0] * self.size[0]), float(TOP + (1.0 - part[1]) * self.size[1])

    def _axes(self, labels: Sequence[str], grid: bool) -> None:
        """Round numbers along both axes, and what these are."""
        right, foot = LEFT + self.size[0], TOP + self.size[1]
        for x in round_numbers(self.low[0], self.high[0]):
            at, _ = self.place(np.array([x, self.low[1]]))
            element(self.drawn, "line", class_="grid", x1=at, y1=TOP if grid else foot - 5.0, x2=at, y2=foot)
            text(self.drawn, number(x), at, foot + 18.0, "tick", text_anchor="middle")
        for y in round_numbers(self.low[1], self.high[1]):
            _, at = self.place(np.array([self.low[0], y]))
            element(
                self.drawn, "line", class_="grid", x1=LEFT, y1=at, x2=right if grid else LEFT + 5.0, y2=at
            )
            text(self.drawn, self._told(y), LEFT - 8.0, at + 4.0, "tick", text_anchor="end")
        text(self.drawn, labels[0], (LEFT + right) / 2.0, foot + 42.0, "axis", text_anchor="middle")
        text(self.drawn, labels[1], 6.0, TOP - 12.0, "axis")

    def _told(self, y: float) -> str:
        """A number beside the axis."""
        if not self.powers:
            return number(y)
        return f"10{superscript(round(y))}" if y == round(y) else number(10.0**y)

    def line(self, parent: Element, class_: str, points: Sequence[Vector], **attributes: object) -> None:
        """A line through points."""
        element(parent, "path", class_=class_, d=polyline([self.place(p) for p in points]), **attributes)

    def dot(self, number: int, point: Vector) -> None:
        """An iterate, with its number."""
        x, y = self.place(point)
        element(self.way, "circle", id=f"p{number}", class_="point", cx=x, cy=y, r=4.0)
        text(self.way, f"{number:,}", x, y - 10.0, "number", id=f"k{number}", text_anchor="middle")
        self._room.take(self._box(f"{number:,}", x, y - 10.0, NUMBER))

    def arrow(self, id: str, tail: Vector, tip: Vector) -> None:
        """An arrow with a head of one size."""
        (x1, y1), (x2, y2) = self.place(tail), self.place(tip)
        length = math.hypot(x2 - x1, y2 - y1) or 1.0
        dx, dy = HEAD * (x2 - x1) / length, HEAD * (y2 - y1) / length
        sides = [(x2 - dx - 0.4 * dy, y2 - dy + 0.4 * dx), (x2 - dx + 0.4 * dy, y2 - dy - 0.4 * dx)]
        shaft = polyline([(x1, y1), (x2, y2)])
        element(
            self.way,
            "path",
            id=id,
            class_="tangent slope",
            d=shaft + polyline([sides[0], (x2, y2), sides[1]]),
        )

    def still(self, point: Vector, kind: str, told: str) -> None:
        """A hollow mark where f is stationary: a triangle for a maximum, a lozenge for a saddle.

        Its words are below a minimum, else above; higher where there is the number of an iterate.
        """
        x, y = self.place(point)
        corners = [(x + SIGN * a, y + SIGN * b) for a, b in SHAPES.get(kind, ())]
        look = {"class_": "stationary"}
        if corners:
            element(self.field, "path", d=f"{polyline(corners)}Z", **look)
        else:
            element(self.field, "circle", cx=x, cy=y, r=SIGN, **look)
        feet = [y + 22.0] if kind == "minimum" else [y - rise for rise in RISES]
        boxes = [self._box(told, x, foot, KIND) for foot in feet]
        box = self._room.first([box for box in boxes if box.low > TOP]) or boxes[0]
        text(self.field, told, box.middle, box.high, "kind", text_anchor="middle")

    def _box(self, told: str, x: float, foot: float, size: float) -> Patch:
        """The room of centred text over a line, within the frame."""
        half = width_of(told, size, bold=size == NUMBER) / 2.0
        return Patch(x - half, foot - size, x + half, foot).within(LEFT, LEFT + float(self.size[0]))


def round_numbers(low: float, high: float) -> list[float]:
    """About six multiples of 1, 2 or 5 times a power of ten.

    >>> round_numbers(-0.1, 1.05)
    [0.0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0]
    """
    rough = (high - low) / 6.0
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= rough * 0.99)
    return [k * step for k in range(math.ceil(low / step), math.floor(high / step) + 1)]


def curve_chart(title: str, function: Callable[[Any], float], window: Window, values: Vector) -> Chart:
    """f over an interval, as high as shows these values of it."""
    x, y, limits = profile(function, window, values)
    chart = Chart(title, limits, WIDE, ("x", "f(x)"), True)
    for piece in _unbroken(x, y):
        chart.line(chart.field, "curve", piece)
    return chart


def _unbroken(x: Vector, y: Vector) -> list[list[Vector]]:
    """The pieces of a curve between places where it has no value."""
    gaps = np.flatnonzero(~np.isfinite(y))
    pieces = np.split(np.column_stack([x, y]), gaps)
    return [rows for piece in pieces if len(rows := [row for row in piece if np.isfinite(row[1])]) > 1]


def contour_chart(
    title: str, function: Callable[[Any], float], window: Window, values: Vector
) -> tuple[Chart, list[Stationary]]:
    """Contours of f, the lower the stronger; and the points where f is stationary."""
    x1, x2, y = surface(function, window, ACROSS)
    lowest = float(np.append(y[np.isfinite(y)], values).min())
    chart = Chart(title, window, _size(window), ("x₁", "x₂"), False)
    chosen = levels(y, lowest)
    for k, level in enumerate(chosen):
        pieces = [
            polyline([chart.place(np.array(end)) for end in piece]) for piece in level_lines(x1, x2, y, level)
        ]
        opacity = float(short(10.0 - 7.0 * k / len(chosen))) / 10.0
        element(chart.field, "path", class_="contour", d="".join(pieces), opacity=opacity)
    return chart, stationary_points(function, x1, x2, y)


def _size(window: Window) -> tuple[float, float]:
    """The picture's size: one scale for both axes, unless their ranges differ much."""
    wide, high = window[1] - window[0]
    if not 0.4 < high / wide < 2.5:
        return WIDE
    scale = min(WIDE[0] / wide, LONGEST / high)
    return float(wide * scale), float(high * scale)


# -- level lines, by marching squares ----------------------------------------------------------


def levels(values: Vector, lowest: float) -> Vector:
    """Values for lines: in equal ratios above the lowest."""
    known = values[np.isfinite(values)] - lowest
    known = known[known > 0.0]
    if not known.size:
        return np.zeros(0)
    first, last = float(np.quantile(known, 0.01)), float(np.quantile(known, 0.99))
    return lowest + np.geomspace(max(first, 1e-9 * last), last, COUNT)


def level_lines(x1: Vector, x2: Vector, values: Vector, level: float) -> Iterator[Segment]:
    """The pieces of the line in the cells of the grid, values being (x2, x1).

    >>> x = np.array([0.0, 1.0])
    >>> [piece] = level_lines(x, x, np.array([[0.0, 1.0], [0.0, 1.0]]), 0.25)
    >>> [tuple(map(float, end)) for end in piece]
    [(0.25, 0.0), (0.25, 1.0)]
    """
    above = values > level
    corners = np.stack([above[:-1, :-1], above[:-1, 1:], above[1:, 1:], above[1:, :-1]])
    known = np.isfinite(values[:-1, :-1] + values[:-1, 1:] + values[1:, 1:] + values[1:, :-1])
    for row, column in np.argwhere(corners.any(0) & ~corners.all(0) & known):
        at = [(row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column)]
        ends = []
        for a, b in SIDES:
            (i, j), (k, m) = at[a], at[b]
            if above[i, j] != above[k, m]:
                part = (level - values[i, j]) / (values[k, m] - values[i, j])
                ends.append((x1[j] + part * (x1[m] - x1[j]), x2[i] + part * (x2[k] - x2[i])))
        yield from zip(ends[::2], ends[1::2], strict=True)

"""Curves of a few series over the steps of a run, as a small SVG in the colours of the page around it."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .digits import superscript, with_minus
from .elements import NAMESPACE, Element, element, markup, polyline

BLUE, ORANGE = "#1f86c7", "#d86a1a"
"""Of middle tones, to be seen on white pages and on black ones."""

WIDTH, HEIGHT = 460.0, 190.0
LEFT, RIGHT, TOP, BOTTOM = 58.0, 14.0, 26.0, 34.0
"""In pixels: of the picture, and around the plane in it."""

SIZE = 12
"""Of letters."""

DECADES = 1.0
"""What falls by more powers of ten than this is drawn on a logarithmic scale."""

MOST = 400
"""Points of a curve that are drawn; of more, the lowest and the highest of as many as share a place."""

LARGEST = sys.float_info.max

NICE = (1.0, 2.0, 2.5, 5.0, 10.0)


class Series(NamedTuple):
    """Its name, its colour, and its numbers, one per step."""

    name: str
    colour: str
    numbers: Sequence[float]


def falls_far(numbers: Sequence[float]) -> bool:
    """Whether positive numbers are of such different sizes that a logarithmic scale shows them better."""
    known = [x for x in numbers if math.isfinite(x)]
    return bool(known) and min(known) > 0.0 and math.log10(max(known)) - math.log10(min(known)) > DECADES


def curves(along: str, first: int, *drawn: Series, best: int | None = None) -> str:
    """The SVG of curves over steps that are counted from `first`; "" where there is nothing to draw.

    What is not finite leaves a gap. `best` is a step to be marked, on the last curve.
    """
    everything = [x for curve in drawn for x in curve.numbers]
    if len(everything) < 2 or not any(map(math.isfinite, everything)):
        return ""
    plane = _Plane(along, first, max(len(curve.numbers) for curve in drawn), everything)
    for curve in drawn:
        plane.draw(curve)
    if best is not None:
        plane.mark(drawn[-1], best - first)
    plane.name(drawn)
    return markup(plane.picture)


class _Plane:
    """A picture with axes, and where on it a step and a number are."""

    def __init__(self, along: str, first: int, steps: int, numbers: Sequence[float]) -> None:
        self.logarithmic = falls_far(numbers)
        self.first, self.last = first, max(1, steps - 1)
        known = [self._height(x) for x in numbers if math.isfinite(x)]
        self.low, self.high = _apart(min(known), max(known))
        size = f"0 0 {WIDTH:g} {HEIGHT:g}"
        style = f"width:100%;max-width:{WIDTH:g}px;height:auto;font-size:{SIZE}px"
        self.picture = element(None, "svg", xmlns=NAMESPACE, viewBox=size, style=style, role="img")
        self.picture.set("fill", "currentColor")
        self._axes(along)

    def _height(self, number: float) -> float:
        return math.log10(number) if self.logarithmic else number

    def x(self, step: float) -> float:
        """Where the step is that is `step` after the first."""
        return LEFT + (WIDTH - LEFT - RIGHT) * step / self.last

    def y(self, height: float) -> float:
        """Where a number is, or its logarithm."""
        share = (height / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0)  # without overflow
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share

    def _axes(self, along: str) -> None:
        for height, label in self._heights():
            y = self.y(height)
            self._line([(LEFT, y), (WIDTH - RIGHT, y)])
            self._text(label, LEFT - 8.0, y + 4.0, "end")
        for step in _ticks(self.first, self.first + self.last, 6):
            if step == int(step):
                self._text(f"{step:g}", self.x(step - self.first), HEIGHT - BOTTOM + 16.0, "middle")
        self._text(along, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 4.0, "middle")

    def _heights(self) -> Iterator[tuple[float, str]]:
        """Where lines go across, and what they are of."""
        if not self.logarithmic:
            yield from ((height, with_minus(f"{height:.6g}")) for height in _ticks(self.low, self.high, 5))
            return
        powers = range(math.ceil(self.low), math.floor(self.high) + 1)
        for power in powers[:: max(1, math.ceil(len(powers) / 5))]:
            yield float(power), f"{10.0**power:g}" if -3 <= power <= 3 else f"10{superscript(power)}"

    def _line(self, points: Sequence[tuple[float, float]]) -> None:
        element(self.picture, "path", d=polyline(points), stroke="currentColor", stroke_opacity=0.2)

    def _text(self, content: str, x: float, y: float, anchor: str) -> None:
        element(self.picture, "text", content, x=x, y=y, text_anchor=anchor)

    def draw(self, curve: Series) -> None:
        """A line through each run of finite numbers; a dot for one alone."""
        for run in _runs(curve.numbers):
            points = [(self.x(step), self.y(self._height(curve.numbers[step]))) for step in run]
            if len(points) == 1:
                self._dot(*points[0], curve.colour, 2.5)
            else:
                line = {"fill": "none", "stroke": curve.colour, "stroke_width": 1.8}
                element(self.picture, "path", d=polyline(points), stroke_linejoin="round", **line)

    def mark(self, curve: Series, step: int) -> None:
        """A dot on a curve."""
        self._dot(self.x(step), self.y(self._height(curve.numbers[step])), curve.colour, 3.5)

    def _dot(self, x: float, y: float, colour: str, radius: float) -> None:
        element(self.picture, "circle", cx=x, cy=y, r=radius, fill=colour)

    def name(self, drawn: Sequence[Series]) -> None:
        """The names of the curves above the plane, each beside its colour."""
        words: Element = element(self.picture, "text", x=LEFT, y=14.0)
        for number, curve in enumerate(drawn):
            element(words, "tspan", "● ", fill=curve.colour, **({"dx": 16.0} if number else {}))
            element(words, "tspan", curve.name)


def _apart(low: float, high: float) -> tuple[float, float]:
    """Both, or the same further apart where all that is between them is rounding."""
    largest = max(abs(low), abs(high))
    if high / 2.0 - low / 2.0 > max(1e-12 * largest, 1e-300):
        return low, high
    gap = largest / 10.0 if largest > 1e-290 else 1.0
    return max(low - gap, -LARGEST), min(high + gap, LARGEST)


def _ticks(low: float, high: float, count: int) -> Iterator[float]:
    """Round numbers between two, about so many."""
    step = high / count - low / count
    size = 10.0 ** math.floor(math.log10(step))
    step = size * next(nice for nice in NICE if nice * size >= 0.999 * step)
    yield from (k * step + 0.0 for k in range(math.ceil(low / step), math.floor(high / step) + 1))


def _runs(numbers: Sequence[float]) -> Iterator[list[int]]:
    """Places of finite numbers without a gap, thinned out where there are too many."""
    run: list[int] = []
    for step in _places(numbers):
        if math.isfinite(numbers[step]):
            run.append(step)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _places(numbers: Sequence[float]) -> Iterator[int]:
    width = math.ceil(len(numbers) / MOST * 2)
    if width <= 2:
        yield from range(len(numbers))
        return
    for start in range(0, len(numbers), width):
        share = range(start, min(start + width, len(numbers)))
        gaps = {step for step in share if not math.isfinite(numbers[step])}
        key = numbers.__getitem__
        yield from sorted({min(share, key=key), max(share, key=key), *sorted(gaps)[:1], share[0], share[-1]})

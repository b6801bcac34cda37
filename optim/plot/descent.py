"""A minimisation step by step: the point on its way over the curve or the contours, in words and numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from autodiff.animation import Sign, Step, Storyboard
from autodiff.animation.svg import Element
from autodiff.text.digits import counted, subscript, superscript

from ..result import Result
from ..unknowns import Vector, joined
from .canvas import number, place
from .chart import Chart, contour_chart, curve_chart
from .legs import against_slope, downhill, leg, slope_at
from .stationary import Stationary, heights, view, view_in_plane
from .window import shown

MOST = 200
"""Steps that are shown; of more, the first quarter and then some on the rest of the way."""


def animate_result(result: Result) -> Storyboard:
    """Show a minimisation in one or two dimensions step by step, as a page or a moving picture.

    Of more than 200 steps the first 50 are shown, and 150 on the rest of the way, which is said.

    >>> from optim import steepest_descent
    >>> way = steepest_descent(lambda x: (x - 3.0) ** 2, 0.0, s=0.25, max_steps=2).animate()
    >>> print(way.frames[1].text)
    Step 1 of 2
      rule        x₁ = x₀ − s·f′(x₀)
      step size   s = 0.25
      in numbers  0 − 0.25·(−6) = 1.5
      value       f(x₁) = 2.25, down by 6.75
      slope       |f′(x₁)| = 3

    Raises ValueError for another number of dimensions, and where the points of the way were not kept.
    """
    points = result.path.points
    if not points.size:
        raise ValueError("animate: the points of the path were not kept; minimise without path=False")
    if points.shape[1] not in (1, 2):
        raise ValueError(
            f"animate: only paths in one or two dimensions can be drawn, got {points.shape[1]}; plot() "
            "draws value and gradient by step"
        )
    way = Way(result)
    return Storyboard(way.title, way.picture, tuple(way.steps()), legend=way.legend())


def chosen_steps(count: int) -> list[int]:
    """Which of the iterates 0 … count are shown."""
    if count <= MOST:
        return list(range(count + 1))
    first = MOST // 4
    return [*range(first), *np.linspace(first, count, MOST - first + 1).round().astype(int).tolist()]


class Way:
    """The iterates of a result, and what is told of each."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.points, self.values = result.path.points, result.path.values
        self.norms, self.sizes = result.path.gradient_norms, result.path.step_sizes
        self.count = len(self.points) - 1
        self.chosen = chosen_steps(self.count)
        self.flat = self.points.shape[1] == 1
        self.inside: NDArray[np.bool_] = shown(self.points, joined(result.x))
        self.title = f"{result.method[0].upper()}{result.method[1:]}, step by step"

    # -- the picture -------------------------------------------------------------------------

    def picture(self) -> Element:
        """The way on the curve or the contours."""
        chart = self._curve() if self.flat else self._contours()
        for before, i in pairwise([i for i in self.chosen if self.inside[i]]):
            self._leg(chart, before, i)
        for i in self.chosen:
            if self.inside[i]:
                self._slope(chart, i)
                chart.dot(i, self._spot(i))
        return chart.drawn

    _picture = picture  # its name in pickles of earlier versions

    def _curve(self) -> Chart:
        """The curve, with its minima and maxima nearby."""
        window, found = view(self.result, self.inside)
        values = heights(self.result, self.inside, found)
        return _marked(curve_chart(self.title, self.result.function, window, values), found)

    def _contours(self) -> Chart:
        """The contours, with the points where f is stationary."""
        window = view_in_plane(self.result.function, self.points[self.inside])
        return contour_chart(self.title, self.result.function, window, self.values[self.inside])

    def _spot(self, i: int) -> Vector:
        """Where an iterate is in the picture: in one dimension, on the curve."""
        return np.append(self.points[i], self.values[i]) if self.flat else self.points[i]

    def _leg(self, chart: Chart, before: int, i: int) -> None:
        """The way to an iterate: along the tangent or Newton's parabola, and from there to the curve."""
        found = leg(self.result, i) if self.flat and before == i - 1 else None
        if found is None:
            chart.line(chart.way, "leg", [self._spot(before), self._spot(i)], id=f"l{i}")
            return
        chart.line(chart.way, "leg", list(found.seen), id=f"l{i}")
        chart.line(chart.way, "leg drop", [found.foot, self._spot(i)], id=f"d{i}")

    def _slope(self, chart: Chart, i: int) -> None:
        """What the next step goes by: the tangent of the curve, or −∇f across the contours."""
        width = chart.high - chart.low
        if self.flat:
            step = np.array([1.0, slope_at(self.result, i)]) * width[0] / 8.0
            if np.isfinite(step).all():
                ends = [self._spot(i) - step, self._spot(i) + step]
                chart.line(chart.way, "tangent", ends, id=f"t{i}")
        elif (d := downhill(self.result, self.points[i], width)) is not None:
            chart.arrow(f"t{i}", self.points[i], self.points[i] + 0.12 * width.max() * d)

    def legend(self) -> list[Sign]:
        """What the signs mean."""
        field = ("curve", "f") if self.flat else ("contour", "contours of f, the lower the stronger")
        steps = [Sign("dot", "point gone", "earlier points"), Sign("line", "leg walked", "the last step")]
        slope = Sign(
            "line", "tangent here", "slope" if self.flat else "−∇f, which crosses contours at right angles"
        )
        still = [Sign("dot", "stationary", "where the slope is 0")]
        return [Sign("line", *field), *still, *steps, Sign("dot", "point here", "the point"), slope]

    # -- steps -------------------------------------------------------------------------------

    def steps(self) -> Iterator[Step]:
        """The start, and each step that is shown."""
        start = (self._value(0), *self._gradient(0))
        yield self._frame(0, f"The start of {self.result.method}", start, self._outlook())
        for before, i in pairwise(self.chosen):
            formulas = (*self._rule(i), self._value(i), *self._gradient(i))
            yield self._frame(i, f"Step {i:,} of {self.count:,}", formulas, self._words(before, i))

    def _frame(self, i: int, title: str, formulas: tuple[tuple[str, str], ...], words: str) -> Step:
        now = {f"p{i}": "here", f"l{i}": "walked", f"d{i}": "walked", f"t{i}": "here", f"k{i}": "here"}
        marks = {f"p{i}": "gone", f"l{i}": "gone", f"d{i}": "gone"}
        return Step(title, formulas, words, now=now, marks=marks)

    def _outlook(self) -> str:
        """What comes."""
        whole = counted(self.count, "step")
        if self.count > MOST:
            whole += (
                f", of which {len(self.chosen) - 1} are shown: the first {MOST // 4 - 1}, then every so often"
            )
        return f"{whole}. The outcome: {self.result.reason}."

    def _words(self, before: int, i: int) -> str:
        """What a step leaves out, and how the last one ends."""
        told = []
        if i > before + 1:
            told.append(
                f"Steps {before + 1:,} to {i - 1:,} are passed over."
                if i > before + 2
                else f"Step {i - 1:,} is passed over."
            )
        if not self.inside[i]:
            told.append("The point is outside of the picture.")
        if i == self.count:
            told.append(f"The end: {self.result.reason}.")
        return " ".join(told)

    def _name(self, i: int) -> str:
        """x₃; in two dimensions, where x₁ and x₂ are coordinates, x⁽³⁾."""
        return f"x{subscript(i)}" if self.flat else f"x⁽{superscript(i)}⁾"

    def _value(self, i: int) -> tuple[str, str]:
        told = f"f({self._name(i)}) = {number(self.values[i])}"
        if i:
            change = self.values[i] - self.values[i - 1]
            told += f", {'up' if change > 0.0 else 'down'} by {number(abs(change))}"
        return "value", told

    def _gradient(self, i: int) -> tuple[tuple[str, str], ...]:
        """The largest entry of the gradient, where it is known."""
        if np.isnan(self.norms[i]):
            return ()
        name = self._name(i)
        told = f"|f′({name})|" if self.flat else f"max|∇f({name})|"
        return (("slope" if self.flat else "gradient", f"{told} = {number(self.norms[i])}"),)

    def _rule(self, i: int) -> tuple[tuple[str, str], ...]:
        """The step: against the gradient where the method goes so, else along its own direction."""
        new, old, s = self._name(i), self._name(i - 1), self.sizes[i]
        change = self.points[i] - self.points[i - 1]
        start, end = place(self.points[i - 1]), place(self.points[i])
        if not np.isfinite(s) or s == 0.0:
            return ("step", f"{new} = {end}"), ("change", place(change))
        if against_slope(self.result, i):
            sign, d, along = "−", f"f′({old})" if self.flat else f"∇f({old})", -change / s
        else:
            sign, d, along = "+", "d", change / s
        numbers = f"{start} {sign} {_factor(number(s))}·{_factor(place(along))} = {end}"
        rule = f"{new} = {old} {sign} s·{d}"
        return ("rule", rule), ("step size", f"s = {number(s)}"), ("in numbers", numbers)


def _factor(told: str) -> str:
    """A number or a point, already written, as it is in a product."""
    return f"({told})" if told.startswith("−") else told


def _marked(chart: Chart, found: Sequence[Stationary]) -> Chart:
    """A chart of a curve with its minima and maxima."""
    for point in found:
        chart.still(np.append(point.x, point.value), point.kind, f"{point.kind} {number(point.x[0])}")
    return chart

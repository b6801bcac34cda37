"""A minimisation step by step: in one or two dimensions the point on its way over the curve or contours."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from autodiff.animation import Sign, Storyboard
from autodiff.animation.svg import Element

from ..result import Result
from ..unknowns import Vector
from .chart import Chart, contour_chart, curve_chart
from .course import Course
from .legs import downhill, leg, slope_at
from .many_unknowns import ManyUnknowns
from .stationary import Stationary, heights, said, view, view_in_plane


def animate_result(result: Result) -> Storyboard:
    """Show a minimisation step by step, as a page or a moving picture.

    In one dimension the point moves on the curve, in two over the contours. Of more unknowns there is a
    bar for each, of more than 20 for those that move most, beside f by step, and in a fit one for each
    residual. Of more than 200 steps the
    first 50 are shown, and 150 on the rest of the way, which is said.

    >>> from optim import steepest_descent
    >>> way = steepest_descent(lambda x: (x - 3.0) ** 2, 0.0, s=0.25, max_steps=2).animate()
    >>> print(way.frames[1].text)
    Step 1 of 2
      rule        x₁ = x₀ − s·f′(x₀)
      step size   s = 0.25
      in numbers  0 − 0.25·(−6) = 1.5
      value       f(x₁) = 2.25, down by 6.75
      slope       |f′(x₁)| = 3

    Raises ValueError where the points of the way were not kept.
    """
    points = result.path.points
    if not points.size:
        raise ValueError("animate: the points of the path were not kept; minimise without path=False")
    way: Way | ManyUnknowns = Way(result) if points.shape[1] < 3 else ManyUnknowns(result)
    return Storyboard(way.title, way.picture, tuple(way.steps()), legend=way.legend())


class Way(Course):
    """The iterates of a result on the curve or the contours."""

    def picture(self) -> Element:
        """The way on the curve or the contours."""
        chart, found = self._curve() if self.flat else self._contours()
        for before, i in pairwise([i for i in self.chosen if self.inside[i]]):
            self._leg(chart, before, i)
        for i in self.chosen:
            if self.inside[i]:
                self._slope(chart, i)
                chart.dot(i, self._spot(i))
        for point in found:
            at = np.append(point.x, point.value) if self.flat else point.x
            chart.still(at, point.kind, said(point))
        return chart.drawn

    _picture = picture  # its name in pickles of earlier versions

    def _curve(self) -> tuple[Chart, list[Stationary]]:
        """The curve, and its minima and maxima nearby."""
        window, found = view(self.result, self.inside)
        values = heights(self.result, self.inside, found)
        return curve_chart(self.title, self.result.function, window, values), found

    def _contours(self) -> tuple[Chart, list[Stationary]]:
        """The contours, and the points where f is stationary."""
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
        slope = (
            Sign("line", "tangent here", "slope")
            if self.flat
            else Sign("line", "tangent slope here", "−∇f, which crosses contours at right angles")
        )
        still = [Sign("dot", "stationary", "where the slope is 0")]
        return [Sign("line", *field), *still, *steps, Sign("dot", "point here", "the point"), slope]

"""A minimisation step by step: the point on its way over the curve or the contours, in words and numbers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from autodiff.animation import Sign, Step, Storyboard
from autodiff.animation.svg import Element
from autodiff.text.digits import counted, subscript, superscript

from ..result import Result
from ..unknowns import Vector, joined
from .canvas import number, place
from .chart import contour_chart, curve_chart
from .window import shown, surroundings

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
        window = surroundings(self.points[self.inside], 0.5 if self.flat else 0.3)
        charted = curve_chart if self.flat else contour_chart
        chart = charted(self.title, self.result.function, window, self.values[self.inside])
        drawn = [i for i in self.chosen if self.inside[i]]
        for before, i in pairwise(drawn):
            chart.line(chart.way, "leg", [self._spot(before), self._spot(i)], id=f"l{i}")
        for i in drawn:
            if self.flat:
                chart.line(chart.way, "tangent", self._tangent(i, window[1][0] - window[0][0]), id=f"t{i}")
            chart.dot(f"p{i}", self._spot(i))
        return chart.drawn

    _picture = picture  # its name in pickles of earlier versions

    def _spot(self, i: int) -> Vector:
        """Where an iterate is in the picture: in one dimension, on the curve."""
        return np.append(self.points[i], self.values[i]) if self.flat else self.points[i]

    def _tangent(self, i: int, width: float) -> list[Vector]:
        """Two points of the line that touches the curve."""
        spot, step = self._spot(i), np.array([1.0, self._slope(i)]) * width / 8.0
        return [spot - step, spot + step] if np.isfinite(step).all() else [spot, spot]

    def _slope(self, i: int) -> float:
        """f′, its size being known, with the sign of f's difference about the point."""
        x = float(self.points[i, 0])
        h = 1e-6 * max(1.0, abs(x))
        rise = self.result.function(np.array([x + h])) - self.result.function(np.array([x - h]))
        return float(np.copysign(self.norms[i], rise))

    def legend(self) -> list[Sign]:
        """What the signs mean."""
        field = ("curve", "f") if self.flat else ("contour", "contours of f, the lower the stronger")
        steps = [Sign("dot", "point gone", "earlier points"), Sign("line", "leg walked", "the last step")]
        tangent = [Sign("line", "tangent here", "slope")] if self.flat else []
        return [Sign("line", *field), *steps, Sign("dot", "point here", "the point"), *tangent]

    # -- steps -------------------------------------------------------------------------------

    def steps(self) -> Iterator[Step]:
        """The start, and each step that is shown."""
        start = (self._value(0), *self._gradient(0))
        yield self._frame(0, f"The start of {self.result.method}", start, self._outlook())
        for before, i in pairwise(self.chosen):
            formulas = (*self._rule(i), self._value(i), *self._gradient(i))
            yield self._frame(i, f"Step {i:,} of {self.count:,}", formulas, self._words(before, i))

    def _frame(self, i: int, title: str, formulas: tuple[tuple[str, str], ...], words: str) -> Step:
        now = {f"p{i}": "here", f"l{i}": "walked", f"t{i}": "here"}
        return Step(title, formulas, words, now=now, marks={f"p{i}": "gone", f"l{i}": "gone"})

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
        if self._downhill(i):
            sign, d, along = "−", f"f′({old})" if self.flat else f"∇f({old})", -change / s
        else:
            sign, d, along = "+", "d", change / s
        numbers = f"{start} {sign} {number(s)}·{_factor(along)} = {end}"
        rule = f"{new} = {old} {sign} s·{d}"
        return ("rule", rule), ("step size", f"s = {number(s)}"), ("in numbers", numbers)

    def _downhill(self, i: int) -> bool:
        """Whether a step is one against the gradient: by a method that steps so, and of that length."""
        newton = self.flat and self.result.method.startswith("Newton")
        length = np.max(np.abs(self.points[i] - self.points[i - 1])) / abs(self.sizes[i])
        return (newton or self.result.method == "steepest descent") and bool(
            np.isclose(length, self.norms[i - 1], 1e-3)
        )


def _factor(x: Vector) -> str:
    """A number or a point as it stands in a product."""
    told = place(x)
    return f"({told})" if told.startswith("−") else told

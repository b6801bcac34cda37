"""A minimisation over any number of unknowns, step by step: f by step, and the unknowns as bars."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from itertools import pairwise

import numpy as np

from autodiff.animation import Sign
from autodiff.animation.svg import Element
from autodiff.text.digits import subscript, superscript
from autodiff.text.notation import visible

from ..fitting.regression import Fit
from ..unknowns import Vector
from .bars import Bars
from .canvas import number
from .chart import LEFT, RIGHT, Chart
from .convergence import MANY
from .course import Course

HIGH, WIDE = 340.0, 420.0

FEWEST = 6
"""The axis of the steps is not shorter, so that its numbers are whole."""


class ManyUnknowns(Course):
    """The course of f, a bar for each unknown with its number, and of a fit one for each residual."""

    @cached_property
    def names(self) -> list[str]:
        """What the unknowns are called."""
        given = self.result.names or [f"θ{subscript(k + 1)}" for k in range(self.points.shape[1])]
        return [visible(name, 16) for name in given]

    @cached_property
    def columns(self) -> list[Bars]:
        """The unknowns, and of a fit the residuals."""
        columns = [Bars("the unknowns", "b", self.names, self.points[self.chosen])]
        if isinstance(self.result, Fit):
            residuals = np.array([self.result.residuals_at(x) for x in self.points[self.chosen]])
            names = [f"r{subscript(k + 1)}" for k in range(residuals.shape[1])]
            columns.append(Bars("the residuals", "r", names, residuals))
        return columns

    # -- the picture -------------------------------------------------------------------------

    def picture(self) -> Element:
        """f by step, and the bars."""
        chart = self._chart()
        spots = {i: np.array([float(i), self._height(self.values[i])]) for i in self.chosen}
        for before, i in pairwise(self.chosen):
            chart.line(chart.way, "leg", [spots[before], spots[i]], id=f"l{i}")
        for i in self.chosen:
            chart.dot(i, spots[i])
        left = LEFT + WIDE + RIGHT
        for column in self.columns:
            column.draw(chart.drawn, left, self.chosen)
            left += column.width
        return chart.drawn

    def _chart(self) -> Chart:
        heights = np.array([self._height(value) for value in self.values[self.chosen]])
        known = heights[np.isfinite(heights)]
        space = 0.08 * float(np.ptp(known)) or 1.0
        steps = max(self.count, FEWEST)
        low = np.array([-0.03 * steps, known.min() - space])
        high = np.array([1.03 * steps, known.max() + space])
        size = WIDE, max(HIGH, *(column.height for column in self.columns))
        beside = sum(column.width for column in self.columns)
        return Chart(self.title, (low, high), size, ("step", "f"), True, beside, self.powers)

    @cached_property
    def powers(self) -> bool:
        """Whether f ranges over powers of ten, so that its axis has these."""
        low, high = float(self.values.min()), float(self.values.max())
        return bool(low > 0.0 and high / low >= MANY)

    def _height(self, value: float) -> float:
        return float(np.log10(value)) if self.powers else float(value)

    # -- what is said ------------------------------------------------------------------------

    def legend(self) -> list[Sign]:
        """What the signs mean."""
        return [
            Sign("line", "leg walked", "f by step"),
            Sign("dot", "point here", "the step"),
            Sign("card", "bar here", " and ".join(column.title for column in self.columns)),
            Sign("line", "began", "where they started"),
        ]

    def name(self, i: int) -> str:
        """θ⁽³⁾ of parameters, else x⁽³⁾."""
        return f"{'θ' if isinstance(self.result.x, list) else 'x'}⁽{superscript(i)}⁾"

    def in_numbers(self, i: int, sign: str, along: Vector) -> tuple[tuple[str, str], ...]:
        """Which unknown moves most; all of them are bars."""
        return self.jump(i)

    def jump(self, i: int) -> tuple[tuple[str, str], ...]:
        """Which unknown moves most."""
        change = self.points[i] - self.points[i - 1]
        k = int(np.argmax(np.abs(change)))
        return (("moves most", f"{self.names[k]} by {number(change[k])}"),)

    def seen(self, i: int) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """The bars of this step, and their numbers."""
        place = self.chosen.index(i)
        numbers = {id: told for column in self.columns for id, told in column.numbers(place).items()}
        return {f"{column.letter}{i}": "here" for column in self.columns}, numbers

"""A minimisation over any number of unknowns, step by step: f by step, and the unknowns as bars."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from itertools import pairwise

import numpy as np

from autodiff.animation import Sign
from autodiff.animation.svg import Element, element, short, text, width_of
from autodiff.text.digits import subscript, superscript
from autodiff.text.notation import visible

from ..unknowns import Vector
from .canvas import number
from .chart import LEFT, RIGHT, TOP, Chart
from .convergence import MANY
from .course import Course

MOST_BARS = 20
"""Of more unknowns those are shown that move most."""

ROW, BAR, HIGH = 26.0, 15.0, 340.0
WIDE, BARS, GAP, NUMBER = 420.0, 260.0, 14.0, 78.0
NAME, WIDEST = 14.0, 120.0

FEWEST = 6
"""The axis of the steps is not shorter, so that its numbers are whole."""


class Parameters(Course):
    """The course of f on the left, a bar for each unknown on the right, with its number."""

    @cached_property
    def bars(self) -> list[int]:
        """The unknowns that are shown, in order."""
        moved = np.ptp(self.points[self.chosen], axis=0)
        return sorted(np.argsort(-moved, kind="stable")[:MOST_BARS].tolist())

    @cached_property
    def names(self) -> list[str]:
        """What those are called."""
        given = self.result.names or [f"θ{subscript(k + 1)}" for k in range(self.points.shape[1])]
        return [visible(given[k], 16) for k in self.bars]

    # -- the picture -------------------------------------------------------------------------

    def picture(self) -> Element:
        """f by step, and the bars."""
        labels = min(max(width_of(name, NAME) for name in self.names), WIDEST)
        chart = self._chart(GAP + labels + GAP + BARS + NUMBER)
        spots = {i: np.array([float(i), self._height(self.values[i])]) for i in self.chosen}
        for before, i in pairwise(self.chosen):
            chart.line(chart.way, "leg", [spots[before], spots[i]], id=f"l{i}")
        for i in self.chosen:
            chart.dot(i, spots[i])
        self._draw_bars(chart.drawn, LEFT + WIDE + RIGHT + GAP + labels + GAP)
        return chart.drawn

    def _chart(self, beside: float) -> Chart:
        heights = np.array([self._height(value) for value in self.values[self.chosen]])
        known = heights[np.isfinite(heights)]
        space = 0.08 * float(np.ptp(known)) or 1.0
        steps = max(self.count, FEWEST)
        low = np.array([-0.03 * steps, known.min() - space])
        high = np.array([1.03 * steps, known.max() + space])
        size = WIDE, max(HIGH, ROW * len(self.bars))
        return Chart(self.title, (low, high), size, ("step", "f"), True, beside, self.powers)

    @cached_property
    def powers(self) -> bool:
        """Whether f ranges over powers of ten, so that its axis has these."""
        low, high = float(self.values.min()), float(self.values.max())
        return bool(low > 0.0 and high / low >= MANY)

    def _height(self, value: float) -> float:
        return float(np.log10(value)) if self.powers else float(value)

    def _draw_bars(self, parent: Element, left: float) -> None:
        """Names, a line at 0, where each started, and the bars of each step, of which one is seen."""
        zero = left - self._ends[0] * self._scale
        foot = TOP + ROW * len(self.bars)
        group = element(parent, "g", class_="bars")
        for k, name in enumerate(self.names):
            text(group, name, left - GAP, self._row(k) + 5.0, "axis", text_anchor="end")
            text(group, "", left + BARS + NUMBER, self._row(k) + 5.0, "tick", text_anchor="end", id=f"v{k}")
        for i in self.chosen:
            element(group, "path", class_="bar", d=self._outline(i, zero), id=f"b{i}")
        element(group, "path", class_="began", d=self._outline(0, zero))
        element(group, "line", class_="zero", x1=zero, y1=TOP, x2=zero, y2=foot)

    def _row(self, k: int) -> float:
        """The middle of a row."""
        return TOP + ROW * (k + 0.5)

    @cached_property
    def _ends(self) -> tuple[float, float]:
        """The range that the bars need, 0 included."""
        shown = self.points[np.ix_(self.chosen, self.bars)]
        return min(0.0, float(shown.min())), max(0.0, float(shown.max()))

    @property
    def _scale(self) -> float:
        low, high = self._ends
        return BARS / (high - low or 1.0)

    def _outline(self, i: int, zero: float) -> str:
        """All bars of a step as one path."""
        lengths = self.points[i, self.bars] * self._scale
        tops = [self._row(k) - BAR / 2.0 for k in range(len(self.bars))]
        return "".join(
            f"M{short(zero)} {short(top)}h{short(length)}v{short(BAR)}h{short(-length)}z"
            for top, length in zip(tops, lengths.tolist(), strict=True)
        )

    # -- what is said ------------------------------------------------------------------------

    def legend(self) -> list[Sign]:
        """What the signs mean."""
        return [
            Sign("line", "leg walked", "f by step"),
            Sign("dot", "point here", "the step"),
            Sign("card", "bar here", "the unknowns"),
            Sign("line", "began", "where they started"),
        ]

    def name(self, i: int) -> str:
        """θ⁽³⁾ of parameters, else x⁽³⁾."""
        return f"{'θ' if isinstance(self.result.x, list) else 'x'}⁽{superscript(i)}⁾"

    def in_numbers(self, i: int, sign: str, along: Vector) -> tuple[tuple[str, str], ...]:
        """Which unknown moves most; all of them are bars."""
        change = self.points[i] - self.points[i - 1]
        k = self.bars[int(np.argmax(np.abs(change[self.bars])))]
        told = f"{self.names[self.bars.index(k)]} by {number(change[k])}"
        return (("moves most", told),)

    def seen(self, i: int) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """The bars of this step, and their numbers."""
        numbers = {f"v{k}": number(self.points[i, at]) for k, at in enumerate(self.bars)}
        return {f"b{i}": "here"}, numbers

    def jump(self, i: int) -> tuple[tuple[str, str], ...]:
        """A step that has no size: which unknown moves most."""
        return self.in_numbers(i, "", self.points[i])

"""A column of bars, one for each number, of which a step at a time is seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from autodiff.animation.svg import Element, element, short, text, width_of

from ..unknowns import Vector
from .canvas import number
from .chart import TOP

MOST_BARS = 20
"""Of more numbers those are shown that change most."""

ROW, BAR, HEAD = 26.0, 15.0, 24.0
LONG, GAP, NUMBER = 230.0, 12.0, 72.0
NAME, WIDEST = 14.0, 120.0


class Bars:
    """Numbers by step, (steps, count), with names, under a title; ids begin with a letter of their own."""

    def __init__(self, title: str, letter: str, names: Sequence[str], rows: Vector) -> None:
        moved = np.ptp(np.where(np.isfinite(rows), rows, 0.0), axis=0)
        self.kept: list[int] = sorted(np.argsort(-moved, kind="stable")[:MOST_BARS].tolist())
        self.title = title if len(self.kept) == len(names) else f"{title}, {len(self.kept)} of {len(names):,}"
        self.letter = letter
        self.names = [names[k] for k in self.kept]
        self.rows = np.nan_to_num(rows[:, self.kept], posinf=0.0, neginf=0.0)

    @property
    def height(self) -> float:
        """With the title."""
        return HEAD + ROW * len(self.kept)

    @cached_property
    def width(self) -> float:
        """With the names and the numbers."""
        return 2.0 * GAP + self._labels + LONG + NUMBER

    @cached_property
    def _labels(self) -> float:
        return min(max(width_of(name, NAME) for name in self.names), WIDEST)

    def draw(self, parent: Element, left: float, steps: Sequence[int]) -> None:
        """Names, a line at 0, where each started, and the bars of each step."""
        start = left + 2.0 * GAP + self._labels
        zero = start - self._ends[0] * self._scale
        group = element(parent, "g", class_="bars")
        text(group, self.title, start, TOP + 14.0, "axis")
        for k, name in enumerate(self.names):
            middle = self._middle(k) + 5.0
            text(group, name, start - GAP, middle, "axis", text_anchor="end")
            id, right = f"{self.letter}v{k}", start + LONG + NUMBER
            text(group, "", right, middle, "tick", text_anchor="end", id=id)
        for i, row in zip(steps, self.rows, strict=True):
            element(group, "path", class_="bar", d=self._outline(row, zero), id=f"{self.letter}{i}")
        element(group, "path", class_="began", d=self._outline(self.rows[0], zero))
        element(group, "line", class_="zero", x1=zero, y1=TOP + HEAD, x2=zero, y2=TOP + self.height)

    def _middle(self, k: int) -> float:
        return TOP + HEAD + ROW * (k + 0.5)

    @cached_property
    def _ends(self) -> tuple[float, float]:
        """The range that the bars need, 0 included."""
        return min(0.0, float(self.rows.min())), max(0.0, float(self.rows.max()))

    @property
    def _scale(self) -> float:
        low, high = self._ends
        return LONG / (high - low or 1.0)

    def _outline(self, row: Vector, zero: float) -> str:
        """All bars of a step as one path."""
        tops = [self._middle(k) - BAR / 2.0 for k in range(len(row))]
        return "".join(
            f"M{short(zero)} {short(top)}h{short(length)}v{short(BAR)}h{short(-length)}z"
            for top, length in zip(tops, (row * self._scale).tolist(), strict=True)
        )

    def numbers(self, step: int) -> Mapping[str, str]:
        """What the texts beside the bars say at a step, by its place among those shown."""
        return {f"{self.letter}v{k}": number(x) for k, x in enumerate(self.rows[step])}

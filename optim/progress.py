"""Whether a run still gains anything, where the values of f are lost in rounding."""

from __future__ import annotations

from .objective import Point

__all__ = ["Progress"]

ROUNDING = 32.0
"""A fall of this many units of rounding, or fewer, does not count."""

PATIENCE = 2
"""How many steps may gain nothing where f is lost in rounding."""


class Progress:
    """The lowest value and the gentlest slope so far, and which step gained the one or the other."""

    def __init__(self, start: Point, epsilon: float) -> None:
        self.gentlest, self._lowest, self._gained = start, start.value, 0
        self._epsilon = epsilon

    def note(self, point: Point, step: int) -> None:
        """Note whether a step lowered f beyond rounding, or the gradient below any before."""
        lower = not point.value >= self._lowest - self._rounding(point)
        if lower or point.norm < self.gentlest.norm:
            self.gentlest, self._gained = point, step
        if lower:
            self._lowest = point.value

    def spent(self, point: Point, step: int) -> bool:
        """Whether, for a tenth of the way, nothing has been gained where f is lost in rounding."""
        waited = step - self._gained > max(PATIENCE, step // 10)
        return waited and abs(point.value - self._lowest) <= self._rounding(point)

    def _rounding(self, point: Point) -> float:
        return ROUNDING * self._epsilon * abs(point.value)

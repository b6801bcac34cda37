"""A box that the unknowns stay in:   low ≤ x ≤ high, entry by entry.

Three ideas make a method for free unknowns one for a box. Points outside are moved to the nearest inside,
so that a step follows the walls of the box. An entry that a wall holds, as f falls only outside, is left out
of the gradient, so that a method sees f on the face that it is on. And the run has converged where what is
left of the gradient, the projected gradient, is 0.

D. P. Bertsekas, SIAM J. Control Optim. 20 (1982), 221–246.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

Vector: TypeAlias = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Bounds:
    """The bounds as vectors, −∞ and ∞ where there are none."""

    low: Vector
    high: Vector

    def nearest(self, x: Vector) -> Vector:
        """The nearest point in the box."""
        return np.clip(x, self.low, self.high)

    def held(self, x: Vector, gradient: Vector) -> Vector:
        """The entries at a bound beyond which alone f falls; those that are fixed in any case."""
        outward = ((x <= self.low) & (gradient > 0.0)) | ((x >= self.high) & (gradient < 0.0))
        return np.asarray(outward | (self.low == self.high))

    def along(self, x: Vector, d: Vector) -> Vector:
        """How x moves in the direction d: entries at a bound do not leave it."""
        stopped = ((x <= self.low) & (d < 0.0)) | ((x >= self.high) & (d > 0.0))
        return np.where(stopped, 0.0, d)

    def bends(self, x: Vector, d: Vector, size: float) -> bool:
        """Whether the way from x to x + size·d meets a bound."""
        far = x + size * d
        return bool(np.any((far < self.low) | (far > self.high)))

    def within(self, x: Vector, v: Vector, h: float) -> tuple[float, float]:
        """How far to go from x along v and −v, both h, or 0 and h where a wall is nearer on one side."""
        ahead, behind = (min(h, self._room(x, side * v)) for side in (1.0, -1.0))
        if ahead < h and behind < h:
            return ahead, -behind
        return ahead if ahead == h else 0.0, -behind if behind == h else 0.0

    def _room(self, x: Vector, v: Vector) -> float:
        """How far x can go along v."""
        wall = np.where(v > 0.0, self.high, self.low)
        moving = v != 0.0
        return float(np.min((wall[moving] - x[moving]) / v[moving], initial=np.inf))

    def active(self, x: Vector) -> Vector:
        """−1 for an entry at its lower bound, 1 at its upper, 0 in between."""
        return np.where(x <= self.low, -1, np.where(x >= self.high, 1, 0))

"""How far to go along a direction: a step size s for which φ(s) = f(x + s·d) is low enough.

The conditions are Wolfe's, with 0 < c₁ < c₂ < 1:

    φ(s) ≤ φ(0) + c₁·s·φ′(0)      enough decrease (Armijo)
    |φ′(s)| ≤ c₂·|φ′(0)|          the slope is used up

Where φ(s) and φ(0) agree to rounding, the first is judged by the slopes, which float64 still shows
there: φ′(s) ≤ ½·|φ′(0)|, after W. W. Hager and H. Zhang, SIAM J. Optim. 16 (2005).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from .objective import Objective, Point
from .unknowns import Vector

__all__ = ["LEVEL", "Line", "Trial", "backtracked", "satisfying_wolfe"]

MOST = 60
"""Trials in one search: enough to halve a step from 1 to 1e-18."""

OVERSHOOT = 0.5
"""How much of the slope there may be behind a minimum."""

LEVEL = 4.0
"""Values that differ by less than so many units of rounding cannot be told apart."""


class Trial(NamedTuple):
    """One step size: φ(s), φ′(s), and the point it leads to."""

    size: float
    value: float
    slope: float
    point: Point

    @property
    def finite(self) -> bool:
        """Whether f and its gradient are numbers there."""
        return self.point.finite


class Line:
    """φ: f along the ray from a point, in the direction d."""

    def __init__(self, objective: Objective, start: Point, d: Vector) -> None:
        self.objective, self.d = objective, d
        self.start = self._trial(0.0, start)

    def __call__(self, size: float) -> Trial:
        """φ(s)."""
        return self._trial(size, self.objective.at(self.start.point.x + size * self.d))

    def _trial(self, size: float, point: Point) -> Trial:
        with np.errstate(all="ignore"):
            return Trial(size, point.value, float(point.gradient @ self.d), point)

    def level(self, a: float, b: float) -> bool:
        """Whether two values cannot be told apart."""
        return abs(a - b) <= LEVEL * self.objective.over.epsilon * abs(b)

    def decreased(self, trial: Trial, c1: float, ceiling: float | None = None) -> bool:
        """Armijo's condition, by the slopes where the values say nothing.

        `ceiling` takes the place of φ(0), for rules that allow some increase.
        """
        top = self.start.value if ceiling is None else ceiling
        if self.level(trial.value, top):
            return trial.slope <= -OVERSHOOT * self.start.slope
        return trial.value <= top + c1 * trial.size * self.start.slope

    def idle(self, trial: Trial) -> bool:
        """Whether a step changed neither value nor slope, so that a shorter one will not either."""
        return self.level(trial.value, self.start.value) and trial.slope <= 0.999 * self.start.slope


def backtracked(
    phi: Line, size: float, c1: float, shrink: float, ceiling: float | None = None
) -> Trial | None:
    """The first of s, s·shrink, s·shrink², … with enough decrease; None where there is none."""
    if not phi.start.slope < 0.0:
        return None
    for _ in range(MOST):
        trial = phi(size)
        if trial.finite and phi.idle(trial):
            return None
        if trial.finite and phi.decreased(trial, c1, ceiling):
            return trial
        size *= shrink
    return None


def satisfying_wolfe(phi: Line, size: float, c1: float, c2: float) -> Trial | None:
    """A step size that satisfies the strong Wolfe conditions; None where no decrease can be found.

    `low` is the best step so far, `high` the other end of an interval that holds a good one; until
    that is found, steps grow. J. Nocedal and S. J. Wright, Numerical Optimization (2006), algorithms
    3.5 and 3.6, as one loop.
    """
    start = low = phi.start
    if not start.slope < 0.0:
        return None
    high: Trial | None = None
    for _ in range(MOST):
        trial = phi(size)
        above = trial.value >= low.value and not phi.level(trial.value, low.value)
        if not trial.finite or above or not phi.decreased(trial, c1):
            high = trial
        elif abs(trial.slope) <= -c2 * start.slope:
            return trial
        else:
            beyond = _beyond(low, trial)
            if trial.slope * (trial.size - low.size) >= 0.0:
                high = low
            low = trial
            if high is None:
                size = beyond
                continue
        size = _between(low, high)
        if size in (low.size, high.size):
            break
    return low if low.value < start.value else None


def _between(low: Trial, high: Trial) -> float:
    """The minimum of the cubic through both ends, kept away from them."""
    width = high.size - low.size
    if not high.finite:
        return low.size + 0.1 * width
    size = _cubic(low, high)
    nearest, farthest = sorted((low.size + 0.1 * width, low.size + 0.9 * width))
    return min(max(size, nearest), farthest) if math.isfinite(size) else low.size + 0.5 * width


def _beyond(low: Trial, trial: Trial) -> float:
    """Where the cubic through two steps has its minimum, further out by a factor of 1.1 to 4."""
    width = trial.size - low.size
    size = _cubic(low, trial)
    least, most = trial.size + 1.1 * width, trial.size + 4.0 * width
    return min(max(size, least), most) if size > trial.size else most


def _cubic(a: Trial, b: Trial) -> float:
    """The minimum of the cubic with the values and slopes of two trials; nan where it has none.

    Nocedal and Wright, formula 3.59.
    """
    width = b.size - a.size
    if width == 0.0:
        return math.nan
    u = a.slope + b.slope - 3.0 * (a.value - b.value) / (a.size - b.size)
    square = u * u - a.slope * b.slope
    if not square >= 0.0:
        return math.nan
    v = math.copysign(math.sqrt(square), width)
    bottom = b.slope - a.slope + 2.0 * v
    return b.size - width * (b.slope + v - u) / bottom if bottom else math.nan

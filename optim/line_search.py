"""How far to go along a direction: a step size s for which φ(s) = f(x + s·d) is low enough.

The conditions are Wolfe's, with 0 < c₁ < c₂ < 1:

    φ(s) ≤ φ(0) + c₁·s·φ′(0)      enough decrease (Armijo)
    |φ′(s)| ≤ c₂·|φ′(0)|          the slope is used up

Where φ(s) and φ(0) agree to rounding, the first is judged by the slopes, φ′(s) ≤ (2c₁ − 1)·φ′(0), which
float64 still shows there (W. W. Hager and H. Zhang, SIAM J. Optim. 16, 2005).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .objective import Objective, Point
from .unknowns import Vector

__all__ = ["ROUNDING", "Trial", "backtracked", "line", "satisfying_wolfe"]

MOST = 60
"""Trials in one search: enough to halve a step from 1 to 1e-18."""

ROUNDING = 4.0 * float(np.finfo(np.float64).eps)
"""Values that differ by less than this part of them cannot be told apart."""


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


Line = Callable[[float], Trial]


def line(objective: Objective, start: Point, d: Vector) -> Line:
    """φ: f along the ray from a point, in the direction d."""

    def trial(size: float) -> Trial:
        point = start if size == 0.0 else objective.at(start.x + size * d)
        with np.errstate(all="ignore"):
            return Trial(size, point.value, float(point.gradient @ d), point)

    return trial


def _level(trial: Trial, start: Trial) -> bool:
    """Whether two values cannot be told apart."""
    return abs(trial.value - start.value) <= ROUNDING * abs(start.value)


def _decreased(trial: Trial, start: Trial, c1: float) -> bool:
    """Armijo's condition, by the slopes where the values say nothing."""
    if _level(trial, start):
        return trial.slope <= (2.0 * c1 - 1.0) * start.slope
    return trial.value <= start.value + c1 * trial.size * start.slope


def backtracked(
    phi: Line, size: float, c1: float, shrink: float, ceiling: float | None = None
) -> Trial | None:
    """The first of s, s·shrink, s·shrink², … with enough decrease; None where there is none.

    `ceiling` takes the place of φ(0), for rules that allow some increase.
    """
    start = phi(0.0)
    if not start.slope < 0.0:
        return None
    if ceiling is not None:
        start = start._replace(value=ceiling)
    for _ in range(MOST):
        trial = phi(size)
        if trial.finite and _decreased(trial, start, c1):
            return trial
        size *= shrink
    return None


def satisfying_wolfe(phi: Line, size: float, c1: float, c2: float) -> Trial | None:
    """A step size that satisfies the strong Wolfe conditions; None where no decrease can be found.

    `low` is the best step so far, `high` the other end of an interval that holds a good one; until
    that is found, steps grow. J. Nocedal and S. J. Wright, Numerical Optimization (2006), algorithms
    3.5 and 3.6, as one loop.
    """
    start = low = phi(0.0)
    if not start.slope < 0.0:
        return None
    high: Trial | None = None
    for _ in range(MOST):
        trial = phi(size)
        if not trial.finite or not _decreased(trial, start, c1) or _above(trial, low):
            high = trial
        elif abs(trial.slope) <= -c2 * start.slope:
            return trial
        else:
            grown = _beyond(low, trial) if high is None else math.nan
            if trial.slope * (trial.size - low.size) >= 0.0:
                high = low
            low = trial
            if high is None:
                size = grown
                continue
        size = _between(low, high)
        if size in (low.size, high.size):
            break
    return low if low is not start else None


def _above(trial: Trial, low: Trial) -> bool:
    return trial.value >= low.value and not _level(trial, low)


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
    u = a.slope + b.slope - 3.0 * (a.value - b.value) / (a.size - b.size)
    square = u * u - a.slope * b.slope
    if not square >= 0.0:
        return math.nan
    v = math.copysign(math.sqrt(square), width)
    bottom = b.slope - a.slope + 2.0 * v
    return b.size - width * (b.slope + v - u) / bottom if bottom else math.nan

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

MOST = 60
"""Trials in one search: enough to halve a step from 1 to 1e-18."""

OVERSHOOT = 0.5
"""How much of the slope there may be behind a minimum."""

LEVEL = 4.0
"""Values that differ by less than so many units of rounding cannot be told apart."""

NOISE = 2.0 / 3.0
"""Values may be off by this power of ε, in parts of f, where errors grow inside f, as in solving."""

NARROW = 1e-9
"""An interval so narrow, in parts of the step, holds nothing better than its ends."""

QUIET = 5
"""Trials of steps that promise less than rounding: slopes tell in fewer, or they are noise, too."""

SHORT = 0.8
"""A first step that leaves more of the slope was far too short, as the unit step is in bad scales."""

NEAREST, FARTHEST = 1e-3, 0.9
"""Between which parts of an interval the next step may be."""

LEAP = 30.0
"""How many times as far as the last step the next may lead while no minimum is enclosed."""


class Trial(NamedTuple):
    """One step size: φ(s), φ′(s), and the point it leads to."""

    size: float
    value: float
    slope: float
    point: Point


class Ray:
    """φ: f along the ray from a point, in the direction d."""

    def __init__(self, objective: Objective, start: Point, d: Vector) -> None:
        self.objective, self.d = objective, d
        self.start = self._trial(0.0, start)
        epsilon, size = objective.over.epsilon, abs(start.value)
        self.unseen, self.noise = LEVEL * epsilon * size, epsilon**NOISE * size
        still = epsilon / 2.0 * np.abs(start.x / d)
        self.least = float(np.min(still[d != 0.0], initial=np.inf))

    def __call__(self, size: float) -> Trial:
        """φ(s)."""
        return self._trial(size, self.objective.at(self.start.point.x + size * self.d))

    def _trial(self, size: float, point: Point) -> Trial:
        box = self.objective.box
        d = self.d if box is None or size == 0.0 else box.along(point.x, self.d)
        return Trial(size, point.value, float(point.slopes @ d), point)

    def silent(self, size: float) -> bool:
        """Whether a step promises less than values may be off, so that only slopes tell whether it helps."""
        return bool(-self.start.slope * size <= self.noise)

    def rounding(self, size: float) -> float:
        """How far the values of steps up to a size may be off."""
        return self.noise if self.silent(size) else self.unseen

    def level(self, a: Trial, b: Trial) -> bool:
        """Whether the values of two steps cannot be told apart."""
        return abs(a.value - b.value) <= self.rounding(max(a.size, b.size))

    def chord(self, a: Trial, b: Trial) -> float:
        """The mean slope between two steps, by their slopes where the values say nothing."""
        if self.level(a, b):
            return 0.5 * (a.slope + b.slope)
        return (b.value - a.value) / (b.size - a.size)

    def decreased(self, trial: Trial, c1: float, ceiling: float | None = None) -> bool:
        """Armijo's condition, by the slopes where the values say nothing.

        `ceiling` takes the place of φ(0), for rules that allow some increase.
        """
        top = self.start.value if ceiling is None else ceiling
        if abs(trial.value - top) <= self.rounding(trial.size):
            return trial.slope <= -OVERSHOOT * self.start.slope
        return trial.value <= top + c1 * self.promised(trial)

    def promised(self, trial: Trial) -> float:
        """The decrease along the tangent at the start, s·φ′(0); within a box, as far as x has moved."""
        if not self.bent(trial):
            return trial.size * self.start.slope
        moved = trial.point.x - self.start.point.x
        return min(0.0, float(self.start.point.slopes @ moved))

    def bent(self, trial: Trial) -> bool:
        """Whether the way to a trial meets the wall of a box, where the slope jumps."""
        box = self.objective.box
        return box is not None and box.bends(self.start.point.x, self.d, trial.size)

    def idle(self, trial: Trial) -> bool:
        """Whether a step changed neither value nor slope, so that a shorter one will not either."""
        return self.level(trial, self.start) and trial.slope <= 0.999 * self.start.slope

    def used_up(self, trial: Trial, c2: float, enclosed: bool) -> bool:
        """Whether the slope is; a step so short that more is left goes on until a minimum is enclosed."""
        left = trial.slope / self.start.slope
        if self.bent(trial):  # past a jump of the slope there may be none as gentle
            return left <= c2
        return abs(left) <= c2 and (enclosed or left <= SHORT)

    def helped(self, trial: Trial) -> bool:
        """Whether a step that satisfies no condition is better than none."""
        return trial.value < self.start.value or abs(trial.slope) < -OVERSHOOT * self.start.slope


def backtracked(
    phi: Ray, size: float, c1: float, shrink: float, ceiling: float | None = None
) -> Trial | None:
    """The first of s, s·shrink, s·shrink², … with enough decrease; None where there is none.

    Where s is so short that nothing changes, as after a step that gained next to nothing, sizes grow instead.
    """
    if not phi.start.slope < 0.0:
        return None
    factor = shrink
    for number in range(MOST):
        if size <= phi.least:
            break
        trial = phi(size)
        if trial.point.finite and phi.idle(trial):
            if number and factor == shrink:
                break
            factor = 1.0 / shrink
        elif trial.point.finite and phi.decreased(trial, c1, ceiling):
            return trial
        elif factor > 1.0:
            break
        size *= factor
    return None


def satisfying_wolfe(phi: Ray, size: float, c1: float, c2: float) -> Trial | None:
    """A step size that satisfies the strong Wolfe conditions; None where no decrease can be found.

    `low` is the best step so far, `high` the other end of an interval that holds a good one; until
    that is found, steps grow. J. Nocedal and S. J. Wright, Numerical Optimization (2006), algorithms
    3.5 and 3.6, as one loop.
    """
    start = low = phi.start
    if not start.slope < 0.0:
        return None
    high: Trial | None = None
    quiet = 0
    for _ in range(MOST):
        if quiet == QUIET or _known(phi, size, low, high):
            break
        trial = phi(size)
        quiet += phi.silent(size)
        above = trial.value >= low.value and not phi.level(trial, low)
        if not trial.point.finite or above or not phi.decreased(trial, c1):
            high = trial
        elif phi.used_up(trial, c2, enclosed=high is not None):
            return trial
        else:
            before, low = low, trial
            size = _beyond(phi, before, trial)
            if trial.slope * (trial.size - before.size) >= 0.0:
                high = before
            elif high is None or 0.0 < (size - low.size) / (high.size - low.size) < FARTHEST:
                continue
        size = _between(phi, low, high)
    return low if phi.helped(low) else None


def _known(phi: Ray, size: float, low: Trial, high: Trial | None) -> bool:
    """Whether a step would not move x, or lead where others have been."""
    enclosed = high is not None and math.isclose(low.size, high.size, rel_tol=NARROW)
    return size <= phi.least or enclosed


def _between(phi: Ray, low: Trial, high: Trial) -> float:
    """The minimum of the cubic through both ends, kept away from them."""
    width = high.size - low.size
    if not high.point.finite:
        return low.size + 0.1 * width
    size = _cubic(phi, low, high)
    nearest, farthest = sorted((low.size + NEAREST * width, low.size + FARTHEST * width))
    return min(max(size, nearest), farthest) if math.isfinite(size) else low.size + 0.5 * width


def _beyond(phi: Ray, low: Trial, trial: Trial) -> float:
    """Where the cubic through two steps has its minimum, further out, but not by far."""
    width = trial.size - low.size
    size = _cubic(phi, low, trial)
    least, most = trial.size + 1.1 * width, trial.size + LEAP * width
    return min(max(size, least), most) if size > trial.size else most


def _cubic(phi: Ray, a: Trial, b: Trial) -> float:
    """The minimum of the cubic with the values and slopes of two trials; nan where it has none.

    Nocedal and Wright, formula 3.59.
    """
    width = b.size - a.size
    if width == 0.0:
        return math.nan
    u = a.slope + b.slope - 3.0 * phi.chord(a, b)
    square = u * u - a.slope * b.slope
    if not square >= 0.0:
        return math.nan
    v = math.copysign(math.sqrt(square), width)
    bottom = b.slope - a.slope + 2.0 * v
    return b.size - width * (b.slope + v - u) / bottom if bottom else math.nan

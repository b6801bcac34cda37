"""When a method stops, what it then says, and whether it still gains anything where f is lost in rounding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from numbers import Integral
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from autodiff.settings import required

from .objective import Point

ROUNDING = 32.0
"""A fall of this many units of rounding, or fewer, does not count."""

PATIENCE = 2
"""How many steps may gain nothing where f is lost in rounding."""


Callback: TypeAlias = Callable[[Any], object]
"""What a user has done after each step, or each epoch."""

STOPPED = "stopped by the callback"


def checked(callback: Callback | None, what: str, of: str) -> Callback | None:
    """The callback. Raises TypeError where it cannot be called."""
    if callback is not None and not callable(callback):
        raise TypeError(f"{what}: the callback must be a function of {of}, got {callback!r}")
    return callback


def wants_to_stop(callback: Callback | None, seen: Any) -> bool:
    """Whether a callback ends the run: it returns what is true, or raises StopIteration."""
    try:
        return bool(callback and callback(seen))
    except StopIteration:
        return True


class Ending(NamedTuple):
    """Why a method stopped."""

    converged: bool
    reason: str


@dataclass(frozen=True, kw_only=True)
class Stopping:
    """The rules. A method stops as soon as one of them holds.

    gtol       every |∂f/∂xᵢ| is at most gtol, or gtol times the largest at the start if that is below 1
    xtol       the step changed every xᵢ by at most xtol·max(1, |xᵢ|), as a small fixed step does anywhere
    ftol       the step lowered f by at most ftol·max(1, |f|)
    max_steps  that many steps were taken; max(1000, 200·n) if None

    With xtol = ftol = 0 a method goes on until float64 shows no further decrease.
    """

    gtol: float = 1e-8
    xtol: float = 0.0
    ftol: float = 0.0
    max_steps: int | None = None

    def __post_init__(self) -> None:
        for name in ("gtol", "xtol", "ftol"):
            tolerance = getattr(self, name)
            number = isinstance(tolerance, (int, float, np.number))
            required(number and tolerance >= 0.0, name, "a number, 0 or more", tolerance)
        most = self.max_steps
        counts = most is None or (isinstance(most, Integral) and most >= 0)
        required(counts, "max_steps", "a whole number, 0 or more", most)


class Gains:
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

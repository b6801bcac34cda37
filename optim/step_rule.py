"""Rules for the step size s of x_{i+1} = x_i + s·d: how far to go in a direction, as objects.

"The step size s does not have to be static, it can be adaptive."
"""

from __future__ import annotations

import inspect
import numbers
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias, cast

import numpy as np

from autodiff.settings import chosen, real, required

from .line_search import Ray, Trial, backtracked, satisfying_wolfe
from .objective import Point
from .run import Run
from .unknowns import Vector

__all__ = ["Adaptive", "Backtracking", "BarzilaiBorwein", "Constant", "Decaying", "Wolfe"]


class StepTaken(NamedTuple):
    """A step size, and the point that it leads to, where f may be nan."""

    size: float
    point: Point


class StepRule(Protocol):
    """Chooses a step from the current point of a run in the direction d; None where none helps.

    `unit` says that d comes with a length of its own, so that s = 1 is the size to try first.
    """

    def __call__(self, run: Run, d: Vector, unit: bool) -> StepTaken | None: ...


StepSize: TypeAlias = float | str | Callable[[int], float] | StepRule | None
"""What methods take as s: a number, a function of the step's number, a rule or its name; or None."""


def positive(what: str, s: float) -> None:
    """Raise TypeError or ValueError for anything but a positive number."""
    required(0.0 < real(what, s) < np.inf, what, "above 0 and finite", s)


def _between(what: str, low: float, x: float, high: float) -> None:
    required(low < real(what, x) < high, what, f"between {low:g} and {high:g}", x)


def _taken(trial: Trial | None) -> StepTaken | None:
    return trial and StepTaken(trial.size, trial.point)


def _first_size(run: Run, d: Vector, unit: bool) -> float:
    """What to try first: the size that would repeat the last decrease, or 1 where that is natural and less.

    Nocedal and Wright, Numerical Optimization (2006), formula 3.60 and what follows it; no more than 4 times
    as far as the last step went, and 1 or the last size where the decrease was lost in rounding.
    """
    length, slope = _length(d), float(run.point.slopes @ d)
    if run.previous is None or not slope < 0.0:
        return 1.0 if unit else 1.0 / length
    fallen = run.previous.value - run.point.value
    if fallen <= 400.0 * run.objective.over.epsilon * abs(run.point.value):
        return 1.0 if unit else run.size
    if unit:
        return min(1.0, -2.0 * fallen / slope)
    farthest = 4.0 * _length(run.point.x - run.previous.x) / length
    return min(-2.0 * fallen / slope, farthest)


def _length(v: Vector) -> float:
    """‖v‖, also where squares would leave the range of numbers."""
    largest = float(np.max(np.abs(v)))
    return largest * float(np.linalg.norm(v / largest)) if 0.0 < largest < np.inf else largest


@dataclass(frozen=True)
class Constant:
    """Always the same:   s_i = s."""

    s: float = 0.01

    def __post_init__(self) -> None:
        positive("the step size s", self.s)

    def size(self, i: int) -> float:
        """s."""
        return self.s

    def __call__(self, run: Run, d: Vector, unit: bool) -> StepTaken:
        """The step, wherever it leads."""
        return StepTaken(self.s, run.objective.at(run.point.x + self.s * d))


@dataclass(frozen=True)
class Decaying:
    """Smaller with every step:   s_i = s / (1 + rate·i)."""

    s: float = 0.01
    rate: float = 0.01

    def __post_init__(self) -> None:
        positive("the step size s", self.s)
        positive("the rate", self.rate)

    def size(self, i: int) -> float:
        """s_i."""
        return self.s / (1.0 + self.rate * i)

    def __call__(self, run: Run, d: Vector, unit: bool) -> StepTaken:
        """The step, wherever it leads."""
        return Constant(self.size(run.steps))(run, d, unit)


@dataclass(frozen=True)
class ByStep:
    """By a function of the step's number:   s_i = s(i), i = 0, 1, …"""

    s: Callable[[int], float]

    def __call__(self, run: Run, d: Vector, unit: bool) -> StepTaken:
        """The step, wherever it leads."""
        return Constant(self.s(run.steps))(run, d, unit)


@dataclass(frozen=True)
class Adaptive:
    """Grows while it helps, halves when not:   s·grow after a step, s·shrink until f falls."""

    s: float = 0.01
    grow: float = 1.2
    shrink: float = 0.5

    def __post_init__(self) -> None:
        positive("the step size s", self.s)
        _between("grow", 1.0, self.grow, np.inf)
        _between("shrink", 0.0, self.shrink, 1.0)

    def __call__(self, run: Run, d: Vector, unit: bool) -> StepTaken | None:
        """The first size that lowers f."""
        first = run.size * self.grow if run.steps else self.s
        return _taken(backtracked(Ray(run.objective, run.point, d), first, 0.0, self.shrink))


@dataclass(frozen=True)
class Backtracking:
    """Shrinks until f has fallen enough (Armijo):   f(x + s·d) ≤ f(x) + c₁·s·∇f(x)ᵀd."""

    c1: float = 1e-4
    shrink: float = 0.5

    def __post_init__(self) -> None:
        _between("c1", 0.0, self.c1, 1.0)
        _between("shrink", 0.0, self.shrink, 1.0)

    def __call__(self, run: Run, d: Vector, unit: bool) -> StepTaken | None:
        """Twice the size that would repeat the last decrease is tried first, so that steps can grow."""
        first = _first_size(run, d, unit) * (1.0 if unit else 2.0)
        return _taken(backtracked(Ray(run.objective, run.point, d), first, self.c1, self.shrink))


@dataclass(frozen=True)
class Wolfe:
    """Enough decrease, and the slope used up (strong Wolfe):   |φ′(s)| ≤ c₂·|φ′(0)| besides Armijo's."""

    c1: float = 1e-4
    c2: float = 0.9

    def __post_init__(self) -> None:
        _between("c1", 0.0, self.c1, self.c2)
        _between("c2", self.c1, self.c2, 1.0)

    def __call__(self, run: Run, d: Vector, unit: bool) -> StepTaken | None:
        """A size that satisfies both conditions."""
        phi = Ray(run.objective, run.point, d)
        return _taken(satisfying_wolfe(phi, _first_size(run, d, unit), self.c1, self.c2))


@dataclass(frozen=True)
class BarzilaiBorwein(Backtracking):
    """The inverse of the curvature that the last step met:   s = Δxᵀ·Δx / Δxᵀ·Δg.

    f may rise now and then, but not above the largest of its last 8 values (J. Barzilai and
    J. Borwein, IMA J. Numer. Anal. 8, 1988; M. Raydan, SIAM J. Optim. 7, 1997).
    """

    def __call__(self, run: Run, d: Vector, unit: bool) -> StepTaken | None:
        """The size by the last step; the first is a line search's."""
        size = _first_size(run, d, unit)
        if run.previous is not None:
            dx, dg = run.point.x - run.previous.x, run.point.slopes - run.previous.slopes
            curvature = float(dx @ dg)
            size = float(dx @ dx) / curvature if curvature > 0.0 else 2.0 * run.size
        ceiling = max(point.value for point in run.recent)
        return _taken(backtracked(Ray(run.objective, run.point, d), size, self.c1, self.shrink, ceiling))


RULES: Mapping[str, Callable[[], StepRule]] = {
    rule.__name__.lower(): rule for rule in (Constant, Decaying, Adaptive, Backtracking, Wolfe)
} | {"barzilai-borwein": BarzilaiBorwein}


def step_rule(s: StepSize, default: StepRule) -> StepRule:
    """A rule as it is, of that name, or for a number the constant step size; the default for None."""
    if s is None:
        return default
    if isinstance(s, str):
        return chosen("step rule", s.lower().replace("_", "-"), RULES)()
    if isinstance(s, type):
        raise TypeError(
            f"the step size s must be a number, a name or a rule, got the class: write {s.__name__}()"
        )
    if inspect.isfunction(s):
        return ByStep(s)
    return Constant(s) if isinstance(s, numbers.Real) else cast(StepRule, s)

"""The loop that all methods share: a direction, a step along it, and what was learnt from it."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from .objective import Objective, Point
from .result import Result
from .step_rule import Constant, Decaying, StepRule
from .stopping import Ending
from .unknowns import Vector
from .way import Way

__all__ = ["Direction", "descend", "walk"]


OUT_OF_RANGE = (
    "out of range: the gradient is {:.2g}, and products of such numbers leave float64; "
    "multiply f by a constant"
)


class Direction(ABC):
    """Where to go from a point."""

    unit = False
    """Whether the direction has a length of its own, so that a step of size 1 is natural."""

    @abstractmethod
    def __call__(self, point: Point) -> Vector | Ending:
        """The direction, or why there is none."""

    def learn(self, old: Point, new: Point) -> None:  # noqa: B027 (most learn nothing)
        """Take notice of a step."""

    def forget(self) -> bool:
        """Begin afresh, since the direction did not lead down; whether there was anything to forget."""
        return False


def descend(way: Way, direction: Direction, rule: StepRule) -> Result:
    """Go along a way until it ends."""
    return way.finish(lambda: walk(way, direction, rule))


def walk(way: Way, direction: Direction, rule: StepRule) -> Ending:
    """Step by step, until a rule says stop."""
    while not (ending := way.ended()):
        try:
            d = direction(way.point)
            step = None if isinstance(d, Ending) else rule(way, d, direction.unit)
        except ArithmeticError:
            return Ending(False, OUT_OF_RANGE.format(way.point.norm))
        if isinstance(d, Ending):
            return d
        if step is None:
            if not direction.forget():
                return way.exhausted()
            continue
        if not step.point.finite:
            ending = way.not_finite(step.point)
            break
        direction.learn(way.point, step.point)
        way.to(step.point, step.size)
    return ending if ending.converged else _explained(ending, way, rule)


def _explained(ending: Ending, way: Way, rule: StepRule) -> Ending:
    """With the bound on the step size, where a fixed one was above it."""
    astray = ending.reason.startswith(("diverged", "cycling"))
    if not astray or not isinstance(rule, (Constant, Decaying)):
        return ending
    curvature = _largest_curvature(way.objective, way.best)
    if not curvature * rule.s >= 2.0:
        return ending
    n, x = way.objective.n, way.best.x
    second = f"f″({x[0]:.4g})" if n == 1 else "λ, with λ the largest eigenvalue of the Hessian"
    return ending._replace(
        reason=f"{ending.reason}; the step size s = {rule.s:g} is not below the bound of the best point "
        f"seen, 2/{second} = {2.0 / curvature:.3g}"
    )


def _largest_curvature(objective: Objective, point: Point) -> float:
    """The largest eigenvalue of the Hessian, by power iteration; 0 where it cannot be found."""
    product = objective.curvature(point.x)
    v = np.random.default_rng(0).normal(size=point.x.size)
    curvature = 0.0
    with np.errstate(all="ignore"):
        for _ in range(50):
            v = v / np.linalg.norm(v)
            w = product(v)
            curvature = float(v @ w)
            if not np.isfinite(w).all() or not w.any():
                return 0.0
            v = w
    return curvature

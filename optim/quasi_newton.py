"""BFGS: the inverse of the Hessian, learnt from the changes of the gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Unpack

import numpy as np

from .descent import descend
from .objective import Point
from .result import Result
from .step_rule import StepRule, Wolfe
from .unknowns import Vector
from .way import Options, Way

__all__ = ["bfgs"]


class Inverse:
    """d = −B·g, where B is an estimate of H⁻¹ that maps the last Δg to the last Δx.

    B ← (I − ρ·Δx·Δgᵀ)·B·(I − ρ·Δg·Δxᵀ) + ρ·Δx·Δxᵀ,   ρ = 1 / Δgᵀ·Δx;   at first B = (Δgᵀ·Δx / Δgᵀ·Δg)·I.
    """

    def __init__(self) -> None:
        self.inverse: Vector | None = None

    @property
    def unit(self) -> bool:
        """Once B is known."""
        return self.inverse is not None

    def __call__(self, point: Point) -> Vector:
        """The direction."""
        return -point.gradient if self.inverse is None else -(self.inverse @ point.gradient)

    def learn(self, old: Point, new: Point) -> None:
        """The update; none where the curvature along the step was not positive."""
        dx, dg = new.x - old.x, new.gradient - old.gradient
        curvature = float(dx @ dg)
        if not curvature > np.finfo(np.float64).eps * float(np.linalg.norm(dx) * np.linalg.norm(dg)):
            return
        if self.inverse is None:
            self.inverse = np.eye(dx.size) * (curvature / float(dg @ dg))
        moved = self.inverse @ dg
        self.inverse += np.outer(dx, dx) * ((1.0 + float(dg @ moved) / curvature) / curvature)
        self.inverse -= (np.outer(moved, dx) + np.outer(dx, moved)) / curvature

    def forget(self) -> bool:
        """Go straight downhill next; whether that is a change."""
        remembered = self.inverse is not None
        self.inverse = None
        return remembered


def bfgs(f: Callable[..., Any], x0: Any, rule: StepRule | None = None, **options: Unpack[Options]) -> Result:
    """Minimise f by the quasi-Newton method of Broyden, Fletcher, Goldfarb and Shanno.

    Newton's speed near the minimum from gradients alone; memory for n² numbers.
    f, x0 and options as in `steepest_descent`; `rule` is a strong Wolfe search with c₂ = 0.9.

    >>> bfgs(lambda x: (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2, [-1.2, 1.0]).x.round(8)
    array([1., 1.])

    J. Nocedal and S. J. Wright, Numerical Optimization (2006), section 6.1.
    """
    return descend(Way("BFGS", f, x0, **options), Inverse(), Wolfe() if rule is None else rule)

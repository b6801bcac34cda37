"""BFGS: the inverse of the Hessian, learnt from the changes of the gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Unpack

import numpy as np

from .descent import Direction, descend
from .objective import Point
from .result import Result
from .run import Options, Run
from .step_rule import StepSize, Wolfe, step_rule
from .unknowns import Vector

__all__ = ["bfgs"]


class Inverse(Direction):
    """d = −B·g, where B is an estimate of H⁻¹ that maps the last Δg to the last Δx.

    B ← (I − ρ·Δx·Δgᵀ)·B·(I − ρ·Δg·Δxᵀ) + ρ·Δx·Δxᵀ,   ρ = 1 / Δgᵀ·Δx.

    At first B = max(1, Δgᵀ·Δx / Δgᵀ·Δg)·I: a step that is too long costs one more evaluation, and a step that
    is too short one in every direction in which f is flatter than in the first.
    """

    def __init__(self) -> None:
        self.inverse: Vector | None = None

    def __call__(self, point: Point) -> Vector:
        """The direction."""
        return -point.gradient if self.inverse is None else -(self.inverse @ point.gradient)

    def learn(self, old: Point, new: Point) -> None:
        """The update, by a step along which f bent up."""
        dx, dg = new.x - old.x, new.gradient - old.gradient
        if not bent_up(dx, dg):
            return
        curvature = float(dx @ dg)
        if self.inverse is None:
            self.inverse, self.unit = np.eye(dx.size) * max(1.0, flatness(dx, dg)), True
        moved = self.inverse @ dg
        self.inverse += np.outer(dx, dx) * ((1.0 + float(dg @ moved) / curvature) / curvature)
        self.inverse -= (np.outer(moved, dx) + np.outer(dx, moved)) / curvature

    def forget(self) -> bool:
        """Go straight downhill next; whether that is a change."""
        remembered = self.inverse is not None
        self.inverse, self.unit = None, False
        return remembered


def bent_up(dx: Vector, dg: Vector) -> bool:
    """Whether the gradient turned along a step as a minimum wants it:   Δxᵀ·Δg > 0, beyond rounding."""
    sizes = float(np.linalg.norm(dx) * np.linalg.norm(dg))
    return bool(dx @ dg > np.finfo(np.float64).eps * sizes)


def flatness(dx: Vector, dg: Vector) -> float:
    """The inverse of the curvature along a step:   Δxᵀ·Δg / Δgᵀ·Δg."""
    u = dg / np.max(np.abs(dg))
    return float(dx @ u) / float(dg @ u)


def bfgs(f: Callable[..., Any], x0: Any, s: StepSize = None, **options: Unpack[Options]) -> Result:
    """Minimise f by the quasi-Newton method of Broyden, Fletcher, Goldfarb and Shanno.

    Newton's speed near the minimum from gradients alone; memory for n² numbers.
    f, x0 and options as in `steepest_descent`; s is a strong Wolfe search with c₂ = 0.9.

    >>> bfgs(lambda x: (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2, [-1.2, 1.0]).x.round(8)
    array([1., 1.])

    J. Nocedal and S. J. Wright, Numerical Optimization (2006), section 6.1.
    """
    return descend(Run("BFGS", f, x0, **options), Inverse(), step_rule(s, Wolfe()))

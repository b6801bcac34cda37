"""BFGS: the inverse of the Hessian, learnt from changes of the gradient; L-BFGS: from the last few alone."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from numbers import Integral
from typing import Any, Unpack

import numpy as np

from autodiff.settings import required

from .descent import Direction, descend
from .objective import Point
from .options import Options
from .result import Result
from .run import Run
from .step_rule import StepSize, Wolfe, step_rule
from .unknowns import Vector


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


# -- with the memory of a few steps ---------------------------------------------------------------


class Recent(Direction):
    """d = −B·g, with B the BFGS matrix of the last steps, applied without being formed.

    The two-loop recursion: J. Nocedal, Math. Comp. 35 (1980), 773–782.
    """

    def __init__(self, memory: int) -> None:
        self.pairs: deque[tuple[Vector, Vector, float]] = deque(maxlen=memory)

    def __call__(self, point: Point) -> Vector:
        """The direction."""
        d, weights = -point.gradient, []
        for dx, dg, curvature in reversed(self.pairs):
            weight = float(dx @ d) / curvature
            weights.append(weight)
            d = d - weight * dg
        if self.pairs:
            dx, dg, _ = self.pairs[-1]
            d = d * flatness(dx, dg)
        for (dx, dg, curvature), weight in zip(self.pairs, reversed(weights), strict=True):
            d = d + (weight - float(dg @ d) / curvature) * dx
        return d

    def learn(self, old: Point, new: Point) -> None:
        """Remember the step, if f bent up along it."""
        dx, dg = new.x - old.x, new.gradient - old.gradient
        if bent_up(dx, dg):
            self.pairs.append((dx, dg, float(dx @ dg)))
            self.unit = True

    def forget(self) -> bool:
        """Go straight downhill next; whether that is a change."""
        remembered = bool(self.pairs)
        self.pairs.clear()
        self.unit = False
        return remembered


def l_bfgs(
    f: Callable[..., Any],
    x0: Any,
    *,
    memory: int = 10,
    s: StepSize = None,
    **options: Unpack[Options],
) -> Result:
    """Minimise f by BFGS with the memory of the last steps: 2·memory·n numbers.

    f, x0 and options as in `steepest_descent`; s is a strong Wolfe search with c₂ = 0.9.

    >>> l_bfgs(lambda x: ((x - 3.0) ** 4).sum() + (x**2).sum(), [0.0] * 50).x[:3].round(6)
    array([2., 2., 2.])

    Raises ValueError for a memory below 1.

    J. Nocedal and S. J. Wright, Numerical Optimization (2006), section 7.2.
    """
    counts = isinstance(memory, Integral) and memory >= 1
    required(counts, "the memory", "a whole number of steps, at least 1", memory)
    return descend(Run("L-BFGS", f, x0, **options), Recent(memory), step_rule(s, Wolfe()))

"""Newton's method without the Hessian: its equation solved by products H·v."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np

from .descent import Direction, escaping
from .kinds import some_curvatures
from .objective import Objective, Point
from .result import Result
from .run import Options, Run
from .step_rule import StepSize, Wolfe, step_rule
from .unknowns import Vector

__all__ = ["newton_cg"]


@dataclass
class Truncated(Direction):
    """d with H·d ≈ −g, by conjugate gradients that stop at |H·d + g| ≤ min(½, √(|g|/|g₀|))·|g|.

    g₀ is the gradient at the start, so that the scale of f does not matter. Where a direction of no
    positive curvature is met, the d so far is taken, at first that direction.
    """

    objective: Objective
    unit = True

    def __call__(self, point: Point) -> Vector:
        """The direction; each inner step costs one product."""
        g = point.gradient
        product, d, residual = self.objective.curvature(point.x), np.zeros_like(g), g
        search, square, sharpest = -g, float(g @ g), 0.0
        steepest = max(math.sqrt(square), float(np.linalg.norm(self.objective.start.gradient)))
        enough = min(0.25, math.sqrt(square) / steepest) * square
        for _ in range(2 * g.size):
            curved = product(search)
            curvature, length = float(search @ curved), float(search @ search)
            sharpest = max(sharpest, abs(curvature) / length)
            if not curvature > self.objective.over.epsilon * sharpest * length:
                return d if d.any() else search
            along = square / curvature
            d, residual = d + along * search, residual + along * curved
            square, before = float(residual @ residual), square
            if square <= enough:
                break
            search = search * (square / before) - residual
        return d


def newton_cg(f: Callable[..., Any], x0: Any, s: StepSize = None, **options: Unpack[Options]) -> Result:
    """Minimise f by truncated Newton steps: Newton's convergence for many unknowns.

    The engine gives H·v for the price of two gradients, so H is never formed. A saddle or maximum where the
    way comes to rest is left, where ten products show a direction in which f curves down.
    f, x0 and options as in `steepest_descent`; s is a strong Wolfe search.

    >>> newton_cg(lambda x: ((x - 3.0) ** 4).sum() + (x**2).sum(), np.zeros(50)).x[:3].round(6)
    array([2., 2., 2.])

    J. Nocedal and S. J. Wright, Numerical Optimization (2006), section 7.1.
    """
    run = Run("Newton-CG", f, x0, **options)
    rule = step_rule(s, Wolfe())
    return run.finish(lambda: escaping(run, Truncated(run.objective), rule, some_curvatures))

"""Newton's method without the Hessian: its equation solved by products H·v."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np

from .descent import descend
from .objective import Objective, Point
from .result import Result
from .step_rule import StepRule, Wolfe
from .unknowns import Vector
from .way import Options, Way

__all__ = ["newton_cg"]


@dataclass
class Truncated:
    """d with H·d ≈ −g, by conjugate gradients that stop at |H·d + g| ≤ min(½, √|g|)·|g|.

    Where a direction of negative curvature is met, the d so far is taken, at first that direction.
    """

    objective: Objective
    unit = True

    def __call__(self, point: Point) -> Vector:
        """The direction; each inner step costs one product."""
        g = point.gradient
        product, d, residual = self.objective.curvature(point.x), np.zeros_like(g), g
        search, square = -g, float(g @ g)
        enough = min(0.25, math.sqrt(square)) * square
        for _ in range(2 * g.size):
            with np.errstate(all="ignore"):
                curved = product(search)
            curvature = float(search @ curved)
            if not curvature > np.finfo(np.float64).eps * float(search @ search):
                return d if d.any() else search
            along = square / curvature
            d, residual = d + along * search, residual + along * curved
            square, before = float(residual @ residual), square
            if square <= enough:
                break
            search = search * (square / before) - residual
        return d

    def learn(self, old: Point, new: Point) -> None:
        """Nothing."""

    def forget(self) -> bool:
        """There is nothing to forget."""
        return False


def newton_cg(
    f: Callable[..., Any], x0: Any, rule: StepRule | None = None, **options: Unpack[Options]
) -> Result:
    """Minimise f by truncated Newton steps: Newton's convergence for many unknowns.

    The engine gives H·v for the price of two gradients, so H is never formed.
    f, x0 and options as in `steepest_descent`; `rule` is a strong Wolfe search.

    >>> newton_cg(lambda x: ((x - 3.0) ** 4).sum() + (x**2).sum(), np.zeros(50)).x[:3].round(6)
    array([2., 2., 2.])

    J. Nocedal and S. J. Wright, Numerical Optimization (2006), section 7.1.
    """
    way = Way("Newton-CG", f, x0, **options)
    return descend(way, Truncated(way.objective), Wolfe() if rule is None else rule)

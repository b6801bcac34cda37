"""The Newton-Raphson method: the step size is the inverse of the second derivative.

And Newton-CG, which solves for the step by products H·v, without the Hessian.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np

from .descent import Direction, escaping, walk
from .kinds import FLAT, all_curvatures, some_curvatures, with_kind
from .objective import Objective, Point
from .options import Options
from .result import Result
from .run import Run
from .step_rule import Backtracking, Constant, StepSize, Wolfe, step_rule
from .stopping import Ending
from .unknowns import Vector


class NewtonRun(Run):
    """A run in which, in one dimension, the step size is that of the lecture:   x − s·f′(x)."""

    def to(self, point: Point, size: float) -> None:
        """Take a step."""
        old = self.point
        if self.objective.n == 1 and old.gradient[0]:
            size = float((old.x - point.x)[0] / old.gradient[0])
        super().to(point, size)


@dataclass
class Newton(Direction):
    """The step to the stationary point of the parabola through x:   d = −H⁻¹·∇f.

    Safeguarded, each eigenvalue of H counts by its size, so that d leads down and away from saddles.
    """

    objective: Objective
    safeguard: bool
    unit = True

    def __call__(self, point: Point) -> Vector | Ending:
        """The direction, or that there is none."""
        hessian = self.objective.hessian(point.x)
        if not np.isfinite(hessian).all():
            return Ending(
                False, f"stuck: the second derivative is not finite, as at a kink, at x = {self._at(point)}"
            )
        return self._downhill(hessian, point) if self.safeguard else self._plain(hessian, point)

    def _plain(self, hessian: Vector, point: Point) -> Vector | Ending:
        try:
            return np.linalg.solve(hessian, -point.gradient)
        except np.linalg.LinAlgError:
            what = "f″ = 0" if point.x.size == 1 else "the Hessian is singular"
            return Ending(False, f"{what} at x = {self._at(point)}, where Newton's step is not defined")

    def _downhill(self, hessian: Vector, point: Point) -> Vector:
        try:
            np.linalg.cholesky(hessian)
            return np.asarray(np.linalg.solve(hessian, -point.gradient))
        except np.linalg.LinAlgError:
            return self._bent_down(hessian, point)

    def _bent_down(self, hessian: Vector, point: Point) -> Vector:
        curvatures, axes = np.linalg.eigh(hessian)
        sizes = np.abs(curvatures)
        largest = float(sizes.max())
        if largest == 0.0:
            return -point.gradient
        weights = np.maximum(sizes, FLAT * sizes.size * largest)
        return np.asarray(-axes @ ((axes.T @ point.gradient) / weights))

    def _at(self, point: Point) -> Any:
        return self.objective.over.tree(point.x)


def newton(
    f: Callable[..., Any],
    x0: Any,
    *,
    safeguard: bool = True,
    s: StepSize = None,
    **options: Unpack[Options],
) -> Result:
    """Minimise f by Newton-Raphson steps.   s_i = 1/f″(x_i);   in n dimensions d = −H(x_i)⁻¹·∇f(x_i)

    Safeguarded, a direction of negative curvature is gone down rather than up (the eigenvalues of H
    count by their size), the step is halved until f falls enough, and a saddle or maximum is left
    where the path comes to rest on one. `safeguard=False` is the lecture's plain form, which goes to
    the nearest stationary point of any kind; the result says which.

    f, x0 and options as in `steepest_descent`; s multiplies the step: 1, halved by Backtracking.

    >>> newton(lambda x: x**4 - 4.0 * x, 0.5).x
    1.0
    >>> newton(lambda x: 3 * x**4 + 5 * x**3 - 20 * x**2 + 8 * x + 10, 0.3, safeguard=False).reason
    'converged to a maximum: f″ = −31.6 < 0'

    J. Nocedal and S. J. Wright, Numerical Optimization (2006), section 3.4; eigenvalues by their size:
    Y. Dauphin et al., "Identifying and attacking the saddle point problem" (2014).
    """
    run = NewtonRun("Newton-Raphson" if safeguard else "Newton-Raphson, plain", f, x0, **options)
    direction = Newton(run.objective, safeguard)
    rule = step_rule(s, Backtracking() if safeguard else Constant(1.0))

    def search() -> Ending:
        if safeguard:
            return with_kind(run, escaping(run, direction, rule, all_curvatures))
        return with_kind(run, walk(run, direction, rule))

    return run.finish(search)


# -- without the Hessian --------------------------------------------------------------------------


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
        steepest = max(math.sqrt(square), float(np.linalg.norm(self.objective.start.slopes)))
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
    path comes to rest is left, where ten products show a direction in which f curves down.
    f, x0 and options as in `steepest_descent`; s is a strong Wolfe search.

    >>> newton_cg(lambda x: ((x - 3.0) ** 4).sum() + (x**2).sum(), np.zeros(50)).x[:3].round(6)
    array([2., 2., 2.])

    J. Nocedal and S. J. Wright, Numerical Optimization (2006), section 7.1.
    """
    run = Run("Newton-CG", f, x0, **options)
    rule = step_rule(s, Wolfe())
    return run.finish(lambda: escaping(run, Truncated(run.objective), rule, some_curvatures))

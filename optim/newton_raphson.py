"""The Newton-Raphson method: the step size is the inverse of the second derivative."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np

from .descent import walk
from .objective import Objective, Point
from .result import Result
from .step_rule import Backtracking, Constant
from .stopping import Ending
from .unknowns import Vector
from .way import Options, Way

__all__ = ["newton"]

FLAT = 1e-10
"""Curvature below this part of the largest counts as none."""

ESCAPES = 20


@dataclass
class Newton:
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
            return Ending(False, f"the second derivative is not finite at x = {self._at(point)}")
        return self._downhill(hessian, point) if self.safeguard else self._plain(hessian, point)

    def _plain(self, hessian: Vector, point: Point) -> Vector | Ending:
        try:
            return np.linalg.solve(hessian, -point.gradient)
        except np.linalg.LinAlgError:
            what = "f″ = 0" if point.x.size == 1 else "the Hessian is singular"
            return Ending(False, f"{what} at x = {self._at(point)}, where Newton's step is not defined")

    def _downhill(self, hessian: Vector, point: Point) -> Vector:
        curvatures, axes = np.linalg.eigh(hessian)
        sizes = np.abs(curvatures)
        largest = float(sizes.max())
        if largest == 0.0:
            return -point.gradient
        weights = np.maximum(sizes, FLAT * largest)
        return np.asarray(-axes @ ((axes.T @ point.gradient) / weights))

    def _at(self, point: Point) -> Any:
        return self.objective.over.tree(point.x)

    def learn(self, old: Point, new: Point) -> None:
        """Nothing: the Hessian is computed anew."""

    def forget(self) -> bool:
        """There is nothing to forget."""
        return False


def newton(f: Callable[..., Any], x0: Any, safeguard: bool = True, **options: Unpack[Options]) -> Result:
    """Minimise f by Newton-Raphson steps.   s_i = 1/f″(x_i);   in n dimensions d = −H(x_i)⁻¹·∇f(x_i)

    Safeguarded, a direction of negative curvature is gone down rather than up (the eigenvalues of H
    count by their size), the step is halved until f falls enough, and a saddle or maximum is left
    where the way comes to rest on one. `safeguard=False` is the lecture's plain form, which goes to
    the nearest stationary point of any kind; the result says which.

    f, x0 and options as in `steepest_descent`.

    >>> newton(lambda x: x**4 - 4.0 * x, 0.5).x
    1.0
    >>> newton(lambda x: 3 * x**4 + 5 * x**3 - 20 * x**2 + 8 * x + 10, 0.3, safeguard=False).reason
    'converged to a maximum: f″ = −31.6 < 0'

    J. Nocedal and S. J. Wright, Numerical Optimization (2006), section 3.4.
    """
    way = Way("Newton-Raphson" if safeguard else "Newton-Raphson, plain", f, x0, **options)
    direction = Newton(way.objective, safeguard)
    rule = Backtracking() if safeguard else Constant(1.0)

    def search() -> Ending:
        ending = walk(way, direction, rule)
        for _ in range(ESCAPES if safeguard else 0):
            if not ending.converged or not (lower := _below(way)):
                break
            way.to(lower, 1.0)
            ending = walk(way, direction, rule)
        return ending._replace(reason=_kind(way, ending.reason)) if ending.converged else ending

    return way.finish(search)


def _spectrum(way: Way) -> tuple[Vector, Vector]:
    """Eigenvalues and eigenvectors of the Hessian at the current point."""
    hessian = way.objective.hessian(way.point.x)
    if not np.isfinite(hessian).all():
        return np.zeros(1), np.eye(way.point.x.size)[:, :1]
    curvatures, axes = np.linalg.eigh(hessian)
    return curvatures, axes


def _below(way: Way) -> Point | None:
    """A lower point on either side of a saddle or maximum, along the axis of most negative curvature."""
    curvatures, axes = _spectrum(way)
    if curvatures[0] >= -FLAT * max(1.0, float(np.abs(curvatures).max())):
        return None
    x = way.point.x
    reach = 1e-2 * max(1.0, float(np.abs(x).max()))
    sides = [way.objective.at(x + side * reach * axes[:, 0]) for side in (1.0, -1.0)]
    lower = [point for point in sides if point.finite and point.value < way.point.value]
    return min(lower, key=lambda point: point.value, default=None)


def _kind(way: Way, reason: str) -> str:
    """What kind of stationary point it is, by the second derivative."""
    curvatures, _ = _spectrum(way)
    low, high = float(curvatures[0]), float(curvatures[-1])
    tiny = 1e-6 * max(1.0, abs(low), abs(high))
    what, signs = _words(way.objective.n, low, high)
    if low > tiny:
        return f"converged to a minimum: {what} > 0".replace("-", "−")
    if high < -tiny:
        return f"converged to a maximum: {what} < 0".replace("-", "−")
    if low < -tiny and high > tiny:
        return f"converged to a saddle: {signs}".replace("-", "−")
    return f"{reason}; the second derivative does not tell its kind, {what} ≈ 0".replace("-", "−")


def _words(n: int, low: float, high: float) -> tuple[str, str]:
    if n == 1:
        return f"f″ = {low:.3g}", ""
    return (
        f"the smallest eigenvalue of the Hessian is {low:.3g}",
        f"the Hessian's eigenvalues are from {low:.3g} to {high:.3g}",
    )

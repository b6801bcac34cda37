"""The kind of stationary point that a run has come to, by curvatures: minimum, maximum, saddle or kink."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from autodiff.text.digits import with_minus

from .derivatives import Product, differenced
from .objective import Objective, Point
from .run import Run
from .stopping import Ending
from .unknowns import Vector

FLAT = 10.0 * float(np.finfo(np.float64).eps)
"""Times the number of unknowns: curvature below this part of the largest counts as none."""

REACHES = 1e-2, 1e-4
"""How far off lower points are looked for, in parts of max(1, |x|)."""

UNSEEN = 100.0
"""A fall of this many units of rounding, or fewer, does not count."""


class Curvatures(NamedTuple):
    """The eigenvalues of the Hessian, smallest first, or what a few products show of them.

    `axis` is the direction of the smallest; `whole` says that all of them are here.
    """

    sizes: Vector
    axis: Vector
    whole: bool

    @property
    def down(self) -> bool:
        """Whether f curves down along the axis, beyond rounding."""
        return bool(self.sizes[0] < -FLAT * self.axis.size * np.abs(self.sizes).max())

    @property
    def definite(self) -> bool:
        """Whether f curves along every axis, beyond rounding."""
        smallest, largest = np.abs(self.sizes).min(), np.abs(self.sizes).max()
        return self.whole and bool(smallest > FLAT * self.sizes.size * largest)


# -- the curvatures ----------------------------------------------------------------------------


def some_curvatures(objective: Objective, point: Point) -> Curvatures | None:
    """What some products H·v show; none where f is lazy, for which each is a pass over its data."""
    most, n = objective.derivatives.products, point.x.size
    if not most:
        return None
    found = lanczos(objective.curvature(point.x), n, most)
    if found and (found.definite or not kinked(objective, point)):
        return found
    return lanczos(_differences(objective, point.x), n, most)


def all_curvatures(objective: Objective, point: Point) -> Curvatures | None:
    """All of them; by differences of the gradient where the Hessian is nan, or f has a kink."""
    hessian = _hessian(objective, point.x, kinked(objective, point))
    if not np.isfinite(hessian).all():
        return None
    sizes, axes = np.linalg.eigh(hessian)
    return Curvatures(sizes, axes[:, 0], whole=True)


def _hessian(objective: Objective, x: Vector, jumps: bool = False) -> Vector:
    """The second derivative, by differences of the gradient where it is nan, or f has a kink."""
    hessian = objective.hessian(x)
    if jumps or not np.isfinite(hessian).all():
        return objective.assembled(_differences(objective, x))
    return hessian


def lanczos(product: Product, n: int, most: int) -> Curvatures | None:
    """The curvatures in the space of v, H·v, H²·v, …, from a random v; None where a product is nan.

    The extremes are found first: C. Lanczos, J. Res. Nat. Bur. Standards 45 (1950), 255–282.
    """
    v = np.random.default_rng(0).normal(size=n)
    rows, images = np.empty((0, n)), np.empty((0, n))
    while len(rows) < min(n, most) and np.linalg.norm(v) > 0.0:
        rows = np.vstack([rows, v / np.linalg.norm(v)])
        images = np.vstack([images, product(rows[-1])])
        if not np.isfinite(images[-1]).all():
            return None
        v = images[-1]
        for _ in range(2):  # once more, for what rounding left
            v = v - (rows @ v) @ rows
        if np.linalg.norm(v) <= FLAT * n * np.linalg.norm(images[-1]):
            break
    projected = rows @ images.T
    sizes, axes = np.linalg.eigh((projected + projected.T) / 2.0)
    return Curvatures(sizes, axes[:, 0] @ rows, whole=n <= most or len(rows) < most)


def _differences(objective: Objective, x: Vector, times: float = 1.0) -> Product:
    """The function v ↦ H(x)·v, by differences of the gradient over ε^(1/3)·max(1, |x|), or times as far."""
    precision = times * objective.over.epsilon ** (1 / 3)
    return differenced(lambda near: objective.at(near).gradient, x, precision, objective.box)


def kinked(objective: Objective, point: Point) -> bool:
    """Whether the slope, 0 by convention, jumps: differences over a quarter of the way are 4 times as large.

    At no other point does a convention hide a kink.
    """
    if point.norm != 0.0:
        return False
    v = np.random.default_rng(0).normal(size=point.x.size)
    exact, near = objective.curvature(point.x)(v), _differences(objective, point.x)(v)
    if np.linalg.norm(near - exact) <= 0.5 * np.linalg.norm(near):
        return False
    return bool(np.linalg.norm(near) > 2.0 * np.linalg.norm(_differences(objective, point.x, 4.0)(v)))


# -- lower points ------------------------------------------------------------------------------


def lower_point(run: Run, found: Curvatures | None) -> Point | None:
    """A lower point beside a saddle or maximum, along the axis of most negative curvature."""
    sides = _sides(run, found) if found and _dubious(run, found) else []
    return min(sides, key=lambda point: point.value, default=None)


def _dubious(run: Run, found: Curvatures) -> bool:
    """Whether this may be no minimum: f curves down, or the start was a stationary point."""
    return found.down or (run.steps == 0 and run.point.norm == 0.0)


def _sides(run: Run, found: Curvatures) -> list[Point]:
    """The lower points, on either side, at the farthest distance where there are any."""
    here, objective = run.point, run.objective
    unseen = UNSEEN * objective.over.epsilon * max(abs(here.value), abs(objective.start.value))
    for reach in REACHES:
        step = reach * max(1.0, float(np.abs(here.x).max())) * found.axis
        sides = [objective.at(here.x + side * step) for side in (1.0, -1.0)]
        if lower := [side for side in sides if side.finite and side.value < here.value - unseen]:
            return lower
    return []


# -- what is said ------------------------------------------------------------------------------


def with_warning(run: Run, ending: Ending) -> Ending:
    """An ending that says so where a method that follows slopes has come to a saddle or maximum.

    In one dimension the way down leads to neither.
    """
    one_way_down = run.objective.n == 1 and run.point.value < run.objective.start.value
    found = some_curvatures(run.objective, run.point) if ending.converged and not one_way_down else None
    if found is None or not _dubious(run, found):
        return ending
    lower = len(_sides(run, found))
    if lower == 0 or (lower == 1 and run.steps):  # on one side it falls where it has not quite arrived
        return ending
    return ending._replace(reason=f"converged to {_no_minimum(run, found)}; another start leads further down")


def _no_minimum(run: Run, found: Curvatures) -> str:
    if kinked(run.objective, run.point):
        return "a kink, beside which f is lower"
    if found.down and (found.definite or found.sizes[-1] > 0.0):
        return _described(found)
    return with_minus(f"a point that is not a minimum: beside it f is lower, curving by {found.sizes[0]:.3g}")


def with_kind(run: Run, ending: Ending) -> Ending:
    """An ending with the kind of the stationary point, by all curvatures, as Newton's method has them."""
    at_walls = run.point.held is not None and run.point.held.any()
    if not ending.converged or at_walls:  # along the walls it may be a minimum, and need be no more
        return ending
    if kinked(run.objective, run.point):
        return ending._replace(reason="converged to a kink: the slope jumps there, and is 0 by convention")
    if found := _settled(run):
        return ending._replace(reason=f"converged to {_described(found)}")
    untold = "the second derivative is 0 or has not settled, so the kind is not known"
    return ending._replace(reason=f"{ending.reason}; {untold}")


def _described(found: Curvatures) -> str:
    low, high = float(found.sizes[0]), float(found.sizes[-1])
    if low < 0.0 < high:
        return with_minus(f"a saddle: the Hessian's eigenvalues are from {low:.3g} to {high:.3g}")
    which = "smallest" if low > 0.0 else "largest"
    what = "f″" if found.axis.size == 1 else f"the {which} eigenvalue of the Hessian"
    return with_minus(
        f"a minimum: {what} = {low:.3g} > 0" if low > 0.0 else f"a maximum: {what} = {high:.3g} < 0"
    )


def _settled(run: Run) -> Curvatures | None:
    """The curvatures, where none is 0 and one more step would not change them much.

    At a minimum such as that of x⁴ the curvature dwindles with each step.
    """
    objective, point = run.objective, run.point
    found = all_curvatures(objective, point)
    if found is None or not found.definite:
        return None
    hessian = objective.hessian(point.x)
    if not np.isfinite(hessian).all():  # the differences went some way from x already
        return found
    further = _hessian(objective, point.x - np.linalg.solve(hessian, point.gradient))
    settled = np.isfinite(further).all() and np.all(
        np.abs(np.linalg.eigvalsh(further) - found.sizes) <= 0.1 * np.abs(found.sizes)
    )
    return found if settled else None

"""How a step sees the function: in one dimension as a tangent or Newton's parabola, in the plane as −∇f."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..result import Result
from ..unknowns import Vector

BEYOND = 0.4
"""A parabola is drawn past its vertex by this part of the step."""

ALONG = 32

DEEPEST = 0.35
"""Feet of steps are shown beyond the values of f by as much as this part of their range."""

HONEST = 0.02
"""A parabola is shown where its curvature is that of f, but for this part of it."""


class Leg(NamedTuple):
    """A step as the method sees it: a line along `seen`, (k, 2), to `foot`, from where f is looked up."""

    seen: Vector
    foot: Vector

    @property
    def bent(self) -> bool:
        """Whether it is a parabola."""
        return len(self.seen) > 2


def leg(result: Result, i: int) -> Leg | None:
    """The step that led to iterate i of a way in one dimension; none where no slope is known.

    The foot of a tangent is at f + f′·Δx, that of Newton's parabola at its vertex, f + ½f′·Δx.
    """
    x, y = result.path.points[:, 0], result.path.values
    slope, change = slope_at(result, i - 1), float(x[i] - x[i - 1])
    if not np.isfinite(slope * change):
        return None
    start = np.array([x[i - 1], y[i - 1]])
    if not _by_newton(result, i, slope, change):
        foot = start + np.array([change, slope * change])
        return Leg(np.array([start, foot]), foot)
    part = np.linspace(0.0, 1.0 + BEYOND, ALONG)
    heights = y[i - 1] + slope * change * (part - part**2 / 2.0)
    foot = np.array([x[i], y[i - 1] + slope * change / 2.0])
    return Leg(np.column_stack([x[i - 1] + part * change, heights]), foot)


def first_feet(result: Result, inside: NDArray[np.bool_], values: Vector) -> Vector:
    """Where the first steps end on their tangents, no further beyond these values than can be shown."""
    reach = DEEPEST * float(np.ptp(values))
    first = [found for i in range(1, min(3, len(inside))) if inside[i - 1] and (found := leg(result, i))]
    feet = np.array([found.foot[1] for found in first])
    return np.asarray(np.clip(feet, values.min() - reach, values.max() + reach))


def _by_newton(result: Result, i: int, slope: float, change: float) -> bool:
    """Whether the step goes to the vertex of the parabola that touches f and is bent as f is."""
    if not result.method.startswith("Newton") or change == 0.0:
        return False
    at, h = result.path.points[i - 1], 1e-4 * max(1.0, abs(float(result.path.points[i - 1, 0])))
    sides = result.function(at + h) + result.function(at - h)
    bend = (sides - 2.0 * result.path.values[i - 1]) / h**2
    return bool(np.isclose(bend, -slope / change, rtol=HONEST))


def slope_at(result: Result, i: int) -> float:
    """f′, its size being known, with the sign of f's difference about the point."""
    x = float(result.path.points[i, 0])
    h = 1e-6 * max(1.0, abs(x))
    rise = result.function(np.array([x + h])) - result.function(np.array([x - h]))
    return float(np.copysign(result.path.gradient_norms[i], rise))


def downhill(result: Result, at: Vector, scale: Vector) -> Vector | None:
    """The unit vector along −∇f at a point of the plane, by differences; none where there is no slope."""
    steps = 1e-4 * np.diag(scale)
    rises = [result.function(at + h) - result.function(at - h) for h in steps]
    slope = np.array(rises) / (2.0 * np.diag(steps))
    length = float(np.linalg.norm(slope))
    return -slope / length if np.isfinite(length) and length > 0.0 else None


def against_slope(result: Result, i: int) -> bool:
    """Whether step i is one against the gradient: by a method that steps so, and of that length."""
    s = abs(float(result.path.step_sizes[i]))
    newton = result.path.points.shape[1] == 1 and result.method.startswith("Newton")
    if not (newton or result.method == "steepest descent") or not 0.0 < s < np.inf:
        return False
    length = float(np.max(np.abs(result.path.points[i] - result.path.points[i - 1])))
    return bool(np.isclose(length / s, result.path.gradient_norms[i - 1], 1e-3))

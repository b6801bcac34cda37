"""Where a function is stationary, found by its values alone, as pictures show it beside a way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice, takewhile
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..result import Result
from ..unknowns import Vector
from .canvas import number
from .legs import first_feet
from .window import Limits, Window, framed, surroundings

MARKS = {"minimum": "o", "maximum": "^", "saddle": "D", "inflection": "P", "stationary point": "s"}

POLE = "pole"

SCANNED = 1200
"""Values along a line between which turning points are looked for."""

FARTHEST, NEAREST = 6.0, 2
"""How far beyond a way they are looked for, in lengths of the way; so many count on each side."""

SLIGHT = 0.01
"""A turn by less than this part of the range of f on the way is not seen."""

REFINED = 40

AROUND, COARSE = 0.8, 40
"""How far beyond a way in the plane they are looked for, in parts of it, and on how coarse a grid."""

SEVERAL, LEVEL = 12, 1e-4
"""More points than these are not marked; a slope below this part of the usual one counts as none."""


class Stationary(NamedTuple):
    """A point where f does not slope, the value there, and its kind."""

    x: Vector
    value: float
    kind: str


def said(point: Stationary) -> str:
    """Its kind, and on a curve where it is."""
    return f"{point.kind} {number(point.x[0])}" if point.x.size == 1 else point.kind


def kind_at(function: Callable[[Any], float], at: Vector, reach: Vector) -> str:
    """What kind of stationary point it is: by the values to both sides along the axes of the Hessian."""
    _, hessian = differences(function, at, reach)
    axes = np.linalg.eigh(hessian)[1] if np.isfinite(hessian).all() else np.eye(at.size)
    here = function(at)
    around = np.array([function(at + side * reach * axis) for axis in axes.T for side in (1.0, -1.0)])
    if (around > here).all():
        return "minimum"
    if (around < here).all():
        return "maximum"
    turning = bool((around > here).any() and (around < here).any())
    return "stationary point" if not turning else "saddle" if at.size > 1 else "inflection"


def differences(function: Callable[[Any], float], at: Vector, reach: Vector) -> tuple[Vector, Vector]:
    """The gradient and the Hessian by central differences over a hundredth of the reach."""
    n = at.size
    steps = np.diag(0.01 * np.broadcast_to(reach, n))
    sides = np.array([[function(at + side * h) for side in (1.0, -1.0)] for h in steps])
    lengths = np.diag(steps)
    gradient = (sides[:, 0] - sides[:, 1]) / (2.0 * lengths)
    hessian = np.diag((sides.sum(axis=1) - 2.0 * function(at)) / lengths**2)
    for i in range(n):
        for j in range(i):
            mixed = sum(a * b * function(at + a * steps[i] + b * steps[j]) for a in (1, -1) for b in (1, -1))
            hessian[i, j] = hessian[j, i] = mixed / (4.0 * lengths[i] * lengths[j])
    return gradient, hessian


# -- along a line ------------------------------------------------------------------------------


def turning_points(
    function: Callable[[Any], float], low: float, high: float, least: float = 0.0
) -> list[Stationary]:
    """The minima and maxima between two places, in order, where f turns by more than the least.

    >>> for point in turning_points(lambda x: float(x[0] ** 3 - 3.0 * x[0]), -2.0, 3.0):
    ...     print(point.kind, point.x.round(4), round(point.value, 4))
    maximum [-1.] 2.0
    minimum [1.] -2.0
    """
    return [point for point in _turnings(function, low, high, least) if _no_pole(point)]


def _turnings(function: Callable[[Any], float], low: float, high: float, least: float) -> list[Stationary]:
    """The same with the poles, where f only seems to turn."""
    x = np.linspace(low, high, SCANNED)
    y = np.array([function(np.array([at])) for at in x])
    found = [(i, _refined(function, x, i, sign)) for i, sign in _turns(y, least)]
    return [
        point if _settles(point.value, *y[i - 1 : i + 2]) else point._replace(kind=POLE) for i, point in found
    ]


def _turns(y: Vector, least: float) -> list[tuple[int, float]]:
    """Where values turn by more than the least, with 1 for a minimum and −1 for a maximum."""
    known = np.flatnonzero(np.isfinite(y))
    found: list[tuple[int, float]] = []
    lowest = highest = known[0] if known.size else 0
    falling: bool | None = None
    for i in known[1:]:
        lowest, highest = min(lowest, i, key=y.__getitem__), max(highest, i, key=y.__getitem__)
        if falling is not False and y[i] > y[lowest] + least:
            found += [(int(lowest), 1.0)] if falling else []
            falling, highest = False, i
        elif falling is not True and y[i] < y[highest] - least:
            found += [(int(highest), -1.0)] if falling is False else []
            falling, lowest = True, i
    return [(i, sign) for i, sign in found if np.isfinite(y[[i - 1, i + 1]]).all()]


def _settles(value: float, before: float, here: float, after: float) -> bool:
    """Whether a turning point is as high as those around it suggest: at a pole it is not."""
    return abs(value - here) <= max(abs(here - before), abs(here - after))


def _refined(function: Callable[[Any], float], x: Vector, i: int, sign: float) -> Stationary:
    """A minimum of sign·f between the neighbours of a place, by thirds."""
    low, high = x[i - 1], x[i + 1]
    for _ in range(REFINED):
        a, b = low + (high - low) / 3.0, high - (high - low) / 3.0
        if sign * function(np.array([a])) < sign * function(np.array([b])):
            high = b
        else:
            low = a
    at = np.array([(low + high) / 2.0])
    return Stationary(at, function(at), "minimum" if sign > 0.0 else "maximum")


def view(
    result: Result, inside: NDArray[np.bool_], limits: Limits | None = None
) -> tuple[Window, list[Stationary]]:
    """What part of the axis a picture of a way shows, with the turning points in it.

    Besides the way these are the next two on each side: the hill that bounds its valley, and the valley
    beyond.
    """
    points = result.path.points[inside]
    least = SLIGHT * float(np.ptp(result.path.values[inside]))
    if limits is not None:
        window = framed(surroundings(points, 0.5), limits)
        return window, turning_points(result.function, *limits, least)
    found = _nearby(result.function, points, least)
    if not found:
        return surroundings(points, 0.5), found
    return surroundings(np.vstack([points, *(point.x for point in found)]), 0.15), found


def _nearby(function: Callable[[Any], float], points: Vector, least: float) -> list[Stationary]:
    """The turning points on a way, and the next two on each side, but none beyond a pole."""
    low, high = float(points.min()), float(points.max())
    (left,), (right,) = surroundings(points, FARTHEST)
    found = _turnings(function, left, right, least)
    before = takewhile(_no_pole, reversed([point for point in found if point.x[0] < low]))
    after = takewhile(_no_pole, [point for point in found if point.x[0] > high])
    within = [point for point in found if low <= point.x[0] <= high and _no_pole(point)]
    return [*reversed([*islice(before, NEAREST)]), *within, *islice(after, NEAREST)]


def _no_pole(point: Stationary) -> bool:
    return point.kind != POLE


def heights(result: Result, inside: NDArray[np.bool_], found: Sequence[Stationary]) -> Vector:
    """The values that a picture of a way has to show: on it, of the turning points, and of the first feet."""
    values = np.append(result.path.values[inside], [point.value for point in found])
    return np.append(values, first_feet(result, inside, values))


# -- in the plane ------------------------------------------------------------------------------


def view_in_plane(function: Callable[[Any], float], points: Vector) -> Window:
    """What part of the plane a picture of ways shows: these points, and where f is stationary nearby."""
    around = surroundings(points, AROUND)
    x1, x2 = np.linspace(*around, COARSE).T
    values = np.array([[function(np.array([a, b])) for a in x1] for b in x2])
    found = [point.x for point in stationary_points(function, x1, x2, values)]
    ends = np.array([points.min(axis=0), points.max(axis=0)])
    return surroundings(np.vstack([ends, *found]), 0.3 if not found else 0.2)


def stationary_points(
    function: Callable[[Any], float], x1: Vector, x2: Vector, y: Vector
) -> list[Stationary]:
    """Those on a grid of values, y being (x2, x1): where the slope is least, refined by Newton's method.

    None where there are so many that no mark would tell one from another, as along a valley.
    """
    cell = np.array([x1[1] - x1[0], x2[1] - x2[0]])
    known = np.where(np.isfinite(y), y, np.nan)
    steepness = np.hypot(*np.gradient(known, cell[1], cell[0]))
    places = _gentlest(steepness)
    if len(places) > SEVERAL or np.isnan(steepness).all():
        return []
    level = LEVEL * float(np.nanmedian(steepness))
    found: list[Stationary] = []
    for row, column in places:
        at = _settled(function, np.array([x1[column], x2[row]]), cell, level)
        if at is not None and not any(np.all(np.abs(at - other.x) < cell) for other in found):
            found.append(Stationary(at, function(at), kind_at(function, at, cell)))
    return sorted(found, key=lambda point: (list(MARKS).index(point.kind), *point.x.tolist()))


def _gentlest(steepness: Vector) -> list[tuple[int, int]]:
    """The inner places of a grid with no gentler neighbour, (row, column)."""
    rows, columns = (size - 2 for size in steepness.shape)
    shifts = [(i, j) for i in range(3) for j in range(3) if (i, j) != (1, 1)]
    inner = steepness[1:-1, 1:-1]
    gentle = np.all([inner <= steepness[i : i + rows, j : j + columns] for i, j in shifts], axis=0)
    return [(row + 1, column + 1) for row, column in np.argwhere(gentle).tolist()]


def _settled(function: Callable[[Any], float], start: Vector, cell: Vector, level: float) -> Vector | None:
    """Where Newton's method on the slope comes to rest within some cells of a place, if it does."""
    at = start
    for _ in range(REFINED):
        gradient, hessian = differences(function, at, cell)
        if not np.isfinite(hessian).all() or np.any(np.abs(at - start) > 3.0 * cell):
            return None
        step = np.linalg.lstsq(hessian, gradient, 1e-9)[0]
        at = at - step
        if np.all(np.abs(step) <= 1e-5 * cell):
            break
    gradient, _ = differences(function, at, cell)
    return at if np.all(np.abs(gradient) <= level) else None

"""What part of the plane a picture shows, and how much of a path."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from autodiff.settings import required

from ..unknowns import Vector

Window = tuple[Vector, Vector]
"""The lower and the upper corner."""

Limits = tuple[float, float]
"""The ends of an axis."""

FAR = 3.0
"""An iterate further off than so many times the whole way is left out."""

SCALES = 20.0
"""Unknowns whose ranges differ by more have axes of different scales."""


def checked(call: str, **limits: Limits | None) -> list[Limits | None]:
    """Limits of axes, by the names of arguments. Raises ValueError where they are not ascending."""
    for name, pair in limits.items():
        ascending = pair is None or -np.inf < pair[0] < pair[1] < np.inf
        required(ascending, f"{call}: {name}", "two finite numbers, the smaller first", pair)
    return list(limits.values())


def framed(window: Window, *limits: Limits | None) -> Window:
    """The window with the limits that are given in place of its own."""
    low, high = (corner.copy() for corner in window)
    for axis, pair in enumerate(limits):
        if pair is not None:
            low[axis], high[axis] = pair
    return low, high


def shown(points: Vector, outcome: Vector) -> NDArray[np.bool_]:
    """Which iterates are drawn, points being (k, n): those not far off the start and the outcome.

    Where a way ends where it began, its first step is the measure.
    """
    start = points[0]
    whole = float(np.max(np.abs(outcome - start)))
    first = float(np.max(np.abs(points[min(1, len(points) - 1)] - start)))
    reach = FAR * whole if whole > 0.1 * first else 1.01 * first
    low, high = np.minimum(start, outcome) - reach, np.maximum(start, outcome) + reach
    return np.asarray(np.all((low <= points) & (points <= high), axis=1))


def surroundings(points: Vector, margin: float) -> Window:
    """A window around points, wider by part `margin` of their range on each side.

    One range counts for all axes, so that right angles look right, unless the ranges differ much.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    ranges = high - low
    widest = float(ranges.max()) or max(1.0, float(np.abs(low).max()))
    ranges = np.where((ranges == 0.0) | (ranges > widest / SCALES), widest, ranges)
    middle, half = (low + high) / 2.0, (0.5 + margin) * ranges
    return middle - half, middle + half


def apart(points: Vector, window: Window, gap: float) -> list[int]:
    """Which points show: the first, and each next one at least `gap` of the window off the last that does."""
    scaled = (points - window[0]) / (window[1] - window[0])
    kept = [0]
    for i, point in enumerate(scaled):
        if np.max(np.abs(point - scaled[kept[-1]])) >= gap:
            kept.append(i)
    return kept

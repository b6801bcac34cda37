"""Lines along which a function on a grid has a value, by marching squares."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..unknowns import Vector

__all__ = ["level_lines", "levels"]

Segment = tuple[tuple[float, float], tuple[float, float]]

COUNT = 14

SIDES = ((0, 1), (1, 2), (2, 3), (3, 0))
"""Corners of a cell at the ends of its sides: lower left, lower right, upper right, upper left."""


def levels(values: Vector, lowest: float) -> Vector:
    """Values for lines: in equal ratios above the lowest."""
    known = values[np.isfinite(values)] - lowest
    known = known[known > 0.0]
    if not known.size:
        return np.zeros(0)
    first, last = float(np.quantile(known, 0.01)), float(np.quantile(known, 0.99))
    return lowest + np.geomspace(max(first, 1e-9 * last), last, COUNT)


def level_lines(x1: Vector, x2: Vector, values: Vector, level: float) -> Iterator[Segment]:
    """The pieces of the line in the cells of the grid, values being (x2, x1).

    >>> x = np.array([0.0, 1.0])
    >>> [piece] = level_lines(x, x, np.array([[0.0, 1.0], [0.0, 1.0]]), 0.25)
    >>> [tuple(map(float, end)) for end in piece]
    [(0.25, 0.0), (0.25, 1.0)]
    """
    above = values > level
    corners = np.stack([above[:-1, :-1], above[:-1, 1:], above[1:, 1:], above[1:, :-1]])
    known = np.isfinite(values[:-1, :-1] + values[:-1, 1:] + values[1:, 1:] + values[1:, :-1])
    for row, column in np.argwhere(corners.any(0) & ~corners.all(0) & known):
        at = [(row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column)]
        ends = []
        for a, b in SIDES:
            (i, j), (k, m) = at[a], at[b]
            if above[i, j] != above[k, m]:
                part = (level - values[i, j]) / (values[k, m] - values[i, j])
                ends.append((x1[j] + part * (x1[m] - x1[j]), x2[i] + part * (x2[k] - x2[i])))
        yield from zip(ends[::2], ends[1::2], strict=True)

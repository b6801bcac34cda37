"""The box that unknowns stay in, in a picture: its walls, and what is outside hatched."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..result import Result
from ..unknowns import Vector, joined
from .canvas import INK, Axes
from .window import Window

OUTSIDE: dict[str, Any] = {
    "facecolor": "#8a8f9840",
    "edgecolor": "#3b434d70",
    "hatch": "///",
    "linewidth": 0.0,
    "zorder": 2,
}
WALL: dict[str, Any] = {"color": INK, "linewidth": 1.8, "zorder": 2.2}


def draw_walls(axes: Axes, result: Result, window: Window) -> None:
    """The walls that are in the window, on a curve or on contours."""
    if result.bounds is None:
        return
    low, high = (joined(corner) for corner in result.bounds)
    n = low.size
    corners = np.maximum(low, window[0][:n]), np.minimum(high, window[1][:n])
    label = "bounds"
    for axis in range(n):
        for end, wall in ((window[0], low), (window[1], high)):
            if window[0][axis] <= wall[axis] <= window[1][axis]:
                _wall(axes, axis, float(wall[axis]), float(end[axis]), corners, label)
                label = ""


def _wall(axes: Axes, axis: int, at: float, end: float, corners: tuple[Vector, Vector], label: str) -> None:
    """One wall, and what is behind it: above the first unknown as far as the box reaches."""
    low, high = corners
    if low.size == 1:
        axes.axvspan(at, end, **OUTSIDE)
        axes.axvline(at, label=label, **WALL)
        return
    along = [low[1 - axis], high[1 - axis]]
    ends = (np.full(2, at), along) if axis == 0 else (along, np.full(2, at))
    axes.plot(*ends, label=label, **WALL)
    if axis == 0:
        axes.axvspan(at, end, **OUTSIDE)
    else:
        axes.fill_between([low[0], high[0]], at, end, **OUTSIDE)

"""Marks and words on a curve or on contours, where they can be read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..unknowns import Vector
from .canvas import INK, TIME, Axes, Look, halo, owner, place, spot
from .room import Patch, Room, around
from .stationary import MARKS, Stationary, said
from .window import Window

KINDS, NUMBERS = 10.5, 11.0
"""How large the words of marks and the numbers of iterates are, in points."""

RISES = (13.0, 27.0, 41.0)
"""How high above a mark its words begin, in points: where there is room, the first."""

DOT, END = 4.0, 9.0
"""Half the room of a dot, and of the mark of a start or an outcome."""


class Canvas:
    """Axes over a window, on which no text lies on another, on a mark or outside the frame."""

    def __init__(self, axes: Axes, window: Window) -> None:
        extent = axes.get_window_extent()
        self._axes, self._low = axes, window[0]
        self._size = 72.0 / owner(axes).dpi * np.array([extent.width, extent.height])
        self._scale = self._size / (window[1] - window[0])
        self._room = Room()

    def keep(self, points: Iterable[Vector], half: float) -> None:
        """Let no text be written on marks of this size."""
        for x, y in map(self._place, points):
            self._room.take(Patch(x - half, y - half, x + half, y + half))

    def write(self, text: str, at: Vector, size: float, rises: Sequence[float], always: bool = False) -> None:
        """Text above a point or below it, at the first rise with room; without any, not or at the first."""
        x, y = self._place(at)
        boxes = [around(text, x, y + rise, size).within(0.0, self._size[0]) for rise in rises]
        inside = [box for box in boxes if box.low >= 0.0 and box.high <= self._size[1]]
        box = self._room.first(inside)
        if box is None and not always:
            return
        box = box or self._room.first(boxes) or boxes[0]
        look: dict[str, Any] = {"color": INK, "zorder": 7, "path_effects": halo(), "annotation_clip": True}
        look |= {"textcoords": "offset points", "ha": "center", "va": "bottom", "fontsize": size}
        self._axes.annotate(text, (at[0], at[1]), (box.middle - x, box.low - y), **look)

    def _place(self, at: Vector) -> tuple[float, float]:
        """Where a point is, in points from the lower left corner."""
        x, y = (np.asarray(at) - self._low) * self._scale
        return float(x), float(y)


def mark_stationary(
    axes: Axes, points: Sequence[Stationary], window: Window, ends: Vector, canvas: Canvas
) -> None:
    """A small hollow mark for each, with its kind; not where a way ends, which has a mark of its own."""
    near = 0.02 * (window[1] - window[0])[: ends.shape[1]]
    for point in points:
        taken = bool(np.any(np.all(np.abs(ends - point.x) <= near, axis=1)))
        on_curve = point.x.size == 1
        if taken and on_curve:  # the legend says where that is
            continue
        at = np.append(point.x, point.value) if on_curve else point.x
        if not taken:
            spot(axes, tuple(at), MARKS[point.kind], 7, "white", INK, 1.3, zorder=2.5)
        under = [-9.0 - KINDS - (rise - RISES[0]) for rise in RISES]
        rises = (
            under if on_curve and point.kind == "minimum" else RISES if on_curve else [*RISES[:2], *under[:2]]
        )
        canvas.write(said(point), at, KINDS, rises, always=True)


def number_iterates(points: Vector, chosen: Sequence[int], canvas: Canvas) -> None:
    """The numbers of iterates above them, where there is room: of the first, the last, those between."""
    for i in dict.fromkeys([*chosen[:1], *chosen[-1:], *chosen]):
        canvas.write(f"{i}", points[i], NUMBERS, [10.0])


def mark(axes: Axes, ends: Sequence[Vector], n: int, converged: bool, look: Look = TIME) -> None:
    """The start as a square, the outcome as a star, hollow if the method did not converge.

    The first n numbers of each say in words where it is.
    """
    words = "start at", "converged to" if converged else "best point at"
    first, last = (f"{word} {place(end[:n])}" for word, end in zip(words, ends, strict=True))
    inside, rim = (look.colour or INK, "white") if converged else ("white", look.colour or INK)
    spot(axes, ends[0], "s", 13, "none", INK, 2.0, zorder=6, label=first)
    spot(axes, ends[1], "*", 19, inside, rim, 1.2, zorder=5, label=last)


def note_outside(axes: Axes, inside: NDArray[np.bool_]) -> None:
    """Write how many iterates are not shown."""
    if not inside.all():
        text = f"{np.sum(~inside)} of {inside.size} iterates outside"
        look: dict[str, Any] = {"transform": axes.transAxes, "ha": "right", "fontsize": 12, "style": "italic"}
        axes.text(0.98, 0.02, text, color=INK, path_effects=halo(), **look)

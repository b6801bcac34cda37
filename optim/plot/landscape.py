"""The function, as a curve or by its contours, and ways on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..unknowns import Vector
from .canvas import INK, TIME, Axes, Look, ground, number, place, spot, styled, times
from .window import Window, apart

ALONG = 400
"""Where a curve is evaluated."""

ACROSS = 80
"""Where contours are: so many values in each direction."""

BANDS = 12

ARROWS = 25
"""More arrowheads than these would hide the way."""


def surface(
    function: Callable[[Any], float], window: Window, count: int = ACROSS
) -> tuple[Vector, Vector, Vector]:
    """Places along x₁ and along x₂, (count,) each, and the values there, nan where f has none."""
    x1, x2 = np.linspace(*window, count).T
    return x1, x2, np.array([[function(np.array([a, b])) for a in x1] for b in x2])


# -- one dimension -----------------------------------------------------------------------------


def curve(
    axes: Axes, function: Callable[[Any], float], window: Window, values: Vector, colour: str = "#6b7f92"
) -> Window:
    """Draw f; the window that shows these values of it, and all that is not far above."""
    x, y, limits = profile(function, window, values)
    axes.plot(x, y, color=colour, linewidth=2.5, zorder=1)
    styled(axes, "$x$", "$f(x)$")
    limited(axes, limits)
    return limits


def profile(
    function: Callable[[Any], float], window: Window, values: Vector
) -> tuple[Vector, Vector, Window]:
    """Places along x, the values there, and the window that shows those given and all not far above."""
    x = np.linspace(window[0][0], window[1][0], ALONG)
    y = np.array([function(np.array([at])) for at in x])
    known = y[np.isfinite(y)]
    low, high = min([*known, *values]), max(values)
    high = min(max([*known, high]), high + max(high - low, 1e-12 * abs(high)))
    space = 0.08 * (high - low) or 1.0
    return x, y, (np.array([x[0], low - space]), np.array([x[-1], high + space]))


def limited(axes: Axes, window: Window) -> None:
    """Show the window."""
    axes.set_xlim(window[0][0], window[1][0])
    axes.set_ylim(window[0][1], window[1][1])


# -- two dimensions ----------------------------------------------------------------------------


def contours(axes: Axes, function: Callable[[Any], float], window: Window, values: Vector) -> Window:
    """Draw filled contours of f, where it also has these values; the window that they fill.

    Bands are by powers where f ranges over many.
    """
    from matplotlib.colors import BoundaryNorm

    x1, x2, y = surface(function, window)
    y = np.ma.masked_invalid(y)
    known = y.compressed()
    levels = bands(known, float(np.append(known, values).min()))
    norm = BoundaryNorm(levels, 256)
    filled = axes.contourf(x1, x2, y, levels, cmap=ground(), norm=norm, extend="both")
    axes.contour(x1, x2, y, levels, colors="white", linewidths=0.8)
    styled(axes, "$x_1$", "$x_2$")
    limited(axes, window)
    wide, high = window[1] - window[0]
    if np.isclose(wide, high):
        axes.set_aspect("equal")
    _scale(axes, filled, levels)
    return window


def _scale(axes: Axes, filled: Any, levels: Vector) -> None:
    """Which colour is which value."""
    foot = axes.inset_axes((1.03, 0.0, 0.03, 0.9))
    bar = foot.figure.colorbar(filled, cax=foot, ticks=levels[::3])
    bar.set_ticklabels([number(float(f"{level:.1e}")) for level in levels[::3]])
    bar.ax.tick_params(labelsize=11, colors=INK, length=0, which="both")
    bar.ax.set_title("$f(x)$", fontsize=12, color=INK, loc="left")
    bar.outline.set_visible(False)


def bands(known: Vector, lowest: float) -> Vector:
    """Round levels between values of f: even, or in about equal ratios above the lowest over many powers."""
    from matplotlib.ticker import MaxNLocator

    if not known.size or known.min() == known.max():
        return np.arange(2.0) + float(known[:1].sum())
    first, last = float(np.quantile(known, 0.01)) - lowest, float(known.max()) - lowest
    if first > 0.01 * last or first <= 0.0:
        return np.asarray(MaxNLocator(BANDS).tick_values(float(known.min()), float(known.max())))
    gaps = [float(f"{gap:.0e}") for gap in np.geomspace(first, last, BANDS + 1)]
    return np.unique(lowest + np.array(gaps))


# -- ways --------------------------------------------------------------------------------------


def track(axes: Axes, points: Vector, inside: NDArray[np.bool_], window: Window, look: Look = TIME) -> None:
    """Draw a way: a line for each step that is seen, a dot for each iterate that no other hides.

    A step that leaves the window is cut short.
    """
    from matplotlib.collections import LineCollection

    shades = times(len(points)) if look.colour is None else [look.colour] * len(points)
    seen = [i for i in range(len(points) - 1) if inside[i] or inside[i + 1]]
    lines = [_segment(points[i], points[i + 1], inside[i], inside[i + 1], window) for i in seen]
    later = [shades[i + 1] for i in seen]
    run = LineCollection(
        lines, colors=later, linewidths=1.8, linestyles=look.dashes, zorder=3, label=look.label
    )
    axes.add_collection(run, autolim=False)
    drawn = np.flatnonzero(inside)
    drawn = drawn[apart(points[drawn], window, 0.008)]
    x, y = points[drawn].T
    dots = [shades[i] for i in drawn]
    axes.scatter(x, y, 34, dots, edgecolors="white", linewidths=0.6, zorder=4)
    _arrowheads(axes, lines, later, window)


def _segment(a: Vector, b: Vector, a_inside: bool, b_inside: bool, window: Window) -> tuple[Vector, Vector]:
    """From a to b, but no further than far outside, where drawing loses its precision."""
    if not b_inside:
        return a, a + _cut(b - a, window)
    return (a, b) if a_inside else (b + _cut(a - b, window), b)


def _cut(step: Vector, window: Window) -> Vector:
    length = float(np.max(np.abs(step) / (window[1] - window[0])))
    return step * min(1.0, 3.0 / length) if length else step


def _arrowheads(
    axes: Axes, lines: Sequence[tuple[Vector, Vector]], shades: Sequence[Any], window: Window
) -> None:
    """In the middle of long steps, which way they go: one at a place, and not too many."""
    span = window[1] - window[0]
    taken: set[tuple[int, ...]] = set()
    for (a, b), shade in zip(lines, shades, strict=True):
        spot = tuple(np.round((a + b) / span / 0.1).astype(int).tolist())
        if np.max(np.abs(b - a) / span) > 0.06 and spot not in taken and len(taken) < ARROWS:
            taken.add(spot)
            head = {"arrowstyle": "-|>", "color": shade, "mutation_scale": 15, "shrinkA": 0, "shrinkB": 0}
            tail, tip = (tuple(a + part * (b - a)) for part in (0.5, 0.56))
            axes.annotate("", tip, tail, zorder=3, arrowprops=head)


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
        axes.text(
            0.98, 0.02, text, transform=axes.transAxes, ha="right", fontsize=12, style="italic", color=INK
        )

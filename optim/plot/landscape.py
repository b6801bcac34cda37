"""The function, as a curve or by its contours, and ways on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..result import Result
from ..unknowns import Vector, joined
from .canvas import INK, TIME, Axes, Look, ground, halo, number, styled, times
from .legs import against_slope, downhill, leg
from .marks import Canvas, number_iterates
from .stationary import Stationary, stationary_points
from .window import Window, apart

ALONG = 400
"""Where a curve is evaluated."""

ACROSS = 80
"""Where contours are: so many values in each direction."""

BANDS = 12

ARROWS = 25
"""More arrowheads than these would hide the way."""

LEGS, SHORTEST = 7, 0.012
"""So many steps are drawn on a curve, the first that are longer than this part of the window."""

SLOPES, SPACED, REACH = 5, 0.12, 0.1
"""So many arrows show −∇f, so far apart and so long, in parts of the window."""

UNEQUAL = 3.0
"""Axes have one scale, where the sides of the window differ by no more than this factor."""


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
    space = 0.12 * (high - low) or 1.0
    return x, y, (np.array([x[0], low - space]), np.array([x[-1], high + space]))


def limited(axes: Axes, window: Window) -> None:
    """Show the window."""
    axes.set_xlim(window[0][0], window[1][0])
    axes.set_ylim(window[0][1], window[1][1])


# -- two dimensions ----------------------------------------------------------------------------


def contours(
    axes: Axes, function: Callable[[Any], float], window: Window, values: Vector
) -> list[Stationary]:
    """Draw filled contours of f, where it also has these values; the points where f is stationary.

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
    if one_scale(window):
        axes.set_aspect("equal")
    _scale(axes, filled, levels)
    return stationary_points(function, x1, x2, y.filled(np.nan))


def one_scale(window: Window) -> bool:
    """Whether both axes have one scale, so that right angles are right angles."""
    sides = window[1] - window[0]
    return bool(sides.max() <= UNEQUAL * sides.min() * (1.0 + 1e-9))


def arrows_downhill(axes: Axes, result: Result, inside: NDArray[np.bool_], window: Window) -> None:
    """−∇f at the start and further on, all of one length: across the contours at right angles."""
    if not one_scale(window):
        return
    span = window[1] - window[0]
    points, reach = result.path.points[inside], REACH * float(span.max())
    chosen = [points[i] for i in apart(points, window, SPACED)[:SLOPES]]
    chosen = [at for at in chosen if np.linalg.norm(at - joined(result.x)) > reach]
    found = [(at, d) for at in chosen if (d := downhill(result, at, span)) is not None]
    if not found:
        return
    tails, directions = map(np.array, zip(*found, strict=True))
    look: dict[str, Any] = {"angles": "xy", "scale_units": "xy", "width": 0.006, "zorder": 4.5, "color": INK}
    axes.quiver(*tails.T, *(reach * directions.T), scale=1.0, **look)
    x, y = tails[0] + reach * (0.5 * directions[0] + 0.5 * np.array([-directions[0][1], directions[0][0]]))
    axes.text(x, y, "$-\\nabla f$", fontsize=13, color=INK, zorder=7, ha="center", path_effects=halo())


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
    """Draw a way in the plane: a line for each step that is seen, a dot for each iterate that no other hides.

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
    _dots(axes, points, inside, window, shades)
    _arrowheads(axes, lines, later, window)


def _dots(axes: Axes, points: Vector, inside: NDArray[np.bool_], window: Window, shades: Any) -> None:
    """The iterates that no other hides."""
    drawn = np.flatnonzero(inside)
    drawn = drawn[apart(points[drawn], window, 0.008)]
    x, y = points[drawn].T
    dots = [shades[i] for i in drawn]
    axes.scatter(x, y, 34, dots, edgecolors="white", linewidths=0.6, zorder=4)


def steps_on_curve(
    axes: Axes, result: Result, points: Vector, inside: NDArray[np.bool_], window: Window, canvas: Canvas
) -> None:
    """Draw a way on a curve: the iterates as dots, and how the first long steps see f, paler and paler.

    Along the tangent a step goes by s·f′(x), or to the vertex of Newton's parabola, and from there
    straight up or down to the curve. Later steps are dots alone: their lines would be a tangle.
    """
    span, shades = window[1] - window[0], times(len(points))
    long = np.abs(np.diff(points[:, 0])) > SHORTEST * span[0]
    seen = [int(i) + 1 for i in np.flatnonzero(long & inside[:-1])][:LEGS]
    for k, i in enumerate(seen):
        _leg(axes, result, points, i, {"color": shades[i], "alpha": 1.0 - 0.6 * k / LEGS, "zorder": 3})
    _dots(axes, points, inside, window, shades)
    number_iterates(points, [i for i in dict.fromkeys([0, *seen, len(points) - 1]) if inside[i]], canvas)


def _leg(axes: Axes, result: Result, points: Vector, i: int, look: dict[str, Any]) -> None:
    """One step: along what the method sees, then dotted to the curve; a line where no slope is known."""
    found = leg(result, i)
    if found is None:
        axes.plot(*points[i - 1 : i + 1].T, linewidth=1.4, **look)
        return
    label, dashes = (
        ("Newton's parabola", "--") if found.bent else ("tangent: $x$ goes by $s\\cdot f'(x)$", "-")
    )
    if label in axes.get_legend_handles_labels()[1] or not (found.bent or against_slope(result, i)):
        label = ""
    axes.plot(*found.seen.T, linewidth=2.0, linestyle=dashes, label=label, **look)
    axes.plot(*np.array([found.foot, points[i]]).T, linewidth=1.4, linestyle=":", **look)


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

"""Value and gradient against the step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..unknowns import Vector
from .canvas import INK, Axes, Look, styled, times

MANY = 100.0
"""From this ratio between numbers on, an axis is not linear."""

DOTS = 100
"""Of a longer path, so many steps have a dot."""


def draw_values(axes: Axes, columns: Sequence[Vector], looks: Sequence[Look], converged: bool) -> None:
    """f by step; its distance to the lowest value, where that is a minimum and f comes near to it."""
    lowest = min(float(column.min()) for column in columns)
    gaps = [column - lowest for column in columns]
    if converged and _ratio(gaps) >= MANY:
        against_steps(axes, gaps, looks, "$f(x_i) - \\mathrm{lowest}$")
    else:
        against_steps(axes, columns, looks, "$f(x_i)$")


def draw_gradients(axes: Axes, columns: Sequence[Vector], looks: Sequence[Look], n: int) -> None:
    """The size of the gradient by step: its largest entry."""
    label = "$|f'(x_i)|$" if n == 1 else "$\\Vert\\nabla f(x_i)\\Vert_\\infty$"
    against_steps(axes, columns, looks, label)


def against_steps(axes: Axes, columns: Sequence[Vector], looks: Sequence[Look], label: str) -> None:
    """A line over the step i for each column."""
    _scale(axes, columns)
    for column, look in zip(columns, looks, strict=True):
        _line(axes, column, look)
    styled(axes, "step $i$", label)
    _steps(axes, [len(column) - 1 for column in columns])
    axes.grid(axis="y", color="#e4e9ee", linewidth=0.8)
    axes.set_axisbelow(True)


def _line(axes: Axes, column: Vector, look: Look) -> None:
    """A line with dots; where the axis has no 0, one is written at its foot."""
    visible = np.where(column > 0.0, column, np.nan) if axes.get_yscale() == "log" else column
    colour = "#9aa9b7" if look.colour is None else look.colour
    axes.plot(visible, color=colour, linestyle=look.dashes, linewidth=look.width, label=look.label)
    steps = np.unique(np.linspace(0, len(column) - 1, DOTS).round().astype(int))
    if look.colour is None:
        shades = times(len(column))[steps]
        axes.scatter(steps, visible[steps], 22, shades, edgecolors="white", linewidths=0.5, zorder=3)
    zeros = steps[np.isnan(visible[steps])]
    heights, foot = np.full(zeros.size, 0.05), axes.get_xaxis_transform()
    axes.scatter(zeros, heights, 45, look.colour or INK, marker="$0$", linewidths=0.2, transform=foot)


def _steps(axes: Axes, counts: Sequence[int]) -> None:
    """The axis of the steps: logarithmic after the first ten, if some paths are much longer than others."""
    from matplotlib.ticker import MaxNLocator

    last = max(*counts, 1)
    if last > 10 * max(min(counts), 10):
        axes.set_xscale("symlog", linthresh=10.0)
        axes.set_xlim(-0.5, 1.2 * last)
    else:
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.set_xlim(-0.03 * last, 1.03 * last)


def _scale(axes: Axes, columns: Sequence[Vector]) -> None:
    """Logarithmic, where numbers range over powers; also to both sides of 0, where some are negative."""
    from matplotlib.ticker import FixedLocator

    if _ratio(columns) < MANY:
        return
    y = np.concatenate(columns)
    typical = float(np.median(np.abs(y)))
    if y.min() >= 0.0:
        axes.set_yscale("log")
    elif np.abs(y).max() > MANY * typical > 0.0:
        linear = 10.0 ** np.ceil(np.log10(typical))
        axes.set_yscale("symlog", linthresh=linear)
        axes.yaxis.set_major_locator(FixedLocator(_powers(linear, float(np.abs(y).max()))))


def _powers(first: float, last: float) -> list[float]:
    """0, and few powers of 10 to both sides of it."""
    low, high = round(np.log10(first)), int(np.log10(last))
    powers = [10.0**power for power in range(low, high + 1, 1 + (high - low) // 4)]
    return [*(-power for power in reversed(powers)), 0.0, *powers]


def _ratio(columns: Sequence[Vector]) -> float:
    """The largest number over the smallest, by size, besides 0."""
    sizes = np.abs(np.concatenate(columns))
    sizes = sizes[sizes > 0.0]
    return float(sizes.max() / sizes.min()) if sizes.size else 1.0

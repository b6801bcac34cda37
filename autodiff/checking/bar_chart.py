"""The bar chart of nudges. It imports matplotlib, and is imported only when a chart is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..lazy_names import needing
from ..text.escaping import mathtext

with needing("plot", "plot needs matplotlib"):
    from matplotlib.axes import Axes

    from ..files.figures import Figure


MOST = 20
"""Bars of a chart; of more numbers the most important have one."""

INK, MUTED = "#222222", "#666666"
UP, DOWN = "#0072B2", "#D55E00"
DOTS = "#E69F00", "#009E73", "#CC79A7", "#56B4E9"
"""The palette of Okabe and Ito ("Color universal design", 2008)."""

MARKERS = "o", "s", "D", "^"


def bars(
    names: Sequence[str],
    predicted: Sequence[float],
    actual: Sequence[float],
    dots: Mapping[str, Sequence[float]],
    title: str,
    subtitle: str,
    label: str,
) -> Figure:
    """A bar for each predicted change, the first on top, with the actual one marked; and dots on the bars.

    `dots` are what each observation contributes; they are drawn where there are few observations.
    """
    chart = Figure(figsize=(8.0, 2.2 + 0.36 * len(names)), dpi=120, facecolor="white")
    axes, places = chart.add_subplot(), range(len(names))
    axes.barh(places, predicted, height=0.62, color=[UP if x >= 0.0 else DOWN for x in predicted], zorder=2)
    axes.plot(
        actual, places, "|", color=INK, markersize=17, markeredgewidth=2.0, zorder=4,
        label="recomputed change",
    )  # fmt: skip
    if len(dots) <= len(DOTS):
        for (name, changes), colour, marker in zip(dots.items(), DOTS, MARKERS, strict=False):
            axes.plot(
                changes, places, marker, color=colour, markersize=6.5, markeredgecolor="white",
                markeredgewidth=0.9, zorder=3, linestyle="none", label=name,
            )  # fmt: skip
    _style(axes, names)
    axes.set_xlabel(mathtext(label), fontsize=12, color=MUTED, labelpad=6)
    _head(chart, title, subtitle)
    return chart


def _style(axes: Axes, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), [mathtext(name) for name in names], fontsize=13, color=INK)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.axvline(0.0, color=INK, linewidth=1.0, zorder=3)
    axes.grid(axis="x", color="#dddddd", linewidth=0.8, zorder=0)
    axes.tick_params(length=0, labelsize=12, labelcolor=INK)
    axes.ticklabel_format(axis="x", style="sci", scilimits=(-3, 5), useMathText=True)
    axes.spines[:].set_visible(False)
    axes.margins(x=0.06)


def _head(chart: Figure, title: str, text: str) -> None:
    """A title, a smaller line below it, and what the marks mean at the foot."""
    inch = 1.0 / chart.get_figheight()
    chart.set_layout_engine("constrained", rect=(0.01, 0.0, 0.98, 1.0 - 0.82 * inch))
    for line, down, size, colour, weight in (
        (title, 0.14, 16, INK, "bold"),
        (text, 0.5, 12, MUTED, "normal"),
    ):
        place = 0.02, 1.0 - down * inch
        chart.text(*place, mathtext(line), fontsize=size, color=colour, weight=weight, va="top")
    chart.legend(loc="outside lower left", ncols=6, frameon=False, fontsize=12, labelcolor=INK)

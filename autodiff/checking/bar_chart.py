"""The bar chart of nudges. Imports matplotlib; `Nudges.plot` imports this."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..text.escaping import mathtext

try:
    from ..files.figures import Figure
except ImportError as error:
    raise ImportError("plot needs matplotlib: pip install 'autodiff-lecture[plot]'") from error

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .nudge import Nudge, Nudges

__all__ = ["bars"]

MOST = 20
"""Bars; of more numbers the most important have one."""

INK, MUTED = "#222222", "#666666"
UP, DOWN = "#0072B2", "#D55E00"
DOTS = "#E69F00", "#009E73", "#CC79A7", "#56B4E9"
"""The palette of Okabe and Ito ("Color universal design", 2008)."""

MARKERS = "o", "s", "D", "^"


def bars(nudges: Nudges) -> Figure:
    """The changes in order of importance, the largest on top."""
    order = sorted(range(len(nudges.rows)), key=lambda k: nudges.rows[k].rank)[:MOST]
    rows = [nudges.rows[k] for k in order]
    chart = Figure(figsize=(8.0, 2.2 + 0.36 * len(rows)), dpi=120, facecolor="white")
    axes = chart.add_subplot()
    _draw(axes, rows)
    _draw_observations(axes, nudges, order)
    _style(axes, nudges, rows)
    _head(chart, _title(rows), _told(nudges, len(rows)))
    return chart


def _draw(axes: Axes, rows: list[Nudge]) -> None:
    predicted = [row.predicted for row in rows]
    colours = [UP if x >= 0.0 else DOWN for x in predicted]
    places = range(len(rows))
    axes.barh(places, predicted, height=0.62, color=colours, zorder=2)
    axes.plot(
        [row.actual for row in rows], places, "|", color=INK, markersize=17, markeredgewidth=2.0,
        zorder=4, label="recomputed change",
    )  # fmt: skip


def _draw_observations(axes: Axes, nudges: Nudges, order: list[int]) -> None:
    """A dot for what each of few observations contributes."""
    if len(nudges.observations) > len(DOTS):
        return
    for part, colour, marker in zip(nudges.observations, DOTS, MARKERS, strict=False):
        axes.plot(
            [part.rows[k].predicted for k in order], range(len(order)), marker, color=colour, markersize=6.5,
            markeredgecolor="white", markeredgewidth=0.9, zorder=3, linestyle="none", label=part.name,
        )  # fmt: skip


def _style(axes: Axes, nudges: Nudges, rows: list[Nudge]) -> None:
    axes.set_yticks(range(len(rows)), [mathtext(row.name) for row in rows], fontsize=13, color=INK)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.axvline(0.0, color=INK, linewidth=1.0, zorder=3)
    axes.grid(axis="x", color="#dddddd", linewidth=0.8, zorder=0)
    axes.tick_params(length=0, labelsize=12, labelcolor=INK)
    axes.ticklabel_format(axis="x", style="sci", scilimits=(-3, 5), useMathText=True)
    axes.spines[:].set_visible(False)
    axes.margins(x=0.06)
    name = mathtext(nudges.name)
    axes.set_xlabel(f"predicted change, η·∂{name}/∂θ", fontsize=12, color=MUTED, labelpad=6)


def _title(rows: list[Nudge]) -> str:
    tied = len(rows) > 1 and rows[1].rank == 1
    return "The most important first" if tied else f"{rows[0].name} matters most"


def _told(nudges: Nudges, shown: int) -> str:
    total = len(nudges.rows) + nudges.omitted
    which = "" if shown == total else f" · {shown} most important of {total}"
    return f"Change of {nudges.name or 'the output'} when each θ alone is nudged by η = {nudges.eta:g}{which}"


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

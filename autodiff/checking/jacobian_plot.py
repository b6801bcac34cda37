"""Both Jacobians as images, with their difference; wrong entries framed.

It imports matplotlib, and is imported only when they are drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..lazy_names import needing
from ..text.escaping import mathtext
from .both_jacobians import BothJacobians, both_jacobians
from .linearization import Linearization

with needing("plot", "plot needs matplotlib"):
    from matplotlib.axes import Axes
    from matplotlib.collections import LineCollection

    from ..files.figures import Figure

MOST = 200
"""Rows and columns that are drawn."""

WRONG = "#111111"


def plotted(first: Linearization | None) -> Figure:
    """The figure: a row of three images for each argument."""
    rows = _jacobians(first)
    figure = Figure(figsize=(11.0, 0.6 + 3.2 * len(rows)), dpi=120, layout="constrained", facecolor="white")
    panels = figure.subplots(len(rows), 3, squeeze=False)
    for axes, both in zip(panels, rows, strict=True):
        _row(figure, axes, both)
    wrong = sum(int(both.wrong.sum()) for both in rows)
    figure.suptitle("All entries agree" if not wrong else f"Wrong entries: {wrong}, framed", fontsize=14)
    return figure


def _jacobians(first: Linearization | None) -> list[BothJacobians]:
    """Those of all arguments. Raises ValueError where they are too large."""
    if first is None:
        raise ValueError("plot: the check ended before any gradient was computed")
    sizes = [np.size(x) for x in first.point]
    if max(sizes) > MOST or first.values.size > MOST:
        raise ValueError(
            f"plot: up to {MOST} outputs and entries per argument are drawn, got {first.values.size} outputs "
            f"and {max(sizes)} entries; check a part of f, or a smaller argument"
        )
    with first.function.kept():
        return [both_jacobians(first, i) for i in range(len(sizes))]


def _row(figure: Figure, axes: Sequence[Axes], both: BothJacobians) -> None:
    name = mathtext(both.argument)
    numbers = np.concatenate([both.analytic.ravel(), both.numeric.ravel()])
    most = float(np.max(np.abs(numbers), initial=0.0, where=np.isfinite(numbers)))
    difference = both.analytic - both.numeric
    apart = float(np.max(np.abs(difference), initial=0.0, where=both.wrong & np.isfinite(difference)))
    # Where nothing is wrong the difference is rounding: on the scale of the Jacobian it is white.
    pictures = {"analytic": (both.analytic, most), "numeric": (both.numeric, most)}
    pictures["analytic − numeric"] = difference, apart or most
    for panel, (title, (matrix, limit)) in zip(axes, pictures.items(), strict=True):
        image = panel.imshow(matrix, cmap="RdBu_r", vmin=-(limit or 1.0), vmax=limit or 1.0, aspect="auto")
        panel.set_title(f"{title}, {name}", fontsize=11)
        _labelled(panel, both)
        _framed(panel, both.wrong)
        figure.colorbar(image, ax=panel, shrink=0.9)


def _labelled(panel: Axes, both: BothJacobians) -> None:
    """Names of outputs and entries, as many as can be read."""
    for axis, names in ((panel.xaxis, both.columns), (panel.yaxis, both.rows)):
        shown = range(0, len(names), max(1, -(-len(names) // 8)))
        axis.set_ticks(list(shown), [mathtext(names[k]) for k in shown], fontsize=8)


def _framed(panel: Axes, wrong: np.ndarray[Any, Any]) -> None:
    """A frame around each wrong entry; all of them in one outline where they are next to each other."""
    if wrong.any():
        panel.add_collection(LineCollection(_outline(wrong), colors=WRONG, linewidths=1.6, clip_on=False))


def _outline(wrong: np.ndarray[Any, Any]) -> list[Any]:
    """The sides at which a wrong entry meets one that is not."""
    padded = np.pad(wrong, 1)
    across = [((j - 1.5, i - 0.5), (j - 0.5, i - 0.5)) for i, j in np.argwhere(padded[1:] != padded[:-1])]
    down = [((j - 0.5, i - 1.5), (j - 0.5, i - 0.5)) for i, j in np.argwhere(padded[:, 1:] != padded[:, :-1])]
    return [*across, *down]

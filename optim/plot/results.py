"""Pictures of one result, and of several beside each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autodiff.text.digits import counted

from ..result import Result
from ..unknowns import Vector, joined
from .canvas import TIME, Axes, Figure, Look, figure, headed, looks, owner
from .convergence import draw_gradients, draw_values
from .landscape import contours, curve, mark, note_outside, track
from .window import shown, surroundings


def plot_result(result: Result, axes: Axes | None = None) -> Figure:
    """Draw where a minimisation went, on the curve of f or its contours, and f and its gradient by step.

    Colours go from light to dark with time, a square marks the start and a star the outcome, hollow if
    it did not converge. Iterates far outside are counted, not shown. Given axes, only the path is
    drawn, into them; f by step, if there are more unknowns than two or no points were kept.

    Returns the figure: a notebook shows it, `.savefig("way.png")` writes it. It costs up to 6400
    evaluations of f. Raises ImportError where matplotlib is missing.

    >>> from optim import minimize
    >>> picture = minimize(lambda x: (x - 3.0) ** 2, 0.0).plot()
    >>> picture.get_suptitle(), len(picture.axes)
    ('BFGS: 2 steps', 3)
    """
    if axes is not None:
        (_draw_ways if _drawable([result]) else _draw_values)(axes, [result], [TIME])
        return owner(axes)
    picture = figure(12.0, 5.6)
    headed(picture, f"{result.method}: {counted(result.steps, 'step')}", result.reason)
    _fill(picture, [result], [TIME])
    return picture


def plot_paths(results: Sequence[Result], labels: Sequence[str] | None = None) -> Figure:
    """Compare results on one function: paths, if there are two unknowns, and f and its gradient by step.

    Labels are the methods' names unless given; the legend adds steps and evaluations.

    Returns the figure, as `Result.plot` does. Raises ValueError for no results, for results over
    different numbers of unknowns, and for another number of labels; ImportError where matplotlib is
    missing.

    >>> from optim import bfgs, newton
    >>> f = lambda x: (x - 3.0) ** 2
    >>> picture = plot_paths([newton(f, 0.0), bfgs(f, 0.0)])
    >>> [text.get_text().partition(",")[0] for text in picture.legends[0].get_texts()]
    ['Newton-Raphson: 1 step', 'BFGS: 2 steps']
    """
    chosen = looks(_labels(results, labels))
    picture = figure(12.0, 5.8 + 0.25 * ((len(results) + 1) // 2))
    headed(picture, f"{counted(len(results), 'way')} compared")
    first = _fill(picture, results, chosen)
    picture.legend(
        *first.get_legend_handles_labels(), loc="outside lower left", ncols=2, fontsize=12, frameon=False
    )
    return picture


def _labels(results: Sequence[Result], labels: Sequence[str] | None) -> list[str]:
    if not results:
        raise ValueError("plot_paths: there are no results to draw")
    sizes = sorted({joined(result.x).size for result in results})
    if len(sizes) > 1:
        raise ValueError(f"plot_paths: results over different numbers of unknowns, {sizes}; draw each alone")
    names = [result.method for result in results] if labels is None else list(labels)
    if len(names) != len(results):
        raise ValueError(f"plot_paths: {len(results)} results need as many labels, got {len(names)}")
    return [f"{name}: {_effort(result)}" for name, result in zip(names, results, strict=True)]


def _effort(result: Result) -> str:
    effort = f"{counted(result.steps, 'step')}, {counted(result.evaluations, 'evaluation')}"
    return effort if result.converged else f"{effort}, not converged"


# -- panels ------------------------------------------------------------------------------------


def _drawable(results: Sequence[Result]) -> bool:
    """Whether there are points in a plane; several ways on one curve would hide each other."""
    return all(result.path.points.shape[1] in ((1, 2) if len(results) == 1 else (2,)) for result in results)


def _fill(picture: Figure, results: Sequence[Result], looks: Sequence[Look]) -> Axes:
    """Draw all panels; returns that of the values."""
    norms = [result.path.gradient_norms for result in results]
    blind = all(np.isnan(column).all() for column in norms)
    if _drawable(results):
        widths = (0.95, 1.0) if joined(results[0].x).size == 2 else (1.35, 1.0)
        cells = picture.add_gridspec(2, 2, width_ratios=widths)
        _draw_ways(picture.add_subplot(cells[:, 0]), results, looks)
        values = picture.add_subplot(cells[:, 1] if blind else cells[0, 1])
        below = None if blind else picture.add_subplot(cells[1, 1])
    else:
        values = picture.add_subplot(1, 1 if blind else 2, 1)
        below = None if blind else picture.add_subplot(1, 2, 2)
    _draw_values(values, results, looks)
    if below is not None:
        draw_gradients(below, norms, looks, joined(results[0].x).size)
    return values


def _draw_values(axes: Axes, results: Sequence[Result], looks: Sequence[Look]) -> None:
    best = min(results, key=lambda result: result.value)
    draw_values(axes, [result.path.values for result in results], looks, best.converged)


def _draw_ways(axes: Axes, results: Sequence[Result], looks: Sequence[Look]) -> None:
    """The function, and the ways on it."""
    n = joined(results[0].x).size
    masks = [shown(result.path.points, joined(result.x)) for result in results]
    places = [result.path.points[mask] for result, mask in zip(results, masks, strict=True)]
    values = [result.path.values[mask] for result, mask in zip(results, masks, strict=True)]
    window = surroundings(np.vstack(places), 0.5 if n == 1 else 0.3)
    window = (curve if n == 1 else contours)(axes, results[0].function, window, np.concatenate(values))
    for result, mask, look in zip(results, masks, looks, strict=True):
        points = _plane(result.path.points, result.path.values)
        track(axes, points, mask, window, look)
        outcome = _plane(joined(result.x)[None], np.array([result.value]))
        mark(axes, (points[0], outcome[0]), n, result.converged, look)
    note_outside(axes, np.concatenate(masks))
    if len(results) == 1:
        axes.legend(
            loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, fontsize=12, frameon=False, borderpad=0.2
        )


def _plane(points: Vector, values: Vector) -> Vector:
    """Where points are in the picture: in one dimension, on the curve."""
    return np.column_stack([points, values]) if points.shape[1] == 1 else points

"""Pictures of one result, and of several beside each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autodiff.text.digits import counted

from ..result import Result
from ..unknowns import Vector, joined
from .canvas import TIME, Axes, Figure, Look, figure, headed, looks, owner
from .convergence import draw_gradients, draw_values
from .landscape import arrows_downhill, contours, curve, limited, steps_on_curve, track
from .marks import DOT, END, Canvas, mark, mark_stationary, note_outside
from .stationary import heights, view, view_in_plane
from .walls import draw_walls
from .window import Limits, checked, framed, shown


def plot_result(
    result: Result, axes: Axes | None = None, xlim: Limits | None = None, ylim: Limits | None = None
) -> Figure:
    """Draw where a minimisation went, on the curve of f or its contours, and f and its gradient by step.

    On a curve the first steps are drawn as the method sees them, s·f′ along the tangent or to the vertex
    of Newton's parabola, with the numbers of the iterates; on contours arrows show −∇f. Colours go from
    light to dark with time, a square marks the start and a star the outcome, hollow if it did not
    converge; what is outside of bounds is hatched. Iterates far outside are counted, not shown. Given axes,
    only the path is drawn, into them; f by step, if there are more unknowns than two or no points were kept.

    xlim, ylim  the ranges of x and f(x), or of x₁ and x₂; by default what the way covers, and of a curve
                also the next minima and maxima, since a minimum is local

    Returns the figure: a notebook shows it, `.savefig("way.png")` writes it. It costs about 8000
    evaluations of f, and some hundred more for each stationary point. Raises ValueError for limits that
    are not ascending, and for limits where no way is drawn; ImportError where matplotlib is missing.

    >>> from optim import minimize
    >>> picture = minimize(lambda x: (x - 3.0) ** 2, 0.0).plot()
    >>> picture.get_suptitle(), len(picture.axes)
    ('BFGS: 2 steps', 3)
    """
    limits = checked("plot", xlim=xlim, ylim=ylim)
    if any(limits) and not _drawable([result]):
        raise ValueError(
            "plot: xlim and ylim are of a way in one or two dimensions, of which the points were kept"
        )
    if axes is not None:
        if _drawable([result]):
            _draw_ways(axes, [result], [TIME], limits)
        else:
            _draw_values(axes, [result], [TIME])
        return owner(axes)
    picture = figure(12.0, 5.6)
    headed(picture, f"{result.method}: {counted(result.steps, 'step')}", result.reason)
    _fill(picture, [result], [TIME], limits)
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


def _fill(
    picture: Figure, results: Sequence[Result], looks: Sequence[Look], limits: Sequence[Limits | None] = ()
) -> Axes:
    """Draw all panels; returns that of the values."""
    norms = [result.path.gradient_norms for result in results]
    blind = all(np.isnan(column).all() for column in norms)
    if _drawable(results):
        widths = (0.95, 1.0) if joined(results[0].x).size == 2 else (1.35, 1.0)
        cells = picture.add_gridspec(2, 2, width_ratios=widths)
        _draw_ways(picture.add_subplot(cells[:, 0]), results, looks, limits)
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


Drawing = Callable[
    [Axes, Sequence[Result], Sequence[Look], Sequence[NDArray[np.bool_]], Sequence[Limits | None]], None
]


def _draw_ways(
    axes: Axes, results: Sequence[Result], looks: Sequence[Look], limits: Sequence[Limits | None]
) -> None:
    """The function, and the ways on it."""
    n = joined(results[0].x).size
    masks = [shown(result.path.points, joined(result.x)) for result in results]
    draw: Drawing = _draw_on_curve if n == 1 else _draw_on_contours
    draw(axes, results, looks, masks, limits)
    for result, look in zip(results, looks, strict=True):
        start = _plane(result.path.points[:1], result.path.values[:1])[0]
        outcome = _plane(joined(result.x)[None], np.array([result.value]))[0]
        mark(axes, (start, outcome), n, result.converged, look)
    note_outside(axes, np.concatenate(masks))
    if len(results) == 1:
        corner: dict[str, Any] = {"loc": "lower right", "bbox_to_anchor": (1.0, 1.0), "borderpad": 0.2}
        entries = sorted(zip(*axes.get_legend_handles_labels(), strict=True), key=_by_importance)
        axes.legend(*zip(*entries, strict=True), ncols=2, fontsize=12, frameon=False, **corner)


def _by_importance(entry: tuple[Any, str]) -> int:
    """The start first, then how steps go, the end last: two columns of which the first is the longer."""
    return ("start" in entry[1]) * -1 + entry[1].startswith(("converged", "best"))


def _draw_on_curve(
    axes: Axes,
    results: Sequence[Result],
    looks: Sequence[Look],
    masks: Sequence[NDArray[np.bool_]],
    limits: Sequence[Limits | None],
) -> None:
    """A curve with its minima and maxima nearby, and the only way on it."""
    (result,), (inside,) = results, masks
    window, found = view(result, inside, *limits[:1])
    window = curve(axes, result.function, window, heights(result, inside, found))
    window = framed(window, *limits)
    limited(axes, window)
    draw_walls(axes, result, window)
    canvas = Canvas(axes, window)
    steps_on_curve(axes, result, _plane(result.path.points, result.path.values), inside, window, canvas)
    mark_stationary(axes, found, window, joined(result.x)[None], canvas)


def _draw_on_contours(
    axes: Axes,
    results: Sequence[Result],
    looks: Sequence[Look],
    masks: Sequence[NDArray[np.bool_]],
    limits: Sequence[Limits | None],
) -> None:
    """Contours with the points where f is stationary, ways on them, and arrows that show −∇f."""
    places = np.vstack([result.path.points[mask] for result, mask in zip(results, masks, strict=True)])
    values = [result.path.values[mask] for result, mask in zip(results, masks, strict=True)]
    window = framed(view_in_plane(results[0].function, places), *limits)
    found = contours(axes, results[0].function, window, np.concatenate(values))
    draw_walls(axes, results[0], window)
    ends, canvas = np.array([joined(result.x) for result in results]), Canvas(axes, window)
    canvas.keep(places, DOT)
    canvas.keep(ends, END)
    mark_stationary(axes, found, window, ends, canvas)
    for result, mask, look in zip(results, masks, looks, strict=True):
        track(axes, result.path.points, mask, window, look)
    arrows_downhill(axes, results[0], masks[0], window)


def _plane(points: Vector, values: Vector) -> Vector:
    """Where points are in the picture: in one dimension, on the curve."""
    return np.column_stack([points, values]) if points.shape[1] == 1 else points

"""`Result.plot` and `Result.animate`: attached to results, which know nothing of pictures."""

from __future__ import annotations

from autodiff.animation import Storyboard

from ..result import Result
from .canvas import Axes, Figure
from .descent import animate_result
from .results import plot_result
from .window import Limits


def plot(
    self: Result, axes: Axes | None = None, xlim: Limits | None = None, ylim: Limits | None = None
) -> Figure:
    """Draw where this minimisation went, and f and its gradient by step.

    xlim, ylim  the ranges of x and f(x), or of x₁ and x₂; by default what the way covers, and of a curve
                also the next minima and maxima

    Given axes, only the path is drawn, into them. Returns the figure: a notebook shows it,
    `.savefig("way.png")` writes it. `optim.plot_result` says what is in it.

    Raises ValueError for limits that are not ascending, and for limits where no way is drawn;
    ImportError where matplotlib is missing.

    >>> from optim import minimize
    >>> picture = minimize(lambda x: (x - 3.0) ** 2, 0.0).plot()
    >>> picture.get_suptitle(), len(picture.axes)
    ('BFGS: 2 steps', 3)
    """
    return plot_result(self, axes, xlim, ylim)


def animate(self: Result) -> Storyboard:
    """Show this minimisation step by step, as a page or a moving picture.

    In one dimension the point moves on the curve, in two over the contours. Of more unknowns there is a
    bar for each beside f by step, and in a fit one for each residual. Of more than 200 steps the first 50
    are shown, and 150 on the rest of the way.

    Raises ValueError where the points of the path were not kept.

    >>> from optim import steepest_descent
    >>> way = steepest_descent(lambda x: (x - 3.0) ** 2, 0.0, s=0.25, max_steps=2).animate()
    >>> way.frames[1].text.splitlines()[0]
    'Step 1 of 2'
    """
    return animate_result(self)


def attach() -> None:
    """Make them methods."""
    for method in (plot, animate):
        method.__qualname__ = f"{Result.__name__}.{method.__name__}"
        setattr(Result, method.__name__, method)

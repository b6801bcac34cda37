"""How pictures look: sizes for a slide, and colours that also tell apart for the colour-blind."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autodiff.lazy_names import needing
from autodiff.text.digits import with_minus
from autodiff.text.escaping import mathtext

from ..unknowns import Vector

if TYPE_CHECKING:
    from matplotlib.axes import Axes as Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure as Figure
else:  # matplotlib is imported when something is drawn
    Axes = Figure = Any


INK = "#222222"
COLOURS = ("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8C6D31")
"""The palette of Okabe and Ito ("Color universal design", 2008), yellow replaced: it fades on white."""

STYLES = ("-", "--", "-.", ":", (0, (6, 2, 1, 2, 1, 2)), (0, (1, 1)), (0, (8, 3)), (0, (3, 2)))
"""Dashes, so that lines tell apart without colour."""

AREAS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#000000", "#8C6D31")
"""The same palette, so that the first ones differ as much as areas."""


class Look(NamedTuple):
    """How a path is drawn; without a colour, from light to dark with time."""

    label: str = ""
    colour: str | None = None
    dashes: Any = "-"
    width: float = 1.5


TIME = Look()


def looks(labels: Sequence[str]) -> list[Look]:
    """One for each label, each of another colour and dashes."""
    return [Look(mathtext(text), COLOURS[k % 8], STYLES[k % 8], 2.2) for k, text in enumerate(labels)]


def figure(width: float, height: float) -> Figure:
    """An empty figure, in inches. Raises ImportError where matplotlib is missing."""
    with needing("plot", "plot needs matplotlib"):
        from .picture import SavedFigure
    return SavedFigure(figsize=(width, height), dpi=120, layout="constrained", facecolor="white")


def owner(axes: Axes) -> Figure:
    """The figure that axes belong to, also through a subfigure."""
    if axes.figure is None:
        raise ValueError("plot: these axes were removed from their figure; give others")
    return axes.figure.figure


def headed(picture: Figure, title: str, text: str = "") -> None:
    """A title, and a smaller line or two below it."""
    broken = textwrap.wrap(mathtext(text), int(11.4 * picture.get_figwidth()), max_lines=2, placeholder=" …")
    height = picture.get_figheight()
    picture.set_layout_engine("constrained", rect=(0.0, 0.0, 1.0, 1.0 - (0.5 + 0.24 * len(broken)) / height))
    look = {"fontsize": 17, "fontweight": "bold", "color": INK}
    picture.suptitle(mathtext(title), x=0.012, y=1.0 - 0.12 / height, ha="left", va="top", **look)
    picture.text(0.012, 1.0 - 0.46 / height, "\n".join(broken), va="top", fontsize=12, color=INK)


def styled(axes: Axes, x: str, y: str) -> None:
    """Labels, and no more lines than needed."""
    axes.set_xlabel(x, fontsize=14, color=INK)
    axes.set_ylabel(y, fontsize=14, color=INK)
    axes.tick_params(labelsize=12, colors=INK)
    axes.spines[["top", "right"]].set_visible(False)


def spot(
    axes: Axes, at: Any, marker: str, size: float, colour: str, rim: str, width: float, **look: Any
) -> None:
    """Draw a point, or with no place a line of the legend alone."""
    look |= {"markersize": size, "color": colour, "markeredgecolor": rim, "markeredgewidth": width}
    axes.plot(*at, linestyle="none", marker=marker, **look)


def halo() -> list[Any]:
    """A rim of white, so that letters can be read on lines."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=3.0, foreground="white")]


def times(count: int) -> Any:
    """Colours from early to late, light to dark: (count, 4)."""
    from matplotlib import colormaps

    return colormaps["plasma"](0.82 - 0.82 * np.sqrt(np.linspace(0.0, 1.0, max(count, 1))))


def ground() -> Colormap:
    """Pale colours for what lies below a path: low is light."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("ground", ["#fbfcfd", "#d3dde6", "#8fa5b8"])


def number(x: float) -> str:
    """A number with four digits.

    >>> number(-2.61961), number(-0.0)
    ('−2.62', '0')
    """
    return with_minus(f"{x + 0.0:.4g}")


def place(x: Vector) -> str:
    """A number, or a point in brackets, its entries as precise as the largest.

    >>> place(np.array([0.25])), place(np.array([1.0, -0.000629]))
    ('0.25', '(1, −0.001)')
    """
    largest = float(np.max(np.abs(x))) or 1.0
    entries = [number(round(float(entry), 3 - int(np.floor(np.log10(largest))))) for entry in x]
    return entries[0] if len(entries) == 1 else f"({', '.join(entries)})"

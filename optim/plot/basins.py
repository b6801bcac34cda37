"""A map of starts: which stationary point a method reaches from each, and of which kind it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Literal, NamedTuple

import numpy as np

from autodiff.settings import required

from ..minimization import minimize
from ..result import Result
from ..unknowns import Vector, joined, unknowns
from .canvas import AREAS, INK, Axes, Figure, figure, headed, owner, place, spot, styled
from .landscape import bands, curve, limited, surface
from .stationary import MARKS, kind_at
from .window import Limits, Window, checked

SIZES = {1: (10.0, 5.6), 2: (8.8, 6.6)}
PALE = "#f0f0f0"

NEAR = 0.02
"""Ends that differ by less than this part of the window are one point."""


class Site(NamedTuple):
    """A stationary point; `members` are the numbers of the starts that lead to it."""

    x: Vector
    value: float
    kind: str
    members: list[int]


def plot_basins(
    f: Callable[..., Any],
    xlim: Limits,
    ylim: Limits | None = None,
    method: str | Callable[..., Result] = "newton",
    resolution: int | None = None,
    axes: Axes | None = None,
    **options: Any,
) -> Figure:
    r"""Colour starts by the minimum that a method reaches from there; darker, where in fewer steps.

    f           a function of a number, of an array of two, or of two numbers
    xlim, ylim  the ranges of x₁ and x₂; xlim alone for a function of a number
    method      a name that `minimize` knows, or a function such as `newton`
    resolution  how many starts there are in each direction: 200, or 40 in two dimensions
    options     those of the method; gtol is 1e-5 and max_steps 300 if not given

    Maxima and saddles where a method converges count, too, with marks of their own. Starts are pale
    where f is not finite and where the method does not converge.

    Returns the figure, as `Result.plot` does, or that of the axes to draw into. Raises ValueError for
    limits that are not ascending, for a resolution below 2, and where the method accepts no start;
    ImportError where matplotlib is missing.

    >>> picture = plot_basins(lambda x: (x * x - 1.0) ** 2, (-2.0, 2.0), resolution=10)
    >>> [text.get_text() for text in picture.axes[0].get_legend().get_texts()]
    ['minimum at −1\n50 % of starts', 'minimum at 1\n50 % of starts']
    """
    window = _window(xlim, ylim)
    n = window[0].size
    count = (200, 40)[n - 1] if resolution is None else resolution
    required(count >= 2, "plot_basins: the resolution", "2 or more", count)
    picture = figure(*SIZES[n]) if axes is None else owner(axes)
    run = method if callable(method) else lambda f, x0, **options: minimize(f, x0, method, **options)
    options = {"gtol": 1e-5, "max_steps": 300, "path": False, **options}
    results = outcomes(f, _starts(window, count), run, **options)
    found = _frequent(sites(results, window))
    first = next(result for result in results if result)
    if axes is None:
        headed(picture, f"{first.method}: where starts lead", "the darker, the fewer steps it takes")
        axes = picture.add_subplot()
    field = partial(curve, colour=INK) if n == 1 else _thin_contours
    whole = field(axes, first.function, window, np.array([site.value for site in found] or [first.value]))
    _colour(axes, _shades(found, results).reshape(-1, count, 3), whole)
    _mark(axes, found, len(results), 2 - int(np.floor(np.log10((window[1] - window[0]).min()))))
    limited(axes, whole)
    return picture


def _frequent(found: Sequence[Site]) -> list[Site]:
    """As many sites as there are colours, those that most starts lead to, in order."""
    most = sorted(range(len(found)), key=lambda k: -len(found[k].members))[: len(AREAS)]
    return [found[k] for k in sorted(most)]


def _window(xlim: Limits, ylim: Limits | None) -> Window:
    given = [pair for pair in checked("plot_basins", xlim=xlim, ylim=ylim) if pair is not None]
    low, high = np.array(given, np.float64).T
    return low, high


def _starts(window: Window, count: int) -> Vector:
    """The middles of cells, x₁ varying fastest: (countⁿ, n)."""
    low, high = window
    middles = low + (high - low) * (np.arange(count)[:, None] + 0.5) / count
    return np.stack(np.meshgrid(*middles.T), axis=-1).reshape(-1, low.size)


# -- where starts lead --------------------------------------------------------------------------


def outcomes(
    f: Callable[..., Any], starts: Vector, run: Callable[..., Result], **options: Any
) -> list[Result | None]:
    """A result for each start, (k, n); None where f is not finite there.

    Raises ValueError if there is a result for none.
    """
    results: list[Result | None] = []
    refusals: list[ValueError] = []
    for x in _watched(starts):
        try:
            result = run(f, _start(f, x), **options)
        except ValueError as error:
            refusals.append(error)
            results.append(None)
            continue
        if result.reason == "interrupted":
            raise KeyboardInterrupt
        results.append(result)
    if len(refusals) == len(results):
        raise refusals[0]
    return results


def _start(f: Callable[..., Any], x: Vector) -> Any:
    """x as f takes it: a number, two arguments, or an array."""
    if x.size == 1:
        return float(x[0])
    pair = tuple(x.tolist())
    return pair if unknowns(f, pair).spread else x


def _watched(starts: Vector) -> Iterator[Vector]:
    """The starts, one after the other; with a bar of tqdm's if that takes more than 2 seconds."""
    try:
        from tqdm.std import tqdm
    except ImportError:
        return iter(starts)
    return iter(tqdm(starts, desc="plot_basins", unit="start", delay=2.0, leave=False, disable=None))


def sites(results: Sequence[Result | None], window: Window) -> list[Site]:
    """The points where methods converged: minima first, then by position, so that colours stay the same."""
    near = NEAR * (window[1] - window[0])
    converged = [(i, result) for i, result in enumerate(results) if result and result.converged]
    found: list[tuple[Vector, Result, list[int]]] = []
    for i, result in sorted(converged, key=lambda pair: _slope(pair[1])):
        x = joined(result.x)
        members = next((members for y, _, members in found if np.all(np.abs(x - y) <= near)), None)
        if members is None:
            found.append((x, result, [i]))
        else:
            members.append(i)
    kinds = [kind_at(result.function, x, near / 2.0) for x, result, _ in found]
    named = [
        Site(x, result.value, kind, members) for (x, result, members), kind in zip(found, kinds, strict=True)
    ]
    return sorted(named, key=lambda site: (site.kind != "minimum", (site.x / near).round().tolist()))


def _slope(result: Result) -> float:
    return float(np.max(np.abs(joined(result.gradient))))


# -- drawing -----------------------------------------------------------------------------------


def _thin_contours(axes: Axes, function: Callable[[Any], float], window: Window, values: Vector) -> Window:
    """Thin contours above the lowest of these values; the window."""
    x1, x2, y = surface(function, window)
    known = y[np.isfinite(y)]
    levels = bands(known, float(np.append(known, values).min()))
    axes.contour(x1, x2, np.ma.masked_invalid(y), levels, colors=INK, linewidths=0.7, alpha=0.35)
    styled(axes, "$x_1$", "$x_2$")
    return window


def _shades(found: Sequence[Site], results: Sequence[Result | None]) -> Vector:
    """A colour for each start, the paler the more steps: (k, 3)."""
    from matplotlib.colors import to_rgb

    shades = np.tile(to_rgb(PALE), (len(results), 1))
    steps = np.log1p([result.steps if result and result.converged else np.nan for result in results])
    slow = (steps - np.nanmin(steps)) / (float(np.ptp(steps[np.isfinite(steps)])) or 1.0) if found else steps
    for site, colour in zip(found, AREAS, strict=False):
        pale = 0.7 * slow[site.members, None]
        shades[site.members] = pale + (1.0 - pale) * np.array(to_rgb(colour))
    return shades


def _colour(axes: Axes, cells: Vector, window: Window) -> None:
    """A cell for each start."""
    (left, low), (right, high) = window
    aspect: Literal["equal", "auto"] = (
        "equal" if 1.0 / 3.0 < (high - low) / (right - left) < 3.0 < len(cells) else "auto"
    )
    extent = (left, right, low, high)
    axes.imshow(cells, origin="lower", extent=extent, aspect=aspect, interpolation="nearest", zorder=0)


def _mark(axes: Axes, found: Sequence[Site], count: int, digits: int) -> None:
    """The sites, and a legend with how many starts lead to each."""
    for site, colour in zip(found, AREAS, strict=False):
        at = (site.x[0], site.x[1] if site.x.size == 2 else site.value)
        text = f"{site.kind} at {place(site.x.round(digits))}\n{_share(len(site.members), count)}"
        spot(axes, at, MARKS[site.kind], 12.0, colour, "white", 2.0, zorder=5.0, label=text)
    lost = count - sum(len(site.members) for site in found)
    if lost:
        text = f"none of these\n{_share(lost, count)}"
        spot(axes, ([], []), "s", 12.0, PALE, "#999999", 1.0, zorder=5.0, label=text)
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=12, frameon=False, labelspacing=1.0)


def _share(part: int, count: int) -> str:
    return f"{part / count:.0%} of starts".replace("%", " %") if part >= 0.01 * count else f"{part} starts"

"""What a minimisation returns: where it ended, why, and every step on the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple, overload

import numpy as np

from autodiff.text import notebook
from autodiff.text.curves import BLUE, Series, curves
from autodiff.text.notation import printable, text_of
from autodiff.text.table import aligned

from .unknowns import Vector, joined

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from autodiff.animation import Storyboard

__all__ = ["Iterate", "Path", "Result"]

SHOWN, FEW = 10, 3
"""Iterates in the table of a path, about; and unknowns that have a column each."""


LISTED = 6
"""Unknowns at their bounds that are named."""


class Iterate(NamedTuple):
    """One point of the path: x, f(x), the largest entry of |∇f(x)|, and the step size s that led here."""

    x: Any
    value: float
    gradient_norm: float
    step_size: float


class Path(Sequence[Iterate]):
    """Every iterate, the start first; as columns: points, values, gradient_norms, step_sizes.

    `points` has a row per iterate and a column per unknown; it is empty where points were not kept.
    """

    def __init__(
        self, rows: Sequence[tuple[Vector, float, float, float]], tree: Callable[[Vector], Any]
    ) -> None:
        points, values, norms, sizes = zip(*rows, strict=True)
        self.points = np.array(points)
        self.values, self.gradient_norms, self.step_sizes = map(np.array, (values, norms, sizes))
        self._tree = tree

    def __len__(self) -> int:
        return len(self.values)

    @overload
    def __getitem__(self, index: int) -> Iterate: ...
    @overload
    def __getitem__(self, index: slice) -> list[Iterate]: ...
    def __getitem__(self, index: int | slice) -> Iterate | list[Iterate]:
        if isinstance(index, slice):
            return [self[i] for i in range(len(self))[index]]
        x = self._tree(self.points[index]) if self.points.size else None
        return Iterate(
            x, float(self.values[index]), float(self.gradient_norms[index]), float(self.step_sizes[index])
        )

    def _repr_html_(self) -> str:
        return notebook.block(self._curve(), notebook.table(*self._table()))

    def _curve(self) -> str:
        """f, step by step."""
        return curves("step", 0, Series("f", BLUE, self.values.tolist()))

    def _table(self) -> tuple[list[str], list[list[str]]]:
        """Iterates at even distances."""
        step = max(1, round(len(self) / SHOWN))
        columns = {"f": self.values, "largest slope": self.gradient_norms, "step size": self.step_sizes}
        known = {name: column for name, column in columns.items() if not np.isnan(column).all()}
        if self.points.size and self.points.shape[1] <= FEW:
            names = ["x"] if self.points.shape[1] == 1 else [f"x[{k}]" for k in range(self.points.shape[1])]
            known = dict(zip(names, self.points.T, strict=True)) | known
        rows = [
            [str(i), *(text_of(float(column[i]), ".6g") for column in known.values())]
            for i in sorted({*range(0, len(self), step), len(self) - 1})
        ]
        return ["step", *known], rows

    def __repr__(self) -> str:
        return f"<path of {len(self)} iterates, f from {self.values[0]:.6g} to {self.values[-1]:.6g}>"


def forgotten(x: Any) -> Any:
    """What a pickled result has for its function."""
    raise RuntimeError("this result was pickled, so its function is gone; plot it where it was computed")


@dataclass(frozen=True, repr=False, eq=False)
class Result:
    """The outcome of a minimisation.

    x, value, gradient   where it ended: the stationary point if it converged, else the best point seen
    steps, evaluations   how many steps were taken, and how often f was evaluated
    converged, reason    whether a stationary point was reached, and a sentence on why it stopped
    path                 every iterate; within bounds, gradient norms are those of the projected gradient
    best                 the lowest point seen, which a method that climbs may have left behind
    method               the method's name
    function             f on plain numbers and arrays, as pictures draw it; a pickled result forgets it
    names                of the unknowns, one for each number; of more than 1,000, none
    bounds               of x, lower and upper, each in the structure of x; None where there were none
    active_mask          −1 where x is at its lower bound, 1 at its upper, 0 in between, in the structure of x
    start_moved          whether the start was outside the bounds, and was moved to the nearest point inside
    engine               what computed f and its derivative at the end, a program or the engine, and why

    The names that scipy uses work, too: fun, jac, nit, nfev, success, message.
    """

    x: Any
    value: float
    gradient: Any
    steps: int
    evaluations: int
    converged: bool
    reason: str
    path: Path
    best: Iterate
    method: str
    function: Callable[[Any], float]
    names: tuple[str, ...] = field(default=(), kw_only=True)
    engine: str = field(default="eager", kw_only=True)
    bounds: tuple[Any, Any] | None = field(default=None, kw_only=True)
    active_mask: Any = field(default=None, kw_only=True)
    start_moved: bool = field(default=False, kw_only=True)

    if TYPE_CHECKING:
        # Attached by `optim.plot`, which knows results and is not known to them.
        def plot(
            self,
            axes: Axes | None = None,
            xlim: tuple[float, float] | None = None,
            ylim: tuple[float, float] | None = None,
        ) -> Figure: ...
        def animate(self) -> Storyboard: ...

    fun = property(attrgetter("value"), doc="The value, by scipy's name.")
    jac = property(attrgetter("gradient"), doc="The gradient, by scipy's name.")
    nit = property(attrgetter("steps"), doc="The number of steps, by scipy's name.")
    nfev = property(attrgetter("evaluations"), doc="The number of evaluations, by scipy's name.")
    success = property(attrgetter("converged"), doc="Whether it converged, by scipy's name.")
    message = property(attrgetter("reason"), doc="The reason, by scipy's name.")

    def __getstate__(self) -> dict[str, Any]:
        """All but the function, which Python can seldom pickle."""
        return {**vars(self), "function": forgotten}

    def _lines(self) -> list[tuple[str, str]]:
        """What the table shows, label and text."""
        lines = [
            (self.method, self.reason),
            ("x", _text(self.x)),
            ("value", f"{self.value:.10g}"),
            *([] if np.isnan(self.path.gradient_norms).all() else [("gradient", _text(self.gradient))]),
            ("steps", f"{self.steps}, {self.evaluations} evaluations"),
        ]
        if self.bounds is not None:
            lines.append(("bounds", self._at_bounds()))
        lower = self.value - self.best.value
        if lower > 1e-6 * abs(self.value):
            lines.append(("best seen", f"{self.best.value:.10g} at x = {_text(self.best.x)}"))
        return lines

    def _at_bounds(self) -> str:
        """Which unknowns are at their bounds, and whether the start was outside."""
        mask = joined(self.active_mask)
        names = self.names or tuple(f"number {i}" for i in range(mask.size))
        sides = {-1.0: "lowest", 1.0: "highest"}
        at = [f"{printable(names[i])} at its {sides[mask[i]]}" for i in np.flatnonzero(mask)]
        told = ", ".join(at[:LISTED]) + (f" and {len(at) - LISTED} more" if len(at) > LISTED else "")
        moved = "; the start was outside, and was moved to the nearest point inside"
        return (told or "none is reached") + moved * self.start_moved

    def __repr__(self) -> str:
        return "\n".join(aligned(self._lines(), "ll"))

    def _repr_html_(self) -> str:
        (method, reason), *rows = self._lines()
        return notebook.block(
            notebook.table((), rows, "ll", method),
            notebook.note(reason, notebook.RIGHT if self.converged else notebook.UNSURE),
            self.path._curve(),
        )


def _text(tree: Any) -> str:
    """A number with ten digits, a small array or structure on one line, the range of a large one."""
    if isinstance(tree, dict):
        return ", ".join(f"{printable(str(key))}: {_text(entry)}" for key, entry in tree.items())
    if isinstance(tree, (tuple, list)):
        return ", ".join(_text(entry) for entry in tree)
    return text_of(tree, ".10g" if np.ndim(tree) == 0 else ".6g")

"""Both Jacobians of a function with respect to one argument: from the rules, and from differences.

Each entry is judged by itself. Where the slopes on both sides of the point differ, what lies between them is
right: ∂yₖ/∂xⱼ ∈ [below, above], the convention at a kink.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from ..text.table import aligned
from ..values.data import canonical, dtype_of, shape_of
from .linearization import Linearization, pulled

Matrix: TypeAlias = np.ndarray[Any, Any]

CURVATURE = 10.0
"""How many times the change from one step to the next a difference may be wrong by."""


@dataclass(frozen=True, eq=False)
class BothJacobians:
    """Matrices with a row for each output and a column for each entry of the argument.

    `kinked` says where the slopes on both sides differ, `wrong` where the analytic entry is not the numeric
    one, nor between the slopes at a kink.
    """

    argument: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    analytic: Matrix
    numeric: Matrix
    kinked: Matrix
    wrong: Matrix

    def __str__(self) -> str:
        lines = [*self._block("analytic", self.analytic), *self._block("numeric", self.numeric)]
        return "\n".join(
            [f"Jacobian with respect to {self.argument!r}, * where it is wrong:", *aligned(lines)]
        )

    def _block(self, title: str, matrix: Matrix) -> Iterator[tuple[str, ...]]:
        yield title, *self.columns
        for name, row, wrong in zip(self.rows, matrix, self.wrong, strict=True):
            yield name, *(f"{'*' if bad else ''}{x + 0.0:.4g}" for x, bad in zip(row, wrong, strict=True))


def both_jacobians(here: Linearization, i: int) -> BothJacobians:
    """Both Jacobians with respect to argument i: a pass for each output, 8 evaluations for each entry."""
    analytic, sides = _analytic(here, i), _sides(here, i)
    kinked, wrong = _judged(here, analytic, *sides)
    shapes = [shape_of(seed) for seed in here.seeds]
    several = len(shapes) > 1
    names = [f"f[{k}]" if several else "f" for k in range(len(shapes))]
    rows = tuple(entry for name, shape in zip(names, shapes, strict=True) for entry in _entries(name, shape))
    columns = tuple(_entries("", shape_of(here.point[i])))
    central = np.where(np.isfinite(sides[0].central), sides[0].central, sides[1].central)
    return BothJacobians(here.function.names[i], rows, columns, analytic, central, kinked, wrong)


def _entries(name: str, shape: tuple[int, ...]) -> Iterator[str]:
    """The entries of an array: f[0,1]; the name alone for a number."""
    for index in np.ndindex(shape):
        yield f"{name}[{','.join(map(str, index))}]" if index else name or "·"


def _analytic(here: Linearization, i: int) -> Matrix:
    xs, outputs = here.function.evaluated(here.point)
    entries = np.arange(here.values.size)
    units = (here.pieces(entries == k) for k in entries)
    rows = [np.ravel(pulled(outputs, [xs[i]], unit, record=False)[0]) for unit in units]
    return np.array(rows, np.float64)


class _Sides(NamedTuple):
    """Slopes below, above and in the middle, of a step and of a shorter one; how sure the middle is."""

    below: Matrix
    above: Matrix
    central: Matrix
    wide: Matrix
    """How far below and above are apart for the longer step."""
    doubt: Matrix


def _sides(here: Linearization, i: int) -> tuple[_Sides, _Sides]:
    """Slopes of steps for which central differences are best, and of shorter ones, for those on one side."""
    return _slopes(here, i, here.epsilon ** (1 / 4)), _slopes(here, i, here.epsilon ** (1 / 2))


@np.errstate(all="ignore")
def _slopes(here: Linearization, i: int, h: float) -> _Sides:
    coarse, fine = _one_sided(here, i, 4.0 * h), _one_sided(here, i, h)
    (below, above), central, before = fine, 0.5 * (fine[0] + fine[1]), 0.5 * (coarse[0] + coarse[1])
    noise = here.epsilon / h * np.maximum(np.abs(here.values), 1.0)[:, None]
    doubt = CURVATURE * (np.abs(central - before) / 15.0 + noise)
    return _Sides(below, above, central + (central - before) / 15.0, np.abs(coarse[1] - coarse[0]), doubt)


def _one_sided(here: Linearization, i: int, h: float) -> tuple[Matrix, Matrix]:
    """The slopes below and above the point, column by column."""
    x, size = here.point[i], np.ravel(here.size(i))
    below, above = [], []
    for j in range(size.size):
        step = np.zeros(shape_of(x), dtype_of(x))
        step.flat[j] = h * size[j]
        up, down = ((x + canonical(s)) - x for s in (step, -step))
        above.append((here.outputs_at(i, up) - here.values) / np.sum(up))
        below.append((here.outputs_at(i, down) - here.values) / np.sum(down))
    shape = (len(above), here.values.size)
    return np.reshape(below, shape).T, np.reshape(above, shape).T


@np.errstate(all="ignore")
def _judged(here: Linearization, analytic: Matrix, best: _Sides, near: _Sides) -> tuple[Matrix, Matrix]:
    """Where the point is on a kink, and where the analytic entries are wrong."""
    floor = here.floor()

    def beside(low: Matrix, high: Matrix, doubt: Matrix) -> Any:
        allowed = here.rtol * np.maximum(np.abs(low), np.abs(high)) + floor + doubt
        return ~((low - allowed <= analytic) & (analytic <= high + allowed))

    apart = np.abs(near.above - near.below)
    size = np.maximum(np.abs(near.above), np.abs(near.below))
    kinked = apart > np.maximum(0.5 * near.wide, here.rtol * size + near.doubt)
    wrong = beside(best.central, best.central, best.doubt) & beside(near.central, near.central, near.doubt)
    low, high = np.minimum(near.below, near.above), np.maximum(near.below, near.above)
    return kinked, np.where(kinked, beside(low, high, near.doubt), wrong)

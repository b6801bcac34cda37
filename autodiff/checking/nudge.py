"""Nudges: how much an output changes when a parameter is changed a little, predicted and recomputed.

    f(θ + η) − f(θ)  =  η·∂f/∂θ  +  gap,      gap ≈ ½·η²·∂²f/∂θ²

The larger |∂f/∂θ| is, the more important is the parameter.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..differentiation.engine import gradients
from ..text.digits import column, subscript, with_minus
from ..text.notation import visible
from ..text.table import Table, Tabular
from ..values.data import Data
from ..values.value import Value
from .replay import Replay

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Nudge", "Nudges", "nudges"]

SHOWN = 4
"""Observations that have columns of their own; of more, the first three have."""

ROUNDING = 8 * float(np.finfo(np.float64).eps)
"""A gap below this part of the output is rounding, and shown as 0."""


class Nudge(NamedTuple):
    """One number nudged by η: the slope ∂, what η·∂ predicts, what came, and the place by |∂|."""

    name: str
    derivative: float
    predicted: float
    actual: float
    rank: int

    @property
    def gap(self) -> float:
        """What the slope does not tell, actual − predicted: of second order in η."""
        return self.actual - self.predicted


class Nudges(Tabular):
    """What `nudges` found: `print` it, or let a notebook show it.

    `rows` has a `Nudge` for each number nudged, in the order given, `ranking` in order of importance.
    Where there are several observations, the rows are about their sum R, and `observations` has for each
    of them a table of its own. `omitted` numbers were not nudged, as they matter less than all that were.
    """

    def __init__(
        self,
        names: Sequence[str],
        slopes: np.ndarray[Any, Any],
        changes: np.ndarray[Any, Any],
        eta: float,
        outputs: Sequence[tuple[str, float]],
        omitted: int = 0,
    ) -> None:
        self.eta, self.omitted = eta, omitted
        self.name, self.output = outputs[0] if len(outputs) == 1 else _summed(outputs)
        self._scale = sum(abs(value) for _, value in outputs)
        derivatives, actual = slopes.sum(axis=1).tolist(), changes.sum(axis=1).tolist()
        ranks = _ranks(derivatives)
        rows = zip(names, derivatives, actual, ranks, strict=True)
        self.rows = [Nudge(name, slope, eta * slope, change, rank) for name, slope, change, rank in rows]
        self.observations = [
            Nudges(names, slopes[:, k : k + 1], changes[:, k : k + 1], eta, [output], omitted)
            for k, output in enumerate(outputs if len(outputs) > 1 else ())
        ]

    @property
    def ranking(self) -> list[Nudge]:
        """The rows, the most important one first."""
        return sorted(self.rows, key=lambda row: row.rank)

    @property
    def table(self) -> Table:
        """The cells as they are shown; several observations add up to −∇R from left to right."""
        name = self.name or "the output"
        slopes = dict(self._columns())
        cells = {
            "θ": [row.name for row in self.rows],
            **{header: column(numbers) for header, numbers in slopes.items()},
            "predicted η·∂": column([row.predicted for row in self.rows], 5),
            "actual": column([row.actual for row in self.rows], 5),
            "gap": column([self._gap(row) for row in self.rows]),
            "rank": [str(row.rank) for row in self.rows],
        }
        return Table(
            f"By how much {name} = {with_minus(f'{self.output:.4g}')} changes "
            f"when each θ alone is nudged by η = {with_minus(f'{self.eta:g}')}",
            tuple(cells),
            tuple(zip(*cells.values(), strict=True)),
            align="l",
            notes=tuple(self._notes()),
            strong=frozenset(k for k, row in enumerate(self.rows) if row.rank == 1),
        )

    def plot(self) -> Figure:
        """A bar for each number: the predicted change, with the actual one marked; needs matplotlib.

        Observations are dots on the bar of their sum. Raises ImportError where matplotlib is missing.
        """
        from .bar_chart import bars

        return bars(self)

    def _columns(self) -> Iterator[tuple[str, list[float]]]:
        """Slopes by their header."""
        if not self.observations:
            yield f"∂{self.name}/∂θ", [row.derivative for row in self.rows]
            return
        for part in self.observations[: SHOWN if len(self.observations) <= SHOWN else SHOWN - 1]:
            yield f"−∂{part.name}/∂θ", [-row.derivative for row in part.rows]
        yield f"−∇{self.name}", [-row.derivative for row in self.rows]

    def _gap(self, row: Nudge) -> float:
        return 0.0 if abs(row.gap) <= ROUNDING * (self._scale + abs(row.actual)) else row.gap

    def _notes(self) -> Iterator[str]:
        yield f"Importance: {self._importance()}"
        if count := len(self.observations):
            told = [part.name for part in self.observations]
            terms = " + ".join(told if count <= SHOWN else [*told[:2], "…", told[-1]])
            yield f"{self.name} = {terms}, one observation each"
        if self.omitted:
            yield f"{self.omitted} numbers with smaller slopes were not nudged; raise max_rows for more"

    def _importance(self, longest: int = 12) -> str:
        shown = groupby(self.ranking[:longest], key=lambda row: row.rank)
        told = " > ".join(" = ".join(row.name for row in rows) for _, rows in shown)
        return f"{told} > …" if len(self.rows) + self.omitted > longest else told


def nudges(
    output: Value | Iterable[Value],
    parameters: Value | Iterable[Value],
    eta: float = 0.01,
    max_rows: int = 100,
) -> Nudges:
    """What becomes of the output when each parameter alone is nudged by η.

        predicted = η·∂output/∂θ,   actual = output(θ + η) − output(θ),   gap = actual − predicted

    A parameter may be a leaf or anything on the way to the output, as a₁⁽¹⁾; an array has a row for each
    entry. Of more than `max_rows` entries those of the largest slopes are nudged. The actual change is
    that of a replayed copy: neither the graph nor its leaves are touched.

    `output` is a number. Or it is several, an observation each, as a list or one array: their losses
    R₁, R₂, …; then the slopes are shown as contributions to −∇R, R being their sum.

    Raises TypeError for what is no Value or no number; ValueError for nothing to nudge, an η that is 0
    or not finite, a parameter that is constant, and a leaf that was assigned after it was used.

    >>> w, b = Value(3.0, "w"), Value(1.0, "b")
    >>> print(nudges(w * w + b, [w, b], eta=0.1))
    By how much the output = 10 changes when each θ alone is nudged by η = 0.1
    <BLANKLINE>
    θ   ∂/∂θ  predicted η·∂   actual      gap  rank
    ───────────────────────────────────────────────
    w  6.000        0.60000  0.61000  0.01000     1
    b  1.000        0.10000  0.10000        0     2
    <BLANKLINE>
    Importance: w > b
    """
    outputs, values = _values(output, "output"), _values(parameters, "parameters")
    _check(eta, max_rows)
    slopes = np.concatenate([_slopes(one, values) for one in outputs], axis=1)
    entries = list(_entries(values))
    importance = np.argsort(-np.abs(slopes.sum(axis=1)), kind="stable")
    kept = sorted(importance[:max_rows].tolist())
    replays = [Replay(one) for one in outputs]
    before = _flat([one.data for one in outputs])
    nudged = [_flat([replay([_nudged(entries[k], eta)]) for replay in replays]) for k in kept]
    with np.errstate(invalid="ignore"):  # ∞ − ∞
        changes = np.array(nudged) - before
    return Nudges(
        [entries[k].name for k in kept],
        slopes[kept],
        changes,
        eta,
        list(zip(_labels(outputs), before.tolist(), strict=True)),
        len(entries) - len(kept),
    )


# -- what is nudged --------------------------------------------------------------------------------


class Entry(NamedTuple):
    """One number: the Value that it belongs to, its place there, and its name."""

    value: Value
    place: tuple[int, ...]
    name: str


def _entries(values: Sequence[Value]) -> Iterator[Entry]:
    for number, value in enumerate(values, 1):
        name = visible(value.name or f"θ{subscript(number)}")
        for index in np.ndindex(value.shape):
            yield Entry(value, index, f"{name}[{', '.join(map(str, index))}]" if index else name)


def _nudged(entry: Entry, eta: float) -> tuple[Value, Data]:
    """The data of a Value with one entry changed by η."""
    data = np.array(entry.value.data)
    data[entry.place] += eta
    return entry.value, data


def _slopes(output: Value, values: list[Value]) -> np.ndarray[Any, Any]:
    """∂ of each number of the output, in columns, with respect to each entry, in rows."""
    unit = np.eye(output.size, dtype=output.dtype).reshape(output.size, *output.shape)
    return np.stack([_flat(gradients(output, values, seed)) for seed in unit], axis=1)


def _flat(data: Iterable[Data]) -> np.ndarray[Any, Any]:
    """All numbers in one row, as float64."""
    return np.concatenate([np.asarray(x, dtype=np.float64).ravel() for x in data])


def _ranks(derivatives: Sequence[float]) -> list[int]:
    """Places by |∂|, 1 for the largest; equals share a place, and nan comes last."""
    sizes = [-1.0 if math.isnan(slope) else abs(slope) for slope in derivatives]
    return [1 + sum(other > size for other in sizes) for size in sizes]


# -- names -----------------------------------------------------------------------------------------


def _labels(outputs: Sequence[Value]) -> list[str]:
    """A name for each number of the outputs: their own where these tell them apart, else R₁, R₂, …"""
    count = sum(one.size for one in outputs)
    names = [visible(one.name or "") for one in outputs]
    if count == 1 or (len(outputs) == count == len({*names} - {""})):
        return names
    return [f"R{subscript(k)}" for k in range(1, count + 1)]


def _summed(outputs: Sequence[tuple[str, float]]) -> tuple[str, float]:
    return "R", sum(value for _, value in outputs)


# -- checks ----------------------------------------------------------------------------------------


def _values(given: Value | Iterable[Value], what: str) -> list[Value]:
    if not isinstance(given, Iterable):
        raise TypeError(f"nudges: {what} must be a Value, or several, got {type(given).__name__}")
    values = [given] if isinstance(given, Value) else list(given)
    if not values or not all(value.size if isinstance(value, Value) else True for value in values):
        raise ValueError(f"nudges: {what} has no numbers; give a Value, or several")
    for value in values:
        if not isinstance(value, Value):
            raise TypeError(f"nudges: {what} must be a Value, or several, got {type(value).__name__}")
    return values


def _check(eta: float, max_rows: int) -> None:
    for what, given, kind in (("eta", eta, Real), ("max_rows", max_rows, Integral)):
        if not isinstance(given, kind):
            whole = "whole " if kind is Integral else ""
            raise TypeError(f"nudges: {what} must be a {whole}number, got {type(given).__name__}")
    if not (math.isfinite(eta) and eta):
        raise ValueError(f"nudges: eta must be a finite number other than 0, got {eta}")
    if max_rows < 1:
        raise ValueError(f"nudges: max_rows must be at least 1, got {max_rows}")

"""What nudges found, as a table and as a chart: slopes, predicted and actual changes, and ranks."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..text.digits import column, with_minus
from ..text.table import Table, Tabular

if TYPE_CHECKING:
    from matplotlib.figure import Figure


SHOWN = 4
"""Observations that have columns of their own; of more, the first three have."""

COUNT = re.compile(r"(\[\d+\]|[₀-₉]+)$")
"""What tells outputs of one name from each other."""

ROUNDING = 8 * float(np.finfo(np.float64).eps)
"""A gap below this part of the output is rounding, and shown as 0."""


class Nudge(NamedTuple):
    """One number nudged by η: its slope ∂, the predicted and the actual change, and its rank by |∂|."""

    name: str
    derivative: float
    predicted: float
    actual: float
    rank: int

    @property
    def gap(self) -> float:
        """What the slope does not predict, actual − predicted: of second order in η."""
        return self.actual - self.predicted


class Nudges(Tabular):
    """What `nudges` found: `print` it, or let a notebook show it.

    `rows` has a `Nudge` for each number nudged, in the order given, `ranking` in order of importance. Where
    there are several outputs, the rows are about their sum, and `observations` has a table for each.
    `omitted` counts the numbers that were not nudged, since they matter less than those that were.
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
        self.name = outputs[0][0] if len(outputs) == 1 else _sum_of([name for name, _ in outputs])
        self.output = outputs[0][1] if len(outputs) == 1 else sum(value for _, value in outputs)
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
        """The cells as they are shown; the slopes of several outputs add up from left to right."""
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
            f"By how much {self.name} = {with_minus(f'{self.output:.4g}')} changes "
            f"when each θ alone is nudged by η = {with_minus(f'{self.eta:g}')}",
            tuple(cells),
            tuple(zip(*cells.values(), strict=True)),
            align="l",
            notes=tuple(self._notes()),
            strong=frozenset(k for k, row in enumerate(self.rows) if row.rank == 1),
        )

    def plot(self) -> Figure:
        """A bar for each number: the predicted change, with the actual one marked; needs matplotlib.

        Several outputs are dots on the bar of their sum. Returns the figure: a notebook shows it,
        `.save("nudges.svg")` writes it. Raises ImportError where matplotlib is missing.
        """
        from .bar_chart import MOST, bars

        order = sorted(range(len(self.rows)), key=lambda k: self.rows[k].rank)[:MOST]
        rows, total = [self.rows[k] for k in order], len(self.rows) + self.omitted
        tied = [row.rank for row in rows[:2]] == [1, 1]
        shown = "" if len(rows) == total else f" · {len(rows)} most important of {total}"
        return bars(
            [row.name for row in rows],
            [row.predicted for row in rows],
            [row.actual for row in rows],
            dots={part.name: [part.rows[k].predicted for k in order] for part in self.observations},
            title="The most important first" if tied else f"{rows[0].name} matters most",
            subtitle=f"Change of {self.total or self.name} "
            f"when each θ alone is nudged by η = {self.eta:g}{shown}",
            label=f"predicted change, η·∂{self.name}/∂θ",
        )

    @property
    def total(self) -> str:
        """What several outputs are the sum of, in names; nothing where there is but one."""
        names = [part.name for part in self.observations]
        terms = names if len(names) <= SHOWN else [*names[:2], "…", names[-1]]
        return f"{self.name} = {' + '.join(terms)}" if names else ""

    def _columns(self) -> Iterator[tuple[str, list[float]]]:
        """Headers, and the slopes below them."""
        shown = SHOWN if len(self.observations) <= SHOWN else SHOWN - 1
        for part in (*self.observations[:shown], self):
            yield f"∂{part.name}/∂θ", [row.derivative for row in part.rows]

    def _gap(self, row: Nudge) -> float:
        return 0.0 if abs(row.gap) <= ROUNDING * (self._scale + abs(row.actual)) else row.gap

    def _notes(self) -> Iterator[str]:
        yield f"Importance: {self._importance()}"
        if self.total:
            yield self.total
        if self.omitted:
            yield f"{self.omitted} numbers with smaller slopes were not nudged; raise max_rows for more"

    def _importance(self, longest: int = 12) -> str:
        shown = groupby(self.ranking[:longest], key=lambda row: row.rank)
        names = " > ".join(" = ".join(row.name for row in rows) for _, rows in shown)
        return f"{names} > …" if len(self.rows) + self.omitted > longest else names


def _sum_of(names: Sequence[str]) -> str:
    """The name of a sum.

    >>> _sum_of(["R₁", "R₂"]), _sum_of(["a₁⁽²⁾[1]", "a₁⁽²⁾[2]"]), _sum_of(["p", "q"])
    ('ΣR', 'Σa₁⁽²⁾', 'Σ')
    """
    stems = {COUNT.sub("", name) for name in names}
    return f"Σ{stems.pop()}" if len(stems) == 1 else "Σ"


def _ranks(derivatives: Sequence[float]) -> list[int]:
    """Places by |∂|, 1 for the largest; equals share a place, and nan comes last."""
    sizes = [-1.0 if math.isnan(slope) else abs(slope) for slope in derivatives]
    return [1 + sum(other > size for other in sizes) for size in sizes]

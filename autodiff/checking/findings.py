"""What a check has found so far, and what is right although both numbers differ: a convention at a kink."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from ..values.data import Data
from .both_jacobians import both_jacobians
from .culprits import switching
from .linearization import Linearization
from .measurement import Measurement, measured
from .report import Comparison, GradientReport

MOST_ENTRIES, MOST_COLUMNS = 40_000, 1000
"""Sizes up to which each entry of a Jacobian is looked at."""


@dataclass
class Findings:
    """Rows and notes; `first` is the function itself at the point, `near` where a step away is looked at."""

    first: Linearization
    near: Linearization | None = None
    rows: list[Comparison] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def report(self, message: str = "") -> GradientReport:
        """All of it, with what is wrong."""
        first = self.first
        ignored = [
            name for name, reached in zip(first.function.names, first.reached, strict=True) if not reached
        ]
        return GradientReport(tuple(self.rows), tuple(ignored), tuple(self.notes), message, first)

    def function_at(self) -> Linearization:
        """The function itself where the derivatives are looked at."""
        if self.near is None:
            return self.first
        return replace(self.first, point=self.near.point[: len(self.first.point)])

    def settles(self, here: Linearization, i: int, found: Measurement | None) -> bool:
        """Whether a derivative is right, or not compared, as at a kink; None was not measured: it is nan."""
        if found and found.passed:
            self.rows.append(found.comparison())
        elif found and here.order == 1 and _by_convention(found):
            self.rows.append(replace(found.comparison(), error=0.0))
            self._note(here, i, "is right by convention")
        elif here.order > 1 and (found is None or found.kink) and self._on_kink(i):
            self._note(here, i, "is not compared")
        else:
            return False
        return True

    def _on_kink(self, i: int) -> bool:
        """Whether the function itself has a kink at the point as argument i moves."""
        if self.near or i >= len(self.first.point):
            return False
        return measured(self.first, i, self._direction(i)).corner is not None

    def _direction(self, i: int) -> Data:
        """A direction in argument i of the function itself, the same each time."""
        return self.first.direction(i, np.random.default_rng(0))

    def _note(self, here: Linearization, i: int, verdict: str) -> None:
        step = here.epsilon**0.5 * self._direction(i)
        reason = switching(self.function_at(), i, step) or "the point is on a kink"
        name = here.function.names[i]
        self.notes.append(f"order {here.order} with respect to {name!r} {verdict}: {reason}")


def _by_convention(found: Measurement) -> bool:
    """Whether each entry of the Jacobian is right, between the slopes on both sides where there is a kink."""
    columns = np.size(found.v)
    if columns > MOST_COLUMNS or columns * found.here.values.size > MOST_ENTRIES:
        return False
    if found.corner is None and not found.may_hide_kink:
        return False
    jacobians = both_jacobians(found.here, found.i)
    return bool(jacobians.kinked.any() and not jacobians.wrong.any())

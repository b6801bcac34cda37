"""Finite differences: slopes at a point from the changes of a function around it.

A change is a function of the step h, φ(x + h·v) − φ(x); ε is the precision of its arithmetic.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

Change: TypeAlias = Callable[[float], float]

Slope: TypeAlias = Callable[[float], float]
"""The central difference of a step h, (φ(x + h·v) − φ(x − h·v)) / 2h."""

RATIO = 4.0  # of one step to the next
TINY = sys.float_info.min


def extrapolated(slope: Slope, epsilon: float, size: float, rtol: float, atol: float) -> tuple[float, float]:
    """Slope at the point from central differences, and the uncertainty of it.

    Richardson's extrapolation over steps from ε^(1/7) down to ε^(1/2): of its table, the entry that
    is the surest, counted in tolerances, rtol·|slope| + atol; 1 % of one is enough. Its uncertainty
    is how far it is from its neighbours, and the rounding of a function of that `size`, ε·size/h.
    Where no step gives finite numbers, the slope is nan.

    C. J. F. Ridders, "Accurate computation of F′(x) and F′(x)F″(x)", Adv. Eng. Software 4 (1982).

    >>> central = lambda h: ((3.0 + h) ** 2 - (3.0 - h) ** 2) / (2.0 * h)
    >>> slope, uncertainty = extrapolated(central, 2.0**-52, 9.0, 1e-6, 1e-9)
    >>> round(slope, 6), uncertainty < 1e-9
    (6.0, True)
    """
    best, uncertainty, doubt = float("nan"), float("inf"), float("inf")
    h, coarse = float(epsilon ** (1 / 7)), list[float]()
    while h > epsilon**0.5 and doubt > 0.01:
        fine = [slope(h)]
        for m, above in enumerate(coarse, 1):
            better = fine[-1] + (fine[-1] - above) / (RATIO ** (2 * m) - 1.0)
            spread = max(abs(better - fine[-1]), abs(better - above)) + epsilon * size / h
            if (tolerances := spread / (rtol * abs(better) + atol + TINY)) < doubt:
                best, uncertainty, doubt = better, spread, tolerances
            fine.append(better)
        h, coarse = h / RATIO, fine
    return best, uncertainty


@dataclass(frozen=True)
class Kink:
    """The slopes on both sides of a point, which do not meet; with `jump`, they have no limit at all."""

    below: float
    above: float
    jump: bool

    @property
    def slopes(self) -> tuple[float, float]:
        """The lower and the higher."""
        return min(self.below, self.above), max(self.below, self.above)

    def __str__(self) -> str:
        if self.jump:
            return "the point looks like a kink of an order below: one-sided differences grow without limit"
        return (
            "the point looks like a kink: one-sided differences disagree, "
            f"{self.below:.3g} below and {self.above:.3g} above"
        )


def kink(change: Change, epsilon: float, tolerance: float) -> Kink | None:
    """The slopes on both sides where they do not meet as the step shrinks; None where they do.

    None as well where they are not all known.

    >>> kink(abs, 2.0**-52, 1e-6)
    Kink(below=-1.0, above=1.0, jump=False)
    """
    h = epsilon ** (1 / 3)
    below, above = one_sided(change, h)
    nearer_below, nearer_above = one_sided(change, h / RATIO)
    if not all(map(math.isfinite, (below, above, nearer_below, nearer_above))):
        return None
    largest = max(abs(below), abs(above))
    if max(abs(nearer_below), abs(nearer_above)) > 2.0 * largest + tolerance:
        return Kink(nearer_below, nearer_above, jump=True)
    if abs(nearer_above - nearer_below) > max(0.5 * abs(above - below), tolerance):
        return Kink(nearer_below, nearer_above, jump=False)
    return None


def one_sided(change: Change, h: float) -> tuple[float, float]:
    """The slopes below and above the point."""
    return 0.0 - change(-h) / h, change(h) / h

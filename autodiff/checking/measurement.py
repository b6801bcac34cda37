"""The gradient along a direction beside the difference of the function, and the error that is allowed.

For outputs yₖ, seeds uₖ and a direction v in one argument x, the gradient ḡ must have

    Σₖ ⟨uₖ, yₖ(x + h·v) − yₖ(x − h·v)⟩ / 2h  →  ⟨ḡ, v⟩     as h → 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ..values.data import Data, canonical, dtype_of
from .difference import Kink, extrapolated, kink, one_sided
from .flattening import flat
from .linearization import Linearization
from .report import Comparison

TINY = float(np.finfo(np.float64).tiny)

NOISE = 10.0
"""How many times more one-sided differences may be wrong by than a central one that is sure."""

AWAY = 9
"""Steps to each side at which rounding is looked at."""

ROUNDINGS = 16.0
"""How many times the rounding of an argument a derivative may be of another point."""


@dataclass(frozen=True)
class Measurement:
    """Both derivatives along a direction v in argument i, and the error that is allowed.

    `length` is that of v relative to the usual one where it was measured strictly, for a function that may be
    small; `unit`, what to count in, so that derivatives themselves are shown. `usual` is the error of a
    difference that is sure; `doubt`, how uncertain this one is, counted in that; `hidden` says that the error
    is allowed only because a small function may come from large numbers.
    """

    here: Linearization
    i: int
    v: Data
    length: float | None
    unit: float
    analytic: float
    numeric: float
    error: float
    tolerance: float
    usual: float
    doubt: float
    hidden: bool

    @property
    def passed(self) -> bool:
        """Whether both agree; nan agrees with nothing."""
        return self.error <= self.tolerance

    @property
    def relative(self) -> float:
        """The error relative to the derivatives themselves."""
        largest = max(abs(self.analytic), abs(self.numeric))
        return self.error / largest if largest > 0.0 else 0.0

    def comparison(self) -> Comparison:
        """A row of the report."""
        name, order = self.here.function.names[self.i], self.here.order
        numbers = self.analytic / self.unit, self.numeric / self.unit, self.error / abs(self.unit)
        return Comparison(name, order, *numbers, self.tolerance / abs(self.unit))

    @cached_property
    def kink(self) -> Kink | None:
        """The slopes on both sides of the point where they differ."""
        return kink(self._change, self.here.epsilon, self._noise)

    @property
    def corner(self) -> Kink | None:
        """The same where both slopes have a limit."""
        return None if self.kink is None or self.kink.jump else self.kink

    @property
    def may_hide_kink(self) -> bool:
        """Whether the error is so small that slopes on both sides could not be told from each other by it."""
        return self.kink is None and self.error <= NOISE * self.usual

    @property
    def between(self) -> bool:
        """Whether the analytic number is between the slopes on both sides of a corner of the function."""
        if self.corner is None or self.here.order > 1:
            return False
        low, high = self.corner.slopes
        return low - self._noise <= self.analytic / self.unit <= high + self._noise

    def sides(self, h: float) -> tuple[float, float]:
        """The slopes below and above the point."""
        return one_sided(self._change, h)

    @property
    def _noise(self) -> float:
        """What one-sided slopes may be wrong by."""
        return NOISE * self.usual / abs(self.unit)

    def _change(self, h: float) -> float:
        return self.here.change(self.i, _rounded(self.here.point[self.i], self.v * h, 0.01)) / self.unit


def measured(here: Linearization, i: int, v: Data, length: float | None = None) -> Measurement:
    """Both derivatives along v in argument i, strictly where a `length` relative to the usual is given."""
    terms = flat([here.gradient[i]]) * flat([v])
    analytic, all_terms = float(terms.sum()), float(np.abs(terms).sum())
    least, rtol = (1.0 if length is None else 0.0), here.rtol
    unit = _unit(here, v, length)
    atol = _atol(here, v, length, unit, least)
    numeric, uncertainty = extrapolated(
        lambda h: _slope(here, i, v, h), here.epsilon, here.magnitude(least), rtol, atol
    )
    error, usual = abs(analytic - numeric), atol + rtol * abs(numeric)
    # Errors of rounding add up as a norm does, so that one wrong entry of many is seen.
    beside = rtol * max(float(np.hypot.reduce(terms)) - abs(numeric), 0.0)
    tolerance = usual + beside + min(10.0 * uncertainty, rtol**0.5 * max(all_terms, abs(numeric)))
    doubt = uncertainty / (usual + TINY) if np.isfinite(numeric) else float("inf")
    beyond = error - (tolerance - atol)  # what `terms` cost is paid only where it decides
    hidden = 0.0 < beyond <= atol and _atol(here, v, length, unit, 0.0) < beyond
    return Measurement(here, i, v, length, unit, analytic, numeric, error, tolerance, usual, doubt, hidden)


def kink_where_nan(here: Linearization, i: int) -> str | None:
    """What to say of a kink where the gradient is nan, so that nothing can be measured."""
    tame = replace(here, gradient=[canonical(np.nan_to_num(g)) for g in here.gradient])
    found = measured(tame, i, tame.size(i)).kink
    return str(found) if found else None


@np.errstate(all="ignore")
def _slope(here: Linearization, i: int, v: Data, h: float) -> float:
    """Central difference along v, as if x ± h·v were exact.

    A step only some ulps long is changed by rounding, on both sides alike. What the change contributes is
    computed from the rules' gradient: a wrong one is still seen, since the step is at most half as long
    again. Without this nothing could be said within 10⁴ ulps of the edge of a domain.
    """
    step = _rounded(here.point[i], h * v, 0.5)
    across = float(((here.outputs_at(i, step) - here.outputs_at(i, -step)) * here.seed).sum())
    return (0.5 * across - float(np.sum(here.gradient[i] * (step - h * v)))) / h


def _rounded(x: Data, step: Data, most: float) -> Data:
    """What is left of a step from x; nan where rounding changes an entry by more than that part."""
    left = (x + step) - x
    return left * np.nan if np.any(np.abs(left - step) > most * np.abs(step)) else left


def _atol(here: Linearization, v: Data, length: float | None, unit: float, least: float) -> float:
    """Error to allow where a derivative along v is 0, if the function has at least that size."""
    if here.asked.atol is not None:
        return here.asked.atol * abs(unit)
    underflow = float(np.finfo(dtype_of(v)).tiny) * float(np.abs(v).sum())
    return here.floor(least) * (length or 1.0) + underflow


def moved_by_rounding(here: Linearization, i: int, v: Data) -> float:
    """What a derivative along v may change by as x does by its rounding, as that of var(x) where it is 0.

    That is ε·|f″|·size·v, of which the changes of f over steps have a share, and no inner value where all
    cancel. The steps are so long that rounding of f itself is no part of it.
    """
    h, other = here.epsilon ** (1 / 7), here.direction(i, np.random.default_rng(0))
    changes = [abs(here.change(i, canonical(h * w))) for w in (v, other)]
    moved = ROUNDINGS * here.epsilon * max(changes) / h**2
    return moved if np.isfinite(moved) else 0.0


def noise_in_slope(found: Measurement) -> float:
    """What rounding inside of f makes of a difference, as where f is a small difference of large logits.

    It is seen in sixth differences, which are rounding alone where f is smooth: on the side of the point
    where they are smaller, since on the other there may be a kink. After J. J. Moré and S. M. Wild,
    "Estimating computational noise", SIAM J. Sci. Comput. 33 (2011).
    """
    here, v = found.here, found.v
    steps = [canonical(np.asarray(k * here.epsilon**0.25 * v, dtype_of(v))) for k in range(-AWAY, AWAY + 1)]
    changes = [here.change(found.i, step) for step in steps]
    sides = [
        np.abs(np.diff(side, 6)).max() / math.sqrt(924.0) for side in (changes[: AWAY + 1], changes[AWAY:])
    ]
    noise = ROUNDINGS * float(min(sides)) / here.epsilon ** (1 / 3)
    return noise if math.isfinite(noise) else 0.0


def _unit(here: Linearization, v: Data, length: float | None) -> float:
    """The seed or step of what has one entry, so that derivatives themselves are shown."""
    steps = flat([v])
    seed = here.seed.sum() if np.count_nonzero(here.seed) == 1 else 1.0
    return float(seed * (steps.sum() if np.count_nonzero(steps) == 1 else length or 1.0))

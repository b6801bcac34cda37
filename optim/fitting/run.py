"""A run of a fit: stopping by rules that do not depend on units, and what unknowns are called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import compress
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..names import names as names  # where earlier versions had it
from ..objective import Point
from ..run import Run
from ..stopping import Ending
from ..unknowns import Vector, joined
from .linear_model import Model, Proposal, column_norms
from .residuals import Located, SumOfSquares

FORGOTTEN = 1e6
"""So many times as large as its column is now may a column have been to count."""

FEW = 8
"""Names that are listed."""

STUCK = "stuck: no step lowers the sum of squares, though its gradient is not 0; is it smooth here?"


class Fitting(Run):
    """A run along points with residuals and Jacobians, measured in the units of the columns of J.

    `norms` are those of its columns at the point, `scale` the largest that each has had, which keeps steps
    short where the residuals have been steep; but after a far start with huge columns it must forget them.
    """

    sees: ClassVar[type[SumOfSquares]] = SumOfSquares
    objective: SumOfSquares
    point: Located
    best: Located

    def __init__(self, method: str, f: Callable[..., Any], x0: Any, **options: Any) -> None:
        if options.get("bounds") is not None:
            raise TypeError(
                f"{method} has no option 'bounds'; optim.minimize takes them: "
                "minimize(lambda x: (residuals(x) ** 2).sum(), x0, 'l-bfgs', bounds=…)"
            )
        super().__init__(method, f, x0, **options)
        self.norms = self.scale = column_norms(self.point.jacobian)
        self.promised = np.inf

    def look_again(self) -> None:
        """Begin anew from here, where the residuals are not what their program took them for."""
        super().look_again()
        self.norms = self.scale = column_norms(self.point.jacobian)

    def take(self, there: Located, step: Proposal) -> None:
        """Go to a point by a step."""
        self.to(there, step.size)
        self.recent[-1] = Point(*there)  # Jacobians are large: no more of them are kept than needed
        self.norms = column_norms(there.jacobian)
        self.scale = np.minimum(np.maximum(self.scale, self.norms), FORGOTTEN * self.norms)
        self.promised = step.promised

    def residuals_at(self, x: Any) -> Vector:
        """r(x) for those who draw it, x as in the result or as a vector: parameters keep what they are."""
        with self.objective.over.kept():
            return self.objective.trial(joined(x)).residuals

    def spent(self) -> bool:
        """Never: every step lowers R; when that is rounding, ftol tells."""
        return False

    def length(self, v: Vector) -> float:
        """‖D·v‖, with the norms of the columns as D."""
        return float(np.linalg.norm(self.norms * v))

    def at_rest(self) -> Ending | None:
        """Whether gradient, step or decrease say that there is no further to go."""
        point, old = self.point, self.previous
        if point.value == 0.0:
            return self._converged("all residuals are 0")
        if (cosine := self._steepness()) <= self.rules.gtol:
            return self.stationary(f"the gradient, as a cosine, is {cosine:.2g}, at most {self.rules.gtol:g}")
        if old is None:
            return None
        reason = self.negligible(point.x - old.x, 1.0 - point.value / old.value, self.promised)
        return self.stationary(reason) if reason else None

    def _steepness(self) -> float:
        """The largest |cosine| between the residuals and a column of J.   max_j |Jⱼᵀr| / (‖Jⱼ‖·‖r‖)"""
        r, norms = self.point.residuals, np.where(self.norms > 0.0, self.norms, 1.0)
        return float(np.max(np.abs((r / np.linalg.norm(r)) @ (self.point.jacobian / norms))))

    def negligible(self, p: Vector, fall: float, promised: float) -> str:
        """Why a step is too small to matter, by the parts of R by which it fell and should have fallen."""
        if self.length(p) <= self.rules.xtol * self.length(self.point.x):
            return f"the step is at most xtol = {self.rules.xtol:g} of x"
        if max(fall, promised) <= self.rules.ftol:
            return f"the sum of squares falls by no more than ftol = {self.rules.ftol:g} of it"
        return ""

    def stationary(self, reason: str) -> Ending:
        """Convergence, unless unknowns do nothing, or only the first derivative says that they do not."""
        idle = np.array(~self.point.jacobian.any(axis=0))
        beside = self._beside(idle) if idle.any() else []
        unmoved = listed(list(compress(self.names, idle)))
        if beside and all(value == self.point.value for value in beside):
            return Ending(False, f"flat: R does not change with {unmoved} around here; {reason}")
        if beside and all(value < self.point.value for value in beside):
            where = f"a point that is not a minimum: R falls on both sides of it, with {unmoved}"
            return Ending(True, f"converged to {where}; another start leads further down")
        return self._converged(reason)

    def _converged(self, reason: str) -> Ending:
        return Ending(True, f"converged{'' if self.steps else ' at the start'}: {reason}")

    def _beside(self, idle: NDArray[np.bool_]) -> list[float]:
        """R some way off, on both sides, along unknowns that do nothing by the Jacobian."""
        x = self.point.x
        reach = 1e-3 * idle * np.maximum(1.0, np.abs(x))
        return [self.objective.value(x + side * reach) for side in (-1.0, 1.0)]

    def exhausted(self, reason: str = "no further decrease is possible") -> Ending:
        """No step led down: convergence, unless the linear model promises much."""
        small = float(np.sqrt(self.objective.over.epsilon))
        promised = Model(self.point, self.norms).step().promised
        change = float(np.sqrt(promised * self.point.value))
        if promised <= small or change <= small * self.length(self.point.x):
            return self.stationary(reason)
        return Ending(False, STUCK)


# -- what is said -------------------------------------------------------------------------------


def listed(some: Sequence[str]) -> str:
    """Names in a sentence; of many, the first.

    >>> listed(["a", "b"])
    'a, b'
    """
    more = f" and {len(some) - FEW} more" if len(some) > FEW else ""
    return ", ".join(some[:FEW]) + more

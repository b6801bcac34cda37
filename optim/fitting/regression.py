"""What a fit returns besides the estimates: how well they are determined, as R's nls prints it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autodiff.differentiation.structure import leaves, rebuilt
from autodiff.text.table import aligned

from ..result import Result
from ..unknowns import Vector, joined, pieces
from .linear_model import column_norms, scaled_svd
from .run import listed
from .student import two_sided

__all__ = ["Fit"]

MANY = 25
"""Parameters of which the table has a row each; of more, the first."""

FREE = 1e-6
"""What turns by more than that when the residuals do not change is not determined by them."""


@dataclass(frozen=True, repr=False, eq=False)
class Fit(Result):
    """The outcome of least squares. `value` is R = Σᵢ rᵢ², not half of it, and `gradient` is 2·Jᵀr.

    residuals                    r at x, (m,)
    jacobian                     J = ∂r/∂x at x, (m, n)
    names                        of the n parameters
    degrees_of_freedom           m − n
    residual_standard_deviation  s = √(R / (m − n))
    covariance                   of the estimates, s²·(JᵀJ)⁻¹, (n, n)
    standard_errors              the roots of its diagonal, in the structure of x

    Covariance and standard errors hold as far as residuals are linear in the parameters around x. A
    parameter that the residuals do not determine has the standard error inf and covariances nan. All
    are nan where there are no degrees of freedom, m ≤ n.
    """

    residuals: Vector
    jacobian: Vector
    names: tuple[str, ...]

    @property
    def degrees_of_freedom(self) -> int:
        """Residuals less parameters."""
        return self.residuals.size - len(self.names)

    @property
    def residual_standard_deviation(self) -> float:
        """The estimate s of the standard deviation of errors; R calls it residual standard error."""
        degrees = self.degrees_of_freedom
        return math.sqrt(self.value / degrees) if degrees > 0 else math.nan

    @cached_property
    def covariance(self) -> Vector:
        """Of the estimates."""
        if self.degrees_of_freedom <= 0:
            return np.full((len(self.names),) * 2, np.nan)
        scale, s, vt = self._decomposed
        root = self.residual_standard_deviation * vt[: s.size].T / s / scale[:, None]
        covariance: Vector = root @ root.T
        free = self._undetermined
        covariance[free, :] = covariance[:, free] = np.nan
        covariance[free, free] = np.inf
        return covariance

    @cached_property
    def standard_errors(self) -> Any:
        """Standard deviations of the estimates."""
        errors = np.sqrt(np.diagonal(self.covariance))
        return rebuilt(self.x, pieces(errors, leaves(self.x)))

    @cached_property
    def _decomposed(self) -> tuple[Vector, Vector, Vector]:
        scale, _, s, vt = scaled_svd(self.jacobian, column_norms(self.jacobian))
        return scale, s, vt

    @property
    def _undetermined(self) -> NDArray[np.bool_]:
        """Which parameters can change without a change of the residuals."""
        _, s, vt = self._decomposed
        return np.array(np.any(np.abs(vt[s.size :]) > FREE, axis=0))

    # -- as text -------------------------------------------------------------------------------

    def _rows(self) -> Iterator[tuple[str, ...]]:
        """The table of estimates, with its head."""
        degrees, estimates = self.degrees_of_freedom, joined(self.x)
        if degrees <= 0:
            yield "", "Estimate"
            yield from ((name, f"{x:.6g}") for name, x in zip(self.names, estimates, strict=True))
            return
        yield "", "Estimate", "Std. Error", "t value", "Pr(>|t|)"
        errors = np.sqrt(np.diagonal(self.covariance))
        with np.errstate(all="ignore"):
            ratios = estimates / errors
        for name, x, error, t in zip(self.names, estimates, errors, ratios, strict=True):
            yield name, f"{x:.6g}", f"{error:.4g}", f"{t:.4g}", f"{two_sided(float(t), degrees):.3g}"

    def _table(self) -> list[str]:
        rows = list(self._rows())
        if len(rows) > MANY + 1:
            rows = [*rows[: MANY + 1], ("…",) * len(rows[0])]
        return aligned(rows, "l")

    def _notes(self) -> Iterator[str]:
        """What stands below the table."""
        n, m, degrees = len(self.names), self.residuals.size, self.degrees_of_freedom
        if degrees > 0:
            s, unit = self.residual_standard_deviation, "degree" if degrees == 1 else "degrees"
            yield f"Residual standard error: {s:.4g} on {degrees} {unit} of freedom"
            if free := list(compress(self.names, self._undetermined)):
                yield f"Not determined by the residuals: {listed(free)}"
        else:
            yield f"No standard errors: no degrees of freedom are left ({m} residuals, {n} parameters)"
        yield f"Sum of squares: {self.value:.6g} (steps: {self.steps}, evaluations: {self.evaluations})"

    def __repr__(self) -> str:
        return "\n".join([f"{self.method}  {self.reason}", "", *self._table(), "", *self._notes()])

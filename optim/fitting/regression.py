"""What a fit returns besides the estimates: how well they are determined, as R's nls prints it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autodiff.differentiation.structure import leaves, rebuilt
from autodiff.text import notebook
from autodiff.text.table import aligned

from ..result import Result, forgotten
from ..unknowns import Vector, joined, pieces
from .linear_model import column_norms, scaled_svd
from .run import listed

MANY = 25
"""Parameters of which the table has a row each; of more, the first."""

FREE = 1e-6
"""What turns by more than that when the residuals do not change is not determined by them."""


@dataclass(frozen=True, repr=False, eq=False)
class Fit(Result):
    """The outcome of least squares. `value` is R = Σᵢ rᵢ², not half of it, and `gradient` is 2·Jᵀr.

    residuals                    r at x, (m,)
    jacobian                     J = ∂r/∂x at x, (m, n)
    residuals_at                 r elsewhere, of plain numbers as in x; a pickled fit forgets it
    names                        of the n parameters, however many
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
    residuals_at: Callable[[Any], Vector]

    def __getstate__(self) -> dict[str, Any]:
        """All but the functions, which Python can seldom pickle."""
        return {**super().__getstate__(), "residuals_at": forgotten}

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

    def _table(self) -> list[tuple[str, ...]]:
        rows = list(self._rows())
        return [*rows[: MANY + 1], ("…",) * len(rows[0])] if len(rows) > MANY + 1 else rows

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
        return "\n".join(
            [f"{self.method}  {self.reason}", "", *aligned(self._table(), "l"), "", *self._notes()]
        )

    def _repr_html_(self) -> str:
        header, *rows = self._table()
        return notebook.block(
            notebook.table(header, rows, "l", self.method),
            *map(notebook.note, self._notes()),
            notebook.note(self.reason, notebook.RIGHT if self.converged else notebook.UNSURE),
        )


# -- Student's distribution of t: how likely is an estimate that far from 0, if the parameter is 0? ----------


def two_sided(t: float, degrees: float) -> float:
    """The probability that |T| is at least |t|, for so many degrees of freedom ν.

        Pr(|T| ≥ |t|) = I_x(ν/2, 1/2),   x = ν / (ν + t²)

    >>> round(two_sided(1.0, 1), 12), round(two_sided(12.7062047, 1), 9)
    (0.5, 0.05)
    """
    if math.isnan(t) or math.isinf(t):
        return math.nan if math.isnan(t) else 0.0
    return _incomplete_beta(degrees / 2.0, 0.5, degrees / (degrees + t * t), t * t / (degrees + t * t))


def _incomplete_beta(a: float, b: float, x: float, rest: float) -> float:
    """The regularised incomplete beta function I_x(a, b); `rest` is 1 − x, free of cancellation.

    By its continued fraction, which converges fast for x below (a + 1)/(a + b + 2); above, by
    I_x(a, b) = 1 − I_{1−x}(b, a). NIST Digital Library of Mathematical Functions, 8.17.4 and 8.17.22.
    """
    if x == 0.0 or rest == 0.0:
        return float(rest == 0.0)
    if x > (a + 1.0) / (a + b + 2.0):
        return 1.0 - _incomplete_beta(b, a, rest, x)
    logarithm = a * math.log(x) + b * math.log(rest) - math.log(a)
    logarithm += math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    return math.exp(logarithm) / _fraction(a, b, x)


def _fraction(a: float, b: float, x: float) -> float:
    """1 + d₁/(1 + d₂/(1 + …)), from the front by Lentz's method (Appl. Opt. 15, 668, 1976)."""
    value = above = 1.0
    below = 0.0
    for k in range(1, 10_000):
        d = _coefficient(a, b, x, k)
        below = 1.0 / (1.0 + d * below)
        above = 1.0 + d / above
        value *= above * below
        if abs(above * below - 1.0) < 1e-16:
            break
    return value


def _coefficient(a: float, b: float, x: float, k: int) -> float:
    j = k // 2
    if k % 2:
        return -(a + j) * (a + b + j) * x / ((a + 2 * j) * (a + 2 * j + 1))
    return j * (b - j) * x / ((a + 2 * j - 1) * (a + 2 * j))

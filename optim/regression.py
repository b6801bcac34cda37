"""What a fit returns besides the estimates: how well they are determined, as R's nls prints it."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from autodiff import Value
from autodiff.data import shape_of
from autodiff.structure import leaves, rebuilt

from .linear_model import column_norms, scaled_svd
from .result import Result
from .student import two_sided
from .unknowns import Parameters, Start, Unknowns, Vector, flat, pieces

__all__ = ["Fit", "names"]

MANY = 25
"""Parameters of which the table has a row each; of more, the first."""


@dataclass(frozen=True, repr=False, eq=False)
class Fit(Result):
    """The outcome of least squares. `value` is R = Σᵢ rᵢ², not half of it, and `gradient` is 2·Jᵀr.

    residuals                    r at x, (m,)
    jacobian                     J = ∂r/∂x at x, (m, n)
    names                        of the n parameters, one an entry
    degrees_of_freedom           m − n
    residual_standard_deviation  s = √(R / (m − n))
    covariance                   s²·(JᵀJ)⁻¹ of the estimates, (n, n)
    standard_errors              the roots of its diagonal, in the structure of x

    They hold where residuals are nearly linear in the parameters around x. A parameter that the
    residuals do not determine has the standard error inf, and covariances nan. Without degrees of
    freedom, m ≤ n, all are nan.
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
        """The estimate s of the standard deviation of the errors, which R calls residual standard error."""
        return math.sqrt(self.value / self.degrees_of_freedom) if self.degrees_of_freedom > 0 else math.nan

    @cached_property
    def covariance(self) -> Vector:
        """Of the estimates."""
        n = len(self.names)
        if self.degrees_of_freedom <= 0:
            return np.full((n, n), np.nan)
        scale, _, s, vt = scaled_svd(self.jacobian, column_norms(self.jacobian))
        root = self.residual_standard_deviation * vt[: s.size].T / s / scale[:, None]
        covariance: Vector = root @ root.T
        free = self._undetermined
        covariance[free, :] = covariance[:, free] = np.nan
        covariance[free, free] = np.inf
        return covariance

    @cached_property
    def _undetermined(self) -> Vector:
        """Which parameters can change without a change of the residuals."""
        _, _, s, vt = scaled_svd(self.jacobian, column_norms(self.jacobian))
        return np.any(np.abs(vt[s.size :]) > 1e-6, axis=0)

    @cached_property
    def standard_errors(self) -> Any:
        """Standard deviations of the estimates."""
        errors = np.sqrt(np.diagonal(self.covariance))
        return rebuilt(self.x, pieces(errors, leaves(self.x)))

    # -- as text -------------------------------------------------------------------------------

    def _rows(self) -> Iterator[tuple[str, ...]]:
        """The table of estimates."""
        determined = self.degrees_of_freedom > 0
        yield ("", "Estimate", *(("Std. Error", "t value", "Pr(>|t|)") if determined else ()))
        estimates, errors = flat(leaves(self.x)), flat(leaves(self.standard_errors))
        with np.errstate(all="ignore"):
            ratios = estimates / errors
        for name, estimate, error, t in zip(self.names[:MANY], estimates, errors, ratios):
            p = two_sided(float(t), self.degrees_of_freedom) if determined else math.nan
            yield (name, f"{estimate:.6g}", *((f"{error:.4g}", f"{t:.4g}", f"{p:.3g}") if determined else ()))

    def _notes(self) -> Iterator[str]:
        """What stands below the table."""
        n, k = len(self.names), self.degrees_of_freedom
        if n > MANY:
            yield f"and {n - MANY} more parameters"
        if k > 0:
            plural = "" if k == 1 else "s"
            yield f"Residual standard error: {self.residual_standard_deviation:.4g} on {k} degree{plural} of freedom"
            if free := [name for name, is_free in zip(self.names, self._undetermined) if is_free]:
                yield f"Not determined by the residuals: {', '.join(free[:MANY])}"
        else:
            yield f"No standard errors: {self.residuals.size} residuals leave no degrees of freedom for {n} parameters"
        yield f"Sum of squares: {self.value:.6g} after {self.steps} steps, {self.evaluations} evaluations"

    def __repr__(self) -> str:
        rows = list(self._rows())
        widths = [max(map(len, column)) for column in zip(*rows)]
        table = ["  ".join(f"{cell:{'>' if i else '<'}{widths[i]}}" for i, cell in enumerate(row)) for row in rows]
        return "\n".join([f"{self.method}  {self.reason}", "", *table, "", *self._notes()])


# -- names -------------------------------------------------------------------------------------


def names(f: Callable[..., Any], x0: Any, over: Unknowns) -> tuple[str, ...]:
    """What the unknowns are called: keys of a dict, arguments of f, parameters of a module."""
    if isinstance(over, Parameters):
        return tuple(name for label, value in _parameters(x0, over) for name in _labelled(label, value.data))
    assert isinstance(over, Start)
    if isinstance(over.like, dict):
        return tuple(_labelled("", over.like))
    arguments = _arguments(f)
    if over.spread:
        return tuple(name for pair in zip(arguments, over.like, strict=False) for name in _labelled(*pair))
    return tuple(_labelled(arguments[0], over.like))


def _arguments(f: Callable[..., Any]) -> list[str]:
    """The names of f's arguments, at least one."""
    try:
        return list(inspect.signature(f).parameters) or ["x"]
    except (TypeError, ValueError):  # some functions written in C do not tell
        return ["x"]


def _parameters(x0: Any, over: Parameters) -> Iterator[tuple[str, Value]]:
    known = {id(value): name for name, value in x0.named_parameters()} if hasattr(x0, "named_parameters") else {}
    for i, value in enumerate(over.values):
        yield known.get(id(value)) or value.name or f"parameter {i}", value


def _labelled(label: str, tree: Any) -> Iterator[str]:
    """One name for each number in a structure:   a, a[0], a[1, 2], a.key."""
    if isinstance(tree, dict):
        for key, entry in tree.items():
            yield from _labelled(f"{label}.{key}" if label else str(key), entry)
    elif isinstance(tree, tuple):
        keys = getattr(tree, "_fields", None)
        for i, entry in enumerate(tree):
            yield from _labelled(f"{label}.{keys[i]}" if keys else f"{label}[{i}]", entry)
    else:
        for index in np.ndindex(shape_of(tree)):
            yield f"{label}[{', '.join(map(str, index))}]" if index else label

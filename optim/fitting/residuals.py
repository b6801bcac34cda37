"""The function that is fitted: residuals r(x), their Jacobian J = ∂r/∂x, and R(x) = Σᵢ rᵢ².

The lecture's R(θ) is the sum of squares itself, not half of it; so its gradient is 2·Jᵀr.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable, Sequence
from itertools import cycle
from typing import Any, ClassVar, NamedTuple

import numpy as np

from autodiff import Value, concatenate, no_grad, ravel, reshape
from autodiff.differentiation.evaluation import Evaluation
from autodiff.differentiation.jacobians import matrices
from autodiff.differentiation.structure import leaves
from autodiff.ops.plain import raw
from autodiff.values.data import shape_of
from autodiff.values.lazy import holds_tasks
from autodiff.values.modes import differentiating
from autodiff.values.value import data_of

from ..compiled import Compiled, Counted, Evaluated, Traced
from ..derivatives import ByChainRule, Derivatives, Known, Numerical, Product, by_differences
from ..objective import Objective, Point
from ..unknowns import Unknowns, Vector, flat

# -- where residuals and their Jacobian come from ----------------------------------------------


class Residuals(Derivatives):
    """Residuals as one vector of m entries, their Jacobian as one matrix of shape (m, n)."""

    @abstractmethod
    def linearised(self, x: Vector) -> tuple[Vector, Callable[[], Vector]]:
        """r(x), and the function that computes J(x)."""

    def vector(self, x: Vector) -> Vector:
        """r(x), without a graph."""
        with no_grad():
            return flat([raw(part) for part in _parts(self.over.plain(self.f, x))])

    def value(self, x: Vector) -> float:
        """R(x) = Σ rᵢ²."""
        r = self.vector(x)
        return float(r @ r)

    def value_and_gradient(self, x: Vector) -> tuple[float, Vector]:
        """R(x) and 2·Jᵀr."""
        r, jacobian = self.linearised(x)
        return float(r @ r), 2.0 * (r @ jacobian())

    def curvature(self, x: Vector) -> Product:
        """The function v ↦ 2·JᵀJ·v: the Hessian of R, less the curvature of the residuals."""
        jacobian = self.linearised(x)[1]()
        return lambda v: np.asarray(2.0 * ((jacobian @ v) @ jacobian))


class ByEngine(Residuals, ByChainRule):
    """By the chain rule, by rows or columns, whichever is cheaper (see `autodiff.jacobian`)."""

    def __init__(self, f: Counted, over: Unknowns) -> None:
        super().__init__(f, over)
        self.compiled = Compiled(f, over, _linearisation, _as_arrays, self._eagerly)

    def linearised(self, x: Vector) -> tuple[Vector, Callable[[], Vector]]:
        """r(x), and the function that computes J(x), from the recorded graph or by the program."""
        found = self.compiled.at(x)
        return found.value, found.derivatives

    def _eagerly(self, x: Vector) -> Evaluated:
        with differentiating():
            call = self.over.call(self.f, x, False)
            output = _joined(call.output)
        self.seen = isinstance(output, Value) and not output.constant
        residuals = raw(output)
        return Evaluated(
            np.array(residuals, np.float64),
            lambda: np.asarray(_matrix(call, output), np.float64),
            lambda: flat(call.gradient(output, residuals)),
        )


def _linearisation(f: Callable[..., Any], over: Unknowns) -> Traced:
    """What a program computes of what it is given: residuals and their Jacobian."""

    def linearised(*given: Any) -> tuple[Any, Any]:
        with differentiating():
            call = over.traced(f, *given)
            output = _joined(call.output)
            return output.detach(), _matrix(call, output)

    return linearised


def _as_arrays(residuals: Any, jacobian: Any) -> tuple[Vector, Vector]:
    return np.array(residuals, np.float64), np.asarray(jacobian, np.float64)


class ByDifferences(Residuals):
    """By central differences: 2n evaluations.   hᵢ = ε^(1/3)·|xᵢ|, so that no scale is preferred."""

    failures: ClassVar = Numerical.failures

    def linearised(self, x: Vector) -> tuple[Vector, Callable[[], Vector]]:
        """r(x), and the function that estimates J(x)."""
        reach = self.over.epsilon ** (1 / 3) * np.where(x, np.abs(x), 1.0)
        return self.vector(x), lambda: by_differences(self.vector, x, reach)


class KnownJacobian(Residuals, Known):
    """By a function of the user's that takes what the residuals take, and returns their Jacobian."""

    def linearised(self, x: Vector) -> tuple[Vector, Callable[[], Vector]]:
        """r(x), and the function that computes J(x), each by its function."""
        r = self.vector(x)
        return r, lambda: self._jacobian(x, r.size)

    def _jacobian(self, x: Vector, m: int) -> Vector:
        """One matrix of what may be, as from `autodiff.jacobian`, an array per output and unknown."""
        parts = [*map(np.asarray, self.parts(x))]
        whole = [part.shape for part in parts] == [(m, x.size)]
        shapes = [(x.size,)] if whole else [shape_of(part) for part in leaves(self.over.tree(x))]
        jacobian = _in_blocks(parts, shapes)
        if jacobian is None or jacobian.shape != (m, x.size):
            got = ", ".join(str(part.shape) for part in parts)
            raise ValueError(
                f"derivative: the function must return the Jacobian of {m} residuals by {x.size} unknowns, "
                f"an array of shape ({m}, {x.size}), got {got or 'nothing'}"
            )
        return jacobian


def _in_blocks(parts: Sequence[Vector], shapes: Sequence[tuple[int, ...]]) -> Vector | None:
    """The derivatives of each output by unknowns of these shapes as one matrix; None if they are not that."""
    pairs = [*zip(parts, cycle(shapes), strict=False)]
    n = len(shapes)
    if not pairs or len(pairs) % n or any(part.shape[part.ndim - len(of) :] != of for part, of in pairs):
        return None
    blocks = [part.reshape(-1, math.prod(of)) for part, of in pairs]
    try:
        return np.asarray(np.block([blocks[i : i + n] for i in range(0, len(blocks), n)]), np.float64)
    except ValueError:
        return None


def _parts(output: Any) -> list[Any]:
    """The numbers and arrays that the function returned."""
    if any(holds_tasks(data_of(part)) for part in leaves(output)):
        raise TypeError(
            "least_squares: the residuals are a dask array, and their Jacobian would be many times as large; "
            'minimize(f, x0, "l-bfgs") takes their sum of squares'
        )
    if parts := leaves(output):
        return parts
    raise TypeError(f"the function must return residuals, a number or an array of them; got {output!r}")


def _joined(output: Any) -> Any:
    """What the function returned as one vector."""
    parts = [ravel(part) for part in _parts(output)]
    return parts[0] if len(parts) == 1 else concatenate(parts)


def _matrix(call: Evaluation, output: Any) -> Any:
    """The Jacobian of a vector by all unknowns, side by side."""
    with differentiating():
        return concatenate([reshape(x, (output.size, -1)) for x in matrices(call, output)], axis=1)


# -- the sum of squares as an objective --------------------------------------------------------


class Located(Point):
    """A point with its residuals r, (m,), and their Jacobian J, (m, n)."""

    residuals: Vector
    jacobian: Vector

    @classmethod
    def of(cls, x: Vector, residuals: Vector, jacobian: Vector) -> Located:
        """The point with R = Σ r² and its gradient 2·Jᵀr."""
        with np.errstate(all="ignore"):
            point = cls(x, float(residuals @ residuals), 2.0 * (residuals @ jacobian))
        point.residuals, point.jacobian = residuals, jacobian
        return point


class Candidate(NamedTuple):
    """Residuals at x, and how to get their Jacobian: one evaluation serves both."""

    x: Vector
    residuals: Vector
    differentiated: Callable[[], Vector]

    @property
    def value(self) -> float:
        """R(x); nan or infinite where a residual is."""
        with np.errstate(all="ignore"):
            return float(self.residuals @ self.residuals)

    def located(self) -> Located:
        """With the Jacobian; nan where it cannot be computed."""
        try:
            with np.errstate(all="ignore"):
                return Located.of(self.x, self.residuals, self.differentiated())
        except Derivatives.failures:
            return Located.of(self.x, self.residuals, np.full((self.residuals.size, self.x.size), np.nan))


class SumOfSquares(Objective):
    """R(x) = Σ rᵢ(x)², counted and with its start."""

    kinds: ClassVar = {"exact": ByEngine, "numerical": ByDifferences}
    known: ClassVar = KnownJacobian
    derivatives: Residuals
    start: Located

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.start.residuals.size == 1 < self.n:
            raise ValueError(
                f"least_squares: the function returned one number for {self.n} unknowns; "
                "return all residuals, without squaring and summing them"
            )

    def trial(self, x: Vector) -> Candidate:
        """The residuals at x; nan where they cannot be computed, and where x is not finite."""
        nothing = np.full_like(self.start.residuals, np.nan)
        nowhere = Candidate(x, nothing, lambda: np.outer(nothing, x))
        if not np.isfinite(x).all():
            return nowhere
        try:
            with np.errstate(all="ignore"):
                trial = Candidate(x, *self.derivatives.linearised(x))
        except self.derivatives.failures:
            return nowhere
        if trial.residuals.size != self.start.residuals.size:
            raise ValueError(
                f"the function returned {self.start.residuals.size} residuals at the start, but "
                f"{trial.residuals.size} at {self.over.tree(x)!r}; there must be as many at any point"
            )
        return trial

    def at(self, x: Vector) -> Located:
        """The point at x; its value is nan where the residuals cannot be computed."""
        return self.trial(x).located()

    def _located(self, x: Vector) -> Located:
        residuals, jacobian = self.derivatives.linearised(x)
        return Located.of(x, residuals, jacobian())

    def _fault(self, point: Point) -> str:
        """What is not finite at the start, if anything."""
        assert isinstance(point, Located)
        bad = np.flatnonzero(~np.isfinite(point.residuals))
        if bad.size:
            first = f"residual {bad[0]} is {point.residuals[bad[0]]}"
            return f"{bad.size} of the {point.residuals.size} residuals are not finite (the first: {first})"
        if not np.isfinite(point.value):
            return "the sum of squares overflows"
        return "" if point.finite else "the Jacobian of the residuals is not finite"

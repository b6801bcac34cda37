"""A function with its gradient at a point, and the gradient's comparison with differences.

For outputs yₖ, seeds uₖ and a direction v in one argument x, the gradient ḡ must have

    Σₖ ⟨uₖ, yₖ(x + h·v) − yₖ(x − h·v)⟩ / 2h  →  ⟨ḡ, v⟩     as h → 0.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import Any, NamedTuple

import numpy as np

from ..differentiation.engine import gradients
from ..differentiation.reverse import ancestors
from ..values import modes
from ..values.data import Data, canonical, dtype_of, shape_of
from ..values.value import Value
from .difference import extrapolated, kink
from .flattening import Subject, Vector, flat
from .report import Comparison

__all__ = ["Level", "Measured", "Tolerance", "level_at", "pulled", "random_like"]

EPSILON, TINY = float(np.finfo(np.float64).eps), float(np.finfo(np.float64).tiny)

NOISE = 10.0
"""Of one-sided differences, beside what a sure one may be wrong by."""

REFUSED = (ArithmeticError, ValueError)
"""What a function may raise outside its domain."""


class Tolerance(NamedTuple):
    """What the caller asked for; None follows the dtype."""

    rtol: float | None = None
    atol: float | None = None


class Measured(NamedTuple):
    """Both derivatives along a direction v, and the error that is allowed.

    `usual` is what a difference that is sure may be wrong by; `doubt`, how uncertain this one is, counted in
    that; `length`, that of v beside the usual one if it was measured strictly, for a function that may be
    small; `hidden` says that the error is allowed only because a small function may come from large numbers.
    """

    v: Data
    length: float | None
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
        """The error beside the derivatives themselves."""
        largest = max(abs(self.analytic), abs(self.numeric))
        return self.error / largest if largest > 0.0 else 0.0


@dataclass(frozen=True)
class Level:
    """A function to be checked at a point; of order n, the gradient function of that of order n − 1.

    `reached` says of which arguments the graph of the outputs contains a node.
    """

    subject: Subject
    point: list[Data]
    order: int
    asked: Tolerance
    seeds: list[Data]
    gradient: list[Data]
    values: Vector
    reached: list[bool]

    def shifted(self, scale: float, rng: np.random.Generator) -> Level | None:
        """The function as far away as `scale` says; None where it or its gradient is not finite."""
        moved = [x + scale * (random_like(x, rng) * self.size(i)) for i, x in enumerate(self.point)]
        try:
            with np.errstate(all="ignore"):
                level = level_at(self.subject, moved, self.order, self.asked, rng)
        except REFUSED:
            return None
        finite = np.isfinite(level.values).all() and np.isfinite(flat(level.gradient)).all()
        return level if finite else None

    def next(self, rng: np.random.Generator) -> Level:
        """The gradient as a function of this level's arguments and seeds."""
        n = len(self.point)

        def gradient(*arguments: Value) -> tuple[Any, ...]:
            xs, seeds = arguments[:n], arguments[n:]
            with modes.differentiating():
                return tuple(pulled(self.subject.outputs(xs), xs, seeds, record=True))

        f = "f" + "′" * (self.order - 1)
        indices = [f"[{k}]" for k in range(len(self.seeds))] if len(self.seeds) > 1 else [""]
        names = self.subject.names + [f"seed of {f}{index}" for index in indices]
        subject = Subject(gradient, names, [*self.subject.own, *(None for _ in self.seeds)])
        return level_at(subject, self.point + self.seeds, self.order + 1, self.asked, rng)

    def require_shapes(self) -> None:
        """Raise AssertionError where a gradient has not the shape of its argument."""
        for name, x, g in zip(self.subject.names, self.point, self.gradient, strict=True):
            if shape_of(g) != shape_of(x):
                raise AssertionError(
                    f"check_gradients: the gradient of order {self.order} with respect to {name!r} has shape "
                    f"{shape_of(g)}, its argument {shape_of(x)}; a rule must return the shape of its argument"
                )

    @cached_property
    def epsilon(self) -> float:
        """Precision of the coarsest dtype involved."""
        dtypes = [dtype_of(x) for x in (*self.point, *self.seeds)]
        return max(EPSILON, *(float(np.finfo(dtype).eps) for dtype in dtypes))

    @property
    def rtol(self) -> float:
        """Error to allow, beside the size of a derivative."""
        return float(self.epsilon ** (1 / 3)) if self.asked.rtol is None else self.asked.rtol

    @cached_property
    def _seed(self) -> Vector:
        return flat(self.seeds)

    def floor(self, least: float = 1.0) -> float:
        """Error to allow where a derivative is 0: rounding of the outputs over a step."""
        return self._magnitude(least) * float(self.epsilon ** (2 / 3))

    def _magnitude(self, least: float) -> float:
        """Size of Σ ⟨seed, output⟩; at least 1 as a rule: it may come from larger numbers."""
        return max(least, float(np.abs(self._seed * self.values).sum()))

    def size(self, i: int) -> Data:
        """Scale of the steps, entry by entry, so that x ± h·v is rounded by little."""
        return canonical(np.maximum(np.abs(self.point[i]), dtype_of(self.point[i]).type(1.0)))

    # -- measuring -----------------------------------------------------------------------------

    def outputs_at(self, i: int, step: Data) -> Vector:
        """The outputs as argument i makes a step; nan where f refuses, or returns other shapes."""
        outputs = self._tried(i, step)
        if isinstance(outputs, Exception) or outputs.shape != self.values.shape:
            return np.full_like(self.values, np.nan)
        return outputs

    def refusal(self, i: int, step: Data) -> str | None:
        """What f raises as argument i makes a step, in words."""
        outputs = self._tried(i, step)
        return f"{type(outputs).__name__}: {outputs}" if isinstance(outputs, Exception) else None

    @np.errstate(all="ignore")
    def _tried(self, i: int, step: Data) -> Vector | Exception:
        moved = [x + step if j == i else x for j, x in enumerate(self.point)]
        try:
            return flat([y.data for y in self.subject.evaluated(moved)[1]])
        except REFUSED as error:
            return error

    @np.errstate(all="ignore")
    def change(self, i: int, step: Data) -> float:
        """Change of Σ ⟨seed, output⟩ as argument i makes a step; nan where f is not finite."""
        return float(((self.outputs_at(i, step) - self.values) * self._seed).sum())

    @np.errstate(all="ignore")
    def _slope(self, i: int, v: Data, h: float) -> float:
        """Central difference along v, as if x ± h·v were exact.

        Of a step that is some ulps long rounding leaves another, the same on both sides. What it differs by
        counts with the gradient as the rules have it: a wrong one is still seen, the step being at most
        half as long again. Without this nothing could be said within 10⁴ ulps of the edge of a domain.
        """
        step = self._rounded(i, h * v, 0.5)
        across = float(((self.outputs_at(i, step) - self.outputs_at(i, -step)) * self._seed).sum())
        return (0.5 * across - float(np.sum(self.gradient[i] * (step - h * v)))) / h

    def _rounded(self, i: int, step: Data, most: float) -> Data:
        """What is left of a step from x; nan where rounding changes an entry by more than that part."""
        left = (self.point[i] + step) - self.point[i]
        return left * np.nan if np.any(np.abs(left - step) > most * np.abs(step)) else left

    def measured(self, i: int, v: Data, length: float | None = None) -> Measured:
        """Both derivatives along v in argument i, strictly where a `length` beside the usual is given."""
        terms = flat([self.gradient[i]]) * flat([v])
        analytic, all_terms = float(terms.sum()), float(np.abs(terms).sum())
        least, rtol = (1.0 if length is None else 0.0), self.rtol
        atol, strict = (self._atol(v, length, smallest) for smallest in (least, 0.0))
        numeric, uncertainty = extrapolated(
            lambda h: self._slope(i, v, h), self.epsilon, self._magnitude(least), rtol, atol
        )
        error, usual = abs(analytic - numeric), atol + rtol * abs(numeric)
        # Errors of rounding add up as a norm does, so that one wrong entry of many is seen.
        beside = rtol * max(float(np.hypot.reduce(terms)) - abs(numeric), 0.0)
        tolerance = usual + beside + min(10.0 * uncertainty, rtol**0.5 * max(all_terms, abs(numeric)))
        doubt = uncertainty / (usual + TINY) if np.isfinite(numeric) else float("inf")
        hidden = tolerance - atol + strict < error <= tolerance
        return Measured(v, length, analytic, numeric, error, tolerance, usual, doubt, hidden)

    def _atol(self, v: Data, length: float | None, least: float) -> float:
        """Error to allow where a derivative along v is 0, of a function that is taken to have that size."""
        if self.asked.atol is not None:
            return self.asked.atol * abs(self.unit(v, length))
        underflow = float(np.finfo(dtype_of(v)).tiny) * float(np.abs(v).sum())
        return self.floor(least) * (length or 1.0) + underflow

    # -- showing -------------------------------------------------------------------------------

    def unit(self, v: Data, length: float | None) -> float:
        """What to count in: the seed or step of what has one entry, to show derivatives themselves."""
        seeds, steps = self._seed, flat([v])
        seed = seeds.sum() if np.count_nonzero(seeds) == 1 else 1.0
        return float(seed * (steps.sum() if np.count_nonzero(steps) == 1 else length or 1.0))

    def comparison(self, i: int, found: Measured) -> Comparison:
        """A row of the report."""
        unit = self.unit(found.v, found.length)
        numbers = found.analytic / unit, found.numeric / unit, found.error / abs(unit)
        return Comparison(self.subject.names[i], self.order, *numbers, found.tolerance / abs(unit))

    def kink(self, i: int, found: Measured) -> str | None:
        """What to say where the slopes on both sides of the point differ."""
        unit = self.unit(found.v, found.length)
        noise = NOISE * found.usual / abs(unit)
        return kink(lambda h: self.change(i, self._rounded(i, found.v * h, 0.01)) / unit, self.epsilon, noise)

    def kink_where_nan(self, i: int) -> str | None:
        """The same where the gradient is nan, so that nothing was measured."""
        tame = replace(self, gradient=[canonical(np.nan_to_num(g)) for g in self.gradient])
        return tame.kink(i, tame.measured(i, self.size(i)))


def level_at(
    subject: Subject, point: list[Data], order: int, asked: Tolerance, rng: np.random.Generator
) -> Level:
    """The function with its values and gradient at the point."""
    xs, outputs = subject.evaluated(point)
    for x, given, name in zip(xs, point, subject.names, strict=True):
        if not np.array_equal(x.data, given, equal_nan=True):
            raise AssertionError(f"check_gradients: f changes its argument {name!r} in place; copy it first")
    data = [y.data for y in outputs]
    seeds = [random_like(y, rng) for y in data]
    known = set[int]().union(*map(ancestors, outputs))
    reached = [x._birth in known for x in xs]
    try:
        gradient = pulled(outputs, xs, seeds, record=False)
    except Exception as error:
        error.add_note(f"check_gradients: the gradient of order {order} could not be computed")
        raise
    level = Level(subject, point, order, asked, seeds, gradient, flat(data), reached)
    level.require_shapes()
    return level


def random_like(x: Data, rng: np.random.Generator) -> Data:
    """Entries in ±[½, 1½], so that none hides an error by being small."""
    shape = shape_of(x)
    entries = rng.choice([-1.0, 1.0], shape) * rng.uniform(0.5, 1.5, shape)
    return canonical(np.asarray(entries, dtype_of(x)))


def pulled(outputs: Sequence[Value], xs: Sequence[Value], seeds: Sequence[Any], record: bool) -> list[Any]:
    """Gradients of Σₖ ⟨seedₖ, outputₖ⟩."""
    parts = [gradients(y, xs, u, create_graph=record) for y, u in zip(outputs, seeds, strict=True)]
    return [reduce(operator.add, each) for each in zip(*parts, strict=True)]

"""A function to be checked, with its values and gradient at a point; and its gradient, as such a function."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any, NamedTuple

import numpy as np

from ..differentiation.engine import gradients
from ..differentiation.reverse import ancestors
from ..values import modes
from ..values.data import Data, canonical, dtype_of, shape_of
from ..values.value import Value
from .failure import FailedCheckError
from .flattening import FlatFunction, Vector, flat

EPSILON = float(np.finfo(np.float64).eps)

REFUSED = (ArithmeticError, ValueError)
"""What a function may raise outside its domain."""


class Tolerance(NamedTuple):
    """What the caller asked for; None follows the dtype."""

    rtol: float | None = None
    atol: float | None = None


@dataclass(frozen=True)
class Linearization:
    """A function at a point, with its values and, for random seeds, its gradient.

    That of order n > 1 is the gradient of the one of order n − 1. `reached` says of which arguments the graph
    of the outputs contains a node.
    """

    function: FlatFunction
    point: list[Data]
    order: int
    asked: Tolerance
    seeds: list[Data]
    gradient: list[Data]
    values: Vector
    reached: list[bool]

    def shifted(self, scale: float, rng: np.random.Generator) -> Linearization | None:
        """The function at a point that is `scale` away; None where it or its gradient is not finite."""
        moved = [x + scale * self.direction(i, rng) for i, x in enumerate(self.point)]
        try:
            with np.errstate(all="ignore"):
                there = linearized(self.function, moved, self.order, self.asked, rng)
        except REFUSED:
            return None
        finite = np.isfinite(there.values).all() and np.isfinite(flat(there.gradient)).all()
        return there if finite else None

    def next(self, rng: np.random.Generator) -> Linearization:
        """The gradient as a function of the arguments and seeds."""
        n = len(self.point)

        def gradient(*arguments: Value) -> tuple[Any, ...]:
            xs, seeds = arguments[:n], arguments[n:]
            with modes.differentiating():
                return tuple(pulled(self.function.outputs(xs), xs, seeds, record=True))

        f = "f" + "′" * (self.order - 1)
        indices = [f"[{k}]" for k in range(len(self.seeds))] if len(self.seeds) > 1 else [""]
        names = self.function.names + [f"seed of {f}{index}" for index in indices]
        function = FlatFunction(gradient, names, [*self.function.own, *(None for _ in self.seeds)])
        return linearized(function, self.point + self.seeds, self.order + 1, self.asked, rng)

    @cached_property
    def epsilon(self) -> float:
        """Precision of the coarsest dtype among arguments and seeds."""
        dtypes = [dtype_of(x) for x in (*self.point, *self.seeds)]
        return max(EPSILON, *(float(np.finfo(dtype).eps) for dtype in dtypes))

    @property
    def rtol(self) -> float:
        """Error to allow, relative to the size of a derivative."""
        return float(self.epsilon ** (1 / 3)) if self.asked.rtol is None else self.asked.rtol

    @cached_property
    def seed(self) -> Vector:
        """All seeds in one row, as the values are."""
        return flat(self.seeds)

    @cached_property
    def terms(self) -> float:
        """Σ |ḡ·z| over all that was recorded, of which each z is rounded."""
        _, outputs = self.function.evaluated(self.point)
        recorded = [z for z in nodes_of(outputs) if z._operation and not isinstance(z._data, tuple)]
        pulls = pulled(outputs, recorded, self.seeds, record=False)
        with np.errstate(all="ignore"):  # of 0·∞ nothing is rounded
            return sum(float(np.nansum(np.abs(g * z._data))) for z, g in zip(recorded, pulls, strict=True))

    def floor(self, least: float = 1.0) -> float:
        """Error to allow where a derivative is 0: rounding of the outputs over a step."""
        return self.magnitude(least) * float(self.epsilon ** (2 / 3))

    def magnitude(self, least: float) -> float:
        """Size of Σ ⟨seed, output⟩; at least 1 as a rule, else that of what cancels in it."""
        return max(least, float(np.abs(self.seed * self.values).sum())) if least else self.terms

    def size(self, i: int) -> Data:
        """Scale of the steps, entry by entry, so that x ± h·v is rounded by little."""
        return canonical(np.maximum(np.abs(self.point[i]), dtype_of(self.point[i]).type(1.0)))

    def direction(self, i: int, rng: np.random.Generator) -> Data:
        """A random direction in argument i, in the scale of the steps."""
        return canonical(random_like(self.point[i], rng) * self.size(i))

    def pieces(self, row: np.ndarray[Any, Any]) -> list[Data]:
        """A row as the values are, taken apart into the shapes and dtypes of the outputs."""
        ends = np.cumsum([np.size(u) for u in self.seeds])[:-1]
        return [
            canonical(piece.astype(dtype_of(u)).reshape(shape_of(u)))
            for piece, u in zip(np.split(row, ends), self.seeds, strict=True)
        ]

    # -- around the point ----------------------------------------------------------------------

    def stepped(self, i: int, step: Data) -> list[Data]:
        """The point as argument i makes a step."""
        return [x + step if j == i else x for j, x in enumerate(self.point)]

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
        try:
            return flat([y.data for y in self.function.evaluated(self.stepped(i, step))[1]])
        except REFUSED as error:
            return error

    @np.errstate(all="ignore")
    def change(self, i: int, step: Data) -> float:
        """Change of Σ ⟨seed, output⟩ as argument i makes a step; nan where f is not finite."""
        return float(((self.outputs_at(i, step) - self.values) * self.seed).sum())


def linearized(
    function: FlatFunction, point: list[Data], order: int, asked: Tolerance, rng: np.random.Generator
) -> Linearization:
    """The function with its values and gradient at the point."""
    xs, outputs = function.evaluated(point)
    for x, given, name in zip(xs, point, function.names, strict=True):
        if not np.array_equal(x.data, given, equal_nan=True):
            raise FailedCheckError(
                f"check_gradients: f changes its argument {name!r} in place; copy it first"
            )
    data = [y.data for y in outputs]
    seeds = [random_like(y, rng) for y in data]
    known = {z._birth for z in nodes_of(outputs)}
    reached = [x._birth in known for x in xs]
    try:
        gradient = pulled(outputs, xs, seeds, record=False)
    except Exception as error:
        error.add_note(f"check_gradients: the gradient of order {order} could not be computed")
        raise
    for name, x, g in zip(function.names, point, gradient, strict=True):
        if shape_of(g) != shape_of(x):
            raise FailedCheckError(
                f"check_gradients: the gradient of order {order} with respect to {name!r} has shape "
                f"{shape_of(g)}, its argument {shape_of(x)}; a rule must return the shape of its argument"
            )
    return Linearization(function, point, order, asked, seeds, gradient, flat(data), reached)


def nodes_of(outputs: Sequence[Value]) -> list[Value]:
    """All variables that the outputs were computed from, the oldest first."""
    known = {birth: z for y in outputs for birth, z in ancestors(y).items()}
    return [known[birth] for birth in sorted(known)]


def random_like(x: Data, rng: np.random.Generator) -> Data:
    """Entries in ±[½, 1½], so that none hides an error by being small."""
    shape = shape_of(x)
    entries = rng.choice([-1.0, 1.0], shape) * rng.uniform(0.5, 1.5, shape)
    return canonical(np.asarray(entries, dtype_of(x)))


def pulled(outputs: Sequence[Value], xs: Sequence[Value], seeds: Sequence[Any], record: bool) -> list[Any]:
    """Gradients of Σₖ ⟨seedₖ, outputₖ⟩."""
    parts = [gradients(y, xs, u, create_graph=record) for y, u in zip(outputs, seeds, strict=True)]
    return [reduce(operator.add, each) for each in zip(*parts, strict=True)]

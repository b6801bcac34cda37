"""Where values and derivatives of a function of a vector come from: the engine, or differences.

The lecture: "We either need to know f′(x) or be able to numerically estimate it. The former is
better if this is possible." Both are here, to be compared.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from autodiff import Value, concatenate, gradients, no_grad, ravel
from autodiff.differentiation.evaluation import number
from autodiff.differentiation.reverse import ancestors
from autodiff.differentiation.structure import leaves
from autodiff.ops.plain import raw
from autodiff.values.lazy import computed, holds_tasks
from autodiff.values.modes import differentiating, inside_derivative

from .box import Bounds
from .compiled import Compiled, Counted, Evaluated, Traced
from .unknowns import Unknowns, Vector, flat

Product = Callable[[Vector], Vector]


def differenced(
    gradient: Callable[[Vector], Vector], x: Vector, precision: float, box: Bounds | None = None
) -> Product:
    """The function v ↦ (∇f(x + hv) − ∇f(x − hv)) / 2h, with h = precision·max(1, |x|)/|v|.

    Where one of both places is outside the box, x takes its place; where both are, h is as much as there is.
    """

    def product(v: Vector) -> Vector:
        h = precision * max(1.0, float(np.max(np.abs(x)))) / (float(np.max(np.abs(v))) or 1.0)
        ahead, behind = (h, -h) if box is None else box.within(x, v, h)
        return np.asarray((gradient(x + ahead * v) - gradient(x + behind * v)) / ((ahead - behind) or 1.0))

    return product


def by_differences(f: Callable[[Vector], Any], x: Vector, reach: Vector, box: Bounds | None = None) -> Vector:
    """The slopes ∂f/∂xᵢ ≈ (f(x + hᵢeᵢ) − f(x − hᵢeᵢ)) / 2hᵢ, along the last axis, for reaches h.

    Both places are in the box, so that slopes at its walls are one-sided, and 0 where x is fixed.
    """
    slopes = []
    for i, h in enumerate(reach):
        above, below = x.copy(), x.copy()
        above[i] += h
        below[i] -= h
        if box is not None:
            above, below = box.nearest(above), box.nearest(below)
        slopes.append((f(above) - f(below)) / ((above[i] - below[i]) or 1.0))
    return np.stack(slopes, axis=-1)


class Derivatives(ABC):
    """What methods ask of a function of a vector."""

    failures: ClassVar[tuple[type[Exception], ...]] = (ArithmeticError, np.linalg.LinAlgError)
    """What f may raise where it has no value: on the way, that counts as nan."""

    products = 10
    """How many products H·v it is worth to ask for the kind of a stationary point; 0 where f is lazy."""

    seen = True
    """Whether f was last computed from x by operations that the engine sees."""

    engine = "eager"
    """What computes: a program, or the engine, and why."""

    def __init__(self, f: Counted, over: Unknowns) -> None:
        self.f, self.over = f, over

    def ask(self, compiled: bool | None) -> None:
        """Whether a program shall compute; None leaves it to when that pays."""
        if compiled:
            raise ValueError(
                'compiled=True is for derivative="exact", of which a program is made; leave it out'
            )

    def outdated(self, x: Vector) -> bool:
        """Whether what was last found at x, or before, is not what f is by now."""
        return False

    def value(self, x: Vector) -> float:
        """f(x), without a graph."""
        with no_grad():
            return float(raw(_one_number(self.over.plain(self.f, x))))

    @abstractmethod
    def value_and_gradient(self, x: Vector) -> tuple[float, Vector]:
        """f(x) and ∇f(x)."""

    @abstractmethod
    def curvature(self, x: Vector) -> Product:
        """The function v ↦ H(x)·v."""


def _one_number(output: Any) -> Any:
    return number(output, "minimize", instead="least_squares")


class ByChainRule(Derivatives):
    """What the engine differentiates, and a program where it is its turn."""

    compiled: Compiled

    @property
    def engine(self) -> str:  # type: ignore[override]
        """Which of them computes, and why."""
        return self.compiled.engine

    def ask(self, compiled: bool | None) -> None:
        """Whether a program shall compute."""
        self.compiled.ask(compiled)

    def outdated(self, x: Vector) -> bool:
        """Whether the program does not compute what f does by now: then the engine does from now on."""
        return self.compiled.outdated(x)


class Exact(ByChainRule):
    """By the chain rule: one reverse pass for the gradient, one more for each H·v."""

    def __init__(self, f: Counted, over: Unknowns) -> None:
        super().__init__(f, over)
        self.nested = inside_derivative()
        self.compiled = Compiled(f, over, _slopes, lambda y, parts: (float(y), flat(parts)), self._eagerly)

    def value_and_gradient(self, x: Vector) -> tuple[float, Vector]:
        """f(x) and ∇f(x)."""
        found = self.compiled.at(x)
        return found.value, found.derivatives()

    def _eagerly(self, x: Vector) -> Evaluated:
        with differentiating():
            call = self.over.call(self.f, x, False)
            y = _one_number(call.output)
            self.seen = isinstance(y, Value) and not y.constant
            if self.nested and self.seen:
                _refuse_others(y, leaves(call.variables))
            if holds_tasks(raw(y)):
                self.products = 0
            value, *gradient = computed([raw(y), *call.gradient(y)])
            return Evaluated.of(float(value), flat(gradient))

    def curvature(self, x: Vector) -> Product:
        """The function v ↦ H(x)·v, over the recorded graph of the gradient."""
        with differentiating():
            call = self.over.call(self.f, x, True)
            parts = call.gradient(_one_number(call.output))
            slope = concatenate([ravel(part) for part in parts])
        if slope.constant:
            return np.zeros_like
        wanted = leaves(call.variables)
        return lambda v: flat(gradients(slope, wanted, v))


def _slopes(f: Callable[..., Any], over: Unknowns) -> Traced:
    """What a program computes of what it is given: f and its gradient."""

    def value_and_gradient(*given: Any) -> tuple[Any, Any]:
        with differentiating():
            call = over.traced(f, *given)
            y = _one_number(call.output)
            return y.detach(), call.gradient(y)

    return value_and_gradient


def _refuse_others(y: Value, variables: list[Value]) -> None:
    """Refuse to cut the chain rule from y to what an outer derivative is taken of."""
    own = set(map(id, variables))
    for value in ancestors(y).values():
        if value._operation is None and id(value) not in own:
            raise TypeError(
                f"f depends on {value.described()}, and a derivative is being taken outside: minimising "
                "would cut the chain rule there; close over value.item() or value.data"
            )


class Numerical(Derivatives):
    """By central differences: 2n evaluations for the gradient, 4n for each H·v.

        ∂f/∂xᵢ ≈ (f(x + hᵢeᵢ) − f(x − hᵢeᵢ)) / 2hᵢ,   hᵢ = ε^(1/3)·max(1, |xᵢ|)

    f may be computed by anything, by `math` too, whose errors count as nan on the way.
    """

    failures: ClassVar = (*Derivatives.failures, ValueError)
    products = 2

    def value_and_gradient(self, x: Vector) -> tuple[float, Vector]:
        """f(x) and the estimate of ∇f(x)."""
        return self.value(x), self._gradient(x, self.over.epsilon ** (1 / 3))

    def _gradient(self, x: Vector, precision: float) -> Vector:
        return by_differences(self.value, x, precision * np.maximum(1.0, np.abs(x)), self.over.box)

    def curvature(self, x: Vector) -> Product:
        """The function v ↦ H(x)·v, by differences of the gradient over ε^(1/4)·max(1, |x|)."""
        precision = self.over.epsilon**0.25
        return differenced(lambda near: self._gradient(near, precision), x, precision, self.over.box)


class Known(Derivatives):
    """By a function of the user's that takes what f takes; H·v by differences of it."""

    def __init__(self, given: Callable[..., Any], f: Counted, over: Unknowns) -> None:
        super().__init__(f, over)
        self.given = given

    def parts(self, x: Vector) -> list[Any]:
        """The numbers and arrays that the user's function returns at x."""
        with no_grad():
            return [raw(part) for part in leaves(self.over.plain(self.given, x))]

    def _gradient(self, x: Vector) -> Vector:
        gradient = flat(self.parts(x))
        if gradient.shape != x.shape:
            raise ValueError(f"derivative: the function must return {x.size} slopes, got {gradient.size}")
        return gradient

    def value_and_gradient(self, x: Vector) -> tuple[float, Vector]:
        """f(x) and ∇f(x), each by its function."""
        return self.value(x), self._gradient(x)

    def curvature(self, x: Vector) -> Product:
        """The function v ↦ H(x)·v, by differences of the gradient over ε^(1/3)·max(1, |x|)."""
        return differenced(self._gradient, x, self.over.epsilon ** (1 / 3), self.over.box)


class Blind(Numerical):
    """For methods that look at values alone: the gradient is nan."""

    def value_and_gradient(self, x: Vector) -> tuple[float, Vector]:
        """f(x), and nan."""
        return self.value(x), np.full_like(x, np.nan)


DERIVATIVES: dict[str, type[Derivatives]] = {"exact": Exact, "numerical": Numerical}

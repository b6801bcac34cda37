"""The function that is minimised, as the methods see it: of a vector, counted, with derivatives."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple, TypeVar

import numpy as np

from autodiff.checking.anomaly import cause_of_nan
from autodiff.settings import chosen, flag

from .bounds import box_of
from .compiled import Counted
from .derivatives import DERIVATIVES, Blind, Derivatives, Known, Product
from .names import names
from .unknowns import Vector, unknowns

Result = TypeVar("Result")


class Point(NamedTuple):
    """A point: x, f(x) and ∇f(x); and which entries the walls of a box hold, if there is one."""

    x: Vector
    value: float
    gradient: Vector
    held: Vector | None = None

    @property
    def slopes(self) -> Vector:
        """The gradient, 0 where a wall holds x."""
        return self.gradient if self.held is None else np.where(self.held, 0.0, self.gradient)

    @property
    def norm(self) -> float:
        """The largest entry of the slopes, in size."""
        return float(np.max(np.abs(self.slopes)))

    @property
    def steepness(self) -> str:
        """The norm in words."""
        projected = self.held is not None and bool(self.held.any())
        return f"the {'projected ' * projected}gradient is {self.norm:.2g}"

    @property
    def finite(self) -> bool:
        """Whether f and its slopes are numbers there."""
        return bool(np.isfinite(self.value) and np.isfinite(self.slopes).all())

    @property
    def on_face(self) -> Point:
        """The point as a method sees it, which moves along the walls that hold it."""
        return self if self.held is None else self._replace(gradient=self.slopes)


class Objective:
    """f with its start."""

    derivatives: Derivatives
    kinds: ClassVar[Mapping[str, type[Derivatives]]] = DERIVATIVES
    known: ClassVar[Callable[..., Derivatives]] = Known

    def __init__(
        self,
        f: Callable[..., Any],
        x0: Any,
        derivative: str | Callable[..., Any] = "exact",
        compiled: bool | None = None,
        bounds: Any = None,
    ) -> None:
        if not callable(f):
            raise TypeError(f"minimize: f must be a function, got {f!r}")
        self.over = unknowns(f, x0)
        self.box = self.over.box = box_of(bounds, self.over, lambda: names(f, x0, self.over))
        self.held: Vector | None = None
        self.spoilt: Vector | None = None
        self._counted = Counted(f)
        self.derivatives = self._kind(derivative)(self._counted, self.over)
        self.derivatives.ask(compiled if compiled is None else flag("compiled", compiled))
        with self.over.kept():
            self.start = self._first()

    def _kind(self, derivative: Any) -> Callable[..., Any]:
        """Where derivatives come from: a name, a function of the user's, or a class."""
        if isinstance(derivative, type):
            return derivative
        if callable(derivative):
            return functools.partial(type(self).known, derivative)
        return chosen("derivative", derivative, self.kinds)

    @property
    def evaluations(self) -> int:
        """How often f was evaluated so far, by its program too, and for differences."""
        return self._counted.calls

    @property
    def n(self) -> int:
        """Number of unknowns."""
        return self.over.start.size

    def _first(self) -> Point:
        """The start. Raises ValueError where f is not finite there, or hides its derivative."""
        x = self.inside(self.over.start)
        with np.errstate(all="ignore"):
            point = self._located(x)
        if not self.derivatives.seen:
            raise ValueError(
                "f returned numbers without a graph, so its derivative is unknown: compute them with "
                "operators and autodiff's or NumPy's functions on x, not on x.data or x.item(); "
                'or take derivative="numerical"'
            )
        if fault := self._fault(point):
            why = self.cause(x)
            raise ValueError(f"{fault} at the start x0 = {self.over.tree(x)!r}{why}; choose another")
        return point

    def _located(self, x: Vector) -> Point:
        value, gradient = self.derivatives.value_and_gradient(x)
        return Point(x, value, gradient, self.box.held(x, gradient) if self.box else None)

    def inside(self, x: Vector) -> Vector:
        """x, or the nearest point in the box."""
        return self.box.nearest(x) if self.box else x

    def _fault(self, point: Point) -> str:
        """What is not finite at the start, if anything."""
        if not np.isfinite(point.value):
            return "f is not finite"
        blind = isinstance(self.derivatives, Blind)
        return "" if blind or point.finite else "the gradient of f is not finite"

    def cause(self, x: Vector) -> str:
        """Which operation, in which line, makes f or its gradient nan or infinite, and what is stable."""
        told = cause_of_nan(lambda: self.derivatives.value_and_gradient(x))
        return f": {told}" if told else ""

    def _tried(self, compute: Callable[[], Result], otherwise: Result) -> Result:
        """What is computed where f has a value."""
        try:
            with np.errstate(all="ignore"):
                return compute()
        except self.derivatives.failures:
            return otherwise

    def at(self, x: Vector) -> Point:
        """The point at x, or the nearest in the box; its value is nan where f cannot be computed."""
        x = self.inside(x)
        point = self._tried(lambda: self._located(x), Point(x, float("nan"), np.full(x.size, np.nan)))
        if np.isfinite(point.value) and not point.finite:
            self.spoilt = x
        return point

    def value(self, x: Vector) -> float:
        """f(x) alone; nan where it cannot be computed."""
        return self._tried(lambda: self.derivatives.value(x), float("nan"))

    def curvature(self, x: Vector) -> Product:
        """The function v ↦ H(x)·v; nan where it cannot be computed."""
        nowhere = np.full(x.size, np.nan)
        product: Product = self._tried(lambda: self.derivatives.curvature(x), lambda v: nowhere)
        held = self.held
        if held is None:
            return lambda v: self._tried(lambda: product(v), nowhere)
        return lambda v: np.where(held, 0.0, self._tried(lambda: product(np.where(held, 0.0, v)), nowhere))

    def hessian(self, x: Vector) -> Vector:
        """H(x), (n, n), symmetric; that of the identity, times its size, for entries that walls hold."""
        hessian = self.assembled(self.curvature(x))
        if self.held is not None:
            hessian[self.held, self.held] = float(np.max(np.abs(hessian))) or 1.0
        return hessian

    def assembled(self, product: Product) -> Vector:
        """The symmetric matrix, (n, n), of which products with vectors are given."""
        rows = np.stack([product(unit) for unit in np.eye(self.n)])
        return np.asarray((rows + rows.T) / 2.0)

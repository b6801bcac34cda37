"""Which derivative of which function somebody wrote down, and what it comes to at a point."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from inspect import Parameter
from operator import add
from typing import Any

import numpy as np

from ...differentiation.evaluation import positions_in
from ...differentiation.signatures import BY_POSITION, parameters_of
from ...differentiation.structure import leaves, leaves_like, mapped, named_leaves
from ...text.notation import visible
from ...values.data import Data, Shape, as_data, canonical, shape_of
from ...values.modes import differentiating
from ...values.value import Value, data_of
from .tape import Tape


@dataclass(frozen=True)
class Question:
    """A function of Values, a formula for its derivative, and with respect to which arguments it is one.

    `formula` takes what f takes, as plain numbers and arrays, and returns the gradient of the sum of what f
    returns, in the shapes of the arguments; with `jacobian` all derivatives, in the shapes of output and
    argument one after the other.
    """

    f: Callable[..., Any]
    formula: Callable[..., Any]
    argnums: int | tuple[int, ...] = 0
    jacobian: bool = False

    @cached_property
    def parameters(self) -> list[Parameter]:
        """The parameters of f; none where they are not known."""
        return parameters_of(self.f) or []

    def names(self, count: int) -> list[str]:
        """The names of the first arguments of f; x1, x2 … of those that have none."""
        names = [p.name for p in self.parameters if p.kind in BY_POSITION][:count]
        return names + [f"x{k}" for k in range(len(names) + 1, count + 1)]

    def at(self, *point: Any) -> Attempt:
        """What engine and formula give at a point. Raises what f raises there."""
        return Attempt(self, point)

    def positions(self, count: int) -> list[int]:
        """The arguments that are differentiated, of so many. Raises ValueError where there are fewer."""
        return [i % count for i in positions_in(self.argnums, count)]


class Attempt:
    """What engine and formula give at a point.

    The `variables` have the names of parameters, unless they have names of their own; `structure` is what
    the gradient is to look like.
    """

    def __init__(self, question: Question, point: Sequence[Any]) -> None:
        positions = question.positions(len(point))
        self.question = question
        self.point = tuple(mapped(_plain, x) if i in positions else x for i, x in enumerate(point))
        names = question.names(len(self.point))
        arguments = [
            _named(x, name, i in positions) for i, (x, name) in enumerate(zip(self.point, names, strict=True))
        ]
        chosen = tuple(arguments[i] for i in positions)
        self.structure = chosen[0] if isinstance(question.argnums, int) else chosen
        self.variables: list[Value] = leaves(self.structure)
        with differentiating():
            self.root = _joined(question.f(*arguments), question.jacobian)

    @cached_property
    def tape(self) -> Tape:
        """The function recorded here; of a Jacobian one row is looked at, of weighted outputs."""
        seed = np.ones(self.root.shape)
        if self.question.jacobian:
            seed = np.random.default_rng(1).uniform(0.5, 2.0, self.root.shape)
        return Tape(self.root, self.variables, canonical(seed.astype(self.root.dtype)))

    @property
    def names(self) -> list[str]:
        """What the variables are called."""
        return [visible(str(x.name)) for x in self.variables]

    @property
    def right(self) -> list[Data]:
        """The gradient with respect to each variable, by the engine."""
        return self.tape.right

    @cached_property
    def returned(self) -> list[Data]:
        """What the formula gives, for each variable, as it is."""
        found = _by_ieee(self.question.formula, [mapped(_copied, x) for x in self.point])
        return [as_data(data_of(g)) for g in leaves_like(found, self.structure, "gradient")]

    @cached_property
    def claimed(self) -> list[Data]:
        """The same as the engine's gradient is: of a Jacobian one row; nan where the shape is wrong."""
        return [
            self._row(g, x) if self.fits(g, x) else canonical(np.full(x.shape, np.nan))
            for g, x in zip(self.returned, self.variables, strict=True)
        ]

    def expected(self, x: Value) -> Shape:
        """The shape of the derivative with respect to a variable."""
        return (*self.root.shape, *x.shape) if self.question.jacobian else x.shape

    def fits(self, g: Data, x: Value) -> bool:
        """Whether a derivative has the shape that it must have; one number is a constant derivative."""
        return shape_of(g) in ((), self.expected(x))

    def _row(self, g: Data, x: Value) -> Data:
        full = np.broadcast_to(g, self.expected(x))
        seed = self.tape.seed
        return canonical(np.tensordot(seed, full, np.ndim(seed)) if self.question.jacobian else full)

    # -- elsewhere -----------------------------------------------------------------------------

    def shifted(self, steps: Sequence[Data]) -> Attempt:
        """The same at a point with a step added to each variable."""
        moved = iter([canonical(x._data + step) for x, step in zip(self.variables, steps, strict=True)])
        point = list(self.point)
        for i in self.question.positions(len(point)):
            point[i] = mapped(lambda _: next(moved), point[i])
        return Attempt(self.question, point)

    def total(self) -> float:
        """The sum of what f returned, weighted as in the row of a Jacobian."""
        return float(np.sum(self.tape.seed * self.root.data))

    # -- comparison ----------------------------------------------------------------------------

    @property
    def is_sound(self) -> bool:
        """Whether f and the engine's gradient are nowhere nan, so that there is something to compare."""
        return not any(np.isnan(x).any() for x in (self.root.data, *self.right))

    def tolerance(self, g: Data) -> float:
        """The relative error that is rounding, or cancellation in a formula that is right."""
        return float(np.finfo(np.asarray(g).dtype).eps ** 0.4)

    def same(self, k: int, found: Data, than: Data, rtol: float | None = None) -> Any:
        """Which entries of two gradients of a variable are the same, up to rounding on the way to them."""
        rtol = self.tolerance(than) if rtol is None else rtol
        close = _close(found, than, rtol, 0.0)
        if not np.all(close):
            eps = np.finfo(np.asarray(than).dtype).eps
            close = _close(found, than, rtol, 1e3 * float(eps) * self.tape.largest)
        return close

    def wrong(self, rtol: float | None = None) -> list[int]:
        """Which variables' derivatives are wrong here."""
        pairs = enumerate(zip(self.claimed, self.right, strict=True))
        return [k for k, (claimed, right) in pairs if not np.all(self.same(k, claimed, right, rtol))]


@np.errstate(all="ignore")
def _by_ieee(formula: Callable[..., Any], point: Sequence[Any]) -> Any:
    """A formula of numbers, by NumPy's where Python's divide by zero, overflow or leave the domain."""
    try:
        return formula(*point)
    except (ArithmeticError, ValueError):
        return formula(*(mapped(lambda x: np.float64(x) if type(x) is float else x, part) for part in point))


@np.errstate(all="ignore")
def _close(a: Data, b: Data, rtol: float, floor: float) -> Any:
    larger = np.maximum(np.abs(a), np.abs(b))
    return np.equal(a, b) | (np.isfinite(larger) & (np.abs(np.subtract(a, b)) <= rtol * larger + floor))


# -- arguments and results -------------------------------------------------------------------------


def _plain(x: Any) -> Any:
    """A variable as numbers that can be moved; a Value keeps its name."""
    return x if isinstance(x, Value) else as_data(x)


def _copied(x: Any) -> Any:
    """Data that a formula may write into, as one with += does, without moving the point."""
    data = data_of(x)
    return data.copy() if isinstance(data, np.ndarray) else data


def _named(tree: Any, name: str, differentiated: bool) -> Any:
    """An argument as variables with names; floats that are not differentiated as constants."""
    names = iter([place for place, _ in named_leaves(tree, name)])

    def held(x: Any) -> Any:
        own, given = next(names), x.name if isinstance(x, Value) else None
        if differentiated:
            return Value(data_of(x), given or own)
        plain = isinstance(x, (float, np.ndarray)) and np.asarray(x).dtype.kind == "f"
        return Value(x, own, constant=True) if plain else x

    return mapped(held, tree)


def _joined(output: Any, single: bool) -> Value:
    """One Value of all that f returned: itself, or the sum of several."""
    parts = [x if isinstance(x, Value) else Value(x, constant=True) for x in leaves(output)]
    if not parts:
        raise TypeError(f"f must return numbers or arrays, got {output!r}")
    if single and len(parts) > 1:
        raise ValueError(f"jacobian=True: f must return one number or array, got {len(parts)} of them")
    return parts[0] if len(parts) == 1 else reduce(add, (x.sum() for x in parts))

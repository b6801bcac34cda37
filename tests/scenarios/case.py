"""A case: a function at a point, what eager code makes of it, and how exact that is."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

import autodiff as ad
from autodiff import Value
from autodiff.testing import Expression
from autodiff.values.data import Data, shape_of

from .conditioning import blurred, meaningful, slack, towers
from .modes import LeftOut

FLOOR = 1e-12
"""What rounding is granted on a kink, where it cannot be measured."""


@dataclass(eq=False)
class Case:
    """A function of numbers and arrays, and a point; `text` and `code` are for its reader."""

    f: Callable[..., Any]
    inputs: tuple[Data, ...]
    names: tuple[str, ...]
    operations: tuple[str, ...]
    text: str
    code: str
    kinks: bool = False

    @classmethod
    def of(cls, e: Expression) -> Case:
        """An expression as a case."""
        return cls(e, e.inputs, e.names, e.operations, e.text, e.code, e.kinks)

    # -- the function --------------------------------------------------------------------------

    @cached_property
    def weights(self) -> Any:
        """Numbers that tell the entries of the result apart; None where it is a number."""
        shape = shape_of(self.f(*self.inputs))
        size = int(np.prod(shape))
        return np.cos(1.0 + np.arange(float(size))).reshape(shape) if shape else None

    @cached_property
    def loss(self) -> Callable[..., Any]:
        """The function itself, or where it returns an array, one number of it."""
        f, weights = self.f, self.weights
        if weights is None:
            return f
        return lambda *xs: ad.sum(f(*xs) * weights)

    @property
    def argnums(self) -> tuple[int, ...]:
        """The positions of all arguments."""
        return tuple(range(len(self.inputs)))

    def leaves(self, inputs: Sequence[Data] | None = None) -> list[Value]:
        """Variables at the point, or at another."""
        points = self.inputs if inputs is None else inputs
        return [Value(x, name) for x, name in zip(points, self.names, strict=True)]

    def recorded(self, inputs: Sequence[Data] | None = None) -> tuple[Value, list[Value]]:
        """The loss with its graph, and the leaves."""
        xs = self.leaves(inputs)
        y = self.loss(*xs)
        return (y if isinstance(y, Value) else Value(y, constant=True)), xs

    # -- numbers that belong to the case -------------------------------------------------------

    def rng(self, purpose: str = "") -> np.random.Generator:
        """Random numbers that are the same whenever this case comes up."""
        return np.random.default_rng(zlib.crc32(f"{self.text}{purpose}".encode()))

    def direction(self, purpose: str = "") -> tuple[Any, ...]:
        """A direction in the space of the inputs."""
        rng = self.rng(purpose)
        return tuple(rng.uniform(-1.0, 1.0, size=np.shape(x) or None) for x in self.inputs)

    def moved(self, step: float, direction: Sequence[Any] | None = None) -> tuple[Data, ...]:
        """The point, so far along a direction."""
        along = self.direction() if direction is None else direction
        return tuple(x + step * u for x, u in zip(self.inputs, along, strict=True))

    # -- what eager code gives -----------------------------------------------------------------

    def tower(self, order: int) -> list[list[Any]]:
        """[value], gradient, Hessian times direction …: computed once for each order."""
        floors: list[list[Any]] = self._towers[order][0]
        return floors

    def slack(self, order: int) -> list[float]:
        """What rounding may make of the topmost of them."""
        slacks: list[float] = self._towers[order][1][order]
        return slacks

    @property
    def value(self) -> Any:
        """The loss at the point."""
        return self.tower(1)[0][0]

    @property
    def gradient(self) -> list[Any]:
        """Its gradient there, one entry per input."""
        return self.tower(1)[1]

    @property
    def slacks(self) -> list[float]:
        """What rounding may make of the value and each gradient."""
        return [*self._towers[1][1][0], *self._towers[1][1][1]]

    def must_be_conditioned(self, order: int) -> None:
        """Raise LeftOut where rounding may make anything of derivatives of this order."""
        if not all(self._towers[order][2]):
            raise LeftOut("ill-conditioned")

    @cached_property
    def _towers(self) -> _Towers:
        return _Towers(self)


class _Towers(dict[int, Any]):
    """Towers of each order, their slacks, and whether they mean anything; made when asked for."""

    def __init__(self, case: Case) -> None:
        self.case = case

    def __missing__(self, order: int) -> Any:
        case = self.case
        y, xs = case.recorded()
        directions = case.direction()
        exact = towers(y, xs, directions, order)
        if case.kinks:  # the numbers there are simple, and what is off is on one side
            slacks = [[FLOOR] * len(floor) for floor in exact]
        else:
            off = towers(blurred(y, case.rng("blurred")), xs, directions, order)
            slacks = [slack(a, b) for a, b in zip(exact, off, strict=True)]
        means = [meaningful(a, b) for a, b in zip(slacks, exact, strict=True)]
        plain = [[x.data if isinstance(x, Value) else x for x in floor] for floor in exact]
        self[order] = plain, slacks, means
        return self[order]

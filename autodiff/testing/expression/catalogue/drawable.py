"""Drawable: an operation as `expressions` draws it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from ....values.data import Data, Shape
from ...domains import ANY, Domain

Spellings: TypeAlias = Sequence[str] | Callable[..., Sequence[str]]

SHAPES: tuple[Shape, ...] = (
    (), (2,), (3,), (1,), (2, 3), (2, 2), (3, 1), (1, 2), (3, 3), (2, 1, 2), (1, 2, 3), (2, 2, 2),
)  # fmt: skip
"""Shapes of inputs, simple ones first."""

ROWS = tuple(shape for shape in SHAPES if math.prod(shape) > 1)
"""Those of several entries."""


def broadcastable(shape: Shape) -> tuple[Shape, ...]:
    """Shapes that broadcast with this one: of fewer axes, of length 1, and of more axes."""
    found: list[Shape] = [shape, (), shape[1:], (*shape[:-1], 1), (1, *shape[1:])] if shape else [()]
    if len(shape) < 3:
        found.append((2, *shape))
    if shape[-1:] == (1,):
        found.append((*shape[:-1], 3))
    return tuple(dict.fromkeys(found))


def alike(shape: Shape) -> tuple[Shape, ...]:
    """The same shape only."""
    return (shape,)


def fitting(fits: Callable[..., object], spellings: Sequence[str]) -> Callable[..., Sequence[str]]:
    """Spellings as a function of the operands' shapes: none where these do not fit."""
    return lambda *shapes: spellings if fits(*shapes) else ()


@dataclass(frozen=True, eq=False)
class Drawable:
    """An operation that `expressions` draws: how it is written, and what its operands must be.

    spellings  how it is written in its operands x, y and z: `["np.tanh(x)", "x.tanh()"]`; or a function of
               their shapes that returns such a list, empty where the shapes do not fit. Each spelling is one
               operation, in which operands come first: np.log(x), not np.log(1 + x)
    domains    that of each operand
    family     elementwise, reductions, shaping, indexing, selection, products or linear_algebra
    corners    where the first operand has a kink
    gap        `gap(*data)`: how far operands are from kinks otherwise, as from ties, entry by entry
    unique     whether equal entries of the first operand are a kink
    jump       whether the value jumps at the kink: it is never drawn there
    regular    whether the first operand must be a regular matrix: A·Aᵀ + diag(1, 2, …) is taken of a matrix A
    shapes     those of a first operand that is drawn anew, simple ones first
    others     those of further operands, given that of the first
    function   what the name means in a spelling, where it is neither NumPy's nor this library's
    weight     how often it is drawn, compared with others

    >>> swish = Drawable("swish", ["swish(x)"], function=lambda x: x / (1.0 + 2.0**-x))
    """

    name: str
    spellings: Spellings
    domains: tuple[Domain, ...] = (ANY,)
    family: str = "elementwise"
    corners: tuple[float, ...] = ()
    gap: Callable[..., Data] | None = None
    unique: bool = False
    jump: bool = False
    regular: bool = False
    shapes: tuple[Shape, ...] = SHAPES
    others: Callable[[Shape], Sequence[Shape]] = broadcastable
    function: Callable[..., Any] | None = None
    weight: int = 1

    def __repr__(self) -> str:
        return f"<drawable {self.name}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))  # hypothesis shows all fields of a dataclass otherwise

    def spelled(self, *shapes: Shape) -> Sequence[str]:
        """The ways to write it for operands of these shapes."""
        return self.spellings(*shapes) if callable(self.spellings) else self.spellings

    def takes(self, shape: Shape) -> bool:
        """Whether a first operand may have this shape."""
        if not callable(self.spellings):
            return True
        rest = len(self.domains) - 1
        partners = self.others(shape) if rest else [shape]
        return any(self.spellings(shape, *[other] * rest) for other in partners)

    @property
    def kinked(self) -> bool:
        """Whether it has kinks."""
        return bool(self.corners or self.gap)

    def distances(self, *data: Data) -> Data:
        """How far operands are from kinks, entry by entry; none where there is no kink."""
        found = [np.ravel(np.abs(np.subtract(data[0], corner))) for corner in self.corners]
        found += [np.ravel(self.gap(*data))] if self.gap else []
        return np.concatenate([[], *found])

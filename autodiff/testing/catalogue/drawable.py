"""Drawable: an operation as `expressions` draws it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from ...values.data import Data, Shape
from ..strategies import REAL, Domain

Spellings: TypeAlias = Callable[..., Sequence[str]]

SMALL: tuple[Shape, ...] = (
    (), (2,), (3,), (1,), (2, 3), (2, 2), (3, 1), (1, 2), (3, 3), (2, 1, 2), (1,2,3), (2, 2, 2),
)  # fmt: skip
"""Shapes of inputs, simple ones first."""


def broadcastable(shape: Shape) -> list[Shape]:
    """Shapes of another operand that an elementwise operation takes beside one of this shape."""
    others = [shape, (), shape[1:], tuple(1 for _ in shape), (1, *shape[1:]), (*shape[:-1], 1)]
    if len(shape) < 3:
        others += [(2, *shape)]
        others += [(*shape[:-1], 3)] if shape[-1:] == (1,) else []
    return list(dict.fromkeys(others))


@dataclass(frozen=True, eq=False)
class Drawable:
    """An operation that can be drawn, with what its operands must be.

    `spellings` are the ways to write it in its operands x, y and z, or a function of their shapes that
    returns them, none where the shapes do not fit. `domains` has one domain for each operand.
    `gap(*data)` is how far a point is from the nearest kink; `shapes` are those of a first operand that is
    drawn anew, `others` those of a second, given the first. A user's own `function` is written by its name.
    """

    name: str
    spellings: Sequence[str] | Spellings
    domains: tuple[Domain, ...] = (REAL,)
    family: str = "elementwise"
    gap: Callable[..., float] | None = None
    corners: tuple[float, ...] = ()
    unique: bool = False
    jump: bool = False
    shapes: tuple[Shape, ...] = SMALL
    others: Callable[[Shape], Sequence[Shape]] = broadcastable
    function: Callable[..., Any] | None = None

    def __repr__(self) -> str:
        return f"<drawable {self.name}>"

    def spelled(self, *shapes: Shape) -> Sequence[str]:
        """The ways to write it for operands of these shapes."""
        return self.spellings(*shapes) if callable(self.spellings) else self.spellings

    def spelled_for(self, shape: Shape) -> bool:
        """Whether a first operand may have this shape."""
        if not callable(self.spellings):
            return True
        if len(self.domains) == 1:
            return bool(self.spellings(shape))
        return any(self.spellings(shape, other) for other in self.others(shape))

    def distance(self, *data: Data) -> float:
        """How far operands are from the nearest kink."""
        corner = min((float(np.min(np.abs(np.subtract(data[0], c)))) for c in self.corners), default=math.inf)
        return corner if self.gap is None else min(corner, self.gap(*data))

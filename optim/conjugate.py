"""Conjugate gradients: steepest descent that remembers its last direction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Unpack

from .descent import Direction, descend
from .objective import Point
from .result import Result
from .run import Options, Run
from .step_rule import StepSize, Wolfe, step_rule
from .unknowns import Vector

__all__ = ["conjugate_gradient"]

POWELL = 0.2
"""Gradients with a larger cosine than this are no longer near orthogonal: time to begin afresh."""


class Conjugate(Direction):
    """d_i = −g_i + β·d_{i−1},   β = max(0, g_iᵀΔg / d_{i−1}ᵀΔg),   Δg = g_i − g_{i−1}   (Hestenes, Stiefel).

    Polak's and Ribière's, where searches along lines are exact; where they are not, this d_i is still
    conjugate to d_{i−1}:   d_iᵀΔg = 0.
    """

    def __init__(self) -> None:
        self.last: Vector | None = None
        self.beta = 0.0

    def __call__(self, point: Point) -> Vector:
        """The direction, downhill in any case."""
        d = -point.gradient
        if self.last is not None:
            conjugate = d + self.beta * self.last
            d = conjugate if conjugate @ point.gradient < 0.0 else d
        self.last = d
        return d

    def learn(self, old: Point, new: Point) -> None:
        """β from the change of the gradient; 0 where gradients are far from orthogonal (Powell)."""
        square = float(new.gradient @ new.gradient)
        if abs(float(new.gradient @ old.gradient)) >= POWELL * square:
            self.beta = 0.0
        else:
            change = new.gradient - old.gradient
            bend = float(self.last @ change) if self.last is not None else 0.0
            self.beta = max(0.0, float(new.gradient @ change) / bend) if bend > 0.0 else 0.0

    def forget(self) -> bool:
        """Go straight downhill next; whether that is a change."""
        remembered = self.last is not None and self.beta > 0.0
        self.last, self.beta = None, 0.0
        return remembered


def conjugate_gradient(
    f: Callable[..., Any], x0: Any, s: StepSize = None, **options: Unpack[Options]
) -> Result:
    """Minimise f along conjugate directions, by Hestenes and Stiefel.

    Exact for a quadratic function of n unknowns after n steps, with the memory of one direction.
    f, x0 and options as in `steepest_descent`; s is a strong Wolfe search with c₂ = 0.1.

    >>> conjugate_gradient(lambda x: (x[0] - 1) ** 2 + 10 * (x[1] - 2) ** 2, [0.0, 0.0]).x.round(6)
    array([1., 2.])

    J. Nocedal and S. J. Wright, Numerical Optimization (2006), section 5.2.
    """
    run = Run("conjugate gradient", f, x0, **options)
    return descend(run, Conjugate(), step_rule(s, Wolfe(c2=0.1)))

"""L-BFGS: BFGS from its last few steps alone, for many unknowns."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from numbers import Integral
from typing import Any, Unpack

from autodiff.settings import required

from .descent import Direction, descend
from .objective import Point
from .quasi_newton import bent_up, flatness
from .result import Result
from .run import Options, Run
from .step_rule import StepSize, Wolfe, step_rule
from .unknowns import Vector

__all__ = ["l_bfgs"]


class Recent(Direction):
    """d = −B·g, with B the BFGS matrix of the last steps, applied without being formed.

    The two-loop recursion: J. Nocedal, Math. Comp. 35 (1980), 773–782.
    """

    def __init__(self, memory: int) -> None:
        self.pairs: deque[tuple[Vector, Vector, float]] = deque(maxlen=memory)

    def __call__(self, point: Point) -> Vector:
        """The direction."""
        d, weights = -point.gradient, []
        for dx, dg, curvature in reversed(self.pairs):
            weight = float(dx @ d) / curvature
            weights.append(weight)
            d = d - weight * dg
        if self.pairs:
            dx, dg, _ = self.pairs[-1]
            d = d * flatness(dx, dg)
        for (dx, dg, curvature), weight in zip(self.pairs, reversed(weights), strict=True):
            d = d + (weight - float(dg @ d) / curvature) * dx
        return d

    def learn(self, old: Point, new: Point) -> None:
        """Remember the step, if f bent up along it."""
        dx, dg = new.x - old.x, new.gradient - old.gradient
        if bent_up(dx, dg):
            self.pairs.append((dx, dg, float(dx @ dg)))
            self.unit = True

    def forget(self) -> bool:
        """Go straight downhill next; whether that is a change."""
        remembered = bool(self.pairs)
        self.pairs.clear()
        self.unit = False
        return remembered


def l_bfgs(
    f: Callable[..., Any],
    x0: Any,
    *,
    memory: int = 10,
    s: StepSize = None,
    **options: Unpack[Options],
) -> Result:
    """Minimise f by BFGS with the memory of the last steps: 2·memory·n numbers.

    f, x0 and options as in `steepest_descent`; s is a strong Wolfe search with c₂ = 0.9.

    >>> l_bfgs(lambda x: ((x - 3.0) ** 4).sum() + (x**2).sum(), [0.0] * 50).x[:3].round(6)
    array([2., 2., 2.])

    Raises ValueError for a memory below 1.

    J. Nocedal and S. J. Wright, Numerical Optimization (2006), section 7.2.
    """
    counts = isinstance(memory, Integral) and memory >= 1
    required(counts, "the memory", "a whole number of steps, at least 1", memory)
    return descend(Run("L-BFGS", f, x0, **options), Recent(memory), step_rule(s, Wolfe()))

"""L-BFGS: BFGS from its last few steps alone, for many unknowns."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Unpack

import numpy as np

from .descent import descend
from .objective import Point
from .result import Result
from .step_rule import StepRule, Wolfe
from .unknowns import Vector
from .way import Options, Way

__all__ = ["l_bfgs"]


class Recent:
    """d = −B·g, with B the BFGS matrix of the last steps, applied without being formed.

    The two-loop recursion: J. Nocedal, Math. Comp. 35 (1980), 773–782.
    """

    def __init__(self, memory: int) -> None:
        self.pairs: deque[tuple[Vector, Vector, float]] = deque(maxlen=memory)

    @property
    def unit(self) -> bool:
        """Once a step is known."""
        return bool(self.pairs)

    def __call__(self, point: Point) -> Vector:
        """The direction."""
        d, weights = -point.gradient, []
        for dx, dg, curvature in reversed(self.pairs):
            weight = float(dx @ d) / curvature
            weights.append(weight)
            d = d - weight * dg
        if self.pairs:
            _, dg, curvature = self.pairs[-1]
            d = d * (curvature / float(dg @ dg))
        for (dx, dg, curvature), weight in zip(self.pairs, reversed(weights), strict=True):
            d = d + (weight - float(dg @ d) / curvature) * dx
        return d

    def learn(self, old: Point, new: Point) -> None:
        """Remember the step, if the curvature along it was positive."""
        dx, dg = new.x - old.x, new.gradient - old.gradient
        curvature = float(dx @ dg)
        if curvature > np.finfo(np.float64).eps * float(np.linalg.norm(dx) * np.linalg.norm(dg)):
            self.pairs.append((dx, dg, curvature))

    def forget(self) -> bool:
        """Go straight downhill next; whether that is a change."""
        remembered = bool(self.pairs)
        self.pairs.clear()
        return remembered


def l_bfgs(
    f: Callable[..., Any],
    x0: Any,
    memory: int = 10,
    rule: StepRule | None = None,
    **options: Unpack[Options],
) -> Result:
    """Minimise f by BFGS with the memory of the last steps: 2·memory·n numbers.

    f, x0 and options as in `steepest_descent`; `rule` is a strong Wolfe search with c₂ = 0.9.

    >>> l_bfgs(lambda x: ((x - 3.0) ** 4).sum() + (x**2).sum(), np.zeros(50)).x[:3].round(6)
    array([2., 2., 2.])

    Raises ValueError for a memory below 1.

    J. Nocedal and S. J. Wright, Numerical Optimization (2006), section 7.2.
    """
    if memory < 1:
        raise ValueError(f"the memory must be at least 1 step, got {memory!r}")
    return descend(Way("L-BFGS", f, x0, **options), Recent(memory), Wolfe() if rule is None else rule)

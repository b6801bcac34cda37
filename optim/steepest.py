"""Steepest descent, the lecture's algorithm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Unpack

from .descent import Direction, descend
from .objective import Point
from .result import Result
from .step_rule import Backtracking, StepSize, step_rule
from .unknowns import Vector
from .way import Options, Way

__all__ = ["steepest_descent"]


class Steepest(Direction):
    """Straight downhill:   d = −∇f(x)."""

    def __call__(self, point: Point) -> Vector:
        """The negative gradient."""
        return -point.gradient


def steepest_descent(
    f: Callable[..., Any], x0: Any, s: StepSize = None, **options: Unpack[Options]
) -> Result:
    """Minimise f by steps downhill.   x_{i+1} = x_i − s_i·∇f(x_i)

    f     a function of a number, an array or a tuple of arrays, of which it returns one number
    x0    where to start: a number, an array (a list counts as one) or a tuple of them; or a module,
          for an f without arguments
    s     the step size: a number, or a rule, Constant, Decaying, Adaptive, Backtracking, Wolfe or
          BarzilaiBorwein, or a rule's name; Backtracking() if not given

    Further options: see `Options` and `Stopping`.

    >>> steepest_descent(lambda x: (x - 3.0) ** 2, 0.0, s=0.5).x
    3.0

    Raises ValueError where f is not finite at x0, and for a step size of 0 or below.
    """
    way = Way("steepest descent", f, x0, **options)
    return descend(way, Steepest(), step_rule(s, Backtracking()))

"""Steepest descent, the lecture's algorithm; and conjugate gradients, which remember the last direction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Unpack

from .descent import Direction, descend, walk
from .kinds import lanczos, with_warning
from .objective import Point
from .options import Options
from .result import Result
from .run import Run
from .step_rule import Backtracking, Constant, Decaying, StepRule, StepSize, Wolfe, step_rule
from .stopping import Ending
from .unknowns import Vector

PRODUCTS = 50
"""Products H·v that may be spent on the largest eigenvalue of the Hessian."""

POWELL = 0.2
"""Gradients with a larger cosine than this are no longer near orthogonal: time to begin afresh."""


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
    s     the step size: a number, a function of the step's number, or a rule, Constant, Decaying,
          Adaptive, Backtracking, Wolfe or BarzilaiBorwein, or its name; Backtracking() if not given

    Further options: see `Options` and `Stopping`.

    >>> steepest_descent(lambda x: (x - 3.0) ** 2, 0.0, s=0.5).x
    3.0

    Raises ValueError where f is not finite at x0, and for a step size of 0 or below.
    """
    run = Run("steepest descent", f, x0, **options)
    rule = step_rule(s, Backtracking())
    return run.finish(lambda: with_warning(run, _explained(walk(run, Steepest(), rule), run, rule)))


def _explained(ending: Ending, run: Run, rule: StepRule) -> Ending:
    """With the bound on the step size, where a fixed one was above it."""
    astray = ending.reason.startswith(("diverged", "cycling"))
    if not astray or not isinstance(rule, (Constant, Decaying)):
        return ending
    n, x, s = run.objective.n, run.best.x, rule.size(run.steps)
    found = lanczos(run.objective.curvature(x), n, PRODUCTS)
    if found is None or not (curvature := float(found.sizes[-1])) * s >= 2.0:
        return ending
    second = f"f″({x[0]:.4g})" if n == 1 else "λ, with λ the largest eigenvalue of the Hessian"
    return ending._replace(
        reason=f"{ending.reason}; the step size s = {s:.4g} is not below the bound of the best point "
        f"seen, 2/{second} = {2.0 / curvature:.3g}"
    )


# -- conjugate gradients ---------------------------------------------------------------------


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

"""Least squares: Gauss-Newton and Levenberg-Marquardt, which see the residuals behind the sum."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Protocol, Unpack

import numpy as np
from numpy.typing import NDArray

from autodiff.choice import chosen

from .gauss_newton import Halving
from .levenberg import Region
from .linear_model import Model, Proposal, column_norms
from .objective import Point
from .regression import Fit
from .naming import listed, names
from .residuals import Located, SumOfSquares
from .stopping import Ending
from .unknowns import Vector
from .way import ROUNDING, Options, Way

__all__ = ["least_squares"]

SMALL = 1e-8
"""What is below this part of the whole has come down to rounding, where no step helps any more."""

STUCK = "stuck: no step lowers the sum of squares, though its gradient is not 0; is it smooth here?"


class Fitting(Way):
    """A way along points with residuals and Jacobians, measured in the units of the columns of J.

    `scale` is D, the largest norm that each column had so far. The rules are MINPACK's, and do not
    change with the units of residuals and parameters.
    """

    sees: ClassVar[type[SumOfSquares]] = SumOfSquares
    objective: SumOfSquares
    point: Located
    best: Located

    def __init__(self, method: str, f: Callable[..., Any], x0: Any, **options: Any) -> None:
        super().__init__(method, f, x0, **options)
        self.scale = column_norms(self.point.jacobian)
        self.names = names(f, x0, self.objective.over)

    def to(self, point: Point, size: float) -> None:
        """Take a step."""
        super().to(point, size)
        self.recent[-1] = Point(*point)  # Jacobians are large: no more of them are kept than needed
        self.scale = np.maximum(self.scale, column_norms(self.point.jacobian))

    def length(self, v: Vector) -> float:
        """‖D·v‖."""
        return float(np.linalg.norm(self.scale * v))

    def at_rest(self) -> Ending | None:
        """Whether gradient, step or decrease say that there is no further to go."""
        point, old, rules = self.point, self.previous, self.rules
        if point.value == 0.0:
            return self._converged("all residuals are 0")
        if (cosine := steepness(point)) <= rules.gtol:
            return self.stationary(f"the gradient, as a cosine, is {cosine:.2g}, at most {rules.gtol:g}")
        if old is None:
            return None
        if self.length(point.x - old.x) <= rules.xtol * self.length(point.x):
            return self.stationary(f"the step is at most xtol = {rules.xtol:g} of x")
        if 0.0 <= old.value - point.value <= rules.ftol * old.value:
            return self.stationary(f"the sum of squares fell by no more than ftol = {rules.ftol:g} of it")
        return None

    def stationary(self, reason: str) -> Ending:
        """Convergence, unless unknowns do nothing."""
        if idle := [name for name, flat in zip(self.names, self._idle(), strict=True) if flat]:
            return Ending(False, f"flat: R does not change with {listed(idle)} around here; {reason}")
        return self._converged(reason)

    def _converged(self, reason: str) -> Ending:
        return Ending(True, f"converged{'' if self.steps else ' at the start'}: {reason}")

    def _idle(self) -> NDArray[np.bool_]:
        """Which unknowns do nothing, here and some way off."""
        x = self.point.x
        idle: NDArray[np.bool_] = ~self.point.jacobian.any(axis=0)
        reach = 1e-3 * idle * np.maximum(1.0, np.abs(x))
        if idle.any() and any(
            self.objective.value(x + side * reach) != self.point.value for side in (-1.0, 1.0)
        ):
            return np.zeros_like(idle)
        return idle

    def exhausted(self) -> Ending:
        """No smaller sum of squares can be found from here."""
        return self.stationary("no further decrease is possible")


def steepness(point: Located) -> float:
    """The largest |cosine| between the residuals and a column of J.   max_j |Jⱼᵀr| / (‖Jⱼ‖·‖r‖)"""
    norms = column_norms(point.jacobian)
    columns = point.jacobian / np.where(norms > 0.0, norms, 1.0)
    return float(np.max(np.abs(point.residuals @ columns))) / float(np.linalg.norm(point.residuals))


# -- safeguarded steps -------------------------------------------------------------------------


class Steps(Protocol):
    """How far to go by the linear model."""

    def propose(self, model: Model) -> Proposal:
        """A step to try."""

    def learn(self, step: Proposal, actual: float) -> bool:
        """Take notice of the part of R by which it fell; whether that is enough for the step to be taken."""


def descend(way: Fitting, steps: Steps) -> Ending:
    """Go where the sum of squares falls, until the way ends."""
    while not (ending := way.ended()):
        there = _improved(way, steps)
        if isinstance(there, Ending):
            return there
        way.to(there, 1.0)
    return ending


def _improved(way: Fitting, steps: Steps) -> Located | Ending:
    """The next point: steps are tried until one leads down."""
    here = way.point
    model = Model(here, way.scale)
    first = step = steps.propose(model)
    while _moves(step, here):
        trial = way.objective.trial(here.x + step.p)
        actual = 1.0 - trial.value / here.value
        if steps.learn(step, actual):
            if (there := trial.located()).finite:
                return there
            steps.learn(step, -np.inf)
        if ending := _negligible(way, step, actual):
            return ending
        step = steps.propose(model)
    small = first.promised <= SMALL or first.length <= SMALL * way.length(here.x)
    return way.exhausted() if small else Ending(False, STUCK)


def _moves(step: Proposal, here: Located) -> bool:
    """Whether a step changes more than rounding."""
    return bool(np.any(np.abs(step.p) > ROUNDING * np.abs(here.x)))


def _negligible(way: Fitting, step: Proposal, actual: float) -> Ending | None:
    """Whether a step that did not lead down was too small to matter."""
    rules = way.rules
    if step.promised <= rules.ftol and abs(actual) <= rules.ftol:
        return way.stationary(f"the sum of squares falls by no more than ftol = {rules.ftol:g} of it")
    if step.length <= rules.xtol * way.length(way.point.x):
        return way.stationary(f"the step is at most xtol = {rules.xtol:g} of x")
    return None


# -- plain steps -------------------------------------------------------------------------------


def go(way: Fitting) -> Ending:
    """Take full steps to the minimum of the linear model, wherever they lead."""
    while not (ending := way.ended()):
        model = Model(way.point, way.scale)
        if model.s.size < way.objective.n:
            return _singular(way, model.s.size)
        there = way.objective.at(way.point.x + model.step().p)
        if not there.finite:
            return way.not_finite(there)
        way.to(there, 1.0)
    return ending


def _singular(way: Fitting, rank: int) -> Ending:
    return Ending(
        False,
        f"the Jacobian has rank {rank}, below the {way.objective.n} unknowns, at "
        f"x = {way.objective.over.tree(way.point.x)}, where the Gauss-Newton step is not unique",
    )


# -- the door ----------------------------------------------------------------------------------

METHODS: dict[str, tuple[str, Callable[[Fitting], Ending]]] = {
    "levenberg-marquardt": (
        "Levenberg-Marquardt",
        lambda way: descend(way, Region(way.length(way.point.x))),
    ),
    "gauss-newton": ("Gauss-Newton", lambda way: descend(way, Halving())),
}
PLAIN: dict[str, tuple[str, Callable[[Fitting], Ending]]] = {"gauss-newton": ("Gauss-Newton, plain", go)}
OTHER_NAMES = {"lm": "levenberg-marquardt"}


def least_squares(
    residuals: Callable[..., Any],
    x0: Any,
    method: str = "levenberg-marquardt",
    safeguard: bool = True,
    **options: Unpack[Options],
) -> Fit:
    """Fit parameters: minimise a sum of squares.   R(θ) = Σᵢ rᵢ(θ)²

    residuals  a function of θ that returns what is to be squared and summed: an array of any shape, a
               list of numbers, or one number; for instance `lambda θ: y - f(x, θ)`
    x0         where θ starts: a number, an array (a list counts as one), a tuple (or, for a tuple, so
               many arguments) or dict of them; or a module or a list of Values, for a function without
               arguments, which are left at the best point
    method     "levenberg-marquardt" (scipy's name "lm" works, too), for which a start may be far away;
               or "gauss-newton", whose steps are halved until R falls; with safeguard=False they are
               taken in full, the textbook's plain form

    Further options: see `Options`. The rules of `Stopping` are measured here in ways that do not depend
    on the units of residuals and parameters:

    gtol   every column of the Jacobian is at right angles to the residuals: |cosine| at most 1e-8
    xtol   ‖D·Δθ‖ is at most xtol·‖D·θ‖, where D are the norms of the columns; 1e-15
    ftol   R fell by at most ftol·R; 1e-15

    Returns a Fit: a Result with residuals, Jacobian and standard errors. It prints as R's summary of
    nls does; parameters are named as the keys of a dict, the arguments of the function, or in the module.

    >>> x = np.array([0.0, 1.0, 2.0, 3.0])
    >>> y = np.array([1.0, 3.0, 5.0, 8.0])
    >>> least_squares(lambda a, b: y - (a + b * x), (0.0, 0.0))
    x

    Å. Björck, Numerical Methods for Least Squares Problems (1996), chapter 9; for Levenberg-Marquardt
    see `levenberg`. Raises ValueError for an unknown method, and where residuals or their derivatives
    are not finite at x0.
    """
    key = str(method).lower().replace("_", "-").replace(" ", "-")
    key = OTHER_NAMES.get(key, key)
    label, search = chosen("method", key, METHODS)
    if not safeguard:
        label, search = chosen("method without safeguard", key, PLAIN)
    rules: Options = {"ftol": 1e-15, "xtol": 1e-15, **options}
    way = Fitting(label, residuals, x0, **rules)
    result = way.finish(lambda: search(way))
    outcome = way.point if result.converged else way.best
    return Fit(
        **vars(result),
        residuals=outcome.residuals,
        jacobian=outcome.jacobian,
        names=way.names,
    )

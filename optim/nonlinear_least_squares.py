"""Least squares: Gauss-Newton and Levenberg-Marquardt, which see the residuals behind the sum."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Unpack

import numpy as np

from autodiff.choice import chosen

from .descent import walk
from .levenberg import Model, Proposal, Region, column_norms
from .objective import Point
from .regression import Fit, names
from .residuals import Located, SumOfSquares
from .step_rule import Backtracking, Step
from .stopping import Ending
from .unknowns import Vector
from .way import ROUNDING, Options, Way

__all__ = ["least_squares"]

SMALL = 1e-8
"""What is below this part of the whole has come down to rounding, where no step helps any more."""

STUCK = "stuck: no step lowers the sum of squares, though its gradient is not 0; is it smooth here?"


class Fitting(Way):
    """A way along points with residuals and Jacobians, measured in the units of the columns of J.

    `scale` is D, the largest norm that each column had so far. The rules are those of MINPACK, and
    do not change with the units of residuals and parameters.
    """

    sees: ClassVar[type[SumOfSquares]] = SumOfSquares
    objective: SumOfSquares
    point: Located
    best: Located

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.scale = column_norms(self.point.jacobian)

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
            return Ending(True, "converged: all residuals are 0")
        if (cosine := steepness(point)) <= rules.gtol:
            return self.stationary(f"the gradient, as a cosine, is {cosine:.2g}, at most {rules.gtol:g}")
        if old is None:
            return None
        if self.length(point.x - old.x) <= rules.xtol * self.length(point.x):
            return self.stationary(f"the step is at most xtol = {rules.xtol:g} of x")
        if 0.0 <= old.value - point.value <= rules.ftol * old.value:
            return self.stationary(f"the sum of squares fell by no more than ftol = {rules.ftol:g} of it")
        return None

    def _flat(self) -> bool:
        """Whether some parameters do nothing, here and some way off."""
        idle = ~self.point.jacobian.any(axis=0)
        if not idle.any():
            return False
        reach = 1e-3 * idle * np.maximum(1.0, np.abs(self.point.x))
        return all(self.objective.value(self.point.x + side * reach) == self.point.value for side in (-1.0, 1.0))

    def exhausted(self) -> Ending:
        """No smaller sum of squares can be found from here."""
        return self.stationary("no further decrease is possible")


def steepness(point: Located) -> float:
    """The largest |cosine| between the residuals and a column of the Jacobian.

        max_j |Jⱼᵀr| / (‖Jⱼ‖·‖r‖)
    """
    norms = column_norms(point.jacobian)
    columns = point.jacobian / np.where(norms > 0.0, norms, 1.0)
    return float(np.max(np.abs(point.residuals @ columns))) / float(np.linalg.norm(point.residuals))


# -- Levenberg-Marquardt -----------------------------------------------------------------------


def levenberg_marquardt(way: Fitting, safeguard: bool = True) -> Ending:
    """Steps to the minimum of the linear model, where it can be trusted."""
    region = Region(100.0 * way.length(way.point.x))
    while not (ending := way.ended()):
        step = _improved(way, region)
        if isinstance(step, Ending):
            return step
        way.to(step, 1.0)
    return ending


def _improved(way: Fitting, region: Region) -> Located | Ending:
    """The next point: the region shrinks until a step leads down."""
    here = way.point
    model = Model(here, way.scale)
    first = step = model.step(region.radius)
    if not way.steps:
        region.radius = min(region.radius, step.length)
    while not _invisible(step, here):
        trial = way.objective.trial(here.x + step.p)
        actual = 1.0 - trial.value / here.value
        if region.learn(step, actual):
            if (there := trial.located()).finite:
                return there
            region.learn(step, -np.inf)
        if ending := _negligible(way, step, actual):
            return ending
        step = model.step(region.radius)
    small = first.promised <= SMALL or first.length <= SMALL * way.length(here.x)
    return way.exhausted() if small else Ending(False, STUCK)


def _invisible(step: Proposal, here: Located) -> bool:
    """Whether a step changes nothing but rounding."""
    return bool(np.all(np.abs(step.p) <= ROUNDING * np.abs(here.x)))


def _negligible(way: Fitting, step: Proposal, actual: float) -> Ending | None:
    """Whether a step that did not lead down was too small to matter."""
    rules = way.rules
    if step.promised <= rules.ftol and abs(actual) <= rules.ftol:
        return way.stationary(f"the sum of squares falls by no more than ftol = {rules.ftol:g} of it")
    if step.length <= rules.xtol * way.length(way.point.x):
        return way.stationary(f"the step is at most xtol = {rules.xtol:g} of x")
    return None


# -- Gauss-Newton ------------------------------------------------------------------------------


@dataclass
class Minimum:
    """The step to the minimum of the linear model:   d = −(JᵀJ)⁻¹·Jᵀr, the shortest if there are many."""

    way: Fitting
    safeguard: bool
    unit = True

    def __call__(self, point: Point) -> Vector | Ending:
        """The direction, or that it is not unique."""
        model = Model(self.way.point, self.way.scale)
        if model.s.size < point.x.size and not self.safeguard:
            at = self.way.objective.over.tree(point.x)
            return Ending(
                False,
                f"the Jacobian has rank {model.s.size}, below the {point.x.size} unknowns, at x = {at}, "
                "where the Gauss-Newton step is not unique",
            )
        return model.step(np.inf).p

    def learn(self, old: Point, new: Point) -> None:
        """Nothing: the Jacobian is computed anew."""

    def forget(self) -> bool:
        """There is nothing to forget."""
        return False


def _full(way: Way, d: Vector, unit: bool) -> Step:
    """The whole step, wherever it leads."""
    return Step(1.0, way.objective.at(way.point.x + d))


def gauss_newton(way: Fitting, safeguard: bool) -> Ending:
    """Steps to the minimum of the linear model, halved until the sum of squares falls."""
    return walk(way, Minimum(way, safeguard), Backtracking() if safeguard else _full)


METHODS: dict[str, Callable[[Fitting, bool], Ending]] = {
    "levenberg-marquardt": levenberg_marquardt,
    "gauss-newton": gauss_newton,
}
OTHER_NAMES = {"lm": "levenberg-marquardt", "gn": "gauss-newton"}
DEFAULTS = {"ftol": 1e-15, "xtol": 1e-15}


# -- the door ----------------------------------------------------------------------------------


def least_squares(
    residuals: Callable[..., Any],
    x0: Any,
    method: str = "levenberg-marquardt",
    safeguard: bool = True,
    **options: Unpack[Options],
) -> Fit:
    """Fit parameters: minimise a sum of squares.   R(θ) = Σᵢ rᵢ(θ)²

    residuals  a function of θ, which is like x0; it returns what is to be squared and summed: an
               array of any shape, a list of numbers, or one number. For instance
               `lambda θ: y - f(x, θ)`
    x0         where to start: a number, an array (a list counts as one), a tuple or dict of them; or a
               module or a list of Values, for a function without arguments, which are left at the
               best point
    method     "levenberg-marquardt", for which a start may be far from the minimum, or "gauss-newton",
               whose steps are halved until R falls; with safeguard=False they are full steps, the
               textbook's plain form

    Further options: see `Options`. What `Stopping` measures by size is measured here so that units of
    residuals and parameters do not matter; it stops as soon as one of these holds.

    gtol   every column of the Jacobian is at a right angle to the residuals: |cosine| at most gtol
    xtol   ‖D·Δθ‖ is at most xtol·‖D·θ‖, with D the norms of the columns; 1e-15 if not given
    ftol   R fell by at most ftol·R; 1e-15 if not given

    Returns a Fit, which is a Result, with the residuals, their Jacobian, and the standard errors of the
    parameters; it prints as R's summary of nls does. Names in the table are the keys of a dict, or the
    arguments of the function.

    >>> x = np.array([0.0, 1.0, 2.0, 3.0])
    >>> y = np.array([1.1, 2.9, 5.2, 6.8])
    >>> least_squares(lambda a, b: y - (a + b * x), (0.0, 0.0))
    Levenberg-Marquardt  converged: the gradient, as a cosine, is 2.1e-16, at most 1e-08

    Å. Björck, Numerical Methods for Least Squares Problems (1996), chapter 9; for Levenberg-Marquardt
    see `levenberg`. Raises ValueError where residuals or their Jacobian are not finite at x0, and for
    an unknown method.
    """
    name = str(method).lower().replace("_", "-").replace(" ", "-")
    search = chosen("method", OTHER_NAMES.get(name, name), METHODS)
    if not safeguard and search is not gauss_newton:
        raise ValueError('safeguard=False is a form of method="gauss-newton"; Levenberg-Marquardt has no plain one')
    label = {levenberg_marquardt: "Levenberg-Marquardt", gauss_newton: "Gauss-Newton"}[search]
    way = Fitting(label if safeguard else f"{label}, plain", residuals, x0, **{**DEFAULTS, **options})
    result = way.finish(lambda: search(way, safeguard))
    outcome = way.point if result.converged else way.best
    return Fit(
        **vars(result),
        residuals=outcome.residuals,
        jacobian=outcome.jacobian,
        names=names(residuals, x0, way.objective.over),
    )

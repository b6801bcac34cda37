"""Least squares: Gauss-Newton and Levenberg-Marquardt, which see the residuals behind the sum."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, Unpack

import numpy as np

from autodiff.settings import chosen

from ..options import Options
from ..stopping import Ending
from .levenberg import ENOUGH, Region
from .linear_model import Model, Proposal
from .regression import Fit
from .run import Fitting

# -- safeguarded steps -------------------------------------------------------------------------


class Halving:
    """s·d with the step d to the minimum of the linear model, and s = 1, 1/2, 1/4, … until R falls."""

    def __init__(self) -> None:
        self.s = 1.0

    def propose(self, model: Model) -> Proposal:
        """The step that is to be tried; the model promises a decrease of (2s − s²)·slope."""
        s, step = self.s, model.step()
        return Proposal(s * step.p, s * step.length, (2.0 - s) * s * step.slope, s * step.slope, size=s)

    def learn(self, step: Proposal, actual: float) -> bool:
        """Take notice of the part of R by which it fell; whether that is enough for the step to be taken."""
        enough = actual >= ENOUGH * step.promised
        self.s = 1.0 if enough else self.s / 2.0
        return enough


Steps: TypeAlias = Region | Halving
"""How far to go by the linear model."""


def descend(run: Fitting, steps: Steps) -> Ending:
    """Go where the sum of squares falls, until the run ends."""
    while not (ending := run.ended()):
        if ending := _improve(run, steps):
            return ending
    return ending


def _improve(run: Fitting, steps: Steps) -> Ending | None:
    """Try steps until one leads down; why there is none, if there is none."""
    here, model = run.point, Model(run.point, run.scale)
    while _moves(run, step := steps.propose(model)):
        trial = run.objective.trial(here.x + step.p)
        fall = 1.0 - trial.value / here.value
        if steps.learn(step, fall):
            if (there := trial.located()).finite:
                run.take(there, step)
                return None
            steps.learn(step, -np.inf)
        if reason := run.negligible(step.p, fall, step.promised):
            return run.exhausted(reason)
    return run.exhausted()


def _moves(run: Fitting, step: Proposal) -> bool:
    """Whether a step changes more than rounding, and does not overflow."""
    rounding = 2.0 * run.objective.over.epsilon * np.abs(run.point.x)
    return bool(np.any(np.abs(step.p) > rounding) and np.isfinite(step.p).all())


# -- plain steps -------------------------------------------------------------------------------


def go(run: Fitting) -> Ending:
    """Take full steps to the minimum of the linear model, wherever they lead."""
    while not (ending := run.ended()):
        model = Model(run.point, run.norms)
        if (rank := model.s.size) < run.objective.n:
            return Ending(
                False,
                f"the Jacobian has rank {rank}, below the {run.objective.n} unknowns, at "
                f"x = {run.objective.over.tree(run.point.x)}, where the Gauss-Newton step is not unique",
            )
        step = model.step()
        there = run.objective.at(run.point.x + step.p)
        if not there.finite:
            return run.not_finite(there)
        run.take(there, step)
    return ending


# -- the door ----------------------------------------------------------------------------------

METHODS: dict[str, tuple[str, Callable[[Fitting], Ending]]] = {
    "levenberg-marquardt": (
        "Levenberg-Marquardt",
        lambda run: descend(run, Region(run.length(run.point.x))),
    ),
    "gauss-newton": ("Gauss-Newton", lambda run: descend(run, Halving())),
}
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
    x0         where θ starts: a number, an array (a list counts as one), a tuple (or, for a tuple, that
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
    >>> least_squares(lambda a, b: y - (a + b * x), (0.0, 0.0))  # doctest: +ELLIPSIS
    Levenberg-Marquardt  converged: the gradient, as a cosine, is ..., at most 1e-08
    <BLANKLINE>
       Estimate  Std. Error  t value  Pr(>|t|)
    a       0.8       0.324    2.469     0.132
    b       2.3      0.1732    13.28   0.00562
    <BLANKLINE>
    Residual standard error: 0.3873 on 2 degrees of freedom
    Sum of squares: 0.3 (steps: 1, evaluations: 2)

    Å. Björck, Numerical Methods for Least Squares Problems (1996), chapter 9; for Levenberg-Marquardt
    see `levenberg`. Raises ValueError for an unknown method, and where residuals or their derivatives
    are not finite at x0.
    """
    label, search = chosen("method", OTHER_NAMES.get(str(method).lower(), method), METHODS)
    if not safeguard:
        if label != "Gauss-Newton":
            raise ValueError(
                f"safeguard=False makes the steps of Gauss-Newton full ones; {label} has no plain form"
            )
        label, search = "Gauss-Newton, plain", go
    rules: Options = {"ftol": 1e-15, "xtol": 1e-15, **options}
    run = Fitting(label, residuals, x0, **rules)
    result = run.finish(lambda: search(run))
    outcome = run.point if result.converged else run.best
    known = {**vars(result), "names": run.names}
    return Fit(**known, residuals=outcome.residuals, jacobian=outcome.jacobian, residuals_at=run.residuals_at)

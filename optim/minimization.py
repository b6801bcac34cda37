"""One door to all methods."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autodiff.settings import chosen

from .naive import random_search
from .newton_raphson import newton, newton_cg
from .quasi_newton import bfgs, l_bfgs
from .result import Result
from .steepest import conjugate_gradient, steepest_descent

__all__ = [
    "bfgs",
    "conjugate_gradient",
    "l_bfgs",
    "minimize",
    "newton",
    "newton_cg",
    "random_search",
    "steepest_descent",
]

METHODS: dict[str, Callable[..., Result]] = {
    method.__name__.replace("_", "-"): method
    for method in (steepest_descent, newton, conjugate_gradient, bfgs, l_bfgs, newton_cg, random_search)
}
OTHER_NAMES = {
    "gradient-descent": "steepest-descent",
    "newton-raphson": "newton",
    "cg": "conjugate-gradient",
    "l-bfgs-b": "l-bfgs",
    "naive": "random-search",
}


def minimize(
    f: Callable[..., Any], x0: Any, method: str | Callable[..., Result] = "bfgs", **options: Any
) -> Result:
    """Find a local minimum of f, from x0, by the method of that name.

    f        a function of a number, an array or a tuple of arrays (for a tuple, also a function of that
             many arguments), of which it computes one number with operators and autodiff's or NumPy's
             functions; or, without arguments, a function of the parameters of a module
    x0       where to start: a number, an array (a list counts as one), a tuple or dict of them; or
             the module, or a list of Values, which are left at the best point
    method   "steepest-descent", "newton", "conjugate-gradient", "bfgs", "l-bfgs" (for many unknowns),
             "newton-cg", "random-search", or the function; scipy's "CG", "BFGS", "Newton-CG" work, too
    options  those of the method's function, and of all but the random search, `Options`: derivative="exact"
             or "numerical", gtol, xtol, ftol, max_steps, callback, bounds, path

    To maximise f, minimise −f. Returns a Result, which prints as a table and has `plot()`. Its reason says
    so where the path has ended at a maximum, saddle or kink, and what made f or its gradient nan.

    >>> minimize(lambda x: (x - 3.0) ** 2, 0.0)
    BFGS      converged: the gradient is 0, at most 1e-08
    x         3
    value     0
    gradient  0
    steps     2, 3 evaluations

    Raises ValueError for an unknown method and where f or its gradient is not finite at x0, with the
    operation that made it so; TypeError where f does not return one number.
    """
    if callable(method):
        return method(f, x0, **options)
    if method in ("levenberg-marquardt", "gauss-newton", "lm"):
        raise ValueError(f"{method!r} fits sums of squares: least_squares(residuals, x0, {method!r})")
    return chosen("method", OTHER_NAMES.get(str(method).lower(), method), METHODS)(f, x0, **options)

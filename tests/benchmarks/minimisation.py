"""How often functions are evaluated until a minimum is found, beside scipy with the same derivatives.

The Rosenbrock function of 100 unknowns by BFGS and L-BFGS, to a gradient of 1e-8; a sum of two
exponentials by least squares, to ftol = xtol = 1e-15.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import numpy as np

from autodiff import exp, jacobian, value_and_grad
from optim import bfgs, l_bfgs, least_squares

from .harness import Row, missing
from .rosenbrock import rosenbrock

UNIT = "times the evaluations"
VALLEY = "Rosenbrock, 100 unknowns"
CURVE = "two exponentials, least squares"

STARTS = [np.tile([-1.2, 1.0], 50), np.zeros(100), np.full(100, 2.0), np.linspace(-1.0, 1.0, 100)]

TIMES = np.linspace(0.0, 4.0, 41)
TRUE = np.array([3.0, 0.7, 2.0, 4.0])
GUESSES = np.array([[1, 1, 1, 2], [2, 0.5, 1, 5], [5, 1, 5, 8], [1, 0.1, 1, 1.5], [4, 0.5, 1, 3]], float)


def curve(p: Any) -> Any:
    """p₀·exp(−p₁·t) + p₂·exp(−p₃·t)."""
    return p[0] * exp(-p[1] * TIMES) + p[2] * exp(-p[3] * TIMES)


NOISE = 0.01 * np.random.default_rng(3).normal(size=TIMES.size)
DATA = curve(TRUE) + NOISE


def residuals(p: Any) -> Any:
    """What the curve leaves of the data."""
    return curve(p) - DATA


def rows() -> Iterator[Row]:
    """One figure a start."""
    try:
        scipy: Any = import_module("scipy.optimize")
    except ImportError:
        yield missing(VALLEY, "scipy")
        yield missing(CURVE, "scipy")
        return
    valley, most = value_and_grad(rosenbrock), {"gtol": 1e-8, "maxiter": 20_000}
    for method, peer, options in (
        (bfgs, "BFGS", most),
        (l_bfgs, "L-BFGS-B", most | {"ftol": 0.0, "maxfun": 100_000}),
    ):
        figures = [
            method(rosenbrock, start).evaluations
            / scipy.minimize(valley, start, jac=True, method=peer, options=options).nfev
            for start in STARTS
        ]
        yield Row(VALLEY, f"scipy's {peer}", figures, UNIT, at_most=1.1)
    tolerances = {"ftol": 1e-15, "xtol": 1e-15, "gtol": 1e-15}
    slopes = jacobian(residuals)
    figures = [
        least_squares(residuals, guess).evaluations
        / scipy.least_squares(residuals, guess, slopes, method="lm", **tolerances).nfev
        for guess in GUESSES
    ]
    yield Row(CURVE, 'scipy\'s least_squares, "lm"', figures, UNIT, at_most=1.5)

"""Checking derivatives against finite differences, order by order.

The next order is the same check of the function (x, u) ↦ ḡ, the gradient for a seed u, recorded with
`create_graph`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..settings import not_negative, whole
from .diagnosis import failure_message, first_few, first_not_finite
from .flattening import flat, flattened
from .linearization import Linearization, Tolerance, linearized
from .measurement import kink_where_nan
from .report import Comparison, GradientReport
from .step_size import surest_measurement


def check_gradients(
    f: Callable[..., Any],
    *xs: Any,
    order: int = 2,
    rtol: float | None = None,
    atol: float | None = None,
    seed: int = 0,
) -> GradientReport:
    """Compare the derivatives of f at xs, up to an order, with central differences.

    f takes Values and returns a Value of any shape, or a structure of them; xs are what `grad` takes:
    numbers, arrays, Values, and nested tuples, lists and dicts of them. A module among them, such as a
    network of `nn`, is given to f itself and checked with respect to its own parameters, which are assigned
    meanwhile; frozen ones are left out.

    Each number or array is checked along one random direction, so the numbers reported are sums over
    directions and seeds; at order 1 they are the derivative itself if argument and output are numbers. From
    order 2 on, the seed of the order below, the gradient that enters the rules, is an argument too.

    Steps and tolerances follow the dtype, whose precision is ε: `rtol` is ε^⅓ (6e-6 for float64, 5e-3 for
    float32), `atol` is ε^⅔ times the size of the output, at least 1; the uncertainty of the difference is
    allowed in addition. Steps become shorter where they would lead across the edge of a domain or a pole.

    A central difference sees the mean of the slopes on both sides, so a convention that takes the mean (abs
    at 0, a shared maximum) passes at order 1; its jump is found at order 2. All orders but the last are
    also checked a step away from the point: a derivative of order n that is right at the point alone, or
    wrong by less than rounding there, is found at order n + 1.

    Raises AssertionError, naming argument, worst entry, order and both numbers, where they differ; if a value
    or gradient is not finite; if a rule gives different plain and recorded gradients; and if f gives a
    different value each time, changes an argument in place, or depends on none of its arguments. Raises
    TypeError for arguments and results that are not numbers, ValueError if there is nothing to check.

    >>> check_gradients(lambda x, w: x * w, 2.0, 3.0, order=1).rows[1].passed
    True
    """
    if whole("check_gradients: order", order, -1) < 1 or not xs:
        raise ValueError(f"check_gradients: an order ≥ 1 and an argument are needed, got {order} and {xs}")
    asked = Tolerance(_allowed("rtol", rtol), _allowed("atol", atol))
    rng = np.random.default_rng(seed)
    function, point = flattened(f, xs)
    with function.kept():
        here = linearized(function, point, 1, asked, rng)
        _require_repetition(here)
        rows = _checked(here, rng)
        _require_dependence(here)
        ignored = [name for name, reached in zip(function.names, here.reached, strict=True) if not reached]
        for _ in range(1, order):
            if near := here.shifted(here.epsilon ** (1 / 4), rng):
                # A rule that is right only at the point itself is wrong there.
                _checked(near, rng, ", a step away from the point")
            here = _next(here, rng)
            rows += _checked(here, rng)
    return GradientReport(tuple(rows), tuple(ignored))


def _allowed(name: str, tolerance: float | None) -> float | None:
    return None if tolerance is None else not_negative(f"check_gradients: {name}", tolerance)


def _checked(here: Linearization, rng: np.random.Generator, place: str = "") -> list[Comparison]:
    """A row for each argument. Raises AssertionError at the first that is wrong."""
    _require_finite(here)
    rows = []
    for i in range(len(here.point)):
        found = surest_measurement(here, i, rng)
        if not found.passed:
            _require_repetition(here)
            raise AssertionError(failure_message(found, place, rng))
        rows.append(found.comparison())
    return rows


def _next(here: Linearization, rng: np.random.Generator) -> Linearization:
    """The next order, if recorded gradients are the plain ones."""
    recorded, plain = here.next(rng), flat(here.gradient)
    same = recorded.values.shape == plain.shape and np.allclose(
        recorded.values, plain, here.epsilon ** (1 / 3), here.floor()
    )
    if not same:
        _require_repetition(here)
        raise AssertionError(
            f"check_gradients: derivatives of order {here.order} differ between plain and recorded "
            f"passes: {plain} and {recorded.values}; a rule must do the same on both"
        )
    return recorded


# -- what a function must be -----------------------------------------------------------------------


def _require_finite(here: Linearization) -> None:
    if not np.isfinite(here.values).all():
        raise AssertionError(f"check_gradients: order {here.order}: the function is {here.values}")
    for i, (name, g) in enumerate(zip(here.function.names, here.gradient, strict=True)):
        if bad := first_not_finite(g):
            message = f"check_gradients: gradient of order {here.order} with respect to {name!r}{bad}"
            raise AssertionError("; ".join(filter(None, [message, kink_where_nan(here, i)])))


def _require_repetition(here: Linearization) -> None:
    """The same values at the same point, up to what parallel sums may differ by."""
    again = here.outputs_at(0, 0.0 * here.point[0])
    differing = ~np.isclose(again, here.values, rtol=16.0 * here.epsilon, atol=0.0, equal_nan=True)
    if differing.any():
        k = int(np.argmax(differing))
        what = "f" if here.order == 1 else f"the gradient of order {here.order - 1}"
        raise AssertionError(
            f"check_gradients: {what} gives a different value each time at the same point, "
            f"{here.values[k]:.9g} and then {again[k]:.9g}; make its random numbers from a "
            "fixed seed inside f, keep state out of it, and give a network with dropout in eval mode"
        )


def _require_dependence(here: Linearization) -> None:
    """The result was computed from one of the arguments at least."""
    if any(here.reached):
        return
    raise AssertionError(
        f"check_gradients: f depends on none of its arguments ({first_few(here.function.names)}), "
        "as far as was recorded, so nothing is checked; f gets new Values in place of those given and must "
        "compute with these; to check the parameters of a module give the module itself: "
        "check_gradients(lambda model: loss(model(x)), model)"
    )

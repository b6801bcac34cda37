"""Checking derivatives against finite differences, order by order.

The next order is the same check of the function (x, u) ↦ ḡ, the gradient for a seed u, recorded with
`create_graph`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..settings import flag, not_negative, whole
from .diagnosis import failure_message, first_not_finite
from .failure import FailedCheckError
from .failure_words import first_few
from .findings import Findings
from .flattening import flat, flattened
from .linearization import Linearization, Tolerance, linearized
from .measurement import kink_where_nan
from .report import GradientReport
from .step_size import surest_measurement

HIGHEST = 8
"""Order up to which derivatives are checked: each order has twice as many seeds as the one below."""


def check_gradients(
    f: Callable[..., Any],
    *xs: Any,
    order: int = 2,
    rtol: float | None = None,
    atol: float | None = None,
    seed: int = 0,
    raise_exception: bool = True,
) -> GradientReport:
    """Compare the derivatives of f at xs, up to an order, with central differences.

    f takes Values and returns a Value of any shape, or a structure of them; xs are what `grad` takes:
    numbers, arrays, Values, and nested tuples, lists, dicts and dataclasses of them. A module among them,
    such as a network of `nn`, is given to f itself and checked with respect to its own parameters, which are
    assigned meanwhile; frozen ones are left out (see `check_module`).

    Each number or array is checked along one random direction, so the numbers reported are sums over
    directions and seeds; at order 1 they are the derivative itself if argument and output are numbers. From
    order 2 on, the seed of the order below, the gradient that enters the rules, is an argument too.

    Steps and tolerances follow the dtype, whose precision is ε: `rtol` is ε^⅓ (6e-6 for float64, 5e-3 for
    float32), `atol` is ε^⅔ times the size of the output, at least 1; the uncertainty of the difference is
    allowed in addition. Steps become shorter where they would lead across the edge of a domain, a pole or a
    kink nearby. All orders but the last are also checked a step away from the point: a derivative of order n
    that is right at the point alone, or wrong by less than rounding there, is found at order n + 1; so is one
    that is wrong beside a kink.

    At a point on a kink there is no derivative but a convention: with s₋ and s₊ the slopes on both sides,
    each entry ∂y/∂x between them is right at order 1, any other wrong. So relu′(0) may be 0, ½ or 1, not 2.
    (For Jacobians of at most 40,000 entries in 1000 columns; larger ones fail there.) The function
    itself must have the kink, not only its rules. Beyond order 1 a derivative across it is not compared. Both
    are said in the `notes` of the report, which name the operation whose kink it is.

    Raises AssertionError, naming argument, worst entry, order and both numbers, where they differ, and the
    operation whose rule is wrong if it is wrong by itself; both Jacobians if f has at most 6 outputs and the
    argument at most 8 entries. The same if a value or gradient is not finite; if a rule gives different plain
    and recorded gradients; and if f gives a different value each time, changes an argument in place, or
    depends on none of its arguments. The error has the `report`, which is returned instead where
    `raise_exception` is False; its `plot()` shows larger Jacobians.
    Raises TypeError for arguments and results that are not numbers, ValueError if there is nothing to check.

    >>> check_gradients(lambda x, w: x * w, 2.0, 3.0, order=1).rows[1].passed
    True
    >>> print(check_gradients(abs, 0.0).notes[-1])  # doctest: +ELLIPSIS
    order 2 with respect to 'x' is not compared: absolute of 'x' = 0 is within the step of its kink...
    """
    __tracebackhide__ = True
    if not 1 <= whole("check_gradients: order", order, -1) <= HIGHEST or not xs:
        raise ValueError(
            f"check_gradients: an order from 1 to {HIGHEST} and an argument are needed, got {order} and {xs}"
        )
    asked = Tolerance(_allowed("rtol", rtol), _allowed("atol", atol))
    report = _report(f, xs, order, asked, whole("check_gradients: seed", seed, 0))
    if report.message and flag("check_gradients: raise_exception", raise_exception):
        raise failed(report)
    return report


def failed(report: GradientReport) -> AssertionError:
    """The error of a report; raised where the user called, it has none of our frames in its traceback."""
    error = AssertionError(report.message)
    vars(error)["report"] = report
    return error


def _report(
    f: Callable[..., Any], xs: tuple[Any, ...], order: int, asked: Tolerance, seed: int
) -> GradientReport:
    function, point = flattened(f, xs)
    rng = np.random.default_rng(seed)
    with function.kept():
        try:
            here = linearized(function, point, 1, asked, rng)
        except FailedCheckError as error:
            return GradientReport((), message=str(error))
        found = Findings(here)
        try:
            _compare(here, order, rng, found)
        except FailedCheckError as error:
            return found.report(str(error))
        return found.report()


def _compare(here: Linearization, order: int, rng: np.random.Generator, found: Findings) -> None:
    """Compare all orders. Raises FailedCheckError at the first derivative that is wrong."""
    _require_repetition(here)
    _check(here, rng, found)
    _require_dependence(here)
    for _ in range(1, order):
        for near in _beside(here, rng, on_kink=bool(found.notes)):
            # A rule that is right only at the point itself is wrong there.
            _check(near, rng, Findings(found.first, near))
        here = _next(here, rng)
        _check(here, rng, found)


def _allowed(name: str, tolerance: float | None) -> float | None:
    return None if tolerance is None else not_negative(f"check_gradients: {name}", tolerance)


def _beside(here: Linearization, rng: np.random.Generator, on_kink: bool) -> Iterator[Linearization]:
    """The function a step away from the point; from a kink to both sides."""
    h = here.epsilon ** (1 / 4)
    if on_kink:
        moved = [here.shifted(sign * h, np.random.default_rng(0)) for sign in (1.0, -1.0)]
    else:
        moved = [here.shifted(h, rng)]
    return filter(None, moved)


def _check(here: Linearization, rng: np.random.Generator, found: Findings) -> None:
    """Add a row for each argument. Raises FailedCheckError at the first that is wrong."""
    if not np.isfinite(here.values).all():
        raise FailedCheckError(f"check_gradients: order {here.order}: the function is {here.values}")
    for i, g in enumerate(here.gradient):
        measurement = surest_measurement(here, i, rng) if np.isfinite(g).all() else None
        if found.settles(here, i, measurement):
            continue
        if measurement is None:
            raise FailedCheckError(_not_finite(here, i))
        _require_repetition(here)
        found.rows.append(measurement.comparison())
        raise FailedCheckError(failure_message(measurement, found, rng))


def _next(here: Linearization, rng: np.random.Generator) -> Linearization:
    """The next order, if recorded gradients are the plain ones."""
    recorded, plain = here.next(rng), flat(here.gradient)
    same = recorded.values.shape == plain.shape and np.allclose(
        recorded.values, plain, here.epsilon ** (1 / 3), here.floor()
    )
    if not same:
        _require_repetition(here)
        raise FailedCheckError(
            f"check_gradients: derivatives of order {here.order} differ between plain and recorded "
            f"passes: {plain} and {recorded.values}; a rule must do the same on both"
        )
    return recorded


# -- what a function must be -----------------------------------------------------------------------


def _not_finite(here: Linearization, i: int) -> str:
    message = f"check_gradients: gradient of order {here.order} with respect to {here.function.names[i]!r}"
    return "; ".join(
        filter(None, [f"{message}{first_not_finite(here.gradient[i])}", kink_where_nan(here, i)])
    )


def _require_repetition(here: Linearization) -> None:
    """The same values at the same point, up to what parallel sums may differ by."""
    again = here.outputs_at(0, np.zeros_like(here.point[0]))
    differing = ~np.isclose(again, here.values, rtol=16.0 * here.epsilon, atol=0.0, equal_nan=True)
    if differing.any():
        k = int(np.argmax(differing))
        what = "f" if here.order == 1 else f"the gradient of order {here.order - 1}"
        raise FailedCheckError(
            f"check_gradients: {what} gives a different value each time at the same point, "
            f"{here.values[k]:.9g} and then {again[k]:.9g}; make its random numbers from a "
            "fixed seed inside f, keep state out of it, and give a network with dropout in eval mode"
        )


def _require_dependence(here: Linearization) -> None:
    """The result was computed from one of the arguments at least."""
    if any(here.reached):
        return
    raise FailedCheckError(
        f"check_gradients: f depends on none of its arguments ({first_few(here.function.names)}), "
        "as far as was recorded, so nothing is checked; f gets new Values in place of those given and must "
        "compute with these; to check the parameters of a module give the module itself: "
        "check_gradients(lambda model: loss(model(x)), model)"
    )

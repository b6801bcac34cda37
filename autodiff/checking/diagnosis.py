"""What to say of a derivative that is wrong: which entry, by how much, and where it shows most plainly."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice

import numpy as np

from ..values.data import Data, canonical, shape_of
from ..values.user_code import recorded_at
from ..values.value import Value
from .bisection import suspects
from .both_jacobians import both_jacobians
from .culprits import recorded_nodes, switching, wrong_rules
from .failure_words import PLAINER, described, entry, failed_where
from .findings import Findings
from .linearization import Linearization
from .measurement import Measurement, measured
from .step_size import surest_measurement

AROUND = (1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.25, 0.25)
"""How far away the points are at which a wrong rule may be plainer."""

ALIKE = 0.99
"""Of errors as large as this part of the largest, the first is named."""

ONE_SIDE = "the function is finite on one side only: the point is at the edge of a domain, check inside it"
NOWHERE = "the function is not finite at any step from the point, or has no limit"

SMALL = 6, 8
"""Rows and columns of Jacobians that are shown in a message."""


def failure_message(whole: Measurement, findings: Findings, rng: np.random.Generator) -> str:
    """The message of a failed comparison: of the worst entry, if one is wrong by itself."""
    where, found = _worst(whole)
    row, place = found.comparison(), ", a step away from the point" if findings.near else ""
    message = (
        f"check_gradients: derivative of order {row.order} with respect to {row.argument!r}{where}{place}: "
        f"analytic {row.analytic:.9g}, numeric {row.numeric:.9g}, "
        f"error {row.error:.3g} exceeds {row.tolerance:.3g}"
    )
    function = findings.function_at()
    reasons = [*_reasons(found), *_kinks(found, function), *_culprit(function, row.order)]
    line = "; ".join([message, *reasons, *_plainest(found, rng)])
    return "\n".join([line, *_where(function), *_small_jacobians(whole.here)])


def _where(function: Linearization) -> Iterator[str]:
    """The function, if it has one result, and the point."""
    names = function.function.names
    _, outputs = function.function.evaluated(function.point)
    if len(outputs) == 1:
        yield from failed_where("f", outputs[0], names, function.point)
    else:
        yield f"  at {described(names, function.point)}"


def _small_jacobians(here: Linearization) -> Iterator[str]:
    """Both Jacobians with respect to each argument for which they are wrong, if they are small."""
    rows, columns = SMALL
    if here.order > 1 or here.values.size > rows:
        return
    for i, x in enumerate(here.point):
        if np.size(x) * here.values.size > 1 and np.size(x) <= columns:
            both = both_jacobians(here, i)
            if both.wrong.any():
                yield str(both)


def _kinks(found: Measurement, function: Linearization) -> Iterator[str]:
    """Where the analytic number is beside the slopes on both sides; which node has the kink."""
    here = found.here
    if found.kink is None and found.doubt <= 1.0:
        return
    if here.order == 1 and found.corner and not found.between:
        low, high = found.corner.slopes
        slope = found.comparison().analytic
        yield f"{slope:.3g} is outside [{low:.3g}, {high:.3g}], the slopes on both sides"
    if found.i < len(function.point):
        yield from filter(None, [switching(function, found.i, here.epsilon ** (1 / 3) * found.v)])


def _culprit(function: Linearization, order: int) -> Iterator[str]:
    """The first operation whose rule is wrong by itself, if there is one."""
    found = wrong_rules(recorded_nodes(function), function.asked, order, complaint)
    return islice((words for _, words in found), 1)


def complaint(local: Linearization, node: Value) -> str:
    """What is wrong with a rule of one node; nothing if its derivatives are right."""
    operation, rng = node._operation, np.random.default_rng(0)
    for i, name in enumerate(local.function.names):
        found = surest_measurement(local, i, rng)
        if found.passed or not math.isfinite(found.numeric) or found.kink:
            continue
        row = _worst(found)[1].comparison()
        numbers = f"{row.analytic:.6g} at order {row.order}, where differences give {row.numeric:.6g}"
        return f"the rule of {operation.name} with respect to {name} is wrong: {numbers}{recorded_at(node)}"
    return ""


def first_not_finite(data: Data) -> str | None:
    """The first entry that is not finite, and what it is."""
    bad = np.argwhere(~np.isfinite(data))
    return f"{entry(tuple(bad[0]))} is {np.asarray(data)[tuple(bad[0])]}" if len(bad) else None


def _worst(found: Measurement) -> tuple[str, Measurement]:
    """The worst of the wrong entries and how wrong it is; the sum where no entry is wrong by itself."""
    v, shape = np.asarray(found.v), shape_of(found.v)

    def only(part: range) -> Measurement:
        along = v if len(part) > 1 else np.abs(v)  # upwards, so that below and above a kink are not swapped
        step = np.zeros_like(v)
        step.flat[part.start : part.stop] = along.flat[part.start : part.stop]
        return measured(found.here, found.i, canonical(step), found.length)

    def error(part: range) -> float:
        alone = only(part)
        if alone.passed or (found.kink and alone.between):
            return 0.0
        return alone.error if math.isfinite(alone.error) else math.inf

    if not shape:
        return "", found
    alone = {k: only(range(k, k + 1)) for k in suspects(v.size, error)}
    if not alone:
        return " along a random direction", found
    largest = max(map(_plainness, alone.values()))
    worst = next(k for k in alone if _plainness(alone[k]) >= ALIKE * largest)
    return entry(np.unravel_index(worst, shape)), alone[worst]


def _plainness(found: Measurement) -> float:
    """The relative error; infinite where the difference is not finite."""
    return found.relative if math.isfinite(found.numeric) else math.inf


def _reasons(found: Measurement) -> Iterator[str]:
    """What the numbers around the point say about it."""
    here, i = found.here, found.i
    if here.order == 1 and not here.reached[i]:
        yield "nothing that was recorded leads from it to the result: .data and plain numbers cut the chain"
    if not math.isfinite(found.numeric):
        steps = [canonical(sign * here.epsilon**0.5 * found.v) for sign in (-1.0, 1.0)]
        finite = [math.isfinite(here.change(i, step)) for step in steps]
        yield ONE_SIDE if any(finite) and not all(finite) else NOWHERE
        if refusal := next(filter(None, (here.refusal(i, step) for step in steps)), None):
            yield f"a step away f raises {refusal}"
    elif reason := found.kink:
        yield str(reason)
    elif found.doubt > 1.0:
        yield "no step gives a difference that is sure"


def _plainest(found: Measurement, rng: np.random.Generator) -> Iterator[str]:
    """Of some points around, the one with the largest relative error, if it is plainer there.

    A search for the simplest failure, such as hypothesis makes, ends where a mistake can barely be seen.
    """
    best, plainest = PLAINER * found.relative, None
    for near in filter(None, [found.here.shifted(scale, rng) for scale in AROUND]):
        there = measured(near, found.i, canonical(np.sign(found.v) * near.size(found.i)))
        if not there.passed and there.relative > best:
            best, plainest = there.relative, there
    if plainest:
        row, at = plainest.comparison(), described(plainest.here.function.names, plainest.here.point)
        yield f"plainer at {at}: analytic {row.analytic:.6g}, numeric {row.numeric:.6g}"

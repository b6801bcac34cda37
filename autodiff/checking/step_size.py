"""Differences near the edge of a domain, a pole or a kink, where long steps would lead across it.

How long a step is decides how sure a difference is, not what it is: a sure one that disagrees with the rules
is the answer.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from ..values.data import Data, canonical, dtype_of
from .difference import Kink
from .flattening import flat
from .linearization import Linearization, pulled
from .measurement import Measurement, measured, moved_by_rounding, noise_in_slope

SHRINK, ROUNDS = 8.0, 17
"""How much shorter steps become where they are too long, and how often: down to rounding."""

SURE = 0.1
"""Tolerances by which a difference that disagrees may be uncertain; neighbours may agree by coincidence."""


def surest_measurement(here: Linearization, i: int, rng: np.random.Generator) -> Measurement:
    """Both derivatives along a random direction in argument i, with steps so short that they are sure."""
    v = here.direction(i, rng)
    tried = [measured(here, i, v)]
    if tried[0].passed:
        return _strictly(here, i, rng) or tried[0] if tried[0].hidden else tried[0]
    usual = np.hypot.reduce(flat([v]))
    doubts = [_doubt(tried[0])]
    while doubts[-1] > SURE and len(tried) <= ROUNDS:
        v = _shorter(here, i, v)
        tried.append(measured(here, i, v, float(np.hypot.reduce(flat([v])) / usual)))
        doubts.append(_doubt(tried[-1]))
    surest = tried[int(np.argmin(doubts))]
    return tried[0] if not surest.passed and _has_kink_still(tried[0], surest) else surest


def _has_kink_still(usual: Measurement, shorter: Measurement) -> bool:
    """Whether a kink is at the point itself: steps are never so short that the slopes on both sides meet."""
    if usual.corner is None:
        return usual.kink is not None
    here, i, length = usual.here, usual.i, shorter.length or 1.0
    # Steps that are shorter in some entries have another direction, which may leave the kink aside.
    along = measured(here, i, canonical(shorter.v / length)).kink
    if along and not _meet(shorter, along):
        return True
    aside = np.abs(shorter.v) < 0.5 * length * np.abs(usual.v)
    rest = canonical(np.asarray(np.where(aside, shorter.v, 0.0), dtype_of(shorter.v)))
    return measured(here, i, rest, length).kink is not None


def _meet(shorter: Measurement, kink: Kink) -> bool:
    """Whether the slopes on both sides meet as steps become shorter; not where rounding hides it."""
    here, h = shorter.here, shorter.here.epsilon ** (1 / 7)
    below, above = shorter.sides(h)
    rounding = here.epsilon * float(np.abs(here.seed * here.values).sum()) / (h * abs(shorter.unit))
    return bool(abs(above - below) + 5.0 * rounding <= 0.5 * abs(kink.above - kink.below))


def _strictly(here: Linearization, i: int, rng: np.random.Generator) -> Measurement | None:
    """A small function measured by its own size; None unless that is sure along another direction, too."""
    found = measured(here, i, here.direction(i, rng), 1.0)
    if not found.passed:
        rounding = moved_by_rounding(here, i, found.v) + noise_in_slope(found)
        found = replace(found, tolerance=found.tolerance + rounding)
    return found if _doubt(found) <= 1.0 else None


def _doubt(found: Measurement) -> float:
    """How uncertain a difference is; infinitely where a kink or a pole is within its steps."""
    return found.doubt if found.passed or found.kink is None else math.inf


@np.errstate(all="ignore")
def _shorter(here: Linearization, i: int, v: Data) -> Data:
    """The direction with shorter steps in the entries where they are too long, in all if none stands out.

    At first a step becomes a part of the entry itself, since most domains end at 0.
    """
    h = here.epsilon ** (1 / 7)
    beyond = ~np.isfinite(here.outputs_at(i, h * v) + here.outputs_at(i, -h * v))
    size, length = np.abs(here.point[i]), np.abs(v)
    factor = np.where((size > 0.0) & (length > 2.0 * size), size, 1.0 / SHRINK)
    steps = np.where(_behind(here, i, beyond), v * factor, v)
    return canonical(steps.astype(dtype_of(v)))


def _behind(here: Linearization, i: int, entries: np.ndarray[Any, np.dtype[np.bool_]]) -> Any:
    """Which entries of argument i some entries of the outputs depend on."""
    xs, outputs = here.function.evaluated(here.point)
    found = np.not_equal(pulled(outputs, xs, here.pieces(entries), record=False)[i], 0.0)
    return found if found.any() else np.True_

"""Differences near the edge of a domain, a pole or a kink: the steps are as long as there is room.

Shorter steps are a matter of how sure a difference is, not of what it is: a sure one that disagrees with
the rules is the answer.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..values.data import Data, canonical, dtype_of
from .flattening import flat
from .order import Level, Measured, pulled, random_like

__all__ = ["measured_in_its_room"]

SHRINK, ROUNDS = 8.0, 17
"""How much shorter steps become where there is no room for them, and how often: down to rounding."""

SURE = 0.1
"""Tolerances by which a difference that disagrees may be uncertain; neighbours may agree by coincidence."""


def measured_in_its_room(level: Level, i: int, rng: np.random.Generator) -> Measured:
    """Both derivatives along a random direction in argument i; the surest where none is sure."""
    v = random_like(level.point[i], rng) * level.size(i)
    tried = [level.measured(i, v)]
    if tried[0].passed:
        return _strictly(level, i, rng) or tried[0] if tried[0].hidden else tried[0]
    usual = np.hypot.reduce(flat([v]))
    doubts = [_doubt(level, i, tried[0])]
    while doubts[-1] > SURE and len(tried) <= ROUNDS:
        v = _shorter(level, i, v)
        tried.append(level.measured(i, v, float(np.hypot.reduce(flat([v])) / usual)))
        doubts.append(_doubt(level, i, tried[-1]))
    return tried[int(np.argmin(doubts))]


def _strictly(level: Level, i: int, rng: np.random.Generator) -> Measured | None:
    """A measurement of a small function for its own size, if it is sure along another direction, too.

    Where the function is what large numbers leave when they cancel, differences are 0, or disagree, or are
    nothing beside what the function changes by over a step.
    """
    found = level.measured(i, random_like(level.point[i], rng) * level.size(i), 1.0)
    h = level.epsilon ** (1 / 7)
    change = abs(level.change(i, canonical(h * found.v)))
    seen = found.numeric != 0.0 and h * found.error > level.epsilon ** (2 / 3) * change
    return found if seen and _doubt(level, i, found) <= 1.0 else None


def _doubt(level: Level, i: int, measured: Measured) -> float:
    """How uncertain a difference is; beyond all bounds where a kink or a pole is within its steps."""
    return measured.doubt if measured.passed or level.kink(i, measured) is None else math.inf


@np.errstate(all="ignore")
def _shorter(level: Level, i: int, v: Data) -> Data:
    """The direction with shorter steps in the entries that have no room, in all if none stands out.

    At first a step becomes a part of the entry itself, since most domains end at 0.
    """
    h = level.epsilon ** (1 / 7)
    beyond = ~np.isfinite(level.outputs_at(i, h * v) + level.outputs_at(i, -h * v))
    size, length = np.abs(level.point[i]), np.abs(v)
    factor = np.where((size > 0.0) & (length > 2.0 * size), size, 1.0 / SHRINK)
    steps = np.where(_behind(level, i, beyond), v * factor, v)
    return canonical(steps.astype(dtype_of(v)))


def _behind(level: Level, i: int, entries: np.ndarray[Any, np.dtype[np.bool_]]) -> Any:
    """Which entries of argument i some entries of the outputs depend on."""
    xs, outputs = level.subject.evaluated(level.point)
    ends = np.cumsum([y.size for y in outputs])[:-1]
    pieces = zip(np.split(entries, ends), outputs, strict=True)
    seeds = [canonical(piece.astype(y.dtype).reshape(y.shape)) for piece, y in pieces]
    found = np.not_equal(pulled(outputs, xs, seeds, record=False)[i], 0.0)
    return found if found.any() else np.True_

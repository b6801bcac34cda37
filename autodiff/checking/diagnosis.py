"""What to say of a derivative that is wrong: of which entry, by how much, and where it is plainest."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import SupportsInt

import numpy as np

from ..values.data import Data, canonical, shape_of
from .bisection import suspects
from .order import Level, Measured

__all__ = ["complaint", "first_bad", "some"]

AROUND = (1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.25, 0.25)
"""How far the points around are, at which a wrong rule may be plainer."""

PLAINER = 2.0
"""How many times larger a relative error must be for its point to be worth telling."""

ALIKE = 0.99
"""Of errors that are as large as that part of the largest, the first is named."""

ONE_SIDE = "the function is finite on one side only: the point is at the edge of a domain, check inside it"
NOWHERE = "the function is not finite at any step from the point, or has no limit"

SHOWN = 4
"""Arguments of a point that are shown."""


def complaint(level: Level, i: int, found: Measured, place: str, rng: np.random.Generator) -> str:
    """The message of a failed comparison in argument i, told of the worst entry where there is one."""
    where, found = _worst(level, i, found)
    row = level.comparison(i, found)
    told = (
        f"check_gradients: derivative of order {row.order} with respect to {row.argument!r}{where}{place}: "
        f"analytic {row.analytic:.9g}, numeric {row.numeric:.9g}, "
        f"error {row.error:.3g} exceeds {row.tolerance:.3g}"
    )
    return "; ".join([told, *_reasons(level, i, found), *_plainest(level, i, found, rng)])


def _entry(index: Iterable[SupportsInt]) -> str:
    """Which entry of an argument; nothing for a number."""
    return f" at entry {place}" if (place := tuple(map(int, index))) else ""


def first_bad(data: Data) -> str | None:
    """Where data first are not finite, and what is there."""
    bad = np.argwhere(~np.isfinite(data))
    return f"{_entry(tuple(bad[0]))} is {np.asarray(data)[tuple(bad[0])]}" if len(bad) else None


def _worst(level: Level, i: int, found: Measured) -> tuple[str, Measured]:
    """The worst of the wrong entries and how wrong it is; the sum where no entry is wrong by itself."""
    v, shape = np.asarray(found.v), shape_of(found.v)

    def only(part: range) -> Measured:
        along = v if len(part) > 1 else np.abs(v)  # upwards, so that below and above a kink are
        step = np.zeros_like(v)
        step.flat[part.start : part.stop] = along.flat[part.start : part.stop]
        return level.measured(i, canonical(step), found.length)

    def error(part: range) -> float:
        alone = only(part)
        return 0.0 if alone.passed else alone.error if math.isfinite(alone.error) else math.inf

    if not shape:
        return "", found
    alone = {k: only(range(k, k + 1)) for k in suspects(v.size, error)}
    if not alone:
        return " along a random direction", found
    largest = max(map(_plainness, alone.values()))
    worst = next(k for k in alone if _plainness(alone[k]) >= ALIKE * largest)
    return _entry(np.unravel_index(worst, shape)), alone[worst]


def _plainness(found: Measured) -> float:
    """The relative error; infinite where the difference is not finite."""
    return found.relative if math.isfinite(found.numeric) else math.inf


def _reasons(level: Level, i: int, found: Measured) -> Iterator[str]:
    """What the numbers around the point say of it."""
    if level.order == 1 and not level.reached[i]:
        yield "nothing that was recorded leads from it to the result: .data and plain numbers cut the chain"
    if not math.isfinite(found.numeric):
        steps = [canonical(sign * level.epsilon**0.5 * found.v) for sign in (-1.0, 1.0)]
        finite = [math.isfinite(level.change(i, step)) for step in steps]
        yield ONE_SIDE if any(finite) and not all(finite) else NOWHERE
        if refusal := next(filter(None, (level.refusal(i, step) for step in steps)), None):
            yield f"a step away f raises {refusal}"
    elif reason := level.kink(i, found):
        yield reason
    elif found.doubt > 1.0:
        yield "no step gives a difference that is sure"


def _plainest(level: Level, i: int, found: Measured, rng: np.random.Generator) -> Iterator[str]:
    """Of some points around, the one with the largest relative error, if it is plainer there.

    A search for the simplest failure, as hypothesis makes, ends where a mistake can just be seen.
    """
    best, plainest = PLAINER * found.relative, None
    for near in filter(None, [level.shifted(scale, rng) for scale in AROUND]):
        there = near.measured(i, canonical(np.sign(found.v) * near.size(i)))
        if not there.passed and there.relative > best:
            best, plainest = there.relative, (near, there)
    if plainest:
        near, there = plainest
        row = near.comparison(i, there)
        yield f"plainer at {_shown(near)}: analytic {row.analytic:.6g}, numeric {row.numeric:.6g}"


def _shown(level: Level) -> str:
    """Where a level is, as far as it fits."""
    pairs = zip(level.subject.names, level.point, strict=True)
    return some([f"{name} = {_printed(x)}" for name, x in pairs])


def some(told: list[str]) -> str:
    """The first few, in one line."""
    return ", ".join(told[:SHOWN] + ["…"] * (len(told) > SHOWN))


def _printed(x: Data) -> str:
    text = np.array2string(np.asarray(x), precision=6, threshold=2 * SHOWN, edgeitems=2, separator=", ")
    return " ".join(text.split())

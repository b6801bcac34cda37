"""Where an answer is compared: at seeded points, and on both sides of each kink."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import numpy as np

from ..checking.mistakes import Attempt, Question
from ..checking.mistakes.surroundings import Point, resampled, tried
from ..values.data import canonical
from ..values.value import Value
from .recomputation import Recomputation

Change: TypeAlias = Callable[[Value, np.random.Generator], Any]
"""Other numbers for a leaf."""

POINTS = 20
"""So many θ, or more where there are more kinks."""

LEAST = 1e-6
"""A derivative that is smaller, relatively to the numbers on the way to it, shows nothing: as one behind a
saturated tanh."""

TRIES, IDLE = 400, 40
"""Points that are tried for those; so many without another side of a kink are enough."""


@np.errstate(all="ignore")
def telling_points(function: Recomputation) -> list[Point]:
    """Points at which the function and its gradient are numbers, the same ones each time.

    First come those that show another side of a kink. There are fewer than 20 only where hardly any can be
    had, and none where the derivative is 0 at all of them, or next to 0.
    """
    question = Question(function, lambda *point: 0.0, function.position)
    seen: set[Any] = set()
    new: list[Point] = []
    others: list[Point] = []
    idle = 0
    for point in _candidates(function.point):
        attempt = tried(question, point)
        if attempt is None or not _is_finite(attempt):
            continue
        sides = function.sides(point)
        idle = idle + 1 if sides <= seen else 0
        if idle == 0 and sides:
            new.append(point)
        elif is_telling(attempt):
            others.append(point)
        seen |= sides
        if len(others) + len(new) >= POINTS and (not sides or idle >= IDLE):
            break
    return new + others[: max(POINTS - len(new), POINTS // 2)] if others else []


def _candidates(point: Point) -> Iterator[Point]:
    """Points around one, by turns with the same signs, with any, and with numbers about 1."""
    rng = np.random.default_rng(0)
    for number in range(TRIES):
        moved = resampled(point, rng)
        yield (moved, _with(moved, _turned, rng), _with(moved, _drawn, rng))[number % 3]


def _with(point: Point, changed: Change, rng: np.random.Generator) -> Point:
    return tuple(
        Value(canonical(np.asarray(changed(x, rng)).astype(x.dtype)), x.name, constant=x.constant)
        for x in point
    )


def _turned(x: Value, rng: np.random.Generator) -> Any:
    return np.asarray(x.data) * rng.choice((-1.0, 1.0), x.shape)


def _drawn(x: Value, rng: np.random.Generator) -> Any:
    return rng.normal(size=x.shape)


def _is_finite(attempt: Attempt) -> bool:
    return all(np.isfinite(x).all() for x in (attempt.root.data, *attempt.right))


def is_telling(attempt: Attempt) -> bool:
    """Whether the derivative is more than what may cancel on the way to it."""
    return bool(np.max(np.abs(attempt.right[0])) > LEAST * attempt.tape.largest)

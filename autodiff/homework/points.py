"""Where an answer is compared: at seeded points, and on both sides of each kink."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..checking.mistakes import Question
from ..checking.mistakes.surroundings import Point, resampled, tried
from ..values.data import Data, canonical
from ..values.value import Value
from .recomputation import Recomputation

POINTS = 20
"""So many θ, or more where there are more kinks."""

TRIES, IDLE = 400, 40
"""Points that are tried for those; so many without another side of a kink are enough."""


@np.errstate(all="ignore")
def telling_points(function: Recomputation) -> list[Point]:
    """Points at which the function and its gradient are numbers, the same ones each time.

    First come those that show another side of a kink. There are fewer than 20 only where hardly any can be
    had.
    """
    question = Question(function, lambda *point: 0.0, function.position)
    seen: set[Any] = set()
    new: list[Point] = []
    others: list[Point] = []
    idle = 0
    for point in _candidates(function.point):
        if not _is_sound(question, point):
            continue
        sides = function.sides(point)
        (others if sides <= seen else new).append(point)
        idle = idle + 1 if sides <= seen else 0
        seen |= sides
        if len(others) + len(new) >= POINTS and (not sides or idle >= IDLE):
            break
    return new + others[: max(POINTS - len(new), POINTS // 2)]


def _candidates(point: Point) -> Iterator[Point]:
    """Points around one, by turns with the same signs and with any."""
    rng = np.random.default_rng(0)
    for number in range(TRIES):
        moved = resampled(point, rng)
        yield tuple(_turned(x, rng) for x in moved) if number % 2 else moved


def _turned(x: Value, rng: np.random.Generator) -> Value:
    signs = rng.choice((-1.0, 1.0), x.shape)
    data: Data = canonical((np.asarray(x.data) * signs).astype(x.dtype))
    return Value(data, x.name, constant=x.constant)


def _is_sound(question: Question, point: Point) -> bool:
    attempt = tried(question, point)
    return attempt is not None and all(np.isfinite(x).all() for x in (attempt.root.data, *attempt.right))

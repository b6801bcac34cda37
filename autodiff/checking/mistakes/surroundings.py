"""Other points: near one, to see a kink; and around it, to see whether what is said of it holds elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any, TypeAlias

import numpy as np

from ...differentiation.structure import mapped
from ...values.data import canonical
from ...values.value import Value, data_of
from .question import Attempt, Question

Point: TypeAlias = tuple[Any, ...]

TRIES = 40
"""Points that are tried for those at which the engine's gradient is a number."""


def both_sides(point: Point, step: float, pairs: int) -> Iterator[Point]:
    """Points a small step away in some directions, and in the opposite ones: on both sides of a kink."""
    for seed in range(pairs):
        for sign in (-step, step):
            rng = np.random.default_rng(seed)
            yield _with_floats(point, partial(_moved, rng, sign))


def _moved(rng: np.random.Generator, step: float, x: Any) -> Any:
    away = rng.uniform(0.5, 1.5, np.shape(x)) * rng.choice((-1.0, 1.0), np.shape(x))
    return x + step * away * np.maximum(1.0, np.abs(x))


def resampled(point: Point, rng: np.random.Generator) -> Point:
    """The point with other numbers of the same signs and about the same sizes in it; nothing stays 0."""

    def moved(x: Any) -> Any:
        away = rng.normal(size=np.shape(x))
        return np.where(np.equal(x, 0.0), away, x * np.exp(0.5 * away))

    return _with_floats(point, moved)


def _with_floats(point: Point, moved: Callable[[Any], Any]) -> Point:
    """The point with all floats in it replaced; whole numbers, masks and all else stay."""

    def replaced(x: Any) -> Any:
        data = np.asarray(data_of(x))
        if data.dtype.kind != "f":
            return x
        new = canonical(np.asarray(moved(data)).astype(data.dtype))
        return Value(new, x.name, constant=x.constant) if isinstance(x, Value) else new

    return tuple(mapped(replaced, part) for part in point)


def attempts_around(question: Question, point: Point, count: int) -> Iterator[Attempt]:
    """Attempts at so many points around one, always the same; fewer where few can be compared."""
    rng = np.random.default_rng(0)
    attempts = (tried(question, resampled(point, rng)) for _ in range(TRIES))
    return islice((attempt for attempt in attempts if attempt and _is_answered(attempt)), count)


def tried(question: Question, point: Point) -> Attempt | None:
    """The attempt at a point, if f and the engine give numbers there."""
    try:
        attempt = question.at(*point)
        return attempt if attempt.is_sound else None
    except Exception:  # of whatever kind: nobody has asked for this point
        return None


def _is_answered(attempt: Attempt) -> bool:
    """Whether the formula gives something."""
    try:
        return len(attempt.claimed) > 0
    except Exception:  # as above
        return False

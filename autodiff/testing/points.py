"""Points for a comparison: what strategies draw, down to the simplest failure."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from hypothesis import HealthCheck, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from hypothesis.strategies import SearchStrategy

from ..checking.mistakes.surroundings import Point
from ..differentiation.structure import leaves
from ..values.value import data_of

SECONDS = 1.0
"""How long points are drawn, and a failure made simpler."""


def simplest(wrong: Callable[[Point], object], given: Sequence[Any], examples: int) -> Point | None:
    """The simplest point that is wrong, of what strategies draw from a fixed seed; None if none of them is.

    What is not a strategy is part of every point. When the time is over no other point counts as wrong. The
    first point at which `wrong` raises is taken as it is.
    """
    known: dict[Any, bool] = {}
    end = time.perf_counter() + SECONDS

    def is_wrong(point: Point) -> bool:
        nonlocal end
        key = _key(point)
        if key not in known:
            try:
                known[key] = time.perf_counter() < end and bool(wrong(point))
            except Exception:  # of whatever kind: whoever asks meets it once more, at this point
                known[key], end = True, 0.0
        return known[key]

    parts = [part if isinstance(part, SearchStrategy) else st.just(part) for part in given]
    quiet = settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    try:
        return find(st.tuples(*parts), is_wrong, settings=quiet)
    except NoSuchExample:
        return None


def _key(point: Point) -> Any:
    """What tells points apart."""
    arrays = [np.asarray(data_of(leaf)) for leaf in leaves(point)]
    return tuple((array.shape, array.dtype.str, array.tobytes()) for array in arrays)

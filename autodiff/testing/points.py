"""Points for a comparison: what strategies draw, down to the simplest failure."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import HealthCheck, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from hypothesis.strategies import SearchStrategy

from ..checking.mistakes.surroundings import Point

SECONDS, STEPS = 6.0, 150
"""How long points are drawn, in time of the processor; by how many more a failure is made simpler.

The time is for slow functions alone: where it ends a search, what is shown depends on the machine.
"""


class _EnoughError(BaseException):
    """Ends a search: hypothesis lets what is not an Exception pass, as it does an interruption."""


def simplest(wrong: Callable[[Point], object], given: Sequence[Any], examples: int) -> Point | None:
    """The simplest point that is wrong, of what strategies draw from a fixed seed; None if none of them is.

    What is not a strategy is part of every point. When the time is over it is the simplest so far. The first
    point at which `wrong` raises is taken as it is.
    """
    found: list[Point] = []
    end, left = time.thread_time() + SECONDS, STEPS

    def is_wrong(point: Point) -> bool:
        nonlocal left
        left -= len(found) > 0
        if time.thread_time() > end or not left:
            raise _EnoughError
        try:
            fails = bool(wrong(point))
        except Exception:  # of whatever kind: whoever asks meets it once more, at this point
            found.append(point)
            raise _EnoughError from None
        found.extend([point] if fails else [])
        return fails

    parts = [part if isinstance(part, SearchStrategy) else st.just(part) for part in given]
    try:
        return find(st.tuples(*parts), is_wrong, settings=_quiet(examples))
    except NoSuchExample:
        return None
    except _EnoughError:
        return found[-1] if found else None


def _quiet(examples: int) -> settings:
    """The same points each time, nothing written to disk, and no complaints about time."""
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )

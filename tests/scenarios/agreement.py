"""When two results agree: equal shapes, equal places of nan and ∞, and numbers up to rounding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from autodiff import Value
from autodiff.differentiation.structure import leaves

Array = np.ndarray[Any, Any]

RELATIVE = 1e-11
"""Rounding that is granted to any result, relative to its largest entry."""


def arrays(results: Any) -> list[Array]:
    """The numbers of nested results, as arrays."""
    return [np.asarray(x.data if isinstance(x, Value) else x) for x in leaves(results)]


def largest(xs: Iterable[Array]) -> float:
    """The largest finite entry of all; 0 where there is none."""
    return max((float(np.max(np.abs(x[np.isfinite(x)]), initial=0.0)) for x in xs), default=0.0)


def agree(found: Any, wanted: Any, slack: Sequence[Any] | float = 0.0, what: str = "") -> None:
    """Raise AssertionError with the entries that differ most, unless all are equal up to rounding.

    `slack` is what rounding may make of each result, beyond a relative 1e−11 of the largest entry of all.
    """
    ours, theirs = arrays(found), arrays(wanted)
    assert len(ours) == len(theirs), f"{what}: {len(ours)} results, {len(theirs)} expected"
    slacks = [slack] * len(ours) if isinstance(slack, float) else slack
    granted = RELATIVE * largest(theirs)
    for n, (x, y, more) in enumerate(zip(ours, theirs, slacks, strict=True)):
        assert x.shape == y.shape, f"{what} [{n}]: shape {x.shape}, expected {y.shape}"
        _entries_agree(x, y, granted + np.asarray(more), f"{what} [{n}]" if len(ours) > 1 else what)


def _entries_agree(x: Array, y: Array, slack: Array, what: str) -> None:
    with np.errstate(invalid="ignore"):
        equal = (x == y) | (np.isnan(x) & np.isnan(y)) | (np.abs(x - y) <= slack)
    if not np.all(equal):
        with np.errstate(invalid="ignore", over="ignore"):
            far = np.where(equal, -1.0, np.nan_to_num(np.abs(x - y), nan=np.inf))
        worst = np.unravel_index(int(np.argmax(far)), far.shape)
        place = f" at {tuple(map(int, worst))}" if worst else ""
        raise AssertionError(f"{what}{place}: got {float(x[worst])!r}, expected {float(y[worst])!r}")

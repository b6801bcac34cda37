"""The stationary points that starts lead to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from autodiff.differentiation.structure import leaves

from ..objective import Objective
from ..result import Result
from ..unknowns import Start, Vector, flat, unknowns

__all__ = ["Site", "outcomes", "sites"]

NEAR = 0.02
"""Ends that differ by less than this part of the window are one point."""


class Site(NamedTuple):
    """A stationary point; `members` are the numbers of the starts that lead to it."""

    x: Vector
    value: float
    kind: str
    members: list[int]


def outcomes(
    f: Callable[..., Any], starts: Vector, run: Callable[..., Result], **options: Any
) -> list[Result | None]:
    """A result for each start, (k, n); None where f is not finite there.

    Raises ValueError if there is a result for none.
    """
    results: list[Result | None] = []
    refusals: list[ValueError] = []
    for x in _watched(starts):
        try:
            result = run(f, _start(f, x), **options)
        except ValueError as error:
            refusals.append(error)
            results.append(None)
            continue
        if result.reason == "interrupted":
            raise KeyboardInterrupt
        results.append(result)
    if len(refusals) == len(results):
        raise refusals[0]
    return results


def _start(f: Callable[..., Any], x: Vector) -> Any:
    """x as f takes it: a number, two arguments, or an array."""
    if x.size == 1:
        return float(x[0])
    pair = tuple(x.tolist())
    over = unknowns(f, pair)
    return pair if isinstance(over, Start) and over.spread else x


def _watched(starts: Vector) -> Iterator[Vector]:
    """The starts, one after the other; with a bar of tqdm's if that takes more than 2 seconds."""
    try:
        from tqdm.std import tqdm
    except ImportError:
        return iter(starts)
    return iter(tqdm(starts, desc="plot_basins", unit="start", delay=2.0, leave=False, disable=None))


def sites(
    f: Callable[..., Any], results: Sequence[Result | None], window: tuple[Vector, Vector]
) -> list[Site]:
    """The points where methods converged: minima first, then by position, so that colours stay the same."""
    near = NEAR * (window[1] - window[0])
    converged = [(i, result) for i, result in enumerate(results) if result and result.converged]
    found: list[tuple[Vector, Result, list[int]]] = []
    for i, result in sorted(converged, key=lambda pair: _slope(pair[1])):
        x = flat(leaves(result.x))
        members = next((members for y, _, members in found if np.all(np.abs(x - y) <= near)), None)
        if members is None:
            found.append((x, result, [i]))
        else:
            members.append(i)
    named = [
        Site(x, result.value, _kind(f, x, result.function, near / 2.0), members)
        for x, result, members in found
    ]
    return sorted(named, key=lambda site: (site.kind != "minimum", (site.x / near).round().tolist()))


def _slope(result: Result) -> float:
    return float(np.max(np.abs(flat(leaves(result.gradient)))))


def _kind(f: Callable[..., Any], at: Vector, function: Callable[[Vector], float], reach: Vector) -> str:
    """What kind of stationary point it is: by the values to both sides along the axes of the Hessian."""
    hessian = Objective(f, _start(f, at)).hessian(at)
    axes = np.linalg.eigh(hessian)[1] if np.isfinite(hessian).all() else np.eye(at.size)
    here = function(at)
    around = np.array([function(at + side * reach * axis) for axis in axes.T for side in (1.0, -1.0)])
    if (around > here).all():
        return "minimum"
    if (around < here).all():
        return "maximum"
    turning = bool((around > here).any() and (around < here).any())
    return "stationary point" if not turning else "saddle" if at.size > 1 else "inflection"

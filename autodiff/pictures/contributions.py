"""The terms that add up to a gradient: one for each use of a value, ∂R/∂x = Σ ∂R/∂z · ∂z/∂x."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ..derivations.local_derivatives import LocalDerivatives
from ..derivations.parts import Parts
from ..graph import Edge, Graph
from ..values.data import Data, dtype_of


def terms_of(
    graph: Graph | Parts, id: int, uses: Sequence[Edge], slopes: LocalDerivatives
) -> tuple[list[float], float] | None:
    """What each use of a number contributes to its gradient, and what came from elsewhere.

    That is from an earlier `backward()`, or one of another output; a term that was absorbed, 0·∞,
    is nan. None where the terms are not known: for arrays, and before `backward()`.
    """
    own = graph[id].grad
    grad = _as_number(own)
    found = [_term(graph[use.target].grad, slopes.number(use.target, use.position)) for use in uses]
    terms = [term for term in found if term is not None]
    unknown = len(terms) < len(found) or all(graph[use.target].grad is None for use in uses)
    if own is None or grad is None or unknown:
        return None
    counted = [term for term in terms if not math.isnan(term)]
    size = abs(grad) + sum(map(abs, counted))
    if not math.isfinite(size):
        return None
    elsewhere = grad - math.fsum(counted)
    rounding = math.sqrt(np.finfo(dtype_of(own)).eps)  # both may differ in half of the digits
    return terms, 0.0 if abs(elsewhere) <= rounding * size else elsewhere


def absorbed(graph: Graph | Parts, source: int, target: int, slope: float | None) -> bool:
    """Whether an edge contributes nothing as a zero is structural: 0·∞, in a gradient that is not nan."""
    upper, lower = _as_number(graph[target].grad), _as_number(graph[source].grad)
    if slope is None or upper is None or lower is None or math.isnan(lower):
        return False
    return math.isnan(upper * slope)


def _term(g: Data | None, slope: float | None) -> float | None:
    """One contribution: none where no gradient arrived, nan for 0·∞."""
    upper = 0.0 if g is None else _as_number(g)
    return None if slope is None or upper is None else upper * slope


def _as_number(data: Data | None) -> float | None:
    """Data as a number; None for arrays, and where there are none."""
    return float(data) if isinstance(data, (float, np.floating)) else None

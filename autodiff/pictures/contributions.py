"""The terms that add up to a gradient: one for each use of a value, ∂R/∂x = Σ ∂R/∂z · ∂z/∂x."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ..derivations.local_derivatives import LocalDerivatives
from ..graph import Edge, Graph
from ..values.data import Data, dtype_of


def several_uses(graph: Graph, id: int) -> Sequence[Edge]:
    """The uses of a node that is used more than once; none of any other."""
    uses = graph.uses.get(id, ())
    return uses if len(uses) > 1 else ()


def terms_of(
    graph: Graph, id: int, uses: Sequence[Edge], slopes: LocalDerivatives
) -> tuple[list[float], float] | None:
    """What each use of a number contributes to its gradient, and what came from elsewhere.

    That is from an earlier `backward()`, or one of another output. None where the terms are not known:
    for arrays, and before `backward()`.
    """
    own = graph[id].grad
    grad = _as_number(own)
    found = [_term(graph[use.target].grad, slopes.number(use.target, use.position)) for use in uses]
    terms = [term for term in found if term is not None]
    unknown = len(terms) < len(found) or all(graph[use.target].grad is None for use in uses)
    if own is None or grad is None or unknown:
        return None
    size = abs(grad) + sum(map(abs, terms))
    if not math.isfinite(size):
        return None
    elsewhere = grad - math.fsum(terms)
    rounding = math.sqrt(np.finfo(dtype_of(own)).eps)  # both may differ in half of the digits
    return terms, 0.0 if abs(elsewhere) <= rounding * size else elsewhere


def _term(g: Data | None, slope: float | None) -> float | None:
    """One contribution: none where no gradient arrived; 0·∞ is 0, as in any gradient that is not nan."""
    upper = 0.0 if g is None else _as_number(g)
    if slope is None or upper is None:
        return None
    return upper * slope if upper and slope else 0.0


def _as_number(data: Data | None) -> float | None:
    """Data as a number; None for arrays, and where there are none."""
    return float(data) if isinstance(data, (float, np.floating)) else None

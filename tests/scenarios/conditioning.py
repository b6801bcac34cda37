"""How rounding errors grow: a graph computed once more with every result a little off.

In the model of rounding, each operation returns its exact result times 1 + δ, |δ| at most one half unit in
the last place. Computed with δ = ±2⁻³⁶, and the change scaled down to a unit in the last place, this says
what any other order of the same operations may change.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff import Value, gradients
from autodiff import sum as total
from autodiff.graph import Graph, Node
from autodiff.values.recording import recorded

from .agreement import Array, arrays, largest

OFF = 2.0**-36
"""How far off each intermediate result is."""

UNITS = 64.0
"""Units in the last place that are granted to each intermediate result: the longest sums, and more."""

LEAST = 1e-14
"""What is granted in any case: of results that are 0, too."""

LIMIT = 1e-7
"""Left out is where that changes a result by more than this, of its largest entry or of 1."""

SUMS = ("add", "subtract", "sum", "mean")


def blurred(output: Value, rng: np.random.Generator) -> Value:
    """The same graph from the same leaves, with every recorded number a relative ±2⁻³⁶ off."""
    made: dict[int, Any] = {}
    graph = Graph(output)
    for node in graph:
        if node.operation is None:
            made[node.id] = node.source
            continue
        new = again(node, [made[x] for x in node.inputs])
        if not isinstance(node.data, tuple):
            new = new * (1.0 + OFF * rng.choice((-1.0, 1.0), size=new.shape or None))
        made[node.id] = new
    return made[graph.output.id]  # type: ignore[no-any-return]


def again(node: Node, inputs: Sequence[Any]) -> Value:
    """A recorded node, computed anew from other inputs."""
    operation: Any = node.operation
    data = operation.computed([x.data if isinstance(x, Value) else x for x in inputs], inputs, node.metadata)
    tracked = any(isinstance(x, Value) and not x.constant for x in inputs)
    return recorded(operation, data, inputs, node.metadata, tracked)


def towers(y: Value, xs: Sequence[Value], directions: Sequence[Any], order: int) -> list[list[Any]]:
    """Value and gradient; with more orders, the gradients of the slope in a direction, and of its slope."""
    floors: list[list[Any]] = [[y]]
    for k in range(order):
        floors.append(slopes := gradients(y, list(xs), create_graph=k < order - 1))
        if k < order - 1:
            y = sum(total(g * u) for g, u in zip(slopes, directions, strict=True))
    return floors


def slack(exact: Any, off: Any) -> list[float]:
    """What rounding may make of each result, seen from what it is with everything off."""
    with np.errstate(invalid="ignore"):
        changes = [np.abs(a - b) for a, b in zip(arrays(exact), arrays(off), strict=True)]
    unit = UNITS * float(np.finfo(float).eps) / OFF
    return [unit * float(np.max(change, initial=0.0)) + LEAST for change in changes]


def meaningful(slacks: Sequence[float], exact: Any) -> bool:
    """Whether a comparison with this slack says anything."""
    numbers: list[Array] = arrays(exact)
    finite = all(bool(np.all(np.isfinite(x))) for x in numbers)
    return finite and max(slacks, default=0.0) <= LIMIT * max(1.0, largest(numbers))


def infinities_cancel(output: Value) -> bool:
    """Whether a sum of infinities is nan in a graph.

    BLAS may add products before they are rounded: of two that overflow with opposite signs the first is ∞ and
    the second is not, so it gives ∞, whose elu is a number.
    """
    graph = Graph(output)
    undefined = [any(bool(np.isnan(x).any()) for x in arrays(node.data)) for node in graph]
    return any(
        undefined[node.id] and not any(undefined[i] for i in node.inputs)
        for node in graph
        if node.operation and node.operation.name in SUMS
    )

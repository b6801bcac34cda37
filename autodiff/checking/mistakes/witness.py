"""Finite differences as a third witness: whether the engine itself is wrong, and by whose rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from ...differentiation.engine import gradients
from ...graph import Node
from ...values.data import Data, canonical
from ...values.operation import Operation
from ...values.recording import applied
from ...values.value import Value
from ..difference import extrapolated
from .naming import ENOUGH, likely_mistake
from .question import Attempt, Question
from .surroundings import further

POINTS = 3
"""At so many points the engine must be wrong to be called so: one may be a kink."""

RTOL = 1e-4


class Testimony(NamedTuple):
    """The derivative along a direction: by differences, by the engine and by the formula; how sure it is."""

    numeric: float
    engine: float
    formula: float
    tolerance: float

    def contradicts(self, slope: float) -> bool:
        """Whether differences say something else, surely."""
        return abs(self.numeric - slope) > self.tolerance  # never where they are nan


@np.errstate(all="ignore")
def testimony(attempt: Attempt) -> Testimony:
    """What finite differences say at a point, along one direction of all variables."""
    rng = np.random.default_rng(2)
    direction = [canonical(rng.uniform(0.5, 1.5, x.shape).astype(x.dtype)) for x in attempt.variables]

    def slope(h: float) -> float:
        up, down = (attempt.shifted([s * h * v for v in direction]).total() for s in (1.0, -1.0))
        return (up - down) / (2.0 * h)

    size = sum(float(np.sum(np.abs(g * v))) for g, v in zip(attempt.right, direction, strict=True))
    epsilon = float(np.finfo(np.asarray(attempt.root.data).dtype).eps)
    numeric, doubt = extrapolated(slope, epsilon, abs(attempt.total()), RTOL, RTOL * size)
    engine, formula = (
        float(sum(np.sum(g * v) for g, v in zip(gradient, direction, strict=True)))
        for gradient in (attempt.right, attempt.claimed)
    )
    return Testimony(numeric, engine, formula, max(RTOL * max(size, abs(numeric)), 10.0 * doubt))


def engine_is_wrong(attempts: Sequence[Attempt]) -> bool:
    """Whether differences contradict the engine at all of some points."""
    told = [testimony(attempt) for attempt in attempts[:POINTS]]
    return len(told) == POINTS and all(one.contradicts(one.engine) for one in told)


def formula_is_right(attempts: Sequence[Attempt]) -> bool:
    """Whether differences agree with the formula at these points."""
    told = [testimony(attempt) for attempt in attempts[:POINTS]]
    return all(not one.contradicts(one.formula) and np.isfinite(one.numeric) for one in told)


# -- operations --------------------------------------------------------------------------------------


def wrong_rules_in(attempt: Attempt) -> Iterator[str]:
    """The operations of a graph whose own rules are wrong, and how, where that is known."""
    graph = attempt.tape.graph
    operations = {
        node.operation: node for node in graph if node.operation and not isinstance(node.data, tuple)
    }
    for operation, node in operations.items():
        point = tuple(graph[i].data for i in node.inputs)
        if engine_is_wrong(list(further(_asked(operation, node, applied(operation)), point, POINTS))):
            words = likely_mistake(further(_asked(operation, node, operation.forward), point, ENOUGH))
            yield f"the rule of {operation.name} is wrong" + (f": {words}" if words else "")


def _asked(operation: Operation, node: Node, f: Callable[..., Any]) -> Question:
    """Whether the rules of an operation are the derivatives of a function, its own body perhaps."""
    return Question(
        partial(f, **node.metadata),
        partial(by_rules, operation, node.metadata),
        tuple(range(len(node.inputs))),
    )


def by_rules(operation: Operation, metadata: Mapping[str, Any], *point: Data) -> tuple[Data, ...]:
    """The gradient of the sum of an operation's output, with respect to each of its operands."""
    xs = [Value(x) for x in point]
    output = applied(operation)(*xs, **metadata)
    return tuple(gradients(output, xs, np.ones(output.shape)))

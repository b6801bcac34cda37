"""Finite differences as a third witness: whether the engine itself is wrong, and by whose rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from ...differentiation.engine import gradients
from ...values.data import Data, canonical
from ...values.operation import Operation, inputs_of, metadata_of
from ...values.recording import applied
from ...values.value import Value
from ..culprits import operations_in, wrong_rules
from ..diagnosis import complaint
from ..difference import extrapolated
from ..linearization import Tolerance
from .naming import ENOUGH, likely_mistake
from .question import Attempt, Question
from .surroundings import attempts_around

POINTS = 3
"""At so many points the engine must be wrong to be called so: one may be a kink."""

RTOL = 1e-4


class DirectionalDerivative(NamedTuple):
    """The derivative along a direction: by differences, by the engine and by the formula.

    `tolerance` is how far the first may be from the others.
    """

    numeric: float
    engine: float
    formula: float
    tolerance: float

    def contradicts(self, slope: float) -> bool:
        """Whether differences say something else, surely."""
        return abs(self.numeric - slope) > self.tolerance  # never where they are nan


@np.errstate(all="ignore")
def directional_derivative(attempt: Attempt) -> DirectionalDerivative:
    """The derivative at a point, along one direction of all variables."""
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
    return DirectionalDerivative(numeric, engine, formula, max(RTOL * max(size, abs(numeric)), 10.0 * doubt))


def engine_is_wrong(attempts: Sequence[Attempt]) -> bool:
    """Whether differences contradict the engine at all of some points."""
    found = [directional_derivative(attempt) for attempt in attempts[:POINTS]]
    return len(found) == POINTS and all(one.contradicts(one.engine) for one in found)


def formula_is_right(attempts: Sequence[Attempt]) -> bool:
    """Whether differences agree with the formula at these points."""
    found = [directional_derivative(attempt) for attempt in attempts[:POINTS]]
    return all(not one.contradicts(one.formula) and np.isfinite(one.numeric) for one in found)


# -- operations --------------------------------------------------------------------------------------


def wrong_rules_in(attempts: Sequence[Attempt]) -> Iterator[str]:
    """The operations whose own rules are wrong at some of these points, and how, where that is known."""
    named = set[str]()
    for attempt in attempts[:POINTS]:
        nodes = operations_in([attempt.root])
        for node, _ in wrong_rules(nodes, Tolerance(rtol=RTOL), 1, complaint):
            if (name := node._operation.name) not in named:
                named.add(name)
                words = _how(node)
                yield f"the rule of {name} is wrong" + (f": {words}" if words else "")


def _how(node: Value) -> str | None:
    """What is wrong with the rule of a node: its rules as the formula of a derivative of its own body."""
    operation, metadata = node._operation, metadata_of(node)
    point = tuple(x._data if isinstance(x, Value) else x for x in inputs_of(node))
    asked = Question(
        partial(operation.forward, **metadata),
        partial(by_rules, operation, metadata),
        tuple(range(len(point))),
    )
    return likely_mistake(attempts_around(asked, point, ENOUGH))


def by_rules(operation: Operation, metadata: Mapping[str, Any], *point: Data) -> tuple[Data, ...]:
    """The gradient of the sum of an operation's output, with respect to each of its operands."""
    xs = [Value(x) for x in point]
    output = applied(operation)(*xs, **metadata)
    return tuple(gradients(output, xs, np.ones(output.shape)))

"""Which recorded node is to blame: whose rule is wrong by itself, or whose kink is within the step.

Every node is an operation of known operands, and so a function that can be checked alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ..values import modes
from ..values.data import Data, canonical, shape_of
from ..values.operation import inputs_of, metadata_of
from ..values.recording import applied
from ..values.user_code import recorded_at, with_line
from ..values.value import Value, data_of
from .flattening import FlatFunction
from .linearization import REFUSED, Linearization, Tolerance, linearized, nodes_of

MOST_NODES = 64
MOST_ENTRIES = 10_000
"""Nodes that are checked alone, and entries that their operands may have."""

NOT_ALONE = (*REFUSED, TypeError, AssertionError)
"""What is raised by a node that cannot be checked alone."""

SWITCHED = 0.05
"""The part of a slope by which it must change to be another one."""


def alone(node: Value) -> tuple[FlatFunction, list[Data]] | None:
    """The operation of a node as a function of its variable operands, and these; None where it has none."""
    operation, inputs, metadata = node._operation, inputs_of(node), metadata_of(node)
    data = list(map(data_of, inputs))
    variable = [k for k, x in enumerate(inputs) if isinstance(x, Value) and x._tracked]
    if not variable or any(isinstance(x, tuple) for x in data):
        return None

    def again(*xs: Value) -> Any:
        operands = dict(zip(variable, xs, strict=True))
        return applied(operation)(*(operands.get(k, x) for k, x in enumerate(data)), **metadata)

    names = [_operand_name(operation, k) for k in variable]
    return FlatFunction(again, names, [None] * len(variable)), [data[k] for k in variable]


def _operand_name(operation: Any, k: int) -> str:
    names = operation.arguments
    return f"{names[0]}[{k}]" if operation.many else str(names[k])


def recorded_nodes(here: Linearization, i: int = 0, step: Data = 0.0) -> list[Value]:
    """The nodes of a function as argument i makes a step, each with the user's line that recorded it."""
    with modes.mode(with_line):
        _, outputs = here.function.evaluated(here.stepped(i, step))
    return operations_in(outputs)


def operations_in(outputs: Sequence[Value]) -> list[Value]:
    """The nodes that recorded an operation, the oldest first."""
    return [node for node in nodes_of(outputs) if node._operation is not None]


# -- rules that are wrong by themselves ------------------------------------------------------------


def wrong_rules(
    nodes: Sequence[Value], asked: Tolerance, order: int, complaint: Callable[[Linearization, Value], str]
) -> Iterator[tuple[Value, str]]:
    """The nodes whose check alone fails, up to an order, and what it complains of; one of each kind."""
    distinct = {
        (node._operation.name, *(shape_of(x) for x in inputs_of(node) if not isinstance(x, tuple))): node
        for node in reversed(nodes)
    }
    for node in list(distinct.values())[::-1][:MOST_NODES]:
        if found := _complaint_of(node, asked, order, complaint):
            yield node, found


def _complaint_of(
    node: Value, asked: Tolerance, order: int, complaint: Callable[[Linearization, Value], str]
) -> str:
    """What the check of a node alone complains of; nothing where it is right, or cannot be checked."""
    local = _linearized(node, asked)
    if local is None or local.values.size > MOST_ENTRIES:
        return ""
    rng = np.random.default_rng(0)
    try:
        for _ in range(order):
            if found := complaint(local, node):
                return found
            local = local.next(rng)
    except NOT_ALONE:
        pass  # the derivatives of a higher order are not to be had
    return ""


def _linearized(node: Value, asked: Tolerance) -> Linearization | None:
    """A node alone; None where it has no variable operand, or cannot be computed so."""
    if (local := alone(node)) is None or sum(map(np.size, local[1])) > MOST_ENTRIES:
        return None
    try:
        with np.errstate(all="ignore"):
            return linearized(*local, 1, asked, np.random.default_rng(0))
    except NOT_ALONE:
        return None


# -- kinks within a step ---------------------------------------------------------------------------


def switching(here: Linearization, i: int, step: Data) -> str:
    """The first node whose slope on one side of a step from the point is not that on the other, in words."""
    try:
        with np.errstate(all="ignore"):
            sides = [recorded_nodes(here, i, canonical(s)) for s in (-step, step)]
            middle = recorded_nodes(here)
    except (*REFUSED, TypeError):
        return ""
    operations = [[node._operation for node in nodes] for nodes in (*sides, middle)]
    if operations[0] != operations[1]:
        return "f records other operations on one side of the point than on the other"
    for k, (below, above) in enumerate(zip(*sides, strict=True)):
        if (below._operation.selecting or below._operation.kink) and (found := _switched(below, above, here)):
            return _described(middle[k] if operations[2] == operations[0] else below, *found)
    return ""


def _switched(below: Value, above: Value, here: Linearization) -> tuple[int, tuple[int, ...]] | None:
    """The variable operand, and its entry, whose slope differs the most between both sides."""
    pair = _linearized(below, here.asked), _linearized(above, here.asked)
    if pair[0] is None or pair[1] is None:
        return None
    for p, (g, other) in enumerate(zip(pair[0].gradient, pair[1].gradient, strict=True)):
        change, size = np.nan_to_num(np.abs(np.subtract(g, other))), np.maximum(np.abs(g), np.abs(other))
        if np.any(change > SWITCHED * size):
            return p, tuple(map(int, np.unravel_index(np.argmax(change), np.shape(change))))
    return None


def _described(node: Value, p: int, entry: tuple[int, ...]) -> str:
    """The node, its operand there, and the line."""
    variables = [x for x in inputs_of(node) if isinstance(x, Value) and x._tracked]
    operands = [_value(x, entry) for x in map(data_of, inputs_of(node)) if np.asarray(x).dtype.kind == "f"]
    place = f" at entry {entry}" if entry else ""
    name = f"{variables[p].name!r} = " if variables[p].name and len(operands) == 1 else ""
    operation = (node._operation.kink or node._operation.name).partition("′")[0]  # as users call it
    what = f"{operation} of {name}{' and '.join(operands)}{place} is within the step of its kink"
    return f"{what}{recorded_at(node)}"


def _value(data: Data, entry: tuple[int, ...]) -> str:
    """The entry of an operand; of one that is broadcast, what there is."""
    index = entry[len(entry) - np.ndim(data) :] if np.ndim(data) <= len(entry) else ()
    index = tuple(0 if n == 1 else k for k, n in zip(index, np.shape(data), strict=False))
    if len(index) != np.ndim(data) or any(k >= n for k, n in zip(index, np.shape(data), strict=True)):
        return f"an array of shape {np.shape(data)}"
    return f"{float(np.asarray(data)[index]):.3g}"

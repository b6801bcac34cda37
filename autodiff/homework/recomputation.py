"""A recorded graph as a function of its leaves, so that it can be recorded and evaluated at other points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..graph import Graph, Node
from ..naming import Names
from ..values.data import Data
from ..values.modes import differentiating
from ..values.operation import Operation
from ..values.recording import recorded
from ..values.value import Value, data_of


class Recomputation:
    """What was computed from `leaves`, once more: as Values, with their names, or in numbers.

    `wrt` is a leaf here even where it was computed: what is derived with respect to it is what used it.
    Constants without names are part of the function.
    """

    def __init__(self, output: Value, wrt: Value | None = None) -> None:
        self.graph = Graph(output)
        names = Names(self.graph)
        self.names = {node.id: name for node in self.graph if (name := names[node.id])}
        self.wrt = next((node.id for node in self.graph if node.source is wrt), None)
        self.leaves = [node for node in self.graph if self._is_leaf(node)]
        self.position = next((k for k, node in enumerate(self.leaves) if node.id == self.wrt), 0)

    def _is_leaf(self, node: Node) -> bool:
        known = node.operation is None and isinstance(node.source, Value) and node.id in self.names
        return known or node.id == self.wrt

    @property
    def point(self) -> tuple[Value, ...]:
        """The leaves with the numbers that they had."""
        return tuple(
            Value(node.data, self.names[node.id], constant=_is_constant(node)) for node in self.leaves
        )

    def __call__(self, *leaves: Value) -> Value:
        """The output, recorded; what has a name as it is shown has it."""
        return self._followed(leaves, self.names)

    def as_given(self, *leaves: Value) -> Value:
        """The output, recorded with the names that the user gave."""
        return self._followed(leaves, {node.id: node.name for node in self.graph if node.name})

    def _followed(self, leaves: Sequence[Value], names: Mapping[int, str]) -> Value:
        known: dict[int, Any] = {node.id: leaf for node, leaf in zip(self.leaves, leaves, strict=True)}
        with differentiating():
            for node in self.graph:
                if node.id not in known:
                    known[node.id] = self._recorded(node, [known[i] for i in node.inputs], names)
        result: Value = known[self.graph.output.id]
        return result

    def _recorded(self, node: Node, inputs: list[Any], names: Mapping[int, str]) -> Any:
        operation: Operation | None = node.operation
        if operation is None:
            return node.source
        data = operation.computed([data_of(x) for x in inputs], inputs, node.metadata)
        tracked = any(isinstance(x, Value) and not x.constant for x in inputs)
        again = recorded(operation, data, inputs, node.metadata, tracked)
        if node.id in names:
            again.name = names[node.id]
        return again

    def computed(self, leaves: Sequence[Any]) -> dict[int, Data]:
        """The data of all nodes, by id."""
        known = {node.id: data_of(leaf) for node, leaf in zip(self.leaves, leaves, strict=True)}
        for node in self.graph:
            if node.id not in known:
                inputs = [known[i] for i in node.inputs]
                operation = node.operation
                known[node.id] = operation.computed(inputs, inputs, node.metadata) if operation else node.data
        return known

    def numbers(self, leaves: Sequence[Any]) -> dict[str, Data]:
        """The data of what has a name."""
        data = self.computed(leaves)
        return {name: data[id] for id, name in self.names.items()}

    def sides(self, leaves: Sequence[Any]) -> set[tuple[int, Any]]:
        """On which sides of their kinks the operations are that have one."""
        data = self.computed(leaves)
        kinked = [
            node
            for node in self.graph
            if node.operation and (node.operation.kink or node.operation.selecting)
        ]
        return {(node.id, _side(node, [data[i] for i in node.inputs], data[node.id])) for node in kinked}


def _is_constant(node: Node) -> bool:
    return isinstance(node.source, Value) and node.source.constant


def _side(node: Node, inputs: list[Data], output: Data) -> Any:
    """What differs on both sides of a kink: which slopes are negative, 0, 1, or something else."""
    operation: Any = node.operation
    if operation.many or isinstance(output, tuple):
        return None
    before = (output,) if operation.elementwise else (np.ones_like(output), output)
    slopes = [rule(*before, *inputs, **node.metadata) for rule in operation.rules if callable(rule)]
    return repr([(np.sign(1.0 * slope).tolist(), np.equal(slope, 1.0).tolist()) for slope in slopes])

"""A graph seen part by part: which of its values are shown, and which of these each is computed from.

Either all, one for each operation, or only those that a reader would speak of; what is between is folded
into the next one that is shown. Pictures and passes see graphs in this way.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from ..graph import Edge, Graph, Node, Uses
from ..naming import Names
from ..naming.putting import hands_on
from ..values.modes import differentiating
from ..values.operation import Operation
from ..values.recording import recorded
from ..values.value import Value
from .transcription import differentiable

DOZEN = 12
"""Nodes of a graph that is shown operation by operation, if nothing else is said."""


class Parts:
    """The nodes of a graph that are shown, by their ids: all, or those in `shown`, among them the outputs."""

    def __init__(self, graph: Graph, names: Names, shown: Collection[int] | None = None) -> None:
        self.graph, self.names, self.each_operation = graph, names, shown is None
        self.ids: Sequence[int] = range(len(graph)) if shown is None else sorted(shown)
        self._shown = bytearray([shown is None]) * len(graph)
        for id in self.ids:
            self._shown[id] = True

    def __getitem__(self, id: int) -> Node:
        return self.graph[id]

    def __contains__(self, id: int) -> bool:
        return bool(self._shown[id])

    def __iter__(self) -> Iterator[Node]:
        return map(self.graph.__getitem__, self.ids)

    def inputs(self, id: int) -> Sequence[int]:
        """What a part is computed from: the operands of its operation, or each part next to it once."""
        return self.graph.inputs[id] if self.each_operation else self._inputs[id]

    @cached_property
    def _inputs(self) -> Mapping[int, tuple[int, ...]]:
        return {id: self._next_to(id) for id in self.ids}

    def _next_to(self, id: int) -> tuple[int, ...]:
        """The parts next to one, each once, as they are found from the operands downwards."""
        shown, inputs = self._shown, self.graph.inputs
        found, seen, stack = dict[int, None](), set[int](), [*reversed(inputs[id])]
        while stack:
            i = stack.pop()
            if shown[i]:
                found[i] = None
            elif i not in seen:
                seen.add(i)
                stack.extend(reversed(inputs[i]))
        return tuple(found)

    def operation(self, id: int) -> Operation | None:
        """The operation that makes a part out of those next to it; None where there are several, or none.

        The identity is not counted.
        """
        operation, inputs = self.graph.operations[id], self.graph.inputs
        if self.each_operation or all(self._shown[i] or not inputs[i] for i in inputs[id]):
            return operation
        operands = map(self._handed, inputs[id])
        return operation if all(i in self or not inputs[i] for i in operands) else None

    def _handed(self, id: int) -> int:
        """A node, or the part that the identity hands on."""
        while id not in self and hands_on(self.graph, id):
            (id,) = self.graph.inputs[id]
        return id

    def again(self, id: int, leaf: Callable[[Node], Any]) -> dict[int, Any]:
        """The computation of a part from those next to it, recorded anew on what `leaf` makes of these."""
        copies: dict[int, Any] = {}
        with differentiating():
            for node in self.inside(id):
                stops = node.operation is None or (node.id != id and node.id in self)
                copies[node.id] = leaf(node) if stops else again(node, [copies[i] for i in node.inputs])
        return copies

    def inside(self, id: int) -> list[Node]:
        """The nodes that a part is computed by, with those next to it, in order of the graph."""
        found, stack = {id}, [id]
        while stack:
            for i in self.graph.inputs[stack.pop()]:
                if i not in found:
                    found.add(i)
                    if i not in self:
                        stack.append(i)
        return [self.graph[i] for i in sorted(found)]

    @property
    def edges(self) -> Iterator[Edge]:
        """From parts to those that are computed from them; the position is that among the `inputs`."""
        for id in self.ids:
            for position, source in enumerate(self.inputs(id)):
                yield Edge(source, id, position)

    @cached_property
    def uses(self) -> Uses:
        """The edges that leave each part that is used."""
        if self.each_operation:
            return self.graph.uses
        return Uses(self.ids, self._inputs.values())


def parts_of(graph: Graph, each_operation: bool | None = None) -> Parts:
    """All nodes, or those that a reader speaks of: what has a name, arrays that were given, and the outputs.

    By default all nodes of a small graph, and of one in which there is nothing else to speak of.
    """
    names, outputs = Names(graph), {*graph.output_ids}
    arrays = (id for id, x in enumerate(graph.operations) if x is None and graph[id].shape)
    shown = {*names.ids, *arrays, *outputs}
    if each_operation is None:
        spoken_of = any(graph.inputs[id] and id not in outputs for id in shown)
        each_operation = len(graph) <= DOZEN or not spoken_of
    return Parts(graph, names, None if each_operation else shown)


def again(node: Node, inputs: list[Any]) -> Value:
    """A recorded node with other inputs, its data taken over."""
    operation: Any = node.operation
    tracked = any(isinstance(x, Value) and not x.constant for x in inputs)
    known = differentiable(operation, tuple(inputs), node.metadata)
    return recorded(known, node.data, inputs, node.metadata, tracked)

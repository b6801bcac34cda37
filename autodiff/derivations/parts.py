"""A graph seen part by part: which of its values are shown, and which of these each is computed from.

Either all, one for each operation, or only those that a reader would speak of; what is between is folded
into the next one that is shown. Pictures and passes see graphs in this way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from ..graph import Edge, Graph, Node
from ..naming import Names
from ..values.operation import Operation


class Parts:
    """The nodes of a graph that are shown, by their ids.

    All of them if `each_operation`; else what a reader speaks of: what has a name, arrays that were given,
    and the outputs.
    """

    def __init__(self, graph: Graph, each_operation: bool = False) -> None:
        self.graph, self.names, self.each_operation = graph, Names(graph), each_operation
        self.ids: Sequence[int] = range(len(graph)) if each_operation else self._spoken_of()
        self._shown = self.ids if each_operation else frozenset(self.ids)

    def _spoken_of(self) -> list[int]:
        outputs = {node.id for node in self.graph.outputs}
        return [
            node.id
            for node in self.graph
            if node.id in self.names or node.id in outputs or (not node.inputs and node.shape)
        ]

    def __getitem__(self, id: int) -> Node:
        return self.graph[id]

    def __contains__(self, id: int) -> bool:
        return id in self._shown

    def __iter__(self) -> Iterator[Node]:
        return map(self.graph.__getitem__, self.ids)

    def inputs(self, id: int) -> Sequence[int]:
        """What a part is computed from: the operands of its operation, or each part next to it once."""
        return self.graph[id].inputs if self.each_operation else self._inputs[id]

    @cached_property
    def _inputs(self) -> Mapping[int, tuple[int, ...]]:
        return {id: tuple(self._next_to(id)) for id in self.ids}

    def _next_to(self, id: int) -> Iterator[int]:
        """The parts next to one, in the order of the operands, each once."""
        seen, stack = set(), list(reversed(self.graph[id].inputs))
        while stack:
            i = stack.pop()
            if i in seen:
                continue
            seen.add(i)
            if i in self:
                yield i
            else:
                stack.extend(reversed(self.graph[i].inputs))

    def operation(self, id: int) -> Operation | None:
        """The operation that makes a part out of those next to it; None where there are several, or none."""
        node = self.graph[id]
        if self.each_operation:
            return node.operation
        single = all(i in self or not self.graph[i].inputs for i in node.inputs)
        return node.operation if single else None

    def inside(self, id: int) -> list[Node]:
        """The nodes that a part is computed by, with those next to it, in order of the graph."""
        found, stack = {id}, [id]
        while stack:
            for i in self.graph[stack.pop()].inputs:
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
    def uses(self) -> Mapping[int, Sequence[Edge]]:
        """The edges that leave each part that is used."""
        if self.each_operation:
            return self.graph.uses
        uses: dict[int, list[Edge]] = defaultdict(list)
        for edge in self.edges:
            uses[edge.source].append(edge)
        return dict(uses)

"""Replay: what a recorded graph would have given if some of its values had been different."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from ..graph import Graph
from ..values.data import Data, as_data, cast, dtype_of, shape_of
from ..values.value import Value


class Replay:
    """A recorded graph that can be computed again; nothing of the graph is changed by it.

    Call it with pairs of a Value and the data to use in its place. Leaves, constants and recorded nodes
    can be replaced; what depends on them is computed anew, in order of birth, by the operations that recorded
    it, and the rest stays as it was. Pairs for Values that the graph does not use have no effect. A leaf that
    was assigned after it was used counts as replaced by its new data. Branches that Python took while
    recording, and random numbers, stay as they were.

    Raises TypeError for anything but Values, and ValueError for data of another shape, and for a
    graph of more than `max_nodes`.

    >>> x, y = Value(2.0, "x"), Value(5.0, "y")
    >>> f = Replay(x * y + 1.0)
    >>> f([]), f([(x, 3.0)]), f([(x, 3.0), (y, -1.0)]), x.data
    (11.0, 16.0, -2.0, 2.0)
    """

    def __init__(self, output: Value, max_nodes: float = math.inf) -> None:
        self.graph = Graph(output, max_nodes)

    def __call__(self, changes: Iterable[tuple[Value, Data]]) -> Data:
        """The data of the output with these changes."""
        known: dict[int, Data] = {id: self.graph[id].data for id in self.graph.changed}
        for value, data in changes:
            fitted = _fitted(value, data)
            if (id := self.graph.id_of(value)) is not None:
                known[id] = fitted
        if known:
            self._follow(known)
        return known.get(self.graph.output.id, self.graph.output.data)

    def _follow(self, known: dict[int, Data]) -> None:
        """Compute everything that depends on what is known to have changed."""
        for id, ids in enumerate(self.graph.inputs):
            if id not in known and not known.keys().isdisjoint(ids):
                node, inputs = self.graph[id], [known[i] if i in known else self.graph[i].data for i in ids]
                operation: Any = node.operation
                known[id] = operation.computed(inputs, inputs, node.metadata)


def _fitted(value: Value, data: Data) -> Data:
    """Data to use in place of a Value's, in its dtype."""
    if not isinstance(value, Value):
        raise TypeError(f"replay: only Values can be replaced, got {type(value).__name__}")
    data = as_data(data)
    if shape_of(data) != value.shape:
        raise ValueError(f"replay: {value.described()} is replaced by data of shape {shape_of(data)}")
    return data if dtype_of(data) == value.dtype else cast(data, value.dtype)

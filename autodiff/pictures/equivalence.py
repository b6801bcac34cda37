"""Which nodes of a large graph are alike: made by the same operations from what is alike.

A loss over 100 observations repeats one computation 100 times. Nodes that are alike share one card, and
boxes that are alike one box: 65,000 nodes become the few that a lecturer would draw.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from itertools import count

from ..graph import Graph, Node
from .boxes import NOWHERE, Boxes

MOST_KINDS = 100
"""Kinds of terms by which sums are compared; with more, only those put together alike are of one kind."""


class Equivalence:
    """The kinds of nodes of a graph, as a number for each node, and the boxes of these kinds.

    Names, data and metadata do not matter. A sum, or a product, of any number of terms of one kind is
    of one kind, however it was put together. An output is like no other node. `boxes` are the boxes when
    those that are alike are one, `counts` how many that one stands for, `place` which one each box went into.
    """

    def __init__(self, graph: Graph, boxes: Boxes) -> None:
        self._numbers: dict[Hashable, int] = defaultdict(count().__next__)
        self._terms: dict[tuple[str, int, int], tuple[int, ...]] = {}
        paths = _paths(boxes)
        self.of: list[int] = []
        outputs = {node.id for node in graph.outputs}
        for node in graph:
            inputs = [self.of[i] for i in node.inputs]
            path = paths[boxes.of[node.id]]
            own = node.id if node.id in outputs else None
            self.of.append(self._kind(node, inputs, path, own))
        for id, users in graph.given.items():
            uses = frozenset((self.of[u], graph[u].inputs.index(id)) for u in users)
            self.of[id] = self._numbers["used", self.of[id], uses]
        self.place = {NOWHERE: NOWHERE}
        self.counts: list[int] = []
        self.boxes = self._merged(graph, boxes)

    def _kind(self, node: Node, inputs: list[int], path: int, own: int | None) -> int:
        if node.operation is None:
            return self._numbers[node.kind, node.shape, own]
        name = node.operation.name
        if not node.operation.symmetric:
            return self._numbers[name, node.shape, path, own, *inputs]
        terms = tuple(sorted({term for i in inputs for term in self._terms.get((name, path, i), (i,))}))
        if len(terms) > MOST_KINDS:
            return self._numbers[name, node.shape, path, own, *inputs]
        kind = self._numbers[name, node.shape, path, own, terms]
        self._terms[name, path, kind] = terms
        return kind

    def _merged(self, graph: Graph, boxes: Boxes) -> Boxes:
        """One box for all that have the same title, stand in the same box, and end in nodes of a kind."""
        last = self._last_kinds(graph, boxes)
        merged: dict[tuple[int, str, int], int] = {}
        for box, title in enumerate(boxes.titles):
            key = (self.place[boxes.parents[box]], title, last[box])
            self.place[box] = merged.setdefault(key, len(merged))
        self.counts = [0] * len(merged)
        for box in range(len(boxes)):
            self.counts[self.place[box]] += 1
        result = Boxes(
            [title for _, title, _ in merged],
            [parent for parent, _, _ in merged],
            [self.place[box] for box in boxes.of],
        )
        for id, users in graph.given.items():
            if graph[id].kind != "constant":
                result.of[id] = result.shared([result.of[user] for user in users])
        return result

    def _last_kinds(self, graph: Graph, boxes: Boxes) -> dict[int, int]:
        """For each box the kind of its youngest node."""
        last = {box: id for id, box in enumerate(boxes.of) if graph[id].operation is not None}
        for box in reversed(range(len(boxes))):
            parent = boxes.parents[box]
            last[parent] = max(last.get(parent, NOWHERE), last[box])
        return {box: self.of[id] for box, id in last.items()}


def _paths(boxes: Boxes) -> dict[int, int]:
    """A number for each box, the same for those with the same titles from outside inwards."""
    numbers: dict[tuple[int, str], int] = defaultdict(count().__next__)
    paths = {NOWHERE: NOWHERE}
    for box, title in enumerate(boxes.titles):
        paths[box] = numbers[paths[boxes.parents[box]], title]
    return paths

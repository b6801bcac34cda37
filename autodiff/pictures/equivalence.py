"""Which nodes of a large graph are alike: made by the same operations from what is alike.

A loss over 100 observations repeats one computation 100 times. Nodes that are alike share one card, and
boxes that are alike one box: 65,000 nodes become the few that a lecturer would draw.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from itertools import count

from ..graph import Graph
from ..naming.boxes import NOWHERE, Boxes
from ..values.data import Shape
from ..values.value import Value

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
        outputs, of, inputs = {*graph.output_ids}, self.of, graph.inputs
        for id, operation in enumerate(graph.operations):
            own = id if id in outputs else None
            if operation is None:
                of.append(self._numbers[graph[id].kind, graph[id].shape, own])
                continue
            shape = () if type(graph.sources[id]._data) is float else graph[id].shape
            place = operation.name, shape, paths[boxes.of[id]], own
            key = *place, *[of[i] for i in inputs[id]]
            if operation.symmetric and key not in self._numbers:
                self._numbers[key] = self._kind_of_sum(place, [of[i] for i in inputs[id]])
            of.append(self._numbers[key])
        for id, users in graph.given.items():
            uses = frozenset((of[u], inputs[u].index(id)) for u in users)
            of[id] = self._numbers["used", of[id], uses]
        self.place = {NOWHERE: NOWHERE}
        self.counts: list[int] = []
        self.boxes = self._merged(graph, boxes)

    def _kind_of_sum(self, place: tuple[str, Shape, int, int | None], inputs: list[int]) -> int:
        """The kind of a sum, by the kinds of its terms."""
        name, _, path, _ = place
        terms = tuple(sorted({term for i in inputs for term in self._terms.get((name, path, i), (i,))}))
        if len(terms) > MOST_KINDS:
            return self._numbers[(*place, *inputs)]
        kind = self._numbers[(*place, terms)]
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
            source = graph.sources[id]
            if type(source) is not Value or not source.constant:
                result.of[id] = result.shared([result.of[user] for user in users])
        return result

    def _last_kinds(self, graph: Graph, boxes: Boxes) -> dict[int, int]:
        """For each box the kind of its youngest node."""
        recorded = graph.operations
        last = {box: id for id, box in enumerate(boxes.of) if recorded[id] is not None}
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

"""Boxes around the nodes of a graph: scopes, and calls of modules, one inside the other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from ..graph import Graph
from ..values.scopes import label_of
from ..values.value import Value

NOWHERE = -1
"""In place of a box: outside of all."""


class Boxes:
    """A tree of boxes, each known by its index, outer ones first, and which box each node stands in.

    What an operation recorded stands in the innermost scope or call that recorded it. A leaf, constant
    or raw number stands where it is used: in the innermost box around all its uses. A constant that
    was there before a call is an input of it, and stays outside.
    """

    def __init__(self, titles: Sequence[str], parents: Sequence[int], of: list[int]) -> None:
        self.titles = titles
        self.parents = parents
        self.of = of
        self.depths: list[int] = []
        for parent in parents:
            self.depths.append(1 if parent == NOWHERE else self.depths[parent] + 1)

    def __len__(self) -> int:
        return len(self.titles)

    def around(self, box: int) -> Iterator[int]:
        """A box and those around it, outwards."""
        while box != NOWHERE:
            yield box
            box = self.parents[box]

    def shared(self, boxes: Sequence[int]) -> int:
        """The innermost box around all of these."""
        found = boxes[0]
        for box in set(boxes[1:]):
            around = {NOWHERE, *self.around(box)}
            while found not in around:
                found = self.parents[found]
        return found

    def numbered(self) -> list[str]:
        """Titles that tell boxes inside the same box apart: Linear 1, Linear 2."""
        places = list(zip(self.parents, self.titles, strict=True))
        alike, seen = Counter(places), Counter[tuple[int, str]]()
        names = []
        for place in places:
            seen[place] += 1
            names.append(f"{place[1]} {seen[place]}" if alike[place] > 1 else place[1])
        return names


def boxes_of(graph: Graph) -> Boxes:
    """The boxes of a graph."""
    members, titles = _members(graph)
    of = [NOWHERE] * len(graph)
    parents, begins = [], sorted(members)
    for box, since in enumerate(begins):
        parents.append(of[max(members[since])])
        for id in members[since]:
            of[id] = box
    boxes = Boxes([titles[since] for since in begins], parents, of)
    if begins:
        _settle(graph, boxes, begins)
    return boxes


def _settle(graph: Graph, boxes: Boxes, begins: Sequence[float]) -> None:
    """Put what nothing recorded where it is used; `begins` are the birth numbers of the boxes."""
    of = boxes.of
    for id, users in graph.given.items():
        source = graph.sources[id]
        box = of[users[0]] if len(users) == 1 else boxes.shared([of[user] for user in users])
        if type(source) is Value and source.constant:
            box = next((f for f in boxes.around(box) if begins[f] < source._birth), NOWHERE)
        of[id] = box


def _members(graph: Graph) -> tuple[dict[int, set[int]], dict[int, str]]:
    """The nodes of each scope and call, and its title, by the birth number at which it began."""
    members: dict[int, set[int]] = defaultdict(set)
    titles: dict[int, str] = {}
    for id, (source, operation) in enumerate(zip(graph.sources, graph.operations, strict=True)):
        if type(source) is not Value or type(source._label) is str or source._label is None:
            continue
        label = label_of(source)
        around = label.scope if operation else None
        while around is not None:
            titles[around.since] = around.title
            members[around.since].add(id)
            around = around.around
        for title, since in label.calls:
            titles[since] = title
            _add_recorded(graph, id, since, members[since])
    return members, titles


def _add_recorded(graph: Graph, result: int, since: int, found: set[int]) -> None:
    """Add a result, and what was recorded for it since a birth number."""
    sources, operations, stack = graph.sources, graph.operations, [result]
    while stack:
        id = stack.pop()
        if id not in found and operations[id] is not None and sources[id]._birth > since:
            found.add(id)
            stack.extend(graph.inputs[id])

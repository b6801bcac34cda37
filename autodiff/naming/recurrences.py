"""Loops in a graph: boxes in a row that are alike node by node, each going on with what the last one left.

Such are the steps of a `scan`, and the entries of a `scope` in a for loop. At each place there is the same
operation in every step; its operands are at the same places of the step or of the one before, or they are the
same values from outside, or rows, which differ from step to step: numbers and arrays, or the entries of one
array in order.
"""

from __future__ import annotations

import builtins
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, TypeAlias

import numpy as np

from ..graph import Graph, Node
from ..ops import getitem
from ..values.data import is_lazy
from ..values.operation import Operation
from ..values.recording import PART
from ..values.value import Value
from .boxes import NOWHERE, Boxes, boxes_of

FEWEST = 2
"""Steps that make a loop."""

FEW_STEPS = 3
"""Steps of a loop that may be written out."""

ENDS = ((0, 0), (1, 0), (0, 1), (1, 1))
"""Steps that may be unlike: the first, which begins with a number, and the last, which need not hand on."""

PICKING: tuple[Operation, ...] = (vars(getitem)["operation"], PART)
"""What takes an entry out of an array, or a result out of several."""

Operand: TypeAlias = tuple[int, int]
"""A place within a step, and the position of an operand there."""

Found: TypeAlias = tuple[Operand, int, tuple[str, int]]
"""An operand, its id, and where that stands: here, in the step before, outside."""


@dataclass(frozen=True)
class Recurrence:
    """The steps of a loop, alike node by node.

    `steps` are the ids of what each of them recorded, in order: a place is a position there. `first` is the
    number of the first one, 2 where step 1 is not like the others. `carried` are the places that the next
    step goes on with, each with the ids of what the first step had in their stead. `rows` are the operands
    from outside that differ from step to step: the ids of each, by the step; `given` those that do not.
    `entries` are the places where a step takes an entry of an array. `collected` is what puts something of
    each step together after the last one, by id, with the places that it takes.
    """

    steps: Sequence[Sequence[int]]
    first: int
    carried: Mapping[int, Sequence[int]]
    rows: Sequence[Sequence[Sequence[int]]]
    given: frozenset[int]
    entries: frozenset[int]
    collected: Mapping[int, Collection[int]]

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def is_long(self) -> bool:
        """Whether there are so many steps that one is written for all."""
        return len(self) > FEW_STEPS


def recurrences(graph: Graph, boxes: Boxes | None = None) -> list[Recurrence]:
    """The loops of a graph, none inside another, in order.

    >>> from autodiff import Value, scan
    >>> w = Value(0.5, "w")
    >>> last, _ = scan(lambda h, x: (w * h + x, None), 0.0, np.arange(5.0))
    >>> [loop] = recurrences(Graph(last))
    >>> loop.steps, loop.carried
    ([[2, 4], [5, 7], [8, 10], [11, 13], [14, 16]], {1: [1]})
    """
    boxes = boxes_of(graph) if boxes is None else boxes
    if len(boxes) < FEWEST:
        return []
    members, waiting, found = _members(graph, boxes), [NOWHERE], list[Recurrence]()
    inside = _inside(boxes)
    while waiting:
        for group in inside[waiting.pop()].values():
            steps = [members[box] for box in group]
            loop = next(filter(None, (_compared(graph, steps, *ends) for ends in ENDS)), None)
            if loop:
                found.append(loop)
            if loop and loop.is_long:
                waiting += [*group[: loop.first - 1], *group[loop.first - 1 + len(loop) :]]
            else:
                waiting += group
    return sorted(_apart(found), key=lambda loop: loop.steps[0][0])


def _apart(loops: Sequence[Recurrence]) -> Iterator[Recurrence]:
    """Loops of which none is inside another: those of many steps, and of others the outer ones."""
    taken = set[int]()
    for loop in sorted(loops, key=lambda loop: not loop.is_long):
        if all(map(taken.isdisjoint, loop.steps)):
            taken.update(*loop.steps)
            yield loop


def _members(graph: Graph, boxes: Boxes) -> Sequence[list[int]]:
    """What was recorded in each box, and in those inside it."""
    members: list[list[int]] = [[] for _ in range(len(boxes))]
    for id, (box, operation) in enumerate(zip(boxes.of, graph.operations, strict=True)):
        if operation is not None:
            for around in boxes.around(box):
                members[around].append(id)
    return members


def _inside(boxes: Boxes) -> Mapping[int, Mapping[str, list[int]]]:
    """The boxes right inside each, by their titles, in the order in which they began."""
    inside: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for box, (title, parent) in enumerate(zip(boxes.titles, boxes.parents, strict=True)):
        inside[parent][title].append(box)
    return inside


# -- steps that are alike ----------------------------------------------------------------------------


class _UnlikeError(Exception):
    """Steps are not alike."""


def _compared(graph: Graph, steps: Sequence[Sequence[int]], begin: int, end: int) -> Recurrence | None:
    """The loop of these steps, if they are one, without so many in the beginning and in the end."""
    steps = steps[begin : len(steps) - end]
    if len(steps) < FEWEST or len({*map(len, steps)}) > 1 or not _goes_on(graph, *steps[:2]):
        return None
    try:
        return _Comparison(graph, steps).loop(begin + 1)
    except _UnlikeError:
        return None


def _goes_on(graph: Graph, step: Sequence[int], following: Sequence[int]) -> bool:
    """Whether a step uses what the one before it recorded; observations side by side do not."""
    recorded = {*step}
    return not all(recorded.isdisjoint(graph.inputs[id]) for id in following)


class _Comparison:
    """The steps of a loop, each compared with the second one, the first that goes on with what one left."""

    def __init__(self, graph: Graph, steps: Sequence[Sequence[int]]) -> None:
        self.graph, self.steps = graph, steps
        self._digests: dict[int, Hashable] = {}
        self.starts: dict[int, list[int]] = defaultdict(list)
        self.outside: dict[Operand, list[int]] = defaultdict(list)
        self.indices: dict[int, list[int]] = defaultdict(list)
        places = [{id: place for place, id in enumerate(step)} for step in steps]
        model = [*self._operands(steps[1], places[1], places[0])]
        for k, step in enumerate(steps):
            self._compare_operations(step)
            self._compare_operands(self._operands(step, places[k], places[k - 1] if k else {}), model, not k)

    def _operands(
        self, step: Sequence[int], here: Mapping[int, int], before: Mapping[int, int]
    ) -> Iterator[Found]:
        """Each operand of a step, whose places are `here`, after those of the step `before`."""
        for place, id in enumerate(step):
            for position, i in enumerate(self.graph.inputs[id]):
                stands = ("here", here[i]) if i in here else ("before", before.get(i, NOWHERE))
                yield (place, position), i, stands

    def _compare_operations(self, step: Sequence[int]) -> None:
        """Raises where a step has other operations than the second, or the same with other options."""
        for place, (id, like) in enumerate(zip(step, self.steps[1], strict=True)):
            node, model = self.graph[id], self.graph[like]
            is_same = node.operation is model.operation and len(node.inputs) == len(model.inputs)
            if not is_same or node.shape != model.shape or not _same(_options(node), _options(model)):
                raise _UnlikeError
            if _takes_entry(node):
                self.indices[place].append(node.metadata["index"])

    def _compare_operands(self, operands: Iterable[Found], model: Iterable[Found], is_first: bool) -> None:
        """Raises where a step computes with what stands elsewhere; keeps what comes from outside."""
        for (operand, id, stands), (like, _, wanted) in zip(operands, model, strict=True):
            start = is_first and wanted[0] == "before" and wanted[1] != NOWHERE
            if operand != like or (stands != (("before", NOWHERE) if start else wanted)):
                raise _UnlikeError
            if start:
                self.starts[wanted[1]].append(id)
            elif wanted[1] == NOWHERE:
                self.outside[operand].append(id)

    def loop(self, first: int) -> Recurrence:
        """The loop. Raises where the rows are none, and where nothing is handed on."""
        entries = frozenset(place for place, indices in self.indices.items() if len({*indices}) > 1)
        for place in entries:
            arrays = self.outside.get((place, 0), ())
            if len({*arrays}) != 1 or not self._are_in_order(self.indices[place]):
                raise _UnlikeError
        if not self.starts or any(len({*map(self._known, ids)}) > 1 for ids in self.starts.values()):
            raise _UnlikeError
        given = frozenset(ids[0] for ids in self.outside.values() if len({*ids}) == 1)
        return Recurrence(
            self.steps, first, dict(self.starts), [*self._rows()], given, entries, self._collected()
        )

    def _collected(self) -> Mapping[int, Collection[int]]:
        """What uses something of each step, by id, and at which places that is."""
        of = {id: (k, place) for k, step in enumerate(self.steps) for place, id in enumerate(step)}
        users = {user for id in self.steps[0] for user in self.graph.uses.targets(id)}
        found: dict[int, Collection[int]] = {}
        for user in sorted(users - of.keys()):
            used = {of[i] for i in self.graph.inputs[user] if i in of}
            if len({k for k, _ in used}) == len(self.steps):
                found[user] = {place for _, place in used}
        return found

    def _rows(self) -> Iterator[list[list[int]]]:
        """The operands from outside that are others in each step; those that are always the same are one."""
        rows: dict[Hashable, list[list[int]]] = {}
        for ids in self.outside.values():
            known = tuple(map(self._known, ids))
            if len({*known}) == 1:
                continue
            if not self._are_given(ids) and not self._are_entries(ids):
                raise _UnlikeError
            found = rows.setdefault(known, [[] for _ in ids])
            for own, id in zip(found, ids, strict=True):
                own.append(id)
        yield from rows.values()

    def _known(self, id: int) -> Hashable:
        """What an operand is: raw data are known by what they are, since they have no identity."""
        data = self.graph.sources[id]
        if type(data) is Value or is_lazy(data):
            return id
        if builtins.id(data) not in self._digests:
            array = np.asarray(data)
            digest = blake2b(array.tobytes()).digest()
            self._digests[builtins.id(data)] = array.shape, array.dtype.str, digest
        return self._digests[builtins.id(data)]

    def _are_given(self, ids: Sequence[int]) -> bool:
        """Whether operands are numbers and arrays, which nothing is derived by."""
        sources = [self.graph.sources[id] for id in ids]
        return all(not isinstance(x, Value) or (x.constant and x._operation is None) for x in sources)

    def _are_entries(self, ids: Sequence[int]) -> bool:
        """Whether operands are the entries of one array that was there before, in order."""
        graph = self.graph
        if any(graph.operations[id] not in PICKING or id > self.steps[0][0] for id in ids):
            return False
        indices = [graph[id].metadata["index"] for id in ids]
        return len({graph.inputs[id] for id in ids}) == 1 and self._are_in_order(indices)

    def _are_in_order(self, indices: Sequence[Any]) -> bool:
        """Whether indices go up or down one by one."""
        return all(type(i) is int for i in indices) and {*np.diff(indices).tolist()} in ({1}, {-1})


def _takes_entry(node: Node) -> bool:
    """Whether an operation takes an entry by its number, which may count the steps."""
    return node.operation in PICKING and type(node.metadata["index"]) is int


def _options(node: Node) -> Mapping[str, Any]:
    """The options of an operation; the number of an entry does not count."""
    return {**node.metadata, "index": int} if _takes_entry(node) else node.metadata


def _same(options: Mapping[str, Any], others: Mapping[str, Any]) -> bool:
    """Whether the options of two operations are the same."""
    return options.keys() == others.keys() and all(_equal(x, others[name]) for name, x in options.items())


def _equal(x: Any, y: Any) -> bool:
    if x is y:
        return True
    if type(x) is not type(y):
        return False
    if isinstance(x, (tuple, list)):
        return len(x) == len(y) and all(map(_equal, x, y))
    return bool(np.array_equal(x, y)) if isinstance(x, np.ndarray) else bool(x == y)

"""The read-only view of a recorded graph that pictures and trees share.

Values know their inputs only. The view numbers them, so that its readers can speak of a node by a
small number that is the same in every run. Nothing here recurses.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from .values.data import Data, Shape, shape_of
from .values.labels import Label
from .values.operation import Operation, inputs_of, metadata_of
from .values.value import Value

Kind: TypeAlias = Literal["leaf", "constant", "recorded", "number"]


_Ids: TypeAlias = "np.ndarray[tuple[int], np.dtype[np.intp]]"


class Edge(NamedTuple):
    """`source` is operand number `position` of `target`; both are ids of nodes."""

    source: int
    target: int
    position: int


class Node:
    """One value of a graph, or one raw number or array that an operation was given.

    `id` counts from 0 in the order of the graph. `operation` is what made it; None for anything that was
    not recorded. `inputs` are the ids of the operands, in order.
    `changed` says that a leaf was assigned new data after an operation of this graph had used it.
    What else is asked of a node is read from its Value at that moment.
    """

    __slots__ = ("changed", "id", "inputs", "operation", "source")

    def __init__(self, graph: Graph, id: int) -> None:
        self.id = id
        self.source: Value | Data = graph.sources[id]
        self.operation = graph.operations[id]
        self.inputs = graph.inputs[id]
        self.changed = id in graph.changed

    def __eq__(self, other: object) -> bool:
        return type(other) is Node and self.id == other.id and self.source is other.source

    def __hash__(self) -> int:
        return self.id

    @property
    def kind(self) -> Kind:
        """A leaf (variable), a constant, a recorded result, or a raw number that has no Value."""
        if self.operation is not None:
            return "recorded"
        if type(self.source) is not Value:
            return "number"
        return "constant" if self.source.constant else "leaf"

    @property
    def name(self) -> str | None:
        """The name its user gave it."""
        label = self.source._label if type(self.source) is Value else None
        return label.name if type(label) is Label else label

    @property
    def symbol(self) -> str | None:
        """How its operation is written: + · σ."""
        return self.operation.symbol if self.operation else None

    @property
    def metadata(self) -> dict[str, Any]:
        """The options of its operation, with the defaults filled in."""
        return metadata_of(self.source) if type(self.source) is Value else {}

    @property
    def data(self) -> Data:
        """The number or array; a tuple where the operation has several results."""
        source = self.source
        return source._data if type(source) is Value else source

    @property
    def grad(self) -> Data | None:
        """The gradient of the last `backward()`; None until computed."""
        return self.source._grad if type(self.source) is Value else None

    @property
    def shape(self) -> Shape:
        """Sizes of the axes; () for a number, and for a tuple of results."""
        return () if isinstance(self.data, tuple) else shape_of(self.data)

    def __repr__(self) -> str:
        parts = (f"{self.id}", self.kind, self.name, self.symbol, "changed" if self.changed else None)
        return f"<node {', '.join(part for part in parts if part)}>"


class Graph:
    """Everything that a Value, or each of several, was computed from, in order: inputs before results.

    Recorded results are in order of birth; a leaf, constant or raw number is just before the
    first result that used it. `graph[i]` is the node with id i. What is asked of all nodes is kept in lists
    by id, since a million objects take longer to make than to look at: `sources`, `operations`, `inputs`, and
    `named`, the names that users gave; `changed` are the ids of leaves that were assigned since.

    >>> x = Value(3.0, "x")
    >>> graph = Graph(2.0 * x * x)
    >>> [(node.kind, node.data, node.inputs) for node in graph]  # doctest: +NORMALIZE_WHITESPACE
    [('number', 2.0, ()), ('leaf', 3.0, ()), ('recorded', 6.0, (0, 1)),
     ('recorded', 18.0, (2, 1))]

    Raises TypeError for anything but Values, and ValueError where there are more than `max_nodes`, or none.
    """

    def __init__(self, outputs: Value | Sequence[Value], max_nodes: float = math.inf) -> None:
        roots = [outputs] if isinstance(outputs, Value) else _listed(outputs)
        self.sources: list[Any] = []
        self.inputs: list[tuple[int, ...]] = []
        self.changed: set[int] = set()
        self._ids: dict[int, int] = {}
        for value in _recorded(roots, max_nodes):
            inputs = tuple([self._operand(x, value._birth) for x in inputs_of(value)])
            self._ids[value._birth] = len(self)
            self.sources.append(value)
            self.inputs.append(inputs)
        self.output_ids = tuple([self._operand(root, root._birth) for root in roots])
        self.operations: Sequence[Operation | None] = [
            source._operation if type(source) is Value else None for source in self.sources
        ]
        _check_size(len(self), max_nodes)

    def _operand(self, x: Value | Data, used: int) -> int:
        """The id of what something born then has used: that of a leaf or raw number is given out here."""
        known = self._ids.get(x._birth) if type(x) is Value else None
        if known is not None:
            return known
        id = len(self)
        if type(x) is Value:
            self._ids[x._birth] = id
            if x._birth > used:
                self.changed.add(id)
        self.sources.append(x)
        self.inputs.append(())
        return id

    def id_of(self, value: Value) -> int | None:
        """The id of a Value; None for one that is not in the graph."""
        return self._ids.get(value._birth)

    @property
    def output(self) -> Node:
        """The node of the Value itself; of the last of several."""
        return self[self.output_ids[-1]]

    @property
    def outputs(self) -> tuple[Node, ...]:
        """The nodes of the Values themselves, in the order in which they were given."""
        return tuple(map(self.__getitem__, self.output_ids))

    @property
    def edges(self) -> Iterator[Edge]:
        """From operands to results, in order; x·x has two."""
        for id, inputs in enumerate(self.inputs):
            for position, source in enumerate(inputs):
                yield Edge(source, id, position)

    @cached_property
    def named(self) -> Mapping[int, str]:
        """The names that users gave, by id."""
        labels = [source._label if type(source) is Value else None for source in self.sources]
        names = [label.name if type(label) is Label else label for label in labels]
        return {id: name for id, name in enumerate(names) if name}

    @cached_property
    def uses(self) -> Uses:
        """The edges that leave each node that is used."""
        return Uses(range(len(self)), self.inputs)

    @cached_property
    def given(self) -> Mapping[int, Sequence[int]]:
        """The users of everything that no operation recorded and that is used, outputs aside."""
        outputs, targets = {*self.output_ids}, self.uses.targets
        given = [id for id, inputs in enumerate(self.inputs) if not inputs and id not in outputs]
        return {id: users for id in given if (users := targets(id))}

    def __len__(self) -> int:
        return len(self.sources)

    def __getitem__(self, id: int) -> Node:
        return Node(self, id)

    def __iter__(self) -> Iterator[Node]:
        return map(self.__getitem__, range(len(self)))

    def __repr__(self) -> str:
        return f"<graph of {len(self)} nodes>"


class Uses(Mapping[int, Sequence[Edge]]):
    """The edges that leave each node that is used, by its id: kept as numbers, which take little room.

    `inputs` are those of the nodes with these `ids`.
    """

    def __init__(self, ids: Sequence[int], inputs: Collection[Sequence[int]]) -> None:
        sources, targets, positions = ends_of(ids, inputs)
        order = np.argsort(sources, kind="stable")
        self._targets, self._positions = targets[order], positions[order]
        self._ends = np.cumsum(np.bincount(sources))

    def __getitem__(self, id: int) -> Sequence[Edge]:
        found = self._slice(id)
        if id < 0 or found.start == found.stop:
            raise KeyError(id)
        positions = self._positions[found].tolist()
        return [Edge(id, *end) for end in zip(self.targets(id), positions, strict=True)]

    def targets(self, id: int) -> list[int]:
        """The nodes to which edges leave a node."""
        targets: list[int] = self._targets[self._slice(id)].tolist()
        return targets

    def count(self, id: int) -> int:
        """How many edges leave a node."""
        return len(range(len(self._targets))[self._slice(id)])

    def _slice(self, id: int) -> slice:
        """Where the edges of a node are."""
        if id >= len(self._ends):
            return slice(0, 0)
        return slice(int(self._ends[id - 1]) if id else 0, int(self._ends[id]))

    def __iter__(self) -> Iterator[int]:
        return iter(np.flatnonzero(np.diff(self._ends, prepend=0)).tolist())

    def __len__(self) -> int:
        return int(np.count_nonzero(np.diff(self._ends, prepend=0)))


def ends_of(ids: Sequence[int], inputs: Collection[Sequence[int]]) -> tuple[_Ids, _Ids, _Ids]:
    """All edges to nodes with these `ids` and `inputs`, in order: their sources, targets and positions."""
    counts = np.fromiter(map(len, inputs), np.intp, len(ids))
    sources = np.fromiter(chain.from_iterable(inputs), np.intp)
    targets = np.repeat(np.fromiter(ids, np.intp, len(ids)), counts)
    return sources, targets, np.arange(len(sources)) - np.repeat(np.cumsum(counts) - counts, counts)


def _listed(outputs: Any) -> list[Value]:
    """The outputs, which are Values, at least one of them."""
    roots = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
    if not roots:
        raise ValueError("a graph needs at least one Value, got none")
    for root in roots:
        if not isinstance(root, Value):
            raise TypeError(
                f"only a Value has a graph, got {type(root).__name__}; what it computes may be one, "
                "and nn.draw_network draws a network"
            )
    return roots


def _recorded(roots: Sequence[Value], max_nodes: float) -> list[Value]:
    """The roots and their ancestors that an operation made, in order of birth.

    Unlike the engine's walk it follows constants, too, and passes over a changed leaf.
    """
    found: dict[int, Value] = {}
    stack = [root for root in roots if root._operation is not None]
    while stack:
        value = stack.pop()
        if value._birth not in found:
            found[value._birth] = value
            if len(found) > max_nodes:
                _check_size(len(found), max_nodes)
            for x in inputs_of(value):
                if type(x) is Value and x._operation is not None:
                    stack.append(x)
    return [found[birth] for birth in sorted(found)]


def _check_size(n_nodes: int, max_nodes: float) -> None:
    if n_nodes > max_nodes:
        raise ValueError(
            f"the graph has more than {max_nodes} nodes; take a Value nearer to the leaves, "
            "or raise max_nodes"
        )

"""Where a chain of derivatives stops: the named values of a graph, and the segments between them.

Which names there are is decided in `naming`. What has none is folded into the next value that has one: with e
named, (y − a)² is one link from a to e².
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from ..graph import Graph, Node
from ..naming import Names
from ..values.data import Data
from ..values.operation import Operation
from ..values.value import Value
from .expression import Term
from .parts import Parts
from .transcription import transcribed


class Segment(NamedTuple):
    """A named value computed from others, recorded anew: its result, and a leaf for each of these."""

    root: Value
    leaves: dict[int, Value]


LARGEST = 500
"""Operations that are written as one expression, where a reader would put nothing: a sum may be long."""

DEEPEST = 60
"""Brackets in brackets of one expression."""


class Intermediates:
    """The values of a graph that have names of their own in a derivation, by their ids in the graph.

    Inputs and the output are among them, `wrt`, and of what is between

        named and put parts    as in a derivation, "Put u₁ = …", or
        named parts            if `put` is False: a put part is one only where an expression of more than so
                               many operations as `widest` would become larger, or
        none of the parts      if `expand`, but for the same reason, or
        each operation         if `each_operation`.

    `coined` are the names among them that were given here, not by the user. `slopes` are the links of numbers
    that are known so far, by their upper and lower ends, kept since many derivations have the same. With
    `rows` the numbers and arrays that are others in each step of a loop have names as well. What is `like`
    others of the same output shares their graph, and its names.
    """

    def __init__(
        self,
        output: Value,
        wrt: Value | None = None,
        *,
        put: bool = True,
        expand: bool = False,
        each_operation: bool = False,
        widest: int = LARGEST,
        as_typed: bool = False,
        rows: bool = False,
        like: Intermediates | None = None,
    ) -> None:
        self.graph: Graph = like.graph if like else Graph(output)
        self.all_names: Names = like.all_names if like else Names(self.graph, as_typed=as_typed)
        self.names: dict[int, str] = {}
        self.slopes: dict[int, dict[int, Term]] = {}
        self._terms: dict[int, Term] = {}
        self._put, self._expand, self._each_operation, self._widest = put, expand, each_operation, widest
        self._rows = self.all_names.rows if rows else {}
        sizes, depths = [0] * len(self.graph), [0] * len(self.graph)
        self._ends = {*self.graph.output_ids, None if wrt is None else self.graph.id_of(wrt)}
        for id, (operation, inputs) in enumerate(zip(self.graph.operations, self.graph.inputs, strict=True)):
            if operation is not None:
                sizes[id] = 1 + sum([sizes[i] for i in inputs])
                depths[id] = _nested(operation) + max([depths[i] for i in inputs], default=0)
            if self._stops(id, operation, sizes[id]) or depths[id] > DEEPEST:
                self.names[id] = self._rows.get(id) or self.all_names.spoken(id)
                sizes[id] = depths[id] = 0
        self.view = Parts(self.graph, self.all_names, self.names)
        given, operations = self.graph.named, self.graph.operations
        self.coined = {id: x for id, x in self.names.items() if operations[id] and id not in given}

    def _stops(self, id: int, operation: Operation | None, size: int) -> bool:
        """Whether a node has a name; a long expression is cut, if possible where a reader would."""
        if operation is None:
            return id in self.all_names or id in self._rows
        if isinstance(self.graph.sources[id]._data, tuple):
            return False
        if id in self._ends or self._each_operation or size > LARGEST:
            return True
        wide = size > self._widest
        return (id in self.graph.named and (wide or not self._expand)) or (
            id in self.all_names.put and (wide or self._put)
        )

    @property
    def by_parts(self) -> bool:
        """Whether what is named is what the user named, and what a reader would put."""
        return self._put and not self._expand and not self._each_operation

    def segment(self, id: int) -> Segment:
        """The computation of a named value from those next to it; a leaf stands for itself."""
        copies = self.view.again(id, lambda node: node.source if node.id == id else self._leaf(node))
        return Segment(copies[id], {i: copies[i] for i in sorted(self.view.inputs(id))})

    def term(self, id: int) -> Term:
        """The expression of a named value in those next to it; kept."""
        if id not in self._terms:
            self._terms[id] = transcribed(self.segment(id).root)
        return self._terms[id]

    def _leaf(self, node: Node) -> Any:
        """A leaf with the name and the data of a named value; what has no name is itself."""
        if node.id not in self.names:
            return node.source
        constant = not isinstance(node.source, Value) or node.source.constant
        return Value(node.data, self.names[node.id], constant=constant)

    def scope(self) -> dict[str, Data | Term]:
        """What the names stand for, in order: the data of leaves, the expressions of all others."""
        return {
            name: self.term(id) if self.graph[id].operation else self.graph[id].data
            for id, name in self.names.items()
        }

    def parts(self) -> Mapping[str, Term]:
        """The expressions that were given names here, in order, without the whole; each when asked for."""
        whole = self.graph.output.id
        return _Written({name: id for id, name in self.coined.items() if id != whole}, self.term)


def _nested(operation: Operation) -> bool:
    """Whether an operation is written around its operands: all but sums of the first one."""
    return not (operation.elementwise and operation.rules[0] == 1.0)


class _Written(Mapping[str, Term]):
    """The expressions that names stand for, written when they are asked for."""

    def __init__(self, ids: Mapping[str, int], write: Callable[[int], Term]) -> None:
        self._ids, self._write = ids, write

    def __getitem__(self, name: str) -> Term:
        return self._write(self._ids[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)

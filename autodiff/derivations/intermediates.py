"""Where a chain of derivatives stops: the named values of a graph, and the segments between them.

What has no name is folded into the next value that has one: with e named, (y − a)² is one link from
a to e². Only where a folded expression would become long, a value in it is given a name, u₁, u₂ ….
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from ..graph import Graph, Node
from ..text.digits import subscript
from ..values.data import Data
from ..values.modes import differentiating
from ..values.operation import Operation
from ..values.recording import recorded
from ..values.value import Value
from .expression import Term
from .transcription import differentiable, transcribed


class Segment(NamedTuple):
    """A named value computed from others, recorded anew: its result, and a leaf for each of these."""

    root: Value
    leaves: dict[int, Value]


class Intermediates:
    """The values of a graph that have names of their own in a derivation, by their ids in the graph.

    Inputs and the output are among them, and of what is between only what is not folded into another.
    """

    def __init__(
        self,
        output: Value,
        wrt: Value | None = None,
        *,
        widest: int = 40,
        deepest: int = 5,
        expand: bool = False,
    ) -> None:
        self.graph = Graph(output)
        self.names: dict[int, str] = {}
        self.coined: dict[int, str] = {}
        self._given = Counter(node.name for node in self.graph if node.name)
        self._used: Counter[str] = Counter()
        self._name_nodes(wrt, widest, deepest, expand)

    def _name_nodes(self, wrt: Value | None, widest: int, deepest: int, expand: bool) -> None:
        """Give the names; a long expression is cut before its size reaches the bound."""
        sizes: dict[int, int] = {}
        depths: dict[int, int] = {}
        for node in self.graph:
            sizes[node.id] = 1 + sum(sizes[i] for i in node.inputs)
            depths[node.id] = self._curved(node) + max((depths[i] for i in node.inputs), default=0)
            if not isinstance(node.source, Value) or isinstance(node.data, tuple):
                continue
            last = node is self.graph.output
            if node.name and not (expand and node.kind == "recorded" and node.source is not wrt):
                self.names[node.id] = self._marked(node.name)
            elif last:
                name = self._coin("f") if "f" in self._given else "f"
                self.names[node.id] = self.coined[node.id] = name
            elif node.kind == "leaf" or node.source is wrt:
                self.names[node.id] = self._coin("v")
            elif node.kind == "recorded" and (sizes[node.id] > widest or depths[node.id] > deepest):
                self.names[node.id] = self.coined[node.id] = self._coin("u")
            if node.id in self.names:
                sizes[node.id], depths[node.id] = 1, 0

    def _curved(self, node: Node) -> bool:
        """Whether an operation makes derivatives longer: not where its slope is the same everywhere."""
        operation: Any = node.operation
        varying = [i for i, x in enumerate(node.inputs) if self.graph[x].kind != "number"]
        if operation is None or (operation.linear and len(varying) == 1):
            return False
        return not all(isinstance(rule, float) for rule in _slopes(operation, varying))

    def _marked(self, name: str) -> str:
        """A name; where several values bear it, with a number: e[1], e[2]."""
        if self._given[name] == 1:
            return name
        return self._numbered(name, lambda k: f"{name}[{k}]")

    def _coin(self, letter: str) -> str:
        """A name that nobody has given."""
        return self._numbered(letter, lambda k: letter + subscript(k))

    def _numbered(self, name: str, meant: Callable[[int], str]) -> str:
        """A name with the next number that makes it one that nobody has given."""
        while True:
            self._used[name] += 1
            if (numbered := meant(self._used[name])) not in self._given:
                return numbered

    def segment(self, id: int) -> Segment:
        """The computation of a named value from those next to it; a leaf stands for itself."""
        copies: dict[int, Value] = {}
        leaves: dict[int, Value] = {}
        with differentiating():
            for node in self.folded(id):
                if node.id != id and node.id in self.names:
                    leaves[node.id] = copies[node.id] = self._leaf(node)
                elif node.operation is None:
                    copies[node.id] = node.source if isinstance(node.source, Value) else node.data
                else:
                    copies[node.id] = again(node, [copies[i] for i in node.inputs])
        return Segment(copies[id], leaves)

    def folded(self, id: int) -> Iterator[Node]:
        """What a named value is computed from, down to the next named values, in order of the graph."""
        found, stack = {id}, [id]
        while stack:
            for i in self.graph[stack.pop()].inputs:
                if i not in found:
                    found.add(i)
                    if i not in self.names:
                        stack.append(i)
        return map(self.graph.__getitem__, sorted(found))

    def _leaf(self, node: Node) -> Value:
        """A leaf with the name and the data of a named value."""
        assert isinstance(node.source, Value)
        return Value(node.data, self.names[node.id], constant=node.source.constant)

    def scope(self) -> dict[str, Data | Term]:
        """What the names stand for, in order: the data of leaves, the expressions of all others."""
        return {
            name: transcribed(self.segment(id).root) if self.graph[id].operation else self.graph[id].data
            for id, name in self.names.items()
        }

    def parts(self) -> dict[str, Term]:
        """The expressions that were given names here, in order, but for the whole."""
        whole = self.graph.output.id
        return {name: transcribed(self.segment(id).root) for id, name in self.coined.items() if id != whole}


def again(node: Node, inputs: list[Any]) -> Value:
    """A recorded node with other inputs, its data taken over."""
    operation: Any = node.operation
    tracked = any(isinstance(x, Value) and not x.constant for x in inputs)
    known = differentiable(operation, tuple(inputs), node.metadata)
    return recorded(known, node.data, inputs, node.metadata, tracked)


def _slopes(operation: Operation, varying: Sequence[int]) -> Iterator[Any]:
    """The slopes of an operation, those of two numbers at a point."""
    for i in varying:
        rule = operation.rules[0 if operation.many else i]
        if callable(rule) and operation.elementwise and operation.arity == 2:
            operands = (Value(0.5) if i in varying else 0.5 for i in range(2))
            with differentiating():
                yield rule(Value(0.5), *operands)
        else:
            yield rule

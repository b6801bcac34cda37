"""Which parts of an expression a reader would put: "Put u = 3w₁ − 2w₂ + b", and go on with u.

The rule is in `naming`, which gives the names. A part is put for what it is computed from and for what uses
it; nothing here looks beyond that, so that a graph may grow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from .graph import Edge, Graph, Node
from .values.data import dtype_of
from .values.modes import differentiating
from .values.operation import Operation
from .values.value import Value

MOST_FACTORS = 12
"""Products, powers and functions within one expression; a longer one is put in pieces."""

FEW = 2
"""Terms that need to be told apart: none, one, several."""


class Degree(Enum):
    """What an operation does with its operands, as far as they vary."""

    LINEAR = "its slopes are the same everywhere"
    PRODUCT = "two or more operands are multiplied, divided, raised"
    CURVED = "any other"


class Terms(NamedTuple):
    """What the sum that a node is consists of, at most a few of each: leaves, named parts, and others."""

    leaves: frozenset[int] = frozenset()
    parts: frozenset[int] = frozenset()
    others: frozenset[int] = frozenset()

    def __or__(self, more: Terms) -> Terms:
        return Terms(*(frozenset(sorted(a | b)[:FEW]) for a, b in zip(self, more, strict=True)))

    @property
    def several(self) -> bool:
        """Whether there is more than one, apart from numbers."""
        return len(self.leaves) + len(self.parts) + len(self.others) > 1

    @property
    def simple(self) -> bool:
        """Whether it needs no name of its own: x − 1, or y − a with a name for a."""
        return not self.others and (len(self.parts) == 1 or not (self.parts or len(self.leaves) > 1))


class Putting:
    """The parts of a graph that are put, found from the leaves to the result; `parts` are their ids."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.parts: set[int] = set()
        self._outputs = {node.id for node in graph.outputs}
        self._degrees: dict[int, Degree] = {}
        self._known_degrees: dict[tuple[Operation, tuple[int, ...]], Degree] = {}
        self._terms: dict[int, Terms] = {}
        self._folded: dict[int, int] = {}
        for node in graph:
            if node.operation is not None and not _is_condition(node) and self._varying(node):
                self._degrees[node.id] = self._degree(node)
        for node in graph:
            self._look_at(node)

    # -- degrees of operations -----------------------------------------------------------------------

    def _varying(self, node: Node) -> list[int]:
        """The positions of the operands with a letter in them: names, and variables."""
        return [at for at, id in enumerate(node.inputs) if self._has_letter(self.graph[id])]

    def _has_letter(self, node: Node) -> bool:
        return node.kind == "leaf" or bool(node.name) or node.id in self._degrees

    def _degree(self, node: Node) -> Degree:
        assert node.operation is not None
        first = self.graph[node.inputs[0]]
        if isinstance(first.data, tuple):  # one of several results: what the operation is that has them
            return self._degrees.get(first.id, Degree.CURVED)
        key = node.operation, tuple(self._varying(node))
        if key not in self._known_degrees:
            self._known_degrees[key] = _degree_of(*key)
        return self._known_degrees[key]

    # -- node by node ------------------------------------------------------------------------------

    def _look_at(self, node: Node) -> None:
        id, degree = node.id, self._degrees.get(node.id)
        if degree is None:
            self._terms[id] = Terms(leaves=frozenset({id})) if self._has_letter(node) else Terms()
            self._folded[id] = 0
            return
        summands = [self._terms[i] for i in node.inputs] if degree is Degree.LINEAR else []
        self._terms[id] = reduce(or_, summands) if summands else Terms(others=frozenset({id}))
        self._folded[id] = (degree is not Degree.LINEAR) + sum(self._folded[i] for i in node.inputs)
        is_letter = bool(node.name) or id in self._outputs
        if not is_letter and not isinstance(node.data, tuple) and self._is_put(node, degree):
            self.parts.add(id)
        if is_letter or id in self.parts:
            self._terms[id], self._folded[id] = Terms(parts=frozenset({id})), 0

    def _is_put(self, node: Node, degree: Degree) -> bool:
        if hands_on(node):
            return False
        uses = [use for use in self._uses(node) if use.target in self._degrees]
        if len(uses) > 1 or any(self._begins(node, degree, use) for use in uses):
            return True
        return degree is not Degree.LINEAR and (self._folded[node.id] > MOST_FACTORS or self._ends(node))

    def _uses(self, node: Node) -> Iterator[Edge]:
        """What uses a node, also by way of the identity: its operand is put in place of it."""
        waiting = [node.id]
        while waiting:
            for use in self.graph.uses.get(waiting.pop(), []):
                if hands_on(self.graph[use.target]) and use.target not in self._outputs:
                    waiting.append(use.target)
                else:
                    yield use

    def _begins(self, node: Node, degree: Degree, use: Edge) -> bool:
        """Whether an operation that uses this node wants it to be a letter."""
        terms, user = self._terms[node.id], self._degrees[use.target]
        if user is Degree.CURVED:
            return not terms.simple
        if degree is not Degree.LINEAR or not terms.several or terms.simple:
            return False
        return user is Degree.PRODUCT or self._is_in_brackets(terms, use)

    def _is_in_brackets(self, terms: Terms, use: Edge) -> bool:
        """Whether a sum that is more than leaves is subtracted, or one of plain products scaled."""
        operation: Any = self.graph[use.target].operation
        if not operation.elementwise or operation.rules[use.position] == 1.0:
            return False
        if operation.arity == 2 and operation.rules[use.position] == -1.0:
            return bool(terms.others) or len(terms.parts) > 1
        return bool(terms.others) and all(map(self._is_plain_product, terms.others))

    def _is_plain_product(self, id: int) -> bool:
        return self._degrees[id] is Degree.PRODUCT and self._folded[id] == 1

    def _ends(self, node: Node) -> bool:
        """Whether it is a function of a letter that stands for a sum, or for a product with a leaf in it."""
        if node.operation is None or node.operation.formula is not None:
            return False
        letters = map(self._handed, node.inputs)
        return any(self._is_combined(i) for i in letters if i in self.parts or self.graph[i].name)

    def _handed(self, id: int) -> int:
        """A node, or the operand that the identity hands on."""
        while hands_on(self.graph[id]):
            (id,) = self.graph[id].inputs
        return id

    def _is_combined(self, id: int) -> bool:
        degree = self._degrees.get(id)
        is_product = degree is Degree.PRODUCT and any(i not in self._degrees for i in self.graph[id].inputs)
        return degree is Degree.LINEAR or is_product


def put_parts(graph: Graph) -> set[int]:
    """The ids of the parts of a graph that are put; the result is not among them.

    >>> from autodiff import Value
    >>> w, x, b = Value(3.0), Value(2.0), Value(1.0)
    >>> put_parts(Graph((w * x + b).tanh()))
    {4}
    """
    return Putting(graph).parts


def hands_on(node: Node) -> bool:
    """Whether a node without a name is its operand, as where there is no activation."""
    operation = node.operation
    return not node.name and operation is not None and operation.formula in operation.arguments


def _is_condition(node: Node) -> bool:
    """Whether it is a comparison, which programs record; elsewhere it is no node."""
    data = node.data
    return type(data) is not float and not isinstance(data, tuple) and dtype_of(data).kind == "b"


def _degree_of(operation: Operation, varying: Sequence[int]) -> Degree:
    """The degree of an operation where only these operands vary."""
    if (operation.linear and len(varying) == 1) or all(
        isinstance(x, float) for x in _slopes(operation, varying)
    ):
        return Degree.LINEAR
    multiplies = operation.linear or (operation.formula is not None and operation.arity == 2)
    return Degree.PRODUCT if multiplies and len(varying) > 1 else Degree.CURVED


def _slopes(operation: Operation, varying: Sequence[int]) -> Iterator[Any]:
    """The slopes of an operation, those of two numbers at a point."""
    for i in varying:
        rule = operation.rules[0 if operation.many else i]
        if callable(rule) and operation.elementwise and operation.arity == 2:
            operands = (Value(0.5) if k in varying else 0.5 for k in range(2))
            with differentiating():
                yield rule(Value(0.5), *operands)
        else:
            yield rule

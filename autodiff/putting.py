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

from .graph import Graph, Node
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

    leaves: tuple[int, ...] = ()
    parts: tuple[int, ...] = ()
    others: tuple[int, ...] = ()

    def __or__(self, more: Terms) -> Terms:
        if self is NONE or more is NONE:
            return more if self is NONE else self
        return Terms(*map(_first, self, more))

    @property
    def several(self) -> bool:
        """Whether there is more than one, apart from numbers."""
        return len(self.leaves) + len(self.parts) + len(self.others) > 1

    @property
    def simple(self) -> bool:
        """Whether it needs no name of its own: x − 1, or y − a with a name for a."""
        return not self.others and (len(self.parts) == 1 or not (self.parts or len(self.leaves) > 1))


def _first(some: tuple[int, ...], more: tuple[int, ...]) -> tuple[int, ...]:
    """The first few of two tuples in order, in order."""
    if len(some) == FEW and more and some[-1] < more[0]:
        return some
    return tuple(sorted({*some, *more})[:FEW]) if some and more else some or more


NONE = Terms()


class Putting:
    """The parts of a graph that are put, found from the leaves to the result; `parts` are their ids.

    What is kept of each node is a number or nothing, so that graphs of millions of nodes are looked at in
    seconds: the terms of a sum are forgotten with the only operation that uses it. What the identity hands on
    is used by what uses the identity: the operand is put in place of it.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.parts: set[int] = set()
        self._outputs = {node.id for node in graph.outputs}
        self._letters = bytearray(len(graph))
        self._degrees: list[Degree | None] = [None] * len(graph)
        self._known_degrees: dict[tuple[Operation, tuple[int, ...]], Degree | None] = {}
        self._uses = bytearray(len(graph))
        self._user: list[int | None] = [None] * len(graph)
        self._position = [0] * len(graph)
        self._handed: dict[int, int] = {}
        for node in graph:
            self._degree(node)
        self._sums: dict[int, Terms] = {}
        self._folded = [0] * len(graph)
        for node, degree in zip(graph, self._degrees, strict=True):
            if degree is not None:
                self._look_at(node, degree)

    # -- degrees of operations -----------------------------------------------------------------------

    def _degree(self, node: Node) -> None:
        """Whether there is a letter in a node, a name or a variable; what its operation does with those."""
        operation, id = node.operation, node.id
        if operation is None:
            self._letters[id] = node.kind == "leaf" or bool(node.name)
            return
        key = operation, tuple(map(self._letters.__getitem__, node.inputs))
        if key not in self._known_degrees:
            self._known_degrees[key] = _degree_of(operation, [at for at, x in enumerate(key[1]) if x])
        degree = self._known_degrees[key]
        if degree is not None and not _is_condition(node):
            first = self.graph[node.inputs[0]]
            if isinstance(first.data, tuple):  # one of several results: what the operation is that has them
                degree = self._degrees[first.id] or Degree.CURVED
            self._degrees[id] = degree
            self._use(node)
        self._letters[id] = self._degrees[id] is not None or bool(node.name)

    def _use(self, node: Node) -> None:
        """Note what a node uses; one that hands on its operand uses nothing."""
        id, inputs = node.id, node.inputs
        if self._handed:
            inputs = tuple([self._handed.get(x, x) for x in inputs])
        if len(inputs) == 1 and hands_on(node) and id not in self._outputs:
            (self._handed[id],) = inputs
            return
        count = FEW if isinstance(node.data, tuple) else 1  # each of several results uses it
        for position, x in enumerate(inputs):
            self._uses[x] = min(self._uses[x] + count, FEW)
            self._user[x], self._position[x] = id, position

    # -- node by node ------------------------------------------------------------------------------

    def _look_at(self, node: Node, degree: Degree) -> None:
        id, is_letter = node.id, bool(node.name) or node.id in self._outputs
        if id in self._handed:
            self._folded[id] = self._folded[self._handed[id]]
            return
        if degree is Degree.LINEAR:
            self._sums[id] = reduce(or_, map(self._terms, node.inputs), NONE)
        self._folded[id] = (degree is not Degree.LINEAR) + sum(map(self._folded.__getitem__, node.inputs))
        if not is_letter and not isinstance(node.data, tuple) and self._is_put(node, degree):
            self.parts.add(id)
            is_letter = True
        if is_letter:
            self._sums[id], self._folded[id] = Terms(parts=(id,)), 0

    def _terms(self, id: int) -> Terms:
        """The terms of an operand of a sum, which are not asked for again where it is the only one."""
        id = self._handed.get(id, id)
        if id in self._sums:
            return self._sums[id] if self._uses[id] > 1 else self._sums.pop(id)
        if self._degrees[id] is not None:
            return Terms(others=(id,))
        return Terms(leaves=(id,)) if self._letters[id] else NONE

    def _is_put(self, node: Node, degree: Degree) -> bool:
        user = self._user[node.id]
        if self._uses[node.id] > 1 or (user is not None and self._begins(node, degree, user)):
            return True
        return degree is not Degree.LINEAR and (self._folded[node.id] > MOST_FACTORS or self._ends(node))

    def _begins(self, node: Node, degree: Degree, user: int) -> bool:
        """Whether the operation that uses this node wants it to be a letter."""
        needed = self._degrees[user]
        if degree is not Degree.LINEAR:
            return needed is Degree.CURVED
        terms = self._sums[node.id]
        if needed is Degree.CURVED or not terms.several or terms.simple:
            return needed is Degree.CURVED and not terms.simple
        return needed is Degree.PRODUCT or self._is_in_brackets(terms, user, self._position[node.id])

    def _is_in_brackets(self, terms: Terms, user: int, position: int) -> bool:
        """Whether a sum that is more than leaves is subtracted, or one of plain products scaled."""
        operation: Any = self.graph[user].operation
        if not operation.elementwise or operation.rules[position] == 1.0:
            return False
        if operation.arity == 2 and operation.rules[position] == -1.0:
            return bool(terms.others) or len(terms.parts) > 1
        return bool(terms.others) and all(map(self._is_plain_product, terms.others))

    def _is_plain_product(self, id: int) -> bool:
        return self._degrees[id] is Degree.PRODUCT and self._folded[id] == 1

    def _ends(self, node: Node) -> bool:
        """Whether it is a function of a letter that stands for a sum, or for a product with a leaf in it."""
        if node.operation is None or node.operation.formula is not None:
            return False
        letters = [self._handed.get(i, i) for i in node.inputs]
        return any(self._is_combined(i) for i in letters if i in self.parts or self.graph[i].name)

    def _is_combined(self, id: int) -> bool:
        degree = self._degrees[id]
        return degree is Degree.LINEAR or (
            degree is Degree.PRODUCT and any(self._degrees[i] is None for i in self.graph[id].inputs)
        )


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


def _degree_of(operation: Operation, varying: Sequence[int]) -> Degree | None:
    """The degree of an operation where only these operands vary; None where none does."""
    if not varying:
        return None
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

"""Which parts of an expression a reader would put: "Put u = 3w₁ − 2w₂ + b", and go on with u.

The rule is in `names`, which gives the names. A part is put for what it is computed from and for what uses
it; nothing here looks beyond that, so that a graph may grow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

import numpy as np

from ..graph import Graph, ends_of
from ..values.data import dtype_of
from ..values.modes import differentiating
from ..values.operation import Operation
from ..values.value import Value

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
        return Terms(
            _first(self.leaves, more.leaves),
            _first(self.parts, more.parts),
            _first(self.others, more.others),
        )

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
    if not some or not more or some == more:
        return some or more
    return some if len(some) == FEW and some[-1] < more[0] else tuple(sorted({*some, *more})[:FEW])


NONE = Terms()


class Putting:
    """The parts of a graph that are put, found from the leaves to the result; `parts` are their ids.

    What is kept of each node is a number or nothing, so that graphs of millions of nodes are looked at in
    seconds: the terms of a sum are worked out where it matters what they are, and forgotten with the only
    operation that uses it. What the identity hands on is used by what uses the identity: the operand is put
    in place of it.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.parts: set[int] = set()
        self._named = {*graph.named, *graph.output_ids}
        self._handed: dict[int, int] = {}
        self._several = {
            id for id, x in enumerate(graph.sources) if type(x) is Value and isinstance(x._data, tuple)
        }
        self._degrees, self._letters = self._all_degrees()
        self._uses, self._users, self._positions = self._all_uses()
        self._sums: dict[int, Terms] = {}
        self._folded = [0] * len(graph)
        for id, degree in enumerate(self._degrees):
            if degree is not None:
                self._look_at(id, degree)

    # -- what operations do, and what uses what ------------------------------------------------------

    def _all_degrees(self) -> tuple[list[Degree | None], bytearray]:
        """What each operation does with letters, names and variables; whether there is one in each node."""
        graph, known = self.graph, dict[tuple[object, ...], Degree | None]()
        degrees: list[Degree | None] = [None] * len(graph)
        letters = bytearray(len(graph))
        for id, (operation, inputs) in enumerate(zip(graph.operations, graph.inputs, strict=True)):
            if operation is None:
                letters[id] = id in graph.named or graph[id].kind == "leaf"
                continue
            key = operation, *[letters[i] for i in inputs]
            if key not in known:
                known[key] = _degree_of(operation, [at for at, x in enumerate(key[1:]) if x])
            degree = known[key]
            if degree is not None and not _is_condition(graph.sources[id]._data):
                if self._several and inputs[0] in self._several:  # what the operation is that has them
                    degree = degrees[inputs[0]] or Degree.CURVED
                degrees[id] = degree
                if len(inputs) == 1 and hands_on(graph, id) and id not in graph.output_ids:
                    self._handed[id] = self._handed.get(inputs[0], inputs[0])
            letters[id] = degrees[id] is not None or id in graph.named
        return degrees, letters

    def _all_uses(self) -> tuple[list[int], list[int], list[int]]:
        """How often each node is used, and by which operation at which position last.

        What hands on its operand uses nothing; each of several results uses what they are made of.
        """
        size, inputs = len(self.graph), self.graph.inputs
        ids = [id for id, degree in enumerate(self._degrees) if degree is not None and id not in self._handed]
        sources, targets, positions = ends_of(ids, [inputs[id] for id in ids])
        own = np.arange(size)
        own[[*self._handed]] = [*self._handed.values()]
        sources = own[sources]
        counts, users, places = np.bincount(sources, minlength=size), np.zeros(size, int), np.zeros(size, int)
        users[sources], places[sources] = targets, positions  # the last one counts
        counts[own[[i for id in self._several for i in inputs[id]]]] += 1
        return counts.tolist(), users.tolist(), places.tolist()

    # -- node by node ------------------------------------------------------------------------------

    def _look_at(self, id: int, degree: Degree) -> None:
        folded = self._folded
        if id in self._handed:
            folded[id] = folded[self._handed[id]]
        elif id not in self._named:
            size = (degree is not Degree.LINEAR) + sum([folded[i] for i in self.graph.inputs[id]])
            if self._is_put(id, degree, size) and id not in self._several:
                self.parts.add(id)
            else:
                folded[id] = size

    def _is_put(self, id: int, degree: Degree, size: int) -> bool:
        uses = self._uses[id]
        if uses > 1 or (uses and self._begins(id, degree, self._users[id])):
            return True
        return degree is not Degree.LINEAR and (size > MOST_FACTORS or self._ends(id))

    def _begins(self, id: int, degree: Degree, user: int) -> bool:
        """Whether the operation that uses this node wants it to be a letter."""
        needed = self._degrees[user]
        if degree is not Degree.LINEAR:
            return needed is Degree.CURVED
        if needed is Degree.CURVED:
            return self._has_others(id) or not self._terms(id).simple
        if needed is Degree.LINEAR and self._rule(user, self._positions[id]) in (None, 1.0):
            return False
        terms = self._terms(id)
        if not terms.several or terms.simple:
            return False
        return needed is Degree.PRODUCT or self._is_in_brackets(terms, user, self._positions[id])

    def _has_others(self, id: int) -> bool:
        """Whether an operand is a product or a function that is no letter, so that it is not simple."""
        found = [i for i in self.graph.inputs[id] if self._degrees[i] in (Degree.PRODUCT, Degree.CURVED)]
        return any(i not in self.parts and i not in self._named for i in found)

    def _rule(self, user: int, position: int) -> Any:
        """The slope of an elementwise operation by an operand: a rule, or a number."""
        operation: Any = self.graph.operations[user]
        return operation.rules[position] if operation.elementwise else None

    def _terms(self, id: int) -> Terms:
        """The terms of a sum, from those of the sums in it."""
        sums, stack = self._sums, [id]
        while stack:
            inputs: Sequence[int] = self.graph.inputs[stack[-1]]
            if self._handed:
                inputs = [self._handed.get(i, i) for i in inputs]
            waiting = [i for i in inputs if i not in sums and self._is_sum(i)]
            stack += waiting
            if not waiting:
                sums[stack.pop()] = reduce(or_, map(self._term, inputs), NONE)
        return sums[id]

    def _is_sum(self, id: int) -> bool:
        """Whether it is a sum within an expression."""
        return self._degrees[id] is Degree.LINEAR and id not in self.parts and id not in self._named

    def _term(self, id: int) -> Terms:
        """An operand of a sum; terms are not asked for again where it is the only one."""
        if id in self._sums and id not in self.parts:
            return self._sums[id] if self._uses[id] > 1 else self._sums.pop(id)
        if self._degrees[id] is None:
            return Terms((id,)) if self._letters[id] else NONE
        return Terms((), (id,)) if id in self.parts or id in self._named else Terms((), (), (id,))

    def _is_in_brackets(self, terms: Terms, user: int, position: int) -> bool:
        """Whether a sum that is more than leaves is subtracted, or one of plain products scaled."""
        operation: Any = self.graph.operations[user]
        if operation.arity == 2 and operation.rules[position] == -1.0:
            return bool(terms.others) or len(terms.parts) > 1
        return bool(terms.others) and all(map(self._is_plain_product, terms.others))

    def _is_plain_product(self, id: int) -> bool:
        return self._degrees[id] is Degree.PRODUCT and self._folded[id] == 1

    def _ends(self, id: int) -> bool:
        """Whether it is a function of a letter that stands for a sum, or for a product with a leaf in it."""
        operation: Any = self.graph.operations[id]
        if operation.formula is not None or self._degrees[id] is Degree.PRODUCT:
            return False
        letters = [self._handed.get(i, i) for i in self.graph.inputs[id]]
        return any(self._is_combined(i) for i in letters if i in self.parts or i in self.graph.named)

    def _is_combined(self, id: int) -> bool:
        degree = self._degrees[id]
        return degree is Degree.LINEAR or (
            degree is Degree.PRODUCT and any(self._degrees[i] is None for i in self.graph.inputs[id])
        )


def put_parts(graph: Graph) -> set[int]:
    """The ids of the parts of a graph that are put; the result is not among them.

    >>> from autodiff import Value
    >>> w, x, b = Value(3.0), Value(2.0), Value(1.0)
    >>> put_parts(Graph((w * x + b).tanh()))
    {4}
    """
    return Putting(graph).parts


def hands_on(graph: Graph, id: int) -> bool:
    """Whether a node without a name is its operand, as where there is no activation."""
    operation = graph.operations[id]
    return operation is not None and operation.formula in operation.arguments and id not in graph.named


def _is_condition(data: Any) -> bool:
    """Whether it is a comparison, which programs record; elsewhere it is no node."""
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

"""The local derivative on each edge of a graph, by the operation's own rule: as a formula, as a number.

Of an elementwise operation, and of numbers, it is the partial derivative, ∂z/∂x. Of any other operation
it is what the gradient of its result contributes to that of the operand: Ȳ·Bᵀ.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from ..graph import Graph, Node
from ..naming import Names
from ..text.lettering import with_bar
from ..values.data import Data, is_lazy
from ..values.modes import differentiating, mode
from ..values.value import Value, data_of
from .expression import Number, Symbol, Term, walked
from .parts import again
from .simplification import substituted
from .transcription import transcribed
from .typesetting import Text

UNNAMED = "\ue000"
"""Begins the name that a value without one has until it is known whether a formula speaks of it."""

GRADIENT = "\ue001"
"""Begins the name of the gradient of a result until then."""

PROVISIONAL = (UNNAMED, GRADIENT)

ANY_GRADIENT = "g"
"""The gradient of a value whose name is a word, which no bar is written above."""

LONGEST = 26
"""Letters of a formula that is written beside an arrow."""

LARGE = 1_000_000
"""Entries of arrays that no rule is applied to for the sake of a formula."""


class LocalDerivative(NamedTuple):
    """A local derivative: its formula, and its number where the operation is one of numbers."""

    term: Term
    number: float | None


class LocalDerivatives:
    """The local derivatives of nodes of a graph; `coined` are the names of those without one, by id.

    A part that has no name is called t₁, t₂ … if a formula has to speak of it.
    """

    def __init__(self, graph: Graph, ids: Iterable[int], names: Names | None = None) -> None:
        self.graph = graph
        self.names = names or Names(graph)
        self._found = {(id, i): slope for id in ids for i, slope in self._slopes(id)}
        self.coined: dict[int, str] = {}
        self._coin(self._found)
        self._coin([edge for edge, slope in self._found.items() if len(self._written(slope)) <= LONGEST])

    def _slopes(self, id: int) -> Sequence[tuple[int, LocalDerivative]]:
        """The local derivatives of a node, with the positions of the operands."""
        return slopes(self.graph, self.graph[id], provisional_name)

    def _coin(self, edges: Iterable[tuple[int, int]]) -> None:
        """Name the parts without a name that formulas speak of."""
        self._spelt = set(edges)
        spoken = {node_of(s) for edge in self._spelt for s in provisional(self._found[edge].term)}
        self.coined = {id: self.names.spoken(id) for id in sorted(spoken) if id not in self.names}

    def number(self, id: int, position: int) -> float | None:
        """The local derivative of a node by one of its operands, where both are numbers."""
        slope = self._found.get((id, position))
        return slope.number if slope else None

    def formula(self, id: int, position: int) -> str | None:
        """Its formula; None for one that is long, for a number, and where there is no derivative."""
        return self._written(self._found[id, position]) if (id, position) in self._spelt else None

    def is_number(self, id: int, position: int) -> bool:
        """Whether the formula is nothing but a number."""
        slope = self._found.get((id, position))
        return slope is not None and isinstance(slope.term, Number)

    def _written(self, slope: LocalDerivative) -> str:
        return Text().write(self._named(slope.term))

    def _named(self, term: Term) -> Term:
        """A formula with all names final."""
        for symbol in provisional(term):
            id = node_of(symbol)
            name = self.names[id] or self.coined[id]
            final = (with_bar(name) or ANY_GRADIENT) if symbol.name[0] == GRADIENT else name
            term = substituted(term, symbol, Symbol(final, symbol.shape))
        return term


def _given(node: Node) -> str | None:
    """The name of a node, if it cannot be taken for one of those here."""
    return node.name if node.name and node.name[0] not in PROVISIONAL else None


def _name(node: Node) -> str:
    return _given(node) or provisional_name(node)


def provisional_name(node: Node) -> str:
    """The provisional name of a node."""
    return symbol_of(node).name


def provisional(term: Term, kinds: Sequence[str] = PROVISIONAL) -> list[Symbol]:
    """The names in a formula that are not final, each once; of values, of gradients, or of both."""
    found = [x for x in walked(term) if isinstance(x, Symbol) and x.name[0] in kinds]
    return list(dict.fromkeys(found))


def symbol_of(node: Node) -> Symbol:
    """The provisional name of a node, whatever its user calls it."""
    return Symbol(f"{UNNAMED}{node.id}", node.shape)


def gradient_name(id: int) -> str:
    """The provisional name of the gradient of a node."""
    return f"{GRADIENT}{id}"


def node_of(symbol: Symbol) -> int:
    """The id of the node that a provisional name is of, or of its gradient."""
    return int(symbol.name[1:])


# -- rules -----------------------------------------------------------------------------------------


def slopes(
    graph: Graph, node: Node, named: Callable[[Node], str] = _name
) -> list[tuple[int, LocalDerivative]]:
    """The local derivatives by the operands that are differentiated, with their positions.

    In them values have the names that `named` gives.
    There are none where operands were changed since, are lazy or large, or are several results in one,
    and where a user's rule does not record.
    """
    inputs = [graph[i] for i in node.inputs]
    wanted = [i for i, x in enumerate(inputs) if is_tracked(x.source)]
    if not wanted or not all(map(is_plain, [node, *inputs])):
        return []
    with mode(keep=lambda mode: False), differentiating():  # nobody else is to see what is recorded here
        try:
            return list(_by_rules(node, inputs, wanted, named))
        except Exception:  # of whatever kind: a rule that cannot be run here has no formula
            return []


def _by_rules(
    node: Node, inputs: list[Node], wanted: list[int], named: Callable[[Node], str]
) -> Iterator[tuple[int, LocalDerivative]]:
    operands = [operand_of(x, named(x)) for x in inputs]
    root = again(node, operands)
    own = Symbol(named(node), root.shape)
    numbers = not any(x.shape for x in [node, *inputs])
    seed = 1.0 if numbers else Value(root._data, gradient_name(node.id))
    for i in wanted:
        found = _by_rule(node, seed, root, operands, i)
        if found is not None:
            slope = float(data_of(found)) if numbers else None
            yield i, LocalDerivative(transcribed(found, [(root, own)]), slope)


def _by_rule(node: Node, seed: Value | float, root: Value, operands: list[Any], position: int) -> Any:
    """What the rule for one operand makes of the operands; None where there is no derivative."""
    operation: Any = root._operation
    rule = operation.rules[0 if operation.many else position]
    if rule is None or isinstance(rule, float):
        return rule
    given = [operands, position] if operation.many else operands
    if operation.elementwise:
        return rule(root, *given, **node.metadata)
    found = rule(seed, root, *given, **node.metadata)
    return None if isinstance(found, tuple) else found


def is_plain(node: Node) -> bool:
    """Whether the data are those that were used, and cost little to compute with."""
    data = node.data
    return not (node.changed or isinstance(data, tuple) or is_lazy(data) or math.prod(node.shape) > LARGE)


def is_tracked(operand: Value | Data) -> bool:
    """Whether it is a Value that is differentiated."""
    return type(operand) is Value and not operand.constant


def operand_of(node: Node, name: str) -> Any:
    """An operand as a leaf with its name; numbers and constants without a name are numbers in the formula."""
    tracked = is_tracked(node.source)
    if not tracked and not node.name and not node.shape:
        return node.data
    return Value(node.data, name, constant=not tracked)

"""A function recorded at a point: its graph, its gradient, and those of passes with a mistake in them.

A mistake is made in the engine's own pass, where it mends contributions: what a node contributes to an
operand is changed on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import Any, TypeAlias

import numpy as np

from ...derivations.expression import Term, evaluated, walked
from ...derivations.local_derivatives import UNNAMED, gradient_name, node_of, provisional, slopes, symbol_of
from ...derivations.simplification import substituted
from ...derivations.transcription import transcribed
from ...differentiation.engine import gradients
from ...differentiation.reverse import Nodes, ancestors, on_a_path, sweep
from ...graph import Graph, Node
from ...values.data import Data, zeros_for
from ...values.operation import ZERO, inputs_of
from ...values.value import Value
from .rule import LinkRule

Place: TypeAlias = tuple[int, int]
"""An edge of a graph: the id of a node, and the position of an operand of it."""

Change: TypeAlias = Callable[[Any, Any], Any]
"""(gradient g of a node, its contribution to an operand) → what it contributes with the mistake."""


TERMS = 24
"""Terms of a rule in which values without names are replaced by their formulas."""


class Tape:
    """What a function recorded at a point: `root`, whose gradient is that of `seed`, of some `variables`."""

    def __init__(self, root: Value, variables: Sequence[Value], seed: Data) -> None:
        self.root, self.variables, self.seed = root, list(variables), seed
        self._rules: dict[int, dict[int, LinkRule]] = {}

    @cached_property
    def graph(self) -> Graph:
        """The recorded graph."""
        return Graph(self.root)

    @cached_property
    def right(self) -> list[Data]:
        """The gradient with respect to each variable, by the engine."""
        return list(gradients(self.root, self.variables, self.seed))

    @cached_property
    def pattern(self) -> list[tuple[Any, tuple[int, ...]]]:
        """What was done with what: tapes in which this is the same can be compared edge by edge."""
        return [(node.operation, node.inputs) for node in self.graph]

    # -- edges ---------------------------------------------------------------------------------

    @cached_property
    def _nodes(self) -> Nodes:
        nodes, births = ancestors(self.root), {x._birth for x in self.variables}
        return on_a_path(nodes, {b for b, node in nodes.items() if node._operation is None}, births)

    @cached_property
    def places(self) -> list[Place]:
        """The edges on paths from the output to variables, the last first."""
        return [
            (node.id, i)
            for node in reversed(list(self.graph))
            if self._is_on_path(node.source)
            for i, x in enumerate(inputs_of(node.source))
            if self._is_on_path(x) and self.declared((node.id, i)) is not ZERO
        ]

    def _is_on_path(self, x: Any) -> bool:
        return type(x) is Value and x._birth in self._nodes

    def declared(self, place: Place) -> Any:
        """The rule of an edge as it is declared."""
        operation: Any = self.graph[place[0]].operation
        return operation.rules[0 if operation.many else place[1]]

    def operand(self, place: Place) -> Node:
        """The node at the lower end of an edge."""
        return self.graph[self.graph[place[0]].inputs[place[1]]]

    def rule(self, place: Place) -> LinkRule | None:
        """The rule of an edge as a term in which each value has its own name; None if it has no formula."""
        id, position = place
        if id not in self._rules:
            node = self.graph[id]
            operation: Any = node.operation
            self._rules[id] = {
                i: LinkRule(
                    node,
                    self.operand((id, i)),
                    slope.term,
                    not operation.elementwise and slope.number is None,
                    self._opened(slope.term),
                )
                for i, slope in slopes(self.graph, node, lambda x: symbol_of(x).name)
            }
        return self._rules[id].get(position)

    def _opened(self, term: Term) -> Term:
        """A rule in the values that have names, and in arguments; as it is where that is long."""
        opened = term
        for symbol in provisional(term, UNNAMED):
            node = self.graph[node_of(symbol)]
            if node.operation is not None and not node.name and isinstance(node.source, Value):
                opened = substituted(opened, symbol, transcribed(node.source, self._ends))
        return opened if len(list(islice(walked(opened), TERMS + 1))) <= TERMS else term

    @cached_property
    def _ends(self) -> list[tuple[Value, Term]]:
        """Values at which formulas end."""
        ends = [node for node in self.graph if node.name or node.operation is None]
        return [(node.source, symbol_of(node)) for node in ends if isinstance(node.source, Value)]

    @cached_property
    def numbers(self) -> dict[str, Data]:
        """What the names in rules stand for."""
        return {symbol_of(node).name: node.data for node in self.graph}

    def contributed(
        self, place: Place, term: Term, whole: bool, g: Any, seen: Mapping[str, Data] | None = None
    ) -> Any:
        """What an edge would contribute by another term in the place of its rule, or with numbers `seen`."""
        numbers = self.numbers if seen is None else {**self.numbers, **seen}
        if not whole:
            return g * evaluated(term, numbers)
        return evaluated(term, {**numbers, gradient_name(place[0]): g})

    # -- passes --------------------------------------------------------------------------------

    @np.errstate(all="ignore")
    def changed(self, changes: Mapping[Place, Change]) -> list[Data] | None:
        """The gradients with some contributions changed; None where the changes do not fit."""
        by_birth = {(self._birth(id), i): change for (id, i), change in changes.items()}

        def made(node: Value, g: Any, i: int, c: Any) -> Any:
            change = by_birth.get((node._birth, i))
            return c if change is None else change(g, c)

        wanted = [x._birth for x in self.variables]
        if self.root._birth not in self._nodes:
            return None
        try:
            found = sweep(self._nodes, self.root, self.seed, wanted, False, made)
        except (ArithmeticError, TypeError, ValueError):
            return None
        pairs = zip(map(found.get, wanted), self.variables, strict=True)
        return [zeros_for(x._data) if g is None else g for g, x in pairs]

    def _birth(self, id: int) -> int:
        source: Any = self.graph[id].source
        return int(source._birth)

    @cached_property
    def largest(self) -> float:
        """The largest contribution on the way: what is smaller by all digits is rounding."""
        sizes = [1e-300]

        def seen(g: Any, c: Any) -> Any:
            size = float(np.max(np.abs(c), initial=0.0))
            sizes.append(size if np.isfinite(size) else 0.0)
            return c

        self.changed(dict.fromkeys(self.places, seen))
        return max(sizes)

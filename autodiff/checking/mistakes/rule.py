"""The rule of one link of a chain, and the ways to get it wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ...derivations.expression import Term
from ...derivations.forms import operated
from ...derivations.local_derivatives import symbol_of
from ...derivations.simplification import substituted
from ...derivations.transcription import transcribed
from ...differentiation.engine import gradients
from ...graph import Node
from ...values.modes import differentiating
from ...values.value import Value
from .slips import slips


@dataclass(frozen=True)
class LinkRule:
    """What a node contributes to an operand: its partial derivative; if `whole`, a term with g in it."""

    node: Node
    operand: Node
    term: Term
    whole: bool
    opened: Term
    """The same with formulas in the place of values without names: 2(y − a)."""

    @cached_property
    def readings(self) -> list[Term]:
        """The ways to get it wrong, in an order that is the same wherever the operation is used."""
        opened = [] if self.opened == self.term else slips(self.opened)
        return [*self._misplaced(), *slips(self.term), *opened]

    @cached_property
    def readings_by_definition(self) -> list[Term]:
        """The same of the partial derivative of the formula that defines the operation: e⁻ᶻ/(1 + e⁻ᶻ)²."""
        return [] if self._by_definition is None else slips(self._by_definition)

    def right_beside(self, wrong: Term) -> Term:
        """The rule in the form that a reading of it has: of σ also e⁻ᶻ/(1 + e⁻ᶻ)²."""
        other = self._by_definition
        return other if other is not None and wrong in self.readings_by_definition else self.term

    @cached_property
    def _by_definition(self) -> Term | None:
        define = self.node.operation.definition if self.node.operation else None
        if define is None or self.node.shape:
            return None
        x = Value(self.operand.data, symbol_of(self.operand).name)
        with differentiating():
            slope = gradients(define(x), x, create_graph=True)
        return transcribed(slope)

    def _misplaced(self) -> Iterator[Term]:
        """σ′(a) in place of σ′(z): the output for the operand, and the other way round."""
        node, operation = self.node, self.node.operation
        if operation is None or not operation.elementwise or len(node.inputs) != 1:
            return
        above, below = symbol_of(node), symbol_of(self.operand)
        yield substituted(self.term, above, below)
        yield substituted(self.term, below, above)
        further = operated(operation, [above], node.metadata, node.shape)
        yield substituted(substituted(self.term, above, further), below, above)

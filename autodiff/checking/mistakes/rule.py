"""The rule of one link of a chain, and the ways to get it wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ...derivations.expression import Term
from ...derivations.forms import operated
from ...derivations.local_derivatives import symbol_of
from ...derivations.simplification import substituted
from ...graph import Node
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

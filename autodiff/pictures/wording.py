"""What is written on the cards and beside the arrows of a picture."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np

from ..derivations.part_derivatives import PartDerivatives
from ..derivations.parts import Parts
from ..graph import Edge, Node
from ..text.digits import counted, with_minus
from ..text.notation import NOTHING, text_of, visible
from ..values.data import Data, holds_nan, is_lazy
from ..values.value import Value
from .contributions import absorbed, terms_of

CLEARER = {"·": "×", "**": "^"}
"""A dot is lost on a slide, and two stars are a program's."""

MOST_TERMS = 4
"""Terms of a gradient that are written out; of more the first, the last, and how many there are."""

MOST_USES = 100
"""Uses of a value whose terms are worked out; of more it is said how many there are."""

ONE_LINE = 12
"""Letters of a formula that stands on one line."""

FACTOR = re.compile("[^A-Za-zα-ω′\\s(](?=[(])")
"""What stands before a factor in brackets, and does not end the name of a function."""

ABSORBED = "0·∞"
"""A term of a gradient that is 0 because its branch was not taken, whatever its derivative."""

UNKNOWN = f"grad {NOTHING}"

Fields = tuple[str, ...]
"""The fields of a card, each of one or more lines."""


class Wording:
    """Words and numbers for the nodes of a graph.

    `shown` holds what the picture is to say: "data", "grad", "local", "ledger". `alone` are the nodes with
    cards of their own.
    """

    def __init__(
        self, parts: Parts, shown: Collection[str], number_format: str, alone: Collection[int]
    ) -> None:
        self.parts = parts
        self.number_format = number_format
        self.data, self.local, self.ledger = "data" in shown, "local" in shown, "ledger" in shown
        self.grad = "grad" in shown or self.ledger
        self.slopes = PartDerivatives(parts, self._sloped(alone)) if self.local or self.ledger else None
        self.coined = self.slopes.coined if self.slopes and self.local else {}

    def _sloped(self, alone: Iterable[int]) -> list[int]:
        """The nodes whose local derivatives are asked for."""
        asked = set(alone) if self.local else set()
        if self.ledger:
            asked.update(use.target for id in alone for use in self._summed(id))
        return sorted(asked)

    def _summed(self, id: int) -> Sequence[Edge]:
        """The uses of a node whose terms are worked out."""
        return self.parts.uses[id] if 1 < self.parts.uses.count(id) <= MOST_USES else ()

    def number(self, data: Any) -> str:
        """A number, or an array in few characters, with real minus signs."""
        plain = data + 0.0 if type(data) is float else data  # −0 is 0 to a reader
        return with_minus(text_of(plain, self.number_format)).replace("inf", "∞")

    # -- cards ---------------------------------------------------------------------------------------

    def node(self, node: Node) -> Fields:
        """Name and data, gradient, and whether it was changed since."""
        fields = self._title(node, node.data)
        if self.grad and type(node.source) is Value and not node.source.constant:
            fields = (*fields, self._gradient(node))
        if node.changed:
            fields = (*fields, "changed after use")
        return fields or (self.number(node.data) if node.kind == "number" else node.kind,)

    def _title(self, node: Node, data: Data) -> Fields:
        """Name and data: on one line for a number, with the shape for an array."""
        name = self.name(node)
        if type(data) is not float and node.shape:
            name = f"{name} {node.shape}" if name else str(node.shape)
            return (name, self.number(data)) if self.data else (name,)
        if not self.data:
            return (name,) if name else ()
        number = self.number(data)
        return (f"{name} = {number}" if name else number,)

    def name(self, node: Node) -> str:
        """The name of a part, if it has one, or a formula speaks of it."""
        return visible(self.parts.names[node.id] or self.coined.get(node.id, ""))

    def _gradient(self, node: Node) -> str:
        grad = node.grad
        if grad is None:
            return UNKNOWN
        text = f"grad {self.number(grad)}"
        count = self.parts.uses.count(node.id) if self.ledger else 0
        if count < 2 or self.slopes is None:
            return text
        uses = self._summed(node.id)
        found = terms_of(self.parts, node.id, uses, self.slopes) if uses else None
        if found is None:
            return f"{text}\nsum of {count:,} terms" if node.shape or not uses else text
        return f"{text}\n= {self._sum(*found)}"

    def _sum(self, terms: list[float], elsewhere: float) -> str:
        """Terms with their signs between them."""
        words = [self._signed(term, first=n == 0) for n, term in enumerate(terms)]
        if len(words) > MOST_TERMS:
            words = [*words[:2], "+ …", words[-1], f"({len(words):,} terms)"]
        if elsewhere:
            words += [self._signed(elsewhere), "from elsewhere"]
        return " ".join(words)

    def _signed(self, term: float, first: bool = False) -> str:
        if math.isnan(term):
            return ABSORBED if first else f"+ {ABSORBED}"
        if first:
            return self.number(term)
        return f"{'−' if term < 0.0 else '+'} {self.number(abs(term))}"

    # -- cards of several nodes ------------------------------------------------------------------------

    def alike(self, nodes: list[Node]) -> Fields:
        """The first and the last name, how many they are, and the ranges of data and gradients."""
        first, last = nodes[0], nodes[-1]
        shape = f" of shape {first.shape}" if first.shape else ""
        count = f"{len(nodes):,} {'numbers' if first.kind == 'number' else 'values'}{shape}"
        names = [name for name in dict.fromkeys((self.name(first), self.name(last))) if name]
        return (*([" … ".join(names)] if names else []), count, *self._ranges(nodes))

    def _ranges(self, nodes: list[Node]) -> Fields:
        data = (self.number(_together([node.data for node in nodes])),) if self.data else ()
        if not self.grad or nodes[0].kind in ("number", "constant"):
            return data
        return (*data, f"grad {self.number(_together([node.grad for node in nodes]))}")

    def box(self, title: str, size: int, results: list[Node]) -> Fields:
        """A collapsed box: its title, how many nodes are inside, and what leaves it."""
        fields = (title, f"{counted(size, 'value')} inside")
        if len(results) == 1:
            return fields + self.node(results[0])
        return (*fields, f"{len(results):,} results", *self._ranges(results)) if results else fields

    # -- arrows ----------------------------------------------------------------------------------------

    def slope(self, target: int, position: int) -> str:
        """The local derivative on an edge, as a formula and as a number; nothing where there is none.

        For whole arrays what the edge adds to the gradient, ∇.
        """
        if not self.local or self.slopes is None:
            return ""
        formula, number = self.slopes.formula(target, position), self.slopes.number(target, position)
        if number is None:
            operation = self.parts.operation(target)
            sign = "∂" if operation and operation.elementwise else "∇"
            return f"{sign} = {formula}" if formula else ""
        value = self.number(number)
        if self.absorbed(target, position):
            value = f"{value}, absorbed"
        if not formula or self.slopes.is_number(target, position):
            return f"∂ = {value}"
        return f"∂ = {_in_lines(formula)}\n= {value}"

    def absorbed(self, target: int, position: int) -> bool:
        """Whether what comes along an edge is 0, although its derivative is infinite or nan."""
        if not self.grad or self.slopes is None:
            return False
        source = self.parts.inputs(target)[position]
        return absorbed(self.parts, source, target, self.slopes.number(target, position))

    def is_nan(self, nodes: Iterable[Node]) -> bool:
        """Whether data or gradients that are shown are nan."""
        return any((self.data and _is_nan(node.data)) or (self.grad and _is_nan(node.grad)) for node in nodes)


def _is_nan(data: Data | None) -> bool:
    if type(data) is float:
        return data != data
    return data is not None and not isinstance(data, tuple) and holds_nan(data)


def _in_lines(formula: str) -> str:
    """A formula; a long one is broken before its first factor in brackets: a₁⁽¹⁾ (1 − a₁⁽¹⁾)."""
    factor = FACTOR.search(formula) if len(formula) > ONE_LINE else None
    return f"{formula[: factor.end()]}\n{formula[factor.end() :]}" if factor else formula


def _together(parts: list[Any]) -> Any:
    """All data in one array; None if some are missing, or not to be looked at."""
    if any(part is None or isinstance(part, tuple) or is_lazy(part) for part in parts):
        return None
    if all(type(part) is float for part in parts):
        return np.array(parts)
    return np.concatenate([np.ravel(part) for part in parts])

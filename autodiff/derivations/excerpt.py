"""A derivation so long that only its beginning and its end are written: layer by layer, in δ.

Nothing is worked out that is not written. The numbers are the engine's gradients, of one pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from ..differentiation.engine import gradients
from ..values.data import Data
from ..values.value import Value
from .chain_rule import Chain
from .equations import MOST_TERMS, Equation
from .expression import Sum, Symbol, Term
from .typesetting import Text
from .working import MOST_LINES, Section, few, number_of, opening, shown_data

HALF = MOST_TERMS // 2 - 1
"""Terms at either end of a sum that is too long."""


class Excerpt:
    """What is written of a derivation of `left`, which comes to `value`, along a chain that is long."""

    def __init__(self, chain: Chain, left: Symbol, value: Data) -> None:
        self.chain, self.left, self.value = chain, left, value
        self.intermediates = chain.intermediates

    def sections(self, put: bool) -> list[Section]:
        """Parts that were put, gradients on the way, and the result; without parts if they are not put."""
        gradients = listed("named gradients", self._layers, self._gradient)
        result = ("", self._result())
        if not put:
            return [gradients, result]
        return [listed("parts", self._parts, self._part), (self._opening(), []), gradients, result]

    def _opening(self) -> str:
        if self.chain.arrays:
            return opening(self.chain, self.left)
        with_first = "".join(
            f" with {Text().write(self._symbol(id))} = {self.chain.gradient_of(id).text} and so on"
            for id in self._layers[:1]
        )
        return opening(self.chain, self.left, f"Layer by layer, from the output back,{with_first}:")

    # -- parts ---------------------------------------------------------------------------------------

    @cached_property
    def _parts(self) -> Sequence[int]:
        """What was given a name here: as a reader would put it, or since the expression is long."""
        return [*self.intermediates.coined]

    def _part(self, id: int) -> Equation:
        node, name = self.intermediates.graph[id], self.intermediates.names[id]
        term = self.intermediates.term(id)
        lead = "Put " if id == self._parts[0] else ""
        return Equation(Symbol(name, node.shape), term, result=number_of(node.data), lead=lead)

    # -- gradients -----------------------------------------------------------------------------------

    @cached_property
    def _layers(self) -> Sequence[int]:
        """The named values on the way, from the output back."""
        return [id for id in self.chain.by_layer() if id not in (self.chain.wrt, self.chain.output)]

    def _gradient(self, id: int) -> Equation:
        result = None if self.chain.arrays else shown_data(self._gradients[id])
        return Equation(self._symbol(id), self._contributions(id), result=result)

    def _symbol(self, id: int) -> Symbol:
        """How the gradient of a named value is written: δ, of an array Ȳ."""
        return self.chain.gradient_of(id) if self.chain.arrays else self.chain.delta(id)

    def _contributions(self, id: int) -> Term:
        """What the users of a named value contribute to its gradient; of very many the first and the last."""
        uppers, ends = self.chain.uppers[id], self._ends(id)
        terms = self.chain.contributions(id, ends, self.chain.delta)
        if len(ends) == len(uppers):
            return self.chain.added(terms)
        return Sum(tuple(terms), len(uppers) - len(ends))

    # -- numbers -------------------------------------------------------------------------------------

    def _result(self) -> list[Equation]:
        term, wrt = self._contributions(self.chain.wrt), self.chain.wrt
        numbered = [] if self.chain.arrays else [Equation(None, term, numbers=self._numbers(wrt))]
        return [Equation(self.left, term), *numbered, Equation(None, shown_data(self.value))]

    def _numbers(self, id: int) -> Mapping[str, Data]:
        """What the names in the contributions to a gradient stand for."""
        graph, names = self.intermediates.graph, self.intermediates.names
        numbers: dict[str, Data] = {}
        for upper in self._ends(id):
            numbers.update((names[i], graph[i].data) for i in (upper, *self.intermediates.view.inputs(upper)))
            if upper != self.chain.output:
                numbers[self.chain.delta(upper).text] = self._gradients[upper]
        return numbers

    def _ends(self, id: int) -> Sequence[int]:
        uppers = self.chain.uppers[id]
        return uppers if len(uppers) <= MOST_TERMS else [*uppers[:HALF], *uppers[-HALF:]]

    @cached_property
    def _gradients(self) -> Mapping[int, Data]:
        """The gradients of all named values that are spoken of."""
        ids = dict.fromkeys((*few(self._layers), *self._ends(self.chain.wrt), self.chain.output))
        sources = [self.intermediates.graph[id].source for id in ids]
        values = [source for source in sources if isinstance(source, Value)]
        return dict(zip(ids, gradients(values[-1], values), strict=True))


def listed(what: str, ids: Sequence[int], write: Callable[[int], Equation]) -> Section:
    """An equation for each; of many for the first and the last, which is said."""
    shown = few(ids)
    half = MOST_LINES // 2
    title = f"The first {half} and the last {half} of {len(ids):,} {what}:" if len(shown) < len(ids) else ""
    return title, [write(id) for id in shown]

"""A derivation through a loop: one step is written, with t for its number, and holds in all others.

    zₜ = w·hₜ₋₁ + u·xₜ,   hₜ = tanh(zₜ)                                t = 1 … 50
    ∂f/∂hₜ = ∂f/∂zₜ₊₁·w,   ∂f/∂zₜ = ∂f/∂hₜ·(1 − hₜ²)                   t = 50 … 1
    ∂f/∂w = Σₜ ∂f/∂zₜ·hₜ₋₁

What is not in a loop is written as everywhere: parts before it and after it, and their gradients.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from ..differentiation.engine import gradients
from ..values.data import Data
from .chain_rule import Chain
from .equations import Equation, NumberTable
from .expression import Number, Sum, Symbol, Term
from .intermediates import Intermediates
from .stepping import Stepping, UnlikeError
from .working import Section, few, number_of, opening, put, shown_data

MOST_OUTSIDE = 100
"""Named values on the way that are in no loop; with more, no step is written for all."""

MOST_TERMS = 4
"""Terms of the result that are written in numbers; of more the first and the last."""

MOST_ROWS = 6
"""Steps that a table shows; of more the first and the last."""

MOST_COLUMNS = 8
"""Values and gradients that a table shows; of more those of what is handed on."""


def goes_through_loops(intermediates: Intermediates) -> bool:
    """Whether there is a loop of so many steps that one may be written for all."""
    return any(loop.steps.is_long for loop in intermediates.all_names.loops)


def recurring(chain: Chain, left: Symbol, value: Data) -> list[Section] | None:
    """The derivation of `left`, which comes to `value`; None where it goes through no loop of many steps."""
    loops = [Stepping(chain, loop) for loop in chain.intermediates.all_names.loops if loop.steps.is_long]
    outside = chain.uppers.keys() - {id for loop in loops for id in loop.of}
    if len(outside) == len(chain.uppers) or len(outside) > MOST_OUTSIDE:
        return None
    try:
        return [*Recurring(chain, loops, left, value).sections()]
    except UnlikeError:
        return None


class Recurring:
    """What is written of a derivation of `left`, which comes to `value`, through loops."""

    def __init__(self, chain: Chain, loops: Sequence[Stepping], left: Symbol, value: Data) -> None:
        self.chain, self.loops, self.left, self.value = chain, loops, left, value
        self.intermediates, self.names = chain.intermediates, chain.intermediates.names
        self.graph = chain.intermediates.graph
        self.loop_of = {id: loop for loop in loops for id in loop.of}

    def sections(self) -> Iterator[Section]:
        """Parts, gradients from the output back, the result, and some steps in numbers."""
        yield from self._forward()
        yield opening(self.chain, self.left, "Step by step, from the last one back:"), [*self._backward()]
        yield "", self._result()
        if not self.chain.arrays:
            yield from (("", table) for loop in self.loops if (table := self._in_numbers(loop)))

    # -- forward -------------------------------------------------------------------------------------

    def _forward(self) -> Iterator[Section]:
        """Parts in order, those of a loop in a section of their own."""
        outside: list[Equation] = []
        for id, loop in self._in_order([*self.intermediates.coined, *self.loop_of]):
            if loop is None:
                outside.append(self._part(id))
            else:
                yield "", put(outside)
                yield "Steps:", [*self._steps(loop)]
                outside = []
        yield "", put(outside)

    def _in_order(self, ids: Iterable[int], reverse: bool = False) -> Iterator[tuple[int, Stepping | None]]:
        """What is in no loop, and each loop once, by the first of what stands in it."""
        passed = set[int]()
        for id in sorted({*ids}, reverse=reverse):
            loop = self.loop_of.get(id)
            if id not in passed:
                yield id, loop
                passed.update(loop.of if loop else ())

    def _part(self, id: int) -> Equation:
        return Equation(self._symbol(id), self.intermediates.term(id), result=number_of(self.graph[id].data))

    def _symbol(self, id: int) -> Symbol:
        return Symbol(self.names[id], self.graph[id].shape)

    def _steps(self, loop: Stepping) -> Iterator[Equation]:
        """What the first step begins with, what each computes, and what is called otherwise after all."""
        for place, (start, *_) in loop.steps.carried.items():
            symbol = replace(loop.symbol(place), name=loop.name(-1, place))
            if self.names.get(start) != symbol.name or self.graph[start].kind == "number":
                yield Equation(symbol, self._meaning(start))
        every = loop.in_words([*range(len(loop))])
        for place in loop.recorded:
            term = loop.general(place, self.intermediates.term, range(1, len(loop)))
            yield Equation(loop.symbol(place), term, every)
        for id, (k, place) in loop.of.items():
            if self.names[id] != loop.name(k, place):
                yield Equation(self._symbol(id), Symbol(loop.name(k, place)))

    def _meaning(self, start: int) -> Term:
        """What the first step begins with: data, or a name."""
        node = self.graph[start]
        is_data = node.kind == "number" or start not in self.names
        return shown_data(node.data) if is_data else self._symbol(start)

    # -- backward ------------------------------------------------------------------------------------

    def _backward(self) -> Iterator[Equation]:
        """The gradients of named values from the output back, those of a loop together."""
        for id, loop in self._in_order(self.chain.uppers, reverse=True):
            if loop is not None:
                yield from self._of_steps(loop)
            elif id != self.chain.wrt:
                yield self._gradient(id)

    def _gradient(self, id: int) -> Equation:
        term = self._contributions(id)
        is_number = self.chain.arrays or isinstance(term, Number)
        return Equation(
            self.chain.gradient_of(id), term, result=None if is_number else Number(self._numbers[id])
        )

    def _of_steps(self, loop: Stepping) -> Iterator[Equation]:
        """The gradients of what the steps compute, in terms of t where one formula holds for many."""
        for place in reversed(loop.recorded):
            for run, term in loop.gradients(place, self._contributions):
                if term is None:
                    yield from (self._gradient(loop.id(k, place)) for k in run)
                else:
                    yield Equation(loop.gradient(place), term, loop.in_words(run))

    def _contributions(self, id: int) -> Term:
        """What the users of a named value contribute to its gradient; the steps of other loops in sums."""
        own = self.loop_of.get(id)
        others = [loop for loop in self.loops if loop is not own]
        single = [upper for upper in self.chain.uppers[id] if not any(loop.sums_up(upper) for loop in others)]
        sums = [term for loop in others for term in loop.sums(id)]
        return self.chain.added([*sums, *self.chain.contributions(id, single)])

    # -- numbers -------------------------------------------------------------------------------------

    def _result(self) -> list[Equation]:
        term = self._contributions(self.chain.wrt)
        numbered = [] if self.chain.arrays else [self._in_figures()]
        return [Equation(self.left, term), *numbered, Equation(None, shown_data(self.value))]

    def _in_figures(self) -> Equation:
        """The result's terms in numbers, of many the first and the last."""
        uppers = self.chain.uppers[self.chain.wrt]
        shown = few(uppers, MOST_TERMS)
        terms = self.chain.contributions(self.chain.wrt, shown)
        numbers = {name: self.graph[id].data for id, name in self.names.items()}
        numbers |= {self.chain.gradient_of(id).text: self._numbers[id] for id in shown}
        term = Sum(tuple(terms), len(uppers) - len(shown)) if len(terms) > 1 else terms[0]
        return Equation(None, term, numbers=numbers)

    def _in_numbers(self, loop: Stepping) -> NumberTable | None:
        """Some steps in numbers: rows, what is computed or at least handed on, and the gradients by that."""
        places = [place for place in loop.letters if not self.graph[loop.id(1, place)].shape]
        if 2 * len(places) > MOST_COLUMNS:
            places = [place for place in places if place < 0 or place in loop.steps.carried]
        derived = [place for place in places if loop.id(1, place) in self.chain.uppers]
        if not derived:
            return None
        rows = []
        for k in few(range(len(loop)), MOST_ROWS):
            data = [self.graph[loop.id(k, place)].data for place in places]
            slopes = [self._numbers.get(loop.id(k, place)) for place in derived]
            rows.append((loop.steps.first + k, *data, *slopes))
        header = [Symbol(loop.counter), *map(loop.symbol, places), *map(loop.gradient, derived)]
        return NumberTable(header, rows, MOST_ROWS // 2 if len(loop) > MOST_ROWS else None)

    @cached_property
    def _numbers(self) -> Mapping[int, float]:
        """The gradients of all that is named on the way."""
        ids = [*self.chain.uppers, self.chain.output]
        values = [self.graph.sources[id] for id in ids]
        return dict(zip(ids, map(float, gradients(values[-1], values)), strict=True))

"""What holds in any step of a loop: formulas with t for its number, from those of single steps.

The steps are alike node by node, so a formula of one step is that of all others, in other names. It is worked
out in three of them, and must come to the same.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np

from ..naming.steps import NamedLoop
from ..text.lettering import with_bar
from .chain_rule import Chain
from .expression import Call, Given, Power, Product, StepSum, Sum, Symbol, Term, parts
from .simplification import rewritten

FEWEST = 3
"""Steps in a row that have one formula, with t."""

MOST_RUNS = 5
"""Formulas for what stands at one place: at both ends, and before and after a step that is used alone."""

Run: TypeAlias = list[int]
"""Steps that go down one by one, by their positions."""


class UnlikeError(Exception):
    """What is to be written differs from step to step in other ways than by its index."""


class Stepping:
    """A loop on the way of a derivation. Steps are known by their positions; rows are at negative places."""

    def __init__(self, chain: Chain, loop: NamedLoop) -> None:
        self.chain, self.loop, self.steps, self.counter = chain, loop, loop.steps, loop.counter
        self.names, self.graph = chain.intermediates.names, chain.intermediates.graph
        rows = dict(enumerate(zip(loop.steps.rows, loop.rows, strict=True), -len(loop.rows)))
        self.letters = {place: letter for place, (_, letter) in rows.items()} | dict(
            sorted(loop.letters.items())
        )
        self._ids = {place: [ids[0] for ids in row] for place, (row, _) in rows.items()}
        self._ids |= {place: [step[place] for step in loop.steps.steps] for place in loop.letters}
        self.recorded = [
            place for place, ids in self._ids.items() if self.graph.operations[ids[0]] is not None
        ]
        self.of = {id: (k, place) for place in self.recorded for k, id in enumerate(self._ids[place])}
        self._any: dict[int, dict[str, Symbol]] = {}
        self._starts = {
            ids[0]: place for place, ids in self.steps.carried.items() if ids[0] not in self.steps.given
        }

    def id(self, k: int, place: int) -> int:
        """What stands at a place in a step."""
        return self._ids[place][k]

    def __len__(self) -> int:
        return len(self.steps)

    # -- names ---------------------------------------------------------------------------------------

    def name(self, k: int, place: int) -> str:
        """What stands at a place in a step is called there, if the user does not call it otherwise."""
        return self.loop.name(self.letters[place], k)

    def symbol(self, place: int, shift: str = "") -> Symbol:
        """What stands at a place in any step, or in the one before or after it."""
        name = self.letters[place].at(f"{self.counter}{shift}")
        return Symbol(name, self.graph[self.id(0, place)].shape)

    def gradient(self, place: int, shift: str = "") -> Symbol:
        """The gradient with respect to it: ∂f/∂hₜ, for arrays h̄ₜ."""
        name, known = self.symbol(place, shift).name, self.chain.gradient_of(self.id(1, place))
        if known.lower is None and (bar := with_bar(name)):
            return replace(known, name=bar)
        return Symbol(self.names[self.chain.output], known.shape, name, known.sign)

    def in_words(self, run: Run) -> str:
        """Which steps these are: t = 49 … 1."""
        first, last = (self.steps.first + k for k in (run[0], run[-1]))
        return f"{self.counter} = {first} … {last}"

    def _known(self, k: int) -> Iterator[tuple[int, int]]:
        """What stands where in a step; and what the first one begins with, if it is nothing else there."""
        if 0 <= k < len(self):
            yield from ((ids[k], place) for place, ids in self._ids.items())
        if k == -1:
            yield from self._starts.items()

    def _renamed(self, term: Term, k: int) -> Term:
        """A term of a step in the names of any step."""
        if k not in self._any:
            self._any[k] = dict(self._in_any_step(k))
        new = self._any[k]
        return rewritten(term, lambda part: new.get(part.text) if isinstance(part, Symbol) else None)

    def _in_any_step(self, k: int) -> Iterator[tuple[str, Symbol]]:
        """The names in a step, with what they are in any step."""
        for shift in ("-1", "", "+1"):
            for id, place in self._known(k + int(shift or 0)):
                if id in self.names:
                    yield self.names[id], self.symbol(place, shift)
                    yield self.chain.gradient_of(id).text, self.gradient(place, shift)

    # -- formulas ------------------------------------------------------------------------------------

    def general(self, place: int, write: Callable[[int], Term], run: Sequence[int]) -> Term:
        """What is written of a place in all these steps. Raises where that is not one formula."""
        return self._general(lambda k: write(self.id(k, place)), run)

    def _general(self, write: Callable[[int], Term], run: Sequence[int]) -> Term:
        model, *others = [(k, self._renamed(write(k), k)) for k in (run[0], run[1], run[-1])]
        found = [self._merged(model, other) for other in others]
        if found[0] != found[1]:
            raise UnlikeError
        return found[0]

    def _merged(self, one: tuple[int, Term], other: tuple[int, Term]) -> Term:
        """The formula that two steps have in common: indices that count the steps are in terms of t."""
        (k, x), (j, y) = one, other
        pieces = parts(x), parts(y)
        if type(x) is not type(y) or len(pieces[0]) != len(pieces[1]):
            raise UnlikeError
        inner = tuple(self._merged((k, p), (j, q)) for p, q in zip(*pieces, strict=True))
        match x:
            case Sum():
                return replace(x, terms=inner)
            case Product():
                return Product(inner)
            case Power():
                return Power(*inner)
            case Call() if isinstance(y, Call) and (x.name, x.shape) == (y.name, y.shape):
                options = {
                    name: self._counted((k, own), (j, y.metadata[name])) for name, own in x.metadata.items()
                }
                return replace(x, arguments=inner, metadata=options, told=repr(options))
            case Given() if isinstance(y, Given) and np.array_equal(x.data, y.data, equal_nan=True):
                return x
        if repr(x) != repr(y):
            raise UnlikeError
        return x

    def _counted(self, one: tuple[int, Any], other: tuple[int, Any]) -> Any:
        """An option that two steps have in common, or an index that counts them: t − 1, 50 − t."""
        (k, x), (j, y) = one, other
        if type(x) is type(y) is tuple and len(x) == len(y):
            return tuple(self._counted((k, p), (j, q)) for p, q in zip(x, y, strict=True))
        if repr(x) == repr(y):
            return x
        if type(x) is not int or type(y) is not int or abs(y - x) != abs(j - k):
            raise UnlikeError
        t, down = self.steps.first + k, (y - x) * (j - k) < 0
        rest, counter = (x + t if down else x - t), self.counter
        if down:
            return f"{rest} − {counter}" if rest else f"−{counter}"
        return counter if not rest else f"{counter} {'−' if rest < 0 else '+'} {abs(rest)}"

    # -- what a gradient is made of --------------------------------------------------------------------

    def gradients(self, place: int, write: Callable[[int], Term]) -> Iterator[tuple[Run, Term | None]]:
        """The gradients at a place from the last step back, as `write` gives them: those of many in one."""
        ids, wrt = self._ids[place], self.chain.wrt
        known = {k: self._users(id, k) for k, id in enumerate(ids) if id in self.chain.uppers and id != wrt}
        return self._formulas(lambda k: write(ids[k]), known)

    def _users(self, id: int, k: int) -> Hashable:
        """What uses something in a step: by how many steps later, and at which place; or what is outside."""
        found = ((upper, *self.of.get(upper, (0, 0))) for upper in self.chain.uppers[id])
        return tuple((later - k, place) if self.sums_up(upper) else upper for upper, later, place in found)

    def sums_up(self, upper: int) -> bool:
        """Whether a value is one of those that the steps compute; the output is one by itself."""
        return upper in self.of and upper != self.chain.output

    def sums(self, id: int) -> Iterator[Term]:
        """What the steps contribute to the gradient of a value from outside: sums over them."""
        uppers: dict[int, list[int]] = {}
        for upper in filter(self.sums_up, self.chain.uppers[id]):
            uppers.setdefault(self.of[upper][0], []).append(upper)

        def write(k: int) -> Term:
            return self.chain.added(self.chain.contributions(id, uppers[k]))

        for run, term in self._formulas(
            write, {k: [self.of[u][1] for u in own] for k, own in uppers.items()}
        ):
            if term is None:
                yield from map(write, run[::-1])
            else:
                first, last = self.steps.first + run[-1], self.steps.first + run[0]
                yield StepSum(term, self.counter, first, last, len(run) == len(self))

    def _formulas(
        self, write: Callable[[int], Term], known: Mapping[int, object]
    ) -> Iterator[tuple[Run, Term | None]]:
        """One formula for steps in a row of which the same is known; none for a few, or for the first one."""
        runs = _runs(known)
        if len(runs) > MOST_RUNS:
            raise UnlikeError
        for run in runs:
            if len(run) < FEWEST:
                yield run, None
                continue
            try:
                yield run, self._general(write, run)
            except UnlikeError:
                if run[-1] != 0:
                    raise
                yield run[:-1], self._general(write, run[:-1])
                yield run[-1:], None


def _runs(known: Mapping[int, object]) -> list[Run]:
    """Steps in a row of which the same is known, from the last one back."""
    runs: list[Run] = []
    for k in sorted(known, reverse=True):
        if runs and runs[-1][-1] == k + 1 and known[k + 1] == known[k]:
            runs[-1].append(k)
        else:
            runs.append([k])
    return runs
